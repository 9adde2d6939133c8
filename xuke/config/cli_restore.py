"""`xuke restore`: make an installation from a backup, into a new XUKE_HOME or an empty database, and check it."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.utils import timezone

from xuke.audit import checking
from xuke.config import embedded, installation
from xuke.config.backup import history, restoring
from xuke.config.backup.history import Wanted
from xuke.config.backup.manifest import Manifest, Point
from xuke.config.backup.restoring import Restored
from xuke.config.unusable import Unusable
from xuke.foundation import sealer
from xuke.foundation.actors import SYSTEM
from xuke.foundation.journal_check import Report
from xuke.operations import commands

NAMED = 20
"""How many files that are lost are named on the screen."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which backup; where to is said by the environment, as for every command."""
    parser.add_argument("backup", type=Path, metavar="DIR", help="xuke backup 写下的目录")
    parser.add_argument("--admin", metavar="URL", default="", help="管理员的数据库地址：先建角色和空的数据库")
    parser.add_argument(
        "--heads",
        type=Path,
        metavar="FILE",
        help="丢失的系统留下的journal-heads.jsonl：据此说明备份之后丢了多少，并留存",
    )
    parser.add_argument("--base", action="store_true", help="DIR 是 xuke backup --base 写下的：按时刻恢复")
    parser.add_argument("--until", metavar="MOMENT", help="恢复到哪一刻，例如 2026-11-22T16:30:00；不写则到归档的末尾")
    parser.add_argument("--wal", type=Path, metavar="DIR", help="WAL归档，默认 XUKE_WAL_ARCHIVE")
    parser.add_argument("--files", type=Path, metavar="DIR", help="丢失的系统的 files 目录，还读得出来的话")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2, metavar="N", help="同时恢复几张表")


def run(arguments: argparse.Namespace) -> int:
    """Restore, prepare, verify. 0: all is there and the journal is whole; 1: restored, but look; 2: nothing changed."""
    home, began = Path(settings.XUKE_HOME), time.perf_counter()
    folder = arguments.backup.resolve()
    if arguments.base:
        return _to_a_moment(arguments, folder, home)
    if arguments.until or arguments.wal or arguments.files:
        raise Unusable("--until、--wal、--files 只与 --base 一起用。")
    restored = restoring.restore(
        folder, home, admin=arguments.admin, heads=arguments.heads, jobs=arguments.jobs, tell=_tell
    )
    report = _put_to_use(home, "整份备份", restored.manifest.point, restored.manifest, restored.lost)
    sys.stdout.write(_in_words(restored, folder, home))
    sys.stdout.write(f"用时{time.perf_counter() - began:.0f}秒。\n")
    return max(_told(report), 1 if restored.manifest.missing or restored.decayed else 0)


def _to_a_moment(arguments: argparse.Namespace, folder: Path, home: Path) -> int:
    """Roll a copy of the server forward."""
    archive = arguments.wal or Path(os.environ.get("XUKE_WAL_ARCHIVE") or home / "wal")
    wanted = Wanted(folder, archive.resolve(), _moment(arguments.until), arguments.files, arguments.heads)
    recovered = history.restore(wanted, home, now=timezone.now(), tell=_tell)
    point = recovered.point
    lost = None
    if arguments.heads:
        lost = restoring.sealed_after(replace(recovered.manifest, point=point), arguments.heads)
    report = _put_to_use(home, "按时刻恢复", point, recovered.manifest, lost)
    until = f"{timezone.localtime(wanted.until):%Y-%m-%d %H:%M:%S}" if wanted.until else "归档的末尾"
    sys.stdout.write(f"已恢复到{until}：{home}，日志{point.entries}条，已封存{point.sealed}条。\n")
    if not recovered.archived:
        sys.stdout.write(f"✗ 归档 {wanted.archive} 是空的：只恢复到了这份备份本身，此后写下的都不在。\n")
    if lost:
        sys.stdout.write(f"此后封存的{lost}条日志丢失了，证据保存为 {home / restoring.LOST_HEADS}，请长期留存。\n")
    if recovered.missing:
        sys.stdout.write(
            f"✗ 缺{len(recovered.missing)}个文件：{_names(recovered.missing)}。它们比最近一次 xuke backup 新，"
            "或者在备份中损坏了。旧磁盘还读得出来的，把它的 files/ 拷过来。\n"
        )
    return max(_told(report), 1 if recovered.missing or not recovered.archived else 0)


def _moment(text: str | None) -> datetime | None:
    """A moment as somebody types it; without a zone it is the time in China."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unusable(f"{text} 不是一个时刻。请写成 2026-11-22T16:30:00。") from None
    return moment if moment.tzinfo else timezone.make_aware(moment)


def _put_to_use(home: Path, kind: str, point: Point, made: Manifest, lost: int | None) -> Report:
    """Bring it to this release, write the restore into the journal, seal and check the whole of it."""
    _tell("更新到这个版本，核查日志……")
    with embedded.running(home):
        installation.prepare(now=timezone.now())
        commands.note_restored(
            kind=kind,
            made_at=made.made_at,
            point=point.at,
            entries=point.entries,
            lost=lost,
            by=SYSTEM,
            now=timezone.now(),
        )
        sealer.seal(timezone.now())
        report = checking.check(timezone.now)
        connections.close_all()
    return report


def _told(report: Report) -> int:
    """Say whether the journal is whole; the exit code."""
    if not report.is_sound:
        sys.stdout.write("✗ 恢复出来的日志核查没有通过：请运行 xuke journal verify 查看，不要开始使用。\n")
        return 1
    sys.stdout.write(f"日志完整：{report.entries}条，已封存{report.sealed}条。\n")
    return 0


def _tell(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


def _names(digests: Sequence[str]) -> str:
    return "、".join(digests[:NAMED]) + ("等" if len(digests) > NAMED else "")


def _in_words(restored: Restored, folder: Path, home: Path) -> str:
    made, point = restored.manifest, restored.manifest.point
    moment = f"{timezone.localtime(point.at):%Y-%m-%d %H:%M:%S}"
    lines = [
        f"已从 {folder} 恢复到 {home}。",
        f"备份点：{moment}，日志{point.entries}条，已封存{point.sealed}条；文件{made.contents}个。",
    ]
    if restored.lost:
        lines.append(
            f"备份点之后封存的{restored.lost}条日志丢失了。丢失的系统的树头保存为 {home / restoring.LOST_HEADS}，"
            "请长期留存，并登记恢复的时间和原因。"
        )
    elif restored.lost == 0:
        lines.append("与丢失的系统的树头文件相比，没有丢失已封存的日志。")
    else:
        lines.append(
            f"{moment} 之后办的事项不在备份里。有丢失的系统的 journal-heads.jsonl 的，用 --heads 可以知道丢了多少。"
        )
    if made.missing:
        lines.append(f"✗ 备份时就缺{len(made.missing)}个文件，例如 {made.missing[0]}。")
    if restored.decayed:
        lines.append(
            f"✗ 备份里有{len(restored.decayed)}个文件损坏了，没有恢复，其余的都恢复了：{_names(restored.decayed)}。"
            f"备份的另一份拷贝，或者丢失的系统的 files/ 里有完好的，拷进 {home / 'files'}。"
        )
    return "\n".join(lines) + "\n"
