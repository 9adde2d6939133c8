"""The only writers of exports: asking, making, failing, cancelling, taking, removing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from xuke.accounts.officers import Officer
from xuke.exports.models import FORMATS, KINDS, OPEN, TASK, ListExport
from xuke.foundation import jobs, journal
from xuke.foundation.actors import Actor
from xuke.foundation.refusals import Conflict, Invalid, NotFound, NotPermitted, Problem
from xuke.foundation.transactions import command
from xuke.licensing import filters

MOST_OPEN = 3
"""Exports of one person that may wait or run at a time."""
KEPT_FOR = timedelta(days=7)
_QUEUE = 7_301
"""The class of advisory locks under which one person's exports are counted."""


class NotYours(NotPermitted):
    """这份导出是您在另一个单位或者以前的岗位上申请的，现在的岗位不能下载。请在现在的岗位上重新导出。"""


def lock(id: UUID) -> ListExport:
    """The newest row, locked. One that may not be seen is not found."""
    found = ListExport.objects.select_for_update(no_key=True, of=("self",)).filter(pk=id).first()
    if found is None:
        raise NotFound("没有找到这份导出。")
    return found


def _made(kind: str, asked: Mapping[str, str], form: str, by: Officer, now: datetime) -> ListExport:
    if kind not in KINDS:
        raise Invalid(Problem("kind", "没有这样的清单。"))
    if form not in FORMATS:
        raise Invalid(Problem("form", "请选择Excel表格或者CSV。"))
    wanted = filters.read(asked, by)
    words = [f"{filters.LABELS[name]}：{words}" for name, words in wanted.told(by)]
    if wanted.closed:
        words.append("包括已办结的")
    return ListExport(
        user_id=by.user_id,
        authority_id=by.authority_id,
        authority_path=by.authority_path,
        kind=kind,
        asked=wanted.as_address(),
        told="；".join(words),
        form=form,
        asked_at=now,
    )


@command
def ask_export(*, kind: str, asked: Mapping[str, str], form: str, by: Officer, now: datetime) -> ListExport:
    """Order a list as a file; the worker makes it."""
    made = _made(kind, asked, form, by, now)
    with connection.cursor() as cursor:
        # Two windows of one person are counted one after the other.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_QUEUE, by.user_id % 2**31])
    if ListExport.objects.filter(user=by.user_id, state__in=OPEN).count() >= MOST_OPEN:
        raise Conflict(f"您已有{MOST_OPEN}份导出在排队或者生成，请等其中一份完成，或者在“我的导出”里取消一份。")
    made.save(force_insert=True)
    journal.record("export.asked", subject=made, by=by, at=now, **_told(made, "list", "filters", "format"))
    jobs.defer(TASK, lock=made.stream, export=str(made.pk))
    return made


@command
def note_streamed(*, kind: str, asked: Mapping[str, str], by: Officer, now: datetime) -> ListExport:
    """Write down that a list is taken away at once, without a file of ours."""
    made = _made(kind, asked, "csv", by, now)
    made.state, made.finished_at = "streamed", now
    made.save(force_insert=True)
    journal.record("export.streamed", subject=made, by=by, at=now, **_told(made, "list", "filters", "format"))
    return made


@command
def finish_export(*, export: UUID, rows: int, size: int, by: Actor, now: datetime) -> bool:
    """Say that the file is there; false when nobody waits for it any more."""
    made = lock(export)
    if not made.is_open:
        return False
    made.state, made.finished_at, made.expires_at = "ready", now, now + KEPT_FOR
    made.done, made.size, made.revision = rows, size, made.revision + 1
    made.save(update_fields=["state", "finished_at", "expires_at", "done", "size", "revision"])
    journal.record("export.made", subject=made, by=by, at=now, **made.facts())
    return True


@command
def fail_export(*, export: UUID, reason: str, by: Actor, now: datetime) -> None:
    """Say why there is no file."""
    made = lock(export)
    if made.is_open:
        made.state, made.finished_at, made.problem, made.revision = "failed", now, reason, made.revision + 1
        made.save(update_fields=["state", "finished_at", "problem", "revision"])
        journal.record("export.failed", subject=made, by=by, at=now, reason=reason)


@command
def cancel_export(*, export: UUID, by: Officer, now: datetime) -> ListExport:
    """Take back what was ordered. The worker notices within a moment; doing it twice is once."""
    made = lock(export)
    _demand_own(made, by)
    if made.state == "cancelled":
        return made
    if not made.is_open:
        raise Conflict("这份导出已经完成，不用取消。")
    made.state, made.finished_at, made.revision = "cancelled", now, made.revision + 1
    made.save(update_fields=["state", "finished_at", "revision"])
    journal.record("export.cancelled", subject=made, by=by, at=now)
    return made


@command
def take_export(*, export: UUID, by: Officer, now: datetime) -> ListExport:
    """Hand the file to the person who asked for it, in the post in which they asked; it is written down each time."""
    made = lock(export)
    _demand_own(made, by)
    if made.authority_id != by.authority_id or made.authority_path != by.scope.authority_path:
        raise NotYours()
    if not made.is_ready or not made.path.is_file():
        raise Conflict("这份导出没有文件可以下载。请重新导出。")
    made.fetched_at, made.revision = made.fetched_at or now, made.revision + 1
    made.save(update_fields=["fetched_at", "revision"])
    journal.record("export.downloaded", subject=made, by=by, at=now, **made.facts())
    return made


@command
def expire_export(*, export: UUID, by: Actor, now: datetime) -> None:
    """Remove a file whose days are over."""
    made = lock(export)
    if made.is_ready:
        made.state, made.revision = "expired", made.revision + 1
        made.save(update_fields=["state", "revision"])
        journal.record("export.expired", subject=made, by=by, at=now)
    made.path.unlink(missing_ok=True)


def _demand_own(made: ListExport, by: Officer) -> None:
    if made.user_id != by.user_id:
        raise NotFound("没有找到这份导出。")


def _told(made: ListExport, *names: str) -> dict[str, Any]:
    return {name: value for name, value in made.facts().items() if name in names}
