"""`xuke verify-submission FILE`: is this signature right and its content untouched? No database, no network."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from datetime import timedelta, timezone
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from xuke.config.unusable import Unusable, why_not_read
from xuke.foundation.pki.stores import read_store
from xuke.signatures import package, statement
from xuke.signatures.checking import Trust, Verdict
from xuke.signatures.package import NotAPackage, Package
from xuke.signatures.records import PlatformKeys
from xuke.signatures.statement import NotAStatement

GOOD, NOT_GOOD = 0, 1
PLATFORM = "platform"
_BEIJING = timezone(timedelta(hours=8))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `xuke verify-submission`."""
    parser.add_argument("file", metavar="FILE", type=Path, help="要核验的签名包（ZIP）")
    parser.add_argument(
        "--trust",
        metavar="DIR",
        type=Path,
        help="信任目录：roots、intermediates、crls 和 platform（平台公钥）；不写时用本机安装的",
    )
    parser.add_argument("--json", action="store_true", help="以JSON输出")


def run(arguments: argparse.Namespace) -> int:
    """Verify and report. 0: right; 1: not right; 2: the call could not be carried out."""
    trust = _trust(arguments.trust)
    try:
        with arguments.file.open("rb") as stream:
            content = stream.read(package.LARGEST + 1)
    except OSError as problem:
        raise Unusable(f"无法核验：{why_not_read(arguments.file, problem)}") from None
    try:
        found = package.unpack(content)
    except NotAPackage as problem:
        sys.stdout.write(f"签名核验没有通过：{arguments.file}\n{problem}\n")
        return NOT_GOOD
    verdict = package.check(found, trust=trust)
    write = _as_json if arguments.json else _as_text
    sys.stdout.write(write(arguments.file, found, verdict))
    return GOOD if verdict.good else NOT_GOOD


def _trust(given: Path | None) -> Trust:
    """Whom to believe: a directory that was named, or what this installation trusts."""
    home = Path(os.environ.get("XUKE_HOME") or Path(__file__).resolve().parents[2] / "var")
    if given is not None and not given.is_dir():
        raise Unusable(f"无法核验：没有信任目录 {given}。")
    platform = given / PLATFORM if given else home / "keys" / "signatures" / "public"
    return Trust(read_store(given or home / "trust"), _platform_keys(platform))


def _platform_keys(place: Path) -> PlatformKeys:
    """The public keys in a directory, by the fingerprint of what is in the file and not by its name."""
    found = {}
    for path in sorted(place.glob("*.pem")):
        try:
            key = load_pem_public_key(path.read_bytes())
        except (OSError, ValueError):
            raise Unusable(f"无法核验：{path} 不是PEM格式的公钥。") from None
        if isinstance(key, Ed25519PublicKey):
            found[_fingerprint(key)] = key
    return found


def _fingerprint(key: Ed25519PublicKey) -> str:
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _as_json(file: Path, found: Package, verdict: Verdict) -> str:
    record = found.record
    facts = {
        "file": str(file),
        "good": verdict.good,
        "checks": [
            {"label": check.label, "passed": check.passed, "problem": check.problem, "note": check.note}
            for check in verdict.checks
        ],
        "signer": record.name,
        "capacity": record.capacity,
        "means": record.means.value,
        "signed_at": record.signed_at,
        "about": record.about,
        "digest": record.digest,
    }
    return json.dumps(facts, ensure_ascii=False, indent=2) + "\n"


def _as_text(file: Path, found: Package, verdict: Verdict) -> str:
    record = found.record
    lines = [f"{verdict.headline}：{file}"]
    for check in verdict.checks:
        lines.append(
            f"  {'是' if check.passed else '否'}　{check.label}" + (f"：{check.problem}" if check.problem else "")
        )
        if check.note:
            lines.append(f"　　　{check.note}")
    lines += [
        *_about(found),
        f"签名人　　{record.name}（{record.capacity}）",
        f"签名方式　{record.means.label}。{record.means.proves}",
        f"签名时间　{record.at.astimezone(_BEIJING):%Y-%m-%d %H:%M:%S}（北京时间，平台时钟）",
        f"内容摘要　SHA-256 {record.digest}",
    ]
    return "\n".join(lines) + "\n"


def _about(found: Package) -> Iterator[str]:
    """What was done with which case: by its number where the statement has one, else by its key."""
    kind = statement.Kind(found.record.kind).words
    try:
        content = statement.read(found.text)
    except NotAStatement:
        yield f"事项　　　{kind}"
    else:
        yield f"事项　　　{kind} · {content.title}（{content.enterprise.name}）"
        if content.number:
            yield f"接收凭证　{content.number}"
            return
    yield f"申请件　　{found.record.about.partition(':')[2]}"
