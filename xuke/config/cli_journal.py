"""`xuke journal`: `verify` recomputes it and names whatever was tampered with, `export` takes a history away with its
proof, `rotate-key` signs anew."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connections
from django.utils import timezone

from xuke.audit import checking
from xuke.audit import commands as audit
from xuke.audit.export import Export
from xuke.config import embedded
from xuke.foundation import journal_check, journal_keys
from xuke.foundation.actors import SYSTEM
from xuke.foundation.journal_check import Report
from xuke.foundation.refusals import Refused


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    actions = parser.add_subparsers(dest="action", metavar="操作", required=True)
    verify = actions.add_parser("verify", help="核查日志：条目、次序、签名的树头")
    verify.add_argument("--json", action="store_true", help="输出JSON")
    verify.add_argument(
        "--heads", type=Path, metavar="FILE", help="用另处保存的journal-heads.jsonl核对，默认用本系统的"
    )
    export = actions.add_parser("export", help="导出一件事项的全部日志及证明")
    export.add_argument("stream", metavar="STREAM", help="事项的标识，例如 application:0192…，见日志页面的地址")
    export.add_argument("file", type=Path, metavar="FILE", help="写入的压缩包")
    export.add_argument("--reason", default="命令行导出", help="事由，记入日志")
    export.add_argument("--head", type=Path, metavar="FILE", help="另处保存的树头，导出附上与它一致的证明")
    actions.add_parser("rotate-key", help="更换日志的签名密钥，旧的公钥留作核查")


def run(args: argparse.Namespace) -> int:
    """Carry out the action; 0 when all is well, 1 when the journal is not, 2 when it could not be read."""
    if args.action == "rotate-key":
        sys.stdout.write(f"新密钥：{journal_keys.rotate().key_id}\n")
        return 0
    if args.action == "export":
        return _export(args)
    if args.heads and not args.heads.is_file():
        sys.stderr.write(f"没有找到文件 {args.heads}。\n")
        return 2
    try:
        report = _verify(args.heads)
    except DatabaseError as problem:
        sys.stderr.write(f"读不到日志：{problem}\n请确认数据库已经启动，并且运行过 xuke prepare。\n")
        return 2
    sys.stdout.write(_as_json(report) if args.json else _in_words(report))
    return 0 if report.is_sound else 1


def _verify(heads: Path | None) -> Report:
    """A check against the installation's own heads is also what the auditor's desk shows from now on."""
    with embedded.running(settings.XUKE_HOME):
        try:
            return journal_check.verify(path=heads) if heads else checking.check(timezone.now)
        finally:
            connections.close_all()


def _export(args: argparse.Namespace) -> int:
    """Write the zip; 1 when what it holds does not agree with the log."""
    if args.file.exists():
        sys.stderr.write(f"文件 {args.file} 已经存在，没有覆盖。\n")
        return 2
    try:
        kept = args.head.read_bytes() if args.head else b""
        with embedded.running(settings.XUKE_HOME):
            made = _exported(args, kept)
        args.file.write_bytes(made.as_zip())
    except Refused as refused:
        sys.stderr.write(f"{refused.sentence}\n")
        return 2
    except (OSError, DatabaseError) as problem:
        sys.stderr.write(f"没有导出：{problem}\n")
        return 2
    sys.stdout.write(f"{made.label}：{made.entries}个条目，已封存{made.sealed}个，写入 {args.file}。\n")
    sys.stdout.write(
        "当场核对通过。\n" if made.sound else "✗ 当场核对没有通过，日志可能被改动：请运行 xuke journal verify。\n"
    )
    return 0 if made.sound else 1


def _exported(args: argparse.Namespace, kept: bytes) -> Export:
    try:
        return audit.export(stream=args.stream, reason=args.reason, by=SYSTEM, now=timezone.now(), kept=kept)
    finally:
        connections.close_all()


def _as_json(report: Report) -> str:
    facts = {"sound": report.is_sound, **asdict(report)}
    return json.dumps(facts, ensure_ascii=False, indent=2) + "\n"


def _in_words(report: Report) -> str:
    lines = [
        f"条目 {report.entries} 个，已封存 {report.sealed} 个，待封存 {report.waiting} 个，"
        f"所在事务尚未结束 {report.running} 个。",
        f"签名树头：数据库 {report.heads} 个，文件 {report.lines} 个。",
        *(f"✗ {finding.message}" for finding in report.findings),
    ]
    found = len(report.findings) + report.more
    if report.more:
        lines.append(f"另有 {report.more} 处未列出。")
    lines.append(f"发现 {found} 处问题，日志不可信。" if found else "日志完整，没有发现问题。")
    return "\n".join(lines) + "\n"
