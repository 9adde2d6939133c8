"""The worker's part: write the file of an export, tell how far it is, and stop when nobody waits for it any more."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import connections
from procrastinate.contrib.django.models import ProcrastinateJob

from xuke.accounts import queries as accounts
from xuke.accounts.officers import Officer
from xuke.exports import commands
from xuke.exports.models import OPEN, TASK, ListExport, folder
from xuke.exports.reading import Reading
from xuke.exports.writing import WRITERS, Writer
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.directories import flush_entry
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.licensing import filters, lists
from xuke.licensing.filters import Filters

Now = Callable[[], datetime]
PAUSE = 0.25
"""How long is rested after each piece, as a part of what it took: pages go first."""
NICENESS = 10
LEFT_BEHIND = timedelta(days=1)
"""After so long nobody writes a half file any more."""
NOT_MADE = "生成时出了故障，没有文件。请重新导出；还是不行的，请联系系统管理员。"
OTHERWISE = "提出导出以后，筛选条件里的机关或者人员有了变动，不能再照原样生成。请重新筛选后导出。"
NO_POST = "您在提出导出时的岗位已经变动，不能再生成这份导出。"


_stopping = threading.Event()


class Interrupted(OSError):
    """The worker stops: the job is ordered again, and begins anew."""


class Cancelled(Exception):
    """Nobody waits for the file any more."""


def stop() -> None:
    """Let the file that is being written go: the worker ends within one piece."""
    _stopping.set()


def go_on() -> None:
    """Write files again: a worker begins."""
    _stopping.clear()


def make_aside(id: UUID, now: Now) -> None:
    """`make` in a thread of its own that gives way to every other: a long list must not slow a page."""
    with ThreadPoolExecutor(1, "export", initializer=_give_way) as aside:
        aside.submit(_make_and_leave, id, now).result()


def _give_way() -> None:
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def _make_and_leave(id: UUID, now: Now) -> None:
    try:
        make(id, now)
    finally:
        connections.close_all()


def make(id: UUID, now: Now) -> None:
    """Make the file of an export. Killed at any moment and run again, it begins anew and arrives at one file."""
    with opened_for(EVERYTHING):
        export = ListExport.objects.select_related("user", "authority").filter(pk=id, state__in=OPEN).first()
        officer = _in_office(export, now()) if export else None
        if export and officer is None:
            commands.fail_export(export=id, reason=NO_POST, by=SYSTEM, now=now())
        ListExport.objects.filter(pk=id, state__in=OPEN).update(state="running", done=0)
    if export is None or officer is None:
        return
    wanted = filters.read(export.asked, officer)
    if wanted.notes:
        # The list is called by all its filters; without one of them it would be another, and longer.
        with opened_for(EVERYTHING):
            commands.fail_export(export=id, reason=OTHERWISE, by=SYSTEM, now=now())
        return
    folder().mkdir(parents=True, exist_ok=True)
    # Two workers that take each other for dead write two files; the one that is renamed last is as good as the other.
    half = folder() / f".{id}-{os.getpid()}-{threading.get_ident()}"
    try:
        rows = _write(export, officer, wanted, half, now)
        half.chmod(0o640)
        size = half.stat().st_size
        half.replace(export.path)
        flush_entry(folder())
    except Cancelled:
        return
    finally:
        half.unlink(missing_ok=True)
    with opened_for(EVERYTHING):
        is_wanted = commands.finish_export(export=id, rows=rows, size=size, by=SYSTEM, now=now())
    if not is_wanted:
        export.path.unlink(missing_ok=True)


def give_up(id: UUID, now: Now) -> None:
    """Say that there will be no file: what is wrong does not mend itself."""
    with opened_for(EVERYTHING):
        commands.fail_export(export=id, reason=NOT_MADE, by=SYSTEM, now=now())


def _in_office(export: ListExport, now: datetime) -> Officer | None:
    """The person as they are today in the post in which they asked; None when they may not read cases there."""
    found = accounts.officer(export.user, today=journal.legal_day(now), authority=export.authority)
    is_same = found is not None and found.reads_cases and found.authority_path == export.authority_path
    return found if is_same and export.user.is_active else None


def _write(export: ListExport, officer: Officer, wanted: Filters, path: Path, now: Now) -> int:
    found = lists.whole(export.kind, officer, wanted, today=journal.legal_day(now()))
    reading, rows = Reading(found, officer.scope), 0
    writer: Writer = WRITERS[export.form](path)
    try:
        reading.open()
        _tell(export, 0, reading.estimate())
        began = time.monotonic()
        for piece in reading.pieces():
            writer.write(piece)
            rows += len(piece)
            if _stopping.is_set():
                raise Interrupted("the worker stops")
            _tell(export, rows)
            time.sleep(PAUSE * (time.monotonic() - began))
            began = time.monotonic()
    finally:
        reading.close()
        writer.close()
    return rows


def _tell(export: ListExport, rows: int, estimate: int | None = None) -> None:
    """Say how far it is; raises `Cancelled` when nobody wants to know."""
    facts = {"done": rows} if estimate is None else {"done": rows, "estimated": estimate}
    with opened_for(EVERYTHING):
        if not ListExport.objects.filter(pk=export.pk, state="running").update(**facts):
            raise Cancelled


def sweep(now: datetime) -> int:
    """Remove the files whose days are over, and what killed workers left half written; how many files went. An export
    without a job will never be made, and keeps nobody from asking anew."""
    with opened_for(EVERYTHING):
        waiting = ProcrastinateJob.objects.filter(task_name=TASK, status__in=("todo", "doing"))
        made = {UUID(arguments["export"]) for arguments in waiting.values_list("args", flat=True)}
        lost = list(ListExport.objects.filter(state__in=OPEN).exclude(pk__in=made).values_list("pk", flat=True))
        over = list(ListExport.objects.filter(state="ready", expires_at__lte=now).values_list("pk", flat=True))
    for export in lost:
        give_up(export, lambda: now)
    for export in over:
        with opened_for(EVERYTHING):
            commands.expire_export(export=export, by=SYSTEM, now=now)
    oldest = (now - LEFT_BEHIND).timestamp()
    for half in folder().glob(".*"):
        if half.stat().st_mtime < oldest:
            if half.is_dir():
                shutil.rmtree(half)
            else:
                half.unlink(missing_ok=True)
    return len(over)
