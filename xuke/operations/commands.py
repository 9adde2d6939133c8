"""What an operator does that leaves a trace: failed jobs are ordered again, a system came back from a backup.

Each is a subject of its own in the journal, with one entry; there is no table of them, because the journal is it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.identity import new_id
from xuke.foundation.refusals import Conflict
from xuke.foundation.transactions import command
from xuke.operations.permissions import demand_operator
from xuke.operations.queries import FailedJob

MOST_NAMED = 200
"""Jobs that are ordered again at once: an entry names each of them."""


@dataclass
class Operation:
    """One thing an operator did."""

    journal_label: str
    id: UUID = field(default_factory=new_id)
    revision: int = 1
    journal_authority: str = ""
    journal_enterprise: str = ""

    @property
    def stream(self) -> str:
        """Where its entry stands in the journal."""
        return f"operation:{self.id}"


@command
def retry_job(*, job: int, by: Actor, now: datetime) -> None:
    """Order one failed job again. Every job of ours may run twice without harm."""
    demand_operator(by)
    failed = _locked(ProcrastinateJob.objects.filter(id=job).select_for_update())
    if not failed:
        raise Conflict("这个作业已经不在失败的作业里：有人重试过了，或者它已经做完。")
    _retry(failed, by=by, now=now)


@command
def retry_failed(*, by: Actor, now: datetime) -> int:
    """Order failed jobs again, at most as many as an entry names; how many.

    Those that somebody else is just ordering are left to them.
    """
    demand_operator(by)
    failed = _locked(ProcrastinateJob.objects.select_for_update(skip_locked=True))
    if failed:
        _retry(failed, by=by, now=now)
    return len(failed)


def _locked(jobs: QuerySet[ProcrastinateJob]) -> list[FailedJob]:
    """Failed jobs that nobody else orders again before we have: two operators who press at once order a job once."""
    rows = jobs.filter(status="failed").order_by("id")[:MOST_NAMED]
    return [FailedJob(row.id, row.task_name, row.args, row.attempts, None) for row in rows]


def _retry(failed: list[FailedJob], *, by: Actor, now: datetime) -> None:
    for job in failed:
        app.job_manager.retry_job_by_id(job.id, retry_at=now)
    label = f"{failed[0].title}：{failed[0].about}" if len(failed) == 1 else f"{len(failed)}个失败的作业"
    journal.record(
        "job.retried",
        subject=Operation(label),
        by=by,
        at=now,
        jobs=[job.id for job in failed],
        tasks=sorted({job.task for job in failed}),
    )


@command
def note_restored(
    *, kind: str, made_at: datetime, point: datetime, entries: int, lost: int | None, by: Actor, now: datetime
) -> None:
    """Write down that the system came back from a backup.

    What happened after the point is lost, and nobody may hide that.
    """
    demand_operator(by)
    journal.record(
        "installation.restored",
        subject=Operation("从备份恢复"),
        by=by,
        at=now,
        kind=kind,
        made_at=made_at,
        point=point,
        entries=entries,
        lost=lost,
    )
