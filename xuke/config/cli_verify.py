"""`xuke verify FILE`: is this certificate ours and untouched? Needs neither database nor network."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import timedelta, timezone
from pathlib import Path

from cryptography import x509

from xuke.certificates.verification import Verification, verify
from xuke.seals import pki
from xuke.seals.validation import LARGEST_FILE

AUTHENTIC, NOT_AUTHENTIC, UNUSABLE = 0, 1, 2
_BEIJING = timezone(timedelta(hours=8))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `xuke verify`."""
    parser.add_argument("file", metavar="FILE", type=Path, help="要核验的电子许可证（PDF）")
    parser.add_argument(
        "--trust",
        metavar="PEM",
        type=Path,
        action="append",
        default=[],
        help="信任的根证书，可以重复；不写时用本机安装时生成的根证书",
    )
    parser.add_argument("--json", action="store_true", help="以JSON输出")


def run(arguments: argparse.Namespace) -> int:
    """Verify and report. 0: authentic; 1: not authentic; 2: the call could not be carried out."""
    try:
        trust = _trust(arguments.trust or [_installed_root()])
        file = _read(arguments.file)
    except (OSError, ValueError) as problem:
        sys.stderr.write(f"无法核验：{_reason(problem)}\n")
        return UNUSABLE
    found = verify(file, trust=trust)
    sys.stdout.write(_as_json(arguments.file, found) if arguments.json else _as_text(arguments.file, found))
    return AUTHENTIC if found.authentic else NOT_AUTHENTIC


def _trust(files: list[Path]) -> tuple[x509.Certificate, ...]:
    for file in files:
        if not file.is_file():
            raise ValueError(f"没有找到根证书 {file}。请用 --trust 指定，或者先完成安装。")
    try:
        return pki.load_trust(*files)
    except ValueError:
        raise ValueError(f"{'、'.join(map(str, files))} 不是PEM格式的证书。") from None


def _installed_root() -> Path:
    """The root of this installation, in the home that the settings use too."""
    home = os.environ.get("XUKE_HOME") or Path(__file__).resolve().parents[2] / "var"
    return Path(home) / pki.PLACE / f"{pki.ROOT}.pem"


def _read(file: Path) -> bytes:
    """The file, or as much of it as is needed to find that it is too large."""
    with file.open("rb") as stream:
        return stream.read(LARGEST_FILE + 1)


def _reason(problem: Exception) -> str:
    known = {
        FileNotFoundError: "没有这个文件：",
        IsADirectoryError: "这是一个目录：",
        PermissionError: "没有读取权限：",
    }
    if isinstance(problem, OSError):
        return f"{known.get(type(problem), '读取失败：')}{problem.filename}"
    return str(problem)


def _as_json(file: Path, found: Verification) -> str:
    return json.dumps({"file": str(file)} | found.facts(), ensure_ascii=False, indent=2) + "\n"


def _as_text(file: Path, found: Verification) -> str:
    lines = [f"{found.verdict.headline}：{file}", *found.problems]
    if found.authentic:
        lines.append("由发证机关签章，签章之后没有改动。许可证现在的状态请到核验页面查询。")
    if content := found.content:
        lines += [
            f"许可证编号　　{content.licence_number}（第{content.version}版）",
            f"生产者名称　　{content.producer_name}",
            f"社会信用代码　{content.uscc}",
            f"食品类别　　　{'；'.join(content.food_categories)}",
            f"有效期至　　　{_in_words(content.valid_to.isoformat())}",
            f"发证机关　　　{content.issuer}，{_in_words(content.issued_on.isoformat())}",
        ]
    if found.signed_at:
        lines += [
            f"签章人　　　　{found.signer}",
            f"签章时间　　　{found.signed_at.astimezone(_BEIJING):%Y-%m-%d %H:%M:%S}（北京时间）",
        ]
    lines.append(f"文件摘要　　　SHA-256 {found.digest}")
    if content and content.demo:
        lines.append("这是演示证书，不具有法律效力。")
    return "\n".join(lines) + "\n"


def _in_words(day: str) -> str:
    year, month, of_month = day.split("-")
    return f"{year}年{int(month)}月{int(of_month)}日"
