"""`xuke serve`: the web, pages and static files, by granian."""

from __future__ import annotations

import argparse
import os
import sys
from ipaddress import ip_address

from django.conf import settings
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from xuke.config import embedded, installation

HEADERS_WITHIN = 10_000
"""Milliseconds for the head of a request."""
PLACES = 2_000
"""Connections of one process at the same time."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and with how many processes."""
    parser.add_argument("--address", default="127.0.0.1", help="监听地址，默认 127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="端口，默认 8000")
    parser.add_argument("--workers", type=int, default=2, help="进程数，默认 2")
    parser.add_argument("--threads", type=int, default=8, help="每个进程的线程数，默认 8，每个线程占一个数据库连接")


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xuke.config.settings")
    os.environ["XUKE_THREADS"] = str(arguments.threads)
    server = Granian(
        "xuke.config.rsgi:application",
        address=arguments.address,
        port=arguments.port,
        interface=Interfaces.RSGI,
        workers=arguments.workers,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN),
        # Connections that wait cost no thread; those that send slowly must not use up the places of the others.
        backpressure=PLACES,
        respawn_failed_workers=True,
        log_access=False,
        websockets=False,
    )
    with embedded.running(settings.XUKE_HOME):
        installation.demand_usable()
        if not _is_loopback(arguments.address):
            sys.stderr.write(
                f"正在 {arguments.address} 上对外服务。互联网访问请经由反向代理（如nginx），"
                "由它处理TLS、限速和慢速连接，见 docs/operating.md。\n"
            )
        server.serve()
    return 0


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
