"""What runs, what waits and what failed. Nothing of what cases hold is read: operators see no case."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Max
from procrastinate.contrib.django.models import ProcrastinateJob

from xuke import __version__
from xuke.audit import signs as log
from xuke.foundation.models.journal import Unhandled
from xuke.operations import words
from xuke.operations.rules import ALIVE_WITHIN, Alarm, Signs, alarms
from xuke.operations.signs import Backup, last_backup

MOST_SHOWN = 50

_QUEUE = """
    SELECT j.task_name,
        count(*) FILTER (WHERE j.status = 'todo'), count(*) FILTER (WHERE j.status = 'doing'),
        count(*) FILTER (WHERE j.status = 'failed'),
        (SELECT min(e.at) FROM procrastinate_events e
            WHERE e.type = 'deferred' AND e.job_id = min(j.id) FILTER (WHERE j.status = 'todo'))
    FROM procrastinate_jobs j WHERE j.status IN ('todo', 'doing', 'failed') GROUP BY j.task_name ORDER BY j.task_name
"""
_REST = """
    SELECT
        (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > %s),
        (SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND attempts > 0),
        (SELECT count(*) FROM foundation_unhandled), (SELECT count(*) FROM foundation_unhandled WHERE attempts > 0),
        (SELECT current_setting('archive_mode') <> 'off' AND failed_count > 0
            AND coalesce(last_failed_time > last_archived_time, true) FROM pg_stat_archiver),
        current_setting('server_version')
"""


@dataclass(frozen=True)
class Kind:
    """The jobs of one kind."""

    task: str
    waiting: int
    working: int
    failed: int
    oldest: datetime | None
    """When the oldest of those that wait was ordered."""

    @property
    def title(self) -> str:
        """What they do."""
        return words.task(self.task)


@dataclass(frozen=True)
class FailedJob:
    """A job that failed for good, because waiting does not mend it. What went wrong stands in the worker's log."""

    id: int
    task: str
    arguments: dict[str, Any]
    attempts: int
    at: datetime | None

    @property
    def title(self) -> str:
        """What it was to do."""
        return words.task(self.task)

    @property
    def about(self) -> str:
        """What it was about."""
        return words.about(self.task, self.arguments)


@dataclass(frozen=True)
class State:
    """Everything the operator's page shows."""

    signs: Signs
    alarms: list[Alarm]
    kinds: list[Kind]
    news: int
    """Reactions that wait, tried or not."""
    database: str
    release: str
    sealing: log.Sealing | None
    check: log.Check | None
    backup: Backup | None


def state(*, now: datetime) -> State:
    """The figures of this moment: two statements, three small files, one look at the disk."""
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE)
        kinds = [Kind(*row) for row in cursor.fetchall()]
        cursor.execute(_REST, [now - ALIVE_WITHIN])
        workers, retried, news, failing, archive_fails, database = cursor.fetchone()
    sealing, check, backup = log.last_sealing(), log.last_check(), last_backup()
    disk = shutil.disk_usage(Path(settings.XUKE_HOME))
    facts = Signs(
        now=now,
        workers=workers,
        waiting=sum(kind.waiting for kind in kinds),
        oldest_waiting=min((kind.oldest for kind in kinds if kind.oldest), default=None),
        retried=retried,
        failed=sum(kind.failed for kind in kinds),
        news_failing=failing,
        sealed_at=sealing.at if sealing else None,
        sealing_problem=sealing.problem if sealing else "",
        checked_at=check.ended if check else None,
        check_found=check.found if check else 0,
        check_problem=check.problem if check else "",
        backed_up_at=backup.good_at if backup else None,
        backup_problem=backup.problem if backup else "",
        archive_fails=archive_fails,
        free=disk.free,
        capacity=disk.total,
    )
    return State(facts, alarms(facts), kinds, news, database, __version__, sealing, check, backup)


def failed_jobs(limit: int | None = None) -> list[FailedJob]:
    """The jobs that failed for good, oldest first."""
    rows = ProcrastinateJob.objects.filter(status="failed").annotate(at=Max("procrastinateevent__at")).order_by("id")
    shown = rows[:limit] if limit else rows
    return [FailedJob(row.id, row.task_name, row.args, row.attempts, row.at) for row in shown]


@dataclass(frozen=True)
class News:
    """A reaction to news that was tried and failed."""

    handler: str
    attempts: int
    retry_at: datetime
    problem: str

    @property
    def reason(self) -> str:
        """The first line of what went wrong: what follows may quote a row of a case, which is not for operators."""
        return self.problem.partition("\n")[0]


def failing_news() -> list[News]:
    """Reactions that were tried and failed, most often tried first."""
    rows = Unhandled.objects.filter(attempts__gt=0).order_by("-attempts", "id")[:MOST_SHOWN]
    return [News(row.handler, row.attempts, row.retry_at, row.problem) for row in rows]
