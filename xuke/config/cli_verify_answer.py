"""`xuke verify-answer FILE`: did the register say this? Needs neither database nor network."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from xuke.foundation import journal_keys
from xuke.publication import jose
from xuke.publication.answers import FORMAT, KIND

HOLDS, DOES_NOT_HOLD, UNUSABLE = 0, 1, 2
PLACE = Path("keys") / "register"
"""As `xuke.publication.keys` has it, which needs the settings."""
_LARGEST = 100_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `xuke verify-answer`."""
    parser.add_argument("file", metavar="FILE", type=Path, help="签名答复（.jws，或者带jws的.json）")
    parser.add_argument(
        "--keys",
        metavar="FILE",
        type=Path,
        help="登记簿公布的公钥（/.well-known/jwks.json存成的文件）；不写时用本机安装时生成的",
    )
    parser.add_argument("--json", action="store_true", help="以JSON输出")


def run(arguments: argparse.Namespace) -> int:
    """Verify and report. 0: the register said it; 1: it did not; 2: the call could not be carried out."""
    try:
        keys, (signed, around) = _keys(arguments.keys), _read(arguments.file)
    except FileNotFoundError as problem:
        sys.stderr.write(f"无法核验：没有这个文件：{problem.filename}\n")
        return UNUSABLE
    except (OSError, ValueError, KeyError, TypeError) as problem:
        sys.stderr.write(f"无法核验：{problem}\n")
        return UNUSABLE
    try:
        facts = jose.verify(signed, keys=keys, kind=KIND)
        if facts.get("format") != FORMAT or (around and around != facts):
            raise jose.NotSigned("签名是真的，但文件里写的内容与签名的内容不一致。")
    except jose.NotSigned as found:
        sys.stdout.write(_said({"authentic": False, "problem": str(found)}, f"不真实：{found}\n", arguments.json))
        return DOES_NOT_HOLD
    sys.stdout.write(_said({"authentic": True, **facts}, _in_words(facts), arguments.json))
    return HOLDS


def _keys(file: Path | None) -> Mapping[str, Ed25519PublicKey]:
    if file is not None:
        return jose.read_key_set(file.read_text(encoding="utf-8"))
    home = Path(os.environ.get("XUKE_HOME") or Path(__file__).resolve().parents[2] / "var") / PLACE
    if not (home / "public").is_dir():
        raise ValueError(f"没有找到登记簿的公钥 {home / 'public'}。请用 --keys 指定公布的公钥。")
    return journal_keys.public_keys(home)


def _read(file: Path) -> tuple[str, dict[str, Any]]:
    """The signed text, and, where it was kept as JSON, what stands around it."""
    with file.open(encoding="utf-8") as stream:
        text = stream.read(_LARGEST).strip()
    if not text.startswith("{"):
        return text, {}
    around: dict[str, Any] = json.loads(text)
    return str(around.pop("jws")), around


def _said(facts: Mapping[str, Any], words: str, as_json: bool) -> str:
    return f"{json.dumps(facts, ensure_ascii=False, indent=2)}\n" if as_json else words


def _in_words(facts: Mapping[str, Any]) -> str:
    asked = datetime.fromisoformat(facts["asked_at"])
    known = datetime.fromisoformat(facts["question"]["known_at"])
    lines = [
        "真实：由许可登记簿签名，签名之后没有改动。",
        facts["answer"]["sentence"],
        f"许可证编号　　{facts['sub']}",
        f"持证企业　　　{facts['holder']}",
        f"所问的日期　　{facts['question']['on']}",
        f"答复时间　　　{asked:%Y-%m-%d %H:%M:%S}（北京时间）",
    ]
    if known != asked:
        lines.append(f"所问的记载　　登记簿在{known:%Y-%m-%d %H:%M:%S}的记载")
    lines += [f"登记簿版本　　这张许可证的第{facts['register_revision']}条记载", f"答复者　　　　{facts['iss']}"]
    if facts["demo"]:
        lines.append("这是演示环境的答复，不具有法律效力。")
    return "\n".join(lines) + "\n"
