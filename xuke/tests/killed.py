"""A process that dies at its n-th database statement: what kill tests run, again and again.

Started from a fork server that has imported everything and used nothing, so that each death costs little.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable
from itertools import count
from typing import Any

import django
import psycopg
from django.apps import apps

if not apps.ready:
    django.setup()

_STATEMENTS = (
    (psycopg.Cursor, "execute"),
    (psycopg.Connection, "commit"),
)
_ASYNC_STATEMENTS = (
    (psycopg.AsyncCursor, "execute"),
    (psycopg.AsyncConnection, "commit"),
)


def die_before(statement: int) -> None:
    """Have this process killed right before its n-th statement or commit, whichever thread issues it."""
    numbers = count(1)

    def tick() -> None:
        if next(numbers) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    for owner, name in _STATEMENTS:
        setattr(owner, name, _counted(getattr(owner, name), tick))
    for owner, name in _ASYNC_STATEMENTS:
        setattr(owner, name, _counted_async(getattr(owner, name), tick))


def _counted(original: Callable[..., Any], tick: Callable[[], None]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        tick()
        return original(*args, **kwargs)

    return run


def _counted_async(original: Callable[..., Any], tick: Callable[[], None]) -> Callable[..., Any]:
    async def run(*args: Any, **kwargs: Any) -> Any:
        tick()
        return await original(*args, **kwargs)

    return run


def was_killed(act: Callable[..., None], statement: int, *arguments: object) -> bool:
    """Run `act` in a process that dies at a statement; whether it died there. False: it came to its end."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=_run, args=(act, statement, arguments))
    process.start()
    process.join(60)
    assert process.exitcode is not None, "the process hangs"
    assert process.exitcode in (0, -signal.SIGKILL), f"the process failed with {process.exitcode}"
    return process.exitcode == -signal.SIGKILL


def _run(act: Callable[..., None], statement: int, arguments: tuple[object, ...]) -> None:
    die_before(statement)
    act(*arguments)


def grant(application: str, decider: Any, now: Any) -> None:
    """Decide, as the web would."""
    from xuke.licensing import commands
    from xuke.licensing.models import Application

    commands.grant(application=Application(pk=application), by=decider, now=now)


def work(name: str) -> None:
    """Be a worker: take up what a dead one held, and work until nothing is left.

    Who tells the public is left out: that can be made anew at any time, and dies often enough in the fault runs.
    """
    from xuke.config import worker
    from xuke.licensing import handlers

    worker.HANDLERS = handlers.HANDLERS

    async def rescue() -> None:
        async with worker.for_workers().open_async() as working:
            await worker.take_up_stalled(working, silent_for=0)

    asyncio.run(rescue())
    worker.run(name=name, until_idle=True)
