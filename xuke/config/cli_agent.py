"""`xuke agent`: sign with a key on this machine for the pages of the platform, as the middleware of a USB key does."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from xuke.agent.server import ADDRESS, PORT, AgentServer
from xuke.agent.token import Token
from xuke.config.unusable import Unusable
from xuke.foundation.pki.pem import Unreadable
from xuke.foundation.pki.purposes import NotOurs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which key, and for whose pages."""
    parser.add_argument("--key", metavar="FILE", type=Path, required=True, help="私钥文件，PKCS#8格式，带口令")
    parser.add_argument(
        "--certificate", metavar="FILE", type=Path, required=True, help="签名证书文件，后面可以附签发机构的证书"
    )
    parser.add_argument(
        "--origin",
        metavar="URL",
        action="append",
        required=True,
        help="为哪个网站签名，如 https://xk.example.gov.cn，可以重复",
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"端口，默认 {PORT}")


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop."""
    with _server(arguments) as server:
        whose = server.agent.token.certificate.common_name or "（没有姓名）"
        _tell(f"签名助手已经启动：http://{ADDRESS}:{server.server_port}，证书：{whose}。")
        _tell(f"只为这些网站签名：{'、'.join(sorted(server.agent.origins))}。按 Ctrl-C 停止。")
        server.serve_forever()
    return 0


def _server(arguments: argparse.Namespace) -> AgentServer:
    try:
        token = Token.read(key=arguments.key, certificate=arguments.certificate)
        return AgentServer(token, origins=arguments.origin, port=arguments.port, report=_tell)
    except Unreadable as problem:
        raise Unusable(str(problem)) from None
    except NotOurs:
        raise Unusable("网站地址应当是 https:// 开头、不带路径的地址；只有本机可以用 http://。") from None
    except (OSError, OverflowError) as problem:
        raise Unusable(_reason(problem, arguments.port)) from None


def _reason(problem: Exception, port: int) -> str:
    if isinstance(problem, FileNotFoundError):
        return f"没有这个文件：{problem.filename}。"
    if isinstance(problem, OSError) and problem.filename:
        return f"读取失败：{problem.filename}。"
    return f"端口 {port} 不能使用，可能签名助手已经在运行。"


def _tell(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()
