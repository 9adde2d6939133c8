"""What a reading of the database tells about its work: queue, sealer, news, connections. A few cheap statements.

However often somebody asks, the database is asked every few seconds; when it does not answer, the figures say so.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from django.db import DatabaseError, connection
from django.utils import timezone

from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.licensing.queries import OPEN_STATES

_log = logging.getLogger(__name__)

KEPT_FOR = 5.0
"""Seconds for which a reading is told again."""
MOST = 10_000
"""Where counting ends."""

_JOBS = "SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status"
_OLDEST_JOB = """
    SELECT extract(epoch FROM %s - min(coalesce(job.scheduled_at, event.at)))::float
    FROM procrastinate_jobs AS job
    JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'deferred'
    WHERE job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= %s)
"""
_WAITING = "SELECT waiting, extract(epoch FROM %s - oldest)::float FROM journal_waiting(%s)"
_NEWS = """
    SELECT count(*), count(*) FILTER (WHERE attempts > 0)
    FROM (SELECT attempts FROM foundation_unhandled LIMIT %s) AS first
"""
_CONNECTIONS = """
    SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user GROUP BY 1
"""
_OPEN = "EXPLAIN (FORMAT JSON) SELECT FROM licensing_application WHERE state = ANY(%s)"


@dataclass(frozen=True)
class Readings:
    """What the database told."""

    is_up: bool = False
    jobs: Mapping[str, int] = field(default_factory=dict)
    oldest_job: float = 0.0
    """Seconds that the oldest job has been waiting."""
    unsealed: int = 0
    sealer_lag: float = 0.0
    unhandled: int = 0
    failing: int = 0
    open_applications: float = 0.0
    """An estimate of the planner: counting them would read them all."""
    connections: Mapping[str, int] = field(default_factory=dict)


_lock = Lock()
_last: tuple[float, Readings] | None = None


def taken() -> Readings:
    """A reading of the last few seconds."""
    global _last
    with _lock:
        if _last is None or time.monotonic() - _last[0] > KEPT_FOR:
            try:
                readings = take()
            except DatabaseError as error:
                _log.warning("The figures of the database could not be read: %s", type(error).__name__)
                connection.close()
                readings = Readings()
            _last = (time.monotonic(), readings)
        return _last[1]


def take() -> Readings:
    """Read now: one transaction, six statements."""
    now = timezone.now()
    connection.close_if_unusable_or_obsolete()
    with opened_for(EVERYTHING):
        waiting, lag = _one(_WAITING, now, MOST)
        unhandled, failing = _one(_NEWS, MOST)
        ((plan,),) = _rows(_OPEN, list(OPEN_STATES))
        return Readings(
            is_up=True,
            jobs=dict(_rows(_JOBS)),
            oldest_job=_one(_OLDEST_JOB, now, now)[0] or 0.0,
            unsealed=waiting,
            sealer_lag=lag or 0.0,
            unhandled=unhandled,
            failing=failing,
            open_applications=float(plan[0]["Plan"]["Plan Rows"]),
            connections=dict(_rows(_CONNECTIONS)),
        )


def _rows(statement: str, *arguments: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return list(cursor.fetchall())


def _one(statement: str, *arguments: Any) -> Any:
    return _rows(statement, *arguments)[0]
