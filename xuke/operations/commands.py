"""What an operator does that leaves a trace: failed jobs are ordered again, a system came back from a backup.

Each is a subject of its own in the journal, with one entry; there is no table of them, because the journal is it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.identity import new_id
from xuke.foundation.refusals import Conflict
from xuke.foundation.transactions import command
from xuke.operations import queries
from xuke.operations.permissions import demand_operator
from xuke.operations.queries import FailedJob

MOST_NAMED = 200
"""Jobs that an entry names one by one."""


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
    locked = ProcrastinateJob.objects.filter(id=job, status="failed").first()
    if locked is None:
        raise Conflict("这个作业已经不在失败的作业里：有人重试过了，或者它已经做完。")
    _retry([FailedJob(locked.id, locked.task_name, locked.args, locked.attempts, None)], by=by, now=now)


@command
def retry_failed(*, by: Actor, now: datetime) -> int:
    """Order every failed job again; how many."""
    demand_operator(by)
    failed = queries.failed_jobs()
    if failed:
        _retry(failed, by=by, now=now)
    return len(failed)


def _retry(failed: list[FailedJob], *, by: Actor, now: datetime) -> None:
    for job in failed:
        app.job_manager.retry_job_by_id(job.id, retry_at=now)
    label = f"{failed[0].title}：{failed[0].about}" if len(failed) == 1 else f"{len(failed)}个失败的作业"
    journal.record(
        "job.retried",
        subject=Operation(label),
        by=by,
        at=now,
        jobs=[job.id for job in failed[:MOST_NAMED]],
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
