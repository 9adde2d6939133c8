"""`xuke backup`: copy database, files and keys while people work, whole and checked."""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from xuke.config import embedded
from xuke.config.backup import making
from xuke.config.backup.making import Made
from xuke.config.unusable import Unusable
from xuke.operations import signs

TWO = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, and how much of the past to keep."""
    parser.add_argument("--to", type=Path, metavar="DIR", help="备份放在哪里，默认 XUKE_HOME/backups；最好是另一块磁盘")
    parser.add_argument("--base", action="store_true", help="复制数据库服务器的文件，供按时刻恢复；与WAL归档配合使用")
    parser.add_argument(
        "--admin", metavar="URL", default="", help="--base 在您自己的PostgreSQL上需要有REPLICATION权限的地址"
    )
    parser.add_argument(
        "--keep", type=int, metavar="N", help="完成后同一种备份只留最新的N份，其余删除；整份备份和 --base 各算各的"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or TWO, metavar="N", help="同时转储几张表")


def run(arguments: argparse.Namespace) -> int:
    """Make a backup. 0: whole; 1: made, but something of the system itself is lost or damaged; 2: not made."""
    if arguments.keep is not None and arguments.keep < 1:
        raise Unusable("--keep 至少是1：不能把备份全部删除。")
    home = Path(settings.XUKE_HOME)
    root = (arguments.to or home / "backups").resolve()
    began, now = time.perf_counter(), timezone.now()
    try:
        with embedded.running(home) as info:
            base = _base(info, arguments.admin) if arguments.base else ""
            owner = making.owner_of(info)
            made = making.make(home, root, owner=owner, now=now, jobs=arguments.jobs, tell=_tell, base=base)
    except Unusable as problem:
        _note_failure(root, str(problem))
        raise
    seconds = time.perf_counter() - began
    wrong = _note(made, seconds)
    sys.stdout.write(_in_words(made, seconds))
    if arguments.keep:
        for folder in making.forget_old(root, kind=made.manifest.kind, keep=arguments.keep):
            sys.stdout.write(f"删除了旧备份 {folder}。\n")
    sys.stdout.write(wrong)
    return 1 if wrong else 0


def _base(info: embedded.ConnectionInfo, admin: str) -> str:
    """Who copies the server: of the embedded one its administrator, elsewhere whoever is named."""
    if not (admin or info.admin):
        raise Unusable("在您自己的PostgreSQL上，--base 需要 --admin：一个有REPLICATION权限的用户的地址。")
    return admin or info.admin


def _tell(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


def _in_words(made: Made, seconds: float) -> str:
    told, point = made.manifest, made.manifest.point
    size = sum(part.size for part in told.parts.values())
    lines = [
        f"备份完成：{made.place}（{size / 1e6:,.1f} MB，{seconds:.1f}秒）。",
        f"备份点：{timezone.localtime(point.at):%Y-%m-%d %H:%M:%S}，日志{point.entries}条，已封存{point.sealed}条。"
        "此前办成的都在备份里。",
        f"文件{told.contents}个，其中新复制{made.added}个，放在 {made.place.parent / making.CONTENTS}。",
        *([f"备份里有{made.mended}个文件损坏了，已从系统重新复制；请检查这块磁盘。"] if made.mended else []),
        f"清单的SHA-256：{made.digest}",
    ]
    if os.environ.get("XUKE_DATA_KEYS") or os.environ.get("XUKE_SECRET_KEY"):
        lines.append("注意：环境变量中的密钥（XUKE_DATA_KEYS、XUKE_SECRET_KEY）不在备份里，请另行保存。")
    return "\n".join(lines) + "\n"


def _note(made: Made, seconds: float) -> str:
    """Leave the sign that the operator's page and `xuke check --deploy` look for; what is wrong with the system."""
    wrong = _wrong(made)
    point = made.manifest.point
    size = sum(part.size for part in made.manifest.parts.values())
    signs.keep_backup(
        signs.Backup(
            at=made.manifest.made_at,
            place=str(made.place),
            problem=wrong.strip(),
            good_at=point.at,
            good_place=str(made.place),
            bytes=size,
            seconds=round(seconds, 1),
            entries=point.entries,
        )
    )
    return wrong


def _wrong(made: Made) -> str:
    """What is wrong with the installation, or with the contents that its backups share."""
    shared, lines = made.place.parent / making.CONTENTS, []
    if lost := made.lost:
        lines.append(f"系统里有{len(lost)}个文件缺失或者损坏，备份里也没有，例如 {lost[0]}。请从备份的其他拷贝中找回。")
    if hurt := sorted(set(made.damaged) - set(lost)):
        lines.append(
            f"系统里有{len(hurt)}个文件损坏，备份里的还完好，例如 {hurt[0]}。"
            f"请从 {shared} 的同名位置拷回系统的 files/。"
        )
    if gone := sorted(set(made.decayed) - set(lost)):
        lines.append(
            f"{shared} 里有{len(gone)}个文件损坏，只有旧备份还用得到，例如 {gone[0]}。请从备份的其他拷贝中找回。"
        )
    return "".join(f"{line}\n" for line in lines)


def _note_failure(root: Path, problem: str) -> None:
    before = signs.last_backup() or signs.Backup(timezone.now(), "")
    failed = replace(before, at=timezone.now(), place=str(root), problem=problem.partition("\n")[0])
    try:
        signs.keep_backup(failed)
    except OSError:
        sys.stderr.write("连“备份失败”也写不下来：XUKE_HOME 所在的磁盘可能满了。\n")
