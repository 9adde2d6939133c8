"""The worker: background jobs, the journal's sealer, delivery of news, and the rescue of jobs whose worker died."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from django.utils import timezone
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from xuke.config.news import HANDLERS
from xuke.foundation import files, news, sealer
from xuke.foundation.heartbeat import EverySecond

_log = logging.getLogger(__name__)

HEARTBEAT = 2.0
"""Seconds between two signs of life of a worker."""
STALLED = 8.0
"""Seconds without a sign of life after which a worker counts as dead, and its jobs are taken up again."""


def seal() -> None:
    """Seal what happened: once a second."""
    sealer.seal(timezone.now())


def tell() -> None:
    """Tell the handlers what was sealed. Goes on with what is sealed when the sealer refuses to sign more."""
    news.deliver(HANDLERS, timezone.now())


def run(*, name: str, until_idle: bool = False) -> None:
    """Work until told to stop, or (`until_idle`) until no job is left."""
    files.sweep(now=timezone.now())
    heartbeat = EverySecond((seal, tell))
    heartbeat.start()
    try:
        asyncio.run(_work(name, until_idle))
    finally:
        heartbeat.stop()
    seal()
    tell()


def for_workers() -> App:
    """The app over connections of its own, which can listen for news of jobs."""
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    return app.with_connector(connector.get_worker_connector())


async def _work(name: str, until_idle: bool) -> None:
    async with for_workers().open_async() as working:
        rescue = asyncio.create_task(_rescue(working))
        try:
            await working.run_worker_async(
                name=name,
                concurrency=1,
                wait=not until_idle,
                delete_jobs="successful",
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=STALLED,
                shutdown_graceful_timeout=10,
                install_signal_handlers=not until_idle,
            )
        finally:
            rescue.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await rescue


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
    stalled = list(await working.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent_for))
    for job in stalled:
        _log.warning("job %s of a worker that stopped is taken up again", job.id)
        await working.job_manager.retry_job(job)
    return len(stalled)
