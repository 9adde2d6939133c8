"""The worker: background jobs, the journal's sealer, delivery of news, and the rescue of jobs whose worker died."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.utils import timezone
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from xuke.audit import checking
from xuke.certificates import commands as certificates
from xuke.config.job_endings import Insisting
from xuke.config.news import HANDLERS
from xuke.config.observing import as_job
from xuke.exports import making as exports
from xuke.foundation import files, jobs, journal, news
from xuke.foundation.actors import SYSTEM
from xuke.foundation.heartbeat import EverySecond
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.foundation.turns import turn
from xuke.identity import housekeeping as identity
from xuke.licensing import counts, queries, watching
from xuke.licensing.commands import moving
from xuke.parties import names
from xuke.publication import tasks as publication

_log = logging.getLogger(__name__)

HEARTBEAT = 2.0
"""Seconds between two signs of life of a worker."""
DAY = timedelta(days=1)
GRACE = 2.0
"""Seconds that a check of the journal is waited for when the worker stops."""
STALLED = 8.0
"""Seconds without a sign of life after which a worker counts as dead, and its jobs are taken up again."""
_HOUSEKEEPING = 5120938467712097
"""The number of the advisory lock of whoever keeps house."""
_FROM_THE_FUTURE = (
    "UPDATE procrastinate_workers SET last_heartbeat = now() WHERE last_heartbeat > now() + interval '1s'"
)
"""When the clock was set back, a worker that died before would count as alive until the clock is there again."""


def seal() -> None:
    """Seal what happened, and say so where auditors see it: once a second."""
    checking.seal(timezone.now)


def check_journal() -> None:
    """Check the whole journal, unless that was done today; auditors see what was found."""
    checking.check_daily(timezone.now)


def tell() -> None:
    """Tell the handlers what was sealed. Goes on with what is sealed when the sealer refuses to sign more."""
    news.deliver(HANDLERS, timezone.now())


def hand_over() -> None:
    """Hand over cases whose category another level licenses from today on, batch by batch."""
    moving.go_on(timezone.now)


def keep_house(now: datetime) -> bool:
    """Keep house; false when another worker is at it."""
    with turn(_HOUSEKEEPING) as is_ours:
        if is_ours:
            housekeeping(now)
    return is_ours


def housekeeping(now: datetime) -> None:
    """What a day brings: licences whose validity is over; and what nobody needs any more, from files to sessions."""
    # What the law has renewed does not expire, nor what still waits for its renewal.
    watching.renew_silent(now)
    with opened_for(EVERYTHING):
        waiting = queries.renewals_waiting(today=journal.legal_day(now))
    certificates.expire_ended(keep=waiting, by=SYSTEM, now=now)
    files.sweep(now=now)
    swept = files.sweep_unused(now=now)
    sessions = identity.sweep(now=now)
    exports.sweep(now)
    # What an older release beside this one, or a restored copy, left out of the officers' lists.
    with opened_for(EVERYTHING):
        names.keep_missing()
    counts.repair()
    attempts, _ = AccessAttempt.objects.filter(attempt_time__lt=now - DAY).delete()
    _log.info("housekeeping: %s files, %s sessions, %s login attempts", swept, sessions, attempts)


class Daily:
    """Does something the first time it is asked, and again when a day has passed since it was last done. While it was
    not its turn (`work` says false), it tries again whenever it is asked."""

    def __init__(self, work: Callable[[datetime], bool]) -> None:
        self._work = work
        self._next: datetime | None = None

    def __call__(self) -> None:
        now = timezone.now()
        if (self._next is None or now >= self._next) and self._work(now):
            self._next = now + DAY


def run(*, name: str, until_idle: bool = False) -> None:
    """Work until told to stop, or (`until_idle`) until no job is left."""
    heartbeat = EverySecond((seal, tell))
    # In a thread of its own: many files to sweep must not keep the journal unsealed.
    housekeeper = EverySecond((Daily(keep_house),), seconds=60, longest=3600)
    # A long journal takes minutes to check, and whoever stops the worker does not wait for it.
    checker = EverySecond((check_journal,), seconds=600, longest=3600)
    folder = EverySecond((counts.fold, hand_over), seconds=60, longest=600)
    watcher = EverySecond((watching.Watch(timezone.now),), seconds=60, longest=600)
    exports.go_on()
    # Figures, and once a day the whole register as a file, for the public pages.
    publisher = EverySecond(
        (publication.keep_figures, publication.catch_up, publication.write_whole_register), seconds=30, longest=600
    )
    heartbeat.start()
    folder.start()
    watcher.start()
    housekeeper.start()
    publisher.start()
    checker.start()
    try:
        asyncio.run(_work(name, until_idle))
    finally:
        checker.stop(timeout=GRACE)
        publisher.stop(timeout=GRACE)
        folder.stop()
        watcher.stop()
        housekeeper.stop()
        heartbeat.stop()
    seal()
    tell()


def for_workers() -> App:
    """The app over connections of its own, which can listen for news of jobs."""
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    working = app.with_connector(connector.get_worker_connector())
    working.job_manager = Insisting(working.connector)
    return working


async def _work(name: str, until_idle: bool) -> None:
    async with for_workers().open_async() as working:
        rescue = asyncio.create_task(_rescue(working))
        # Long lists are made one after the other beside everything else: no certificate waits behind one.
        lines = (
            asyncio.create_task(_take(working, name, jobs.PROMPT, until_idle, signals=not until_idle)),
            asyncio.create_task(_take(working, f"{name}-reports", jobs.REPORTS, until_idle, signals=False)),
        )
        # One that ends, because the database was away, ends the other: whoever starts the worker again starts both.
        enough = asyncio.FIRST_EXCEPTION if until_idle else asyncio.FIRST_COMPLETED
        try:
            done, _ = await asyncio.wait(lines, return_when=enough)
            for line in done:
                line.result()
        finally:
            exports.stop()
            for task in (*lines, rescue):
                task.cancel()
            await asyncio.gather(*lines, rescue, return_exceptions=True)


async def _take(working: App, name: str, line: str, until_idle: bool, *, signals: bool) -> None:
    """Do the jobs of one line, one after the other."""
    await working.run_worker_async(
        name=name,
        queues=[line],
        concurrency=1,
        wait=not until_idle,
        delete_jobs="successful",
        update_heartbeat_interval=HEARTBEAT,
        stalled_worker_timeout=STALLED,
        shutdown_graceful_timeout=10,
        install_signal_handlers=signals,
        worker_middleware=[as_job],
    )


async def _rescue(working: App) -> None:
    while True:
        try:
            await take_up_stalled(working, silent_for=STALLED)
        except Exception:
            _log.exception("looking for stalled jobs failed; trying again")
        await asyncio.sleep(HEARTBEAT)


async def take_up_stalled(working: App, *, silent_for: float) -> int:
    """Order again what a dead worker held, one that was silent for so many seconds; how many jobs.

    Every job of ours may run twice without harm.
    """
    await working.connector.execute_query_async(_FROM_THE_FUTURE)
    stalled = list(await working.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent_for))
    for job in stalled:
        _log.warning("job %s of a worker that stopped is taken up again", job.id)
        await working.job_manager.retry_job(job)
    return len(stalled)
