"""`xuke trust`: which certification authorities this installation trusts, and what they have taken back."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from xuke.config.unusable import Unusable, why_not_read
from xuke.foundation.journal import SHANGHAI
from xuke.foundation.pki.certificates import Certificate
from xuke.foundation.pki.crls import RevocationList
from xuke.foundation.pki.pem import Unreadable
from xuke.foundation.pki.stores import INTERMEDIATES, LISTS, ROOTS, TrustStore, read_store

LARGEST = 64 * 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    actions = parser.add_subparsers(dest="action", metavar="操作", required=True)
    actions.add_parser("list", help="列出信任的根证书、中间证书和吊销列表")
    add = actions.add_parser("add", help="信任一个认证机构：根证书，或者它签发的中间证书（PEM或DER）")
    add.add_argument("file", type=Path, metavar="FILE")
    crl = actions.add_parser("crl", help="放入认证机构的吊销列表，替换同一机构以前的（PEM或DER）")
    crl.add_argument("file", type=Path, metavar="FILE")


def run(args: argparse.Namespace) -> int:
    """Carry out the action; 0 when all is well, 1 when a list is out of date or a file cannot be read."""
    place = Path(settings.XUKE_HOME) / "trust"
    if args.action == "list":
        return _list(place)
    content = _content(args.file)
    try:
        lines = list(_add(place, content)) if args.action == "add" else [_renew(place, content)]
    except Unreadable as problem:
        raise Unusable(f"{args.file}：{problem}") from None
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _list(place: Path) -> int:
    """Everything that is trusted, each with the day on which it ends."""
    store, now = read_store(place), timezone.now()
    lines = [f"信任目录：{place}"]
    for title, certificates in (("根证书", store.roots), ("中间证书", store.intermediates)):
        lines += [f"{title}：{_named(one)}" for one in certificates]
    late = [one for one in store.crls if one.next_update < now]
    lines += [f"吊销列表：{one.issuer}，{len(one.entries)}张，{_day(one.next_update)}前更新" for one in store.crls]
    lines += [f"✗ 吊销列表已经过期：{one.issuer}，{_day(one.next_update)}" for one in late]
    lines += [f"✗ {problem}" for problem in store.problems]
    lines += [] if store.roots else ["没有根证书：现在不能用数字证书登录。"]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 1 if late or store.problems else 0


def _add(place: Path, content: bytes) -> Iterable[str]:
    """A certificate that signs itself is a root; another one must come from an authority that is trusted already."""
    store = read_store(place)
    for certificate in Certificate.read_all(content):
        if not certificate.may_issue:
            raise Unusable(f"{_named(certificate)} 不是认证机构的证书，不能放入。")
        part = ROOTS if certificate.subject.key == certificate.issuer.key else INTERMEDIATES
        if part == INTERMEDIATES and not _known_issuer(certificate, store):
            raise Unusable(f"{_named(certificate)} 不是已经信任的机构签发的。请先放入它的根证书。")
        _write(place / part, f"{certificate.fingerprint[:32]}.pem", certificate.pem.encode())
        store = read_store(place)
        yield f"已信任{'根证书' if part == ROOTS else '中间证书'}：{_named(certificate)}"


def _known_issuer(certificate: Certificate, store: TrustStore) -> bool:
    above = store.named(certificate.issuer)
    return any(
        one.may_issue and one.key.verify(certificate.signed, certificate.signature, certificate.signed_by)
        for one in above
    )


def _renew(place: Path, content: bytes) -> str:
    """A list that an authority we trust has really signed. It takes the place of that authority's earlier one."""
    found, store = RevocationList.read(content), read_store(place)
    signers = [
        one
        for one in store.named(found.issuer)
        if one.may_revoke and one.key.verify(found.signed, found.signature, found.signed_by)
    ]
    if not signers:
        raise Unusable(f"吊销列表不是已经信任的机构签发的：{found.issuer}")
    earlier = [one for one in store.crls if one.issuer.key == found.issuer.key]
    if any(one.this_update > found.this_update for one in earlier):
        raise Unusable(f"已经有更新的吊销列表：{found.issuer}")
    _write(place / LISTS, f"{signers[0].fingerprint[:32]}.crl", content)
    return f"已放入吊销列表：{found.issuer}，{len(found.entries)}张，{_day(found.next_update)}前更新"


def _write(directory: Path, name: str, content: bytes) -> None:
    """Whole or not at all: web processes look at the directory every second. A hidden file is passed over."""
    directory.mkdir(parents=True, exist_ok=True)
    beside = directory / f".{name}.new"
    with beside.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(directory / name)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as problem:
        raise Unusable(why_not_read(file, problem)) from None
    if len(content) > LARGEST:
        raise Unusable(f"{file} 太大，没有读取。")
    return content


def _named(certificate: Certificate) -> str:
    grouped = " ".join(re.findall(".{8}", certificate.fingerprint))
    return f"{certificate.subject}（{certificate.family}，{_day(certificate.not_after)}到期）\n  指纹 {grouped}"


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d}"
