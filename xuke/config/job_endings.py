"""How a job ended is written down, if need be more than once.

A connection that breaks while a job runs would otherwise leave it as being done, by a worker that lives and knows
nothing of it: nobody would take it up before that worker is restarted.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from psycopg.errors import RaiseException

_log = logging.getLogger(__name__)

PAUSES = (0.1, 0.4, 1.0, 2.0, 4.0)
"""Seconds between attempts, about what a restart of the database takes. When it takes longer, the worker ends."""


class Insisting(JobManager):
    """Procrastinate's job manager, which does not give up when one connection is gone."""

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """The job has come to its end."""
        await _insist(job, lambda: super(Insisting, self).finish_job(job, status, delete_job))

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """The job shall be done again."""
        await _insist(job, lambda: super(Insisting, self).retry_job(job, retry_at, priority, queue, lock))


async def _insist(job: Job, write: Callable[[], Awaitable[None]]) -> None:
    for pause in PAUSES:
        try:
            await _write(job, write)
        except ConnectorException as problem:
            _log.warning("how job %s ended could not be written down (%s); trying again", job.id, problem.__cause__)
            await asyncio.sleep(pause)
        else:
            return
    await _write(job, write)


async def _write(job: Job, write: Callable[[], Awaitable[None]]) -> None:
    try:
        await write()
    except ConnectorException as problem:
        if not isinstance(problem.__cause__, RaiseException):
            raise
        # The answer to the attempt before was lost, or another worker has taken it up. Jobs may run twice.
        _log.info("job %s has been ended or taken up by another already", job.id)
