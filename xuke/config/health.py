"""Whether this process is alive, and whether it should be sent requests: for service managers and load balancers.

`/healthz` says that the event loop turns; it asks nothing of anybody, so a database that is away makes nobody restart
the web. `/readyz` says whether requests can be answered: the database reachable in each role we need, all migrations of
this release applied, and not about to stop.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, connections
from django.db.migrations.loader import MigrationLoader

_log = logging.getLogger(__name__)

ASKED_EVERY = 1.0
"""Seconds for which an answer is given again, however many ask."""
PATIENCE = 3.0
"""Seconds after which a database that does not answer is away."""
STOPPING = "stopping"
ROLES = (("default", "database"), ("public", "public_database"))
"""The connections that pages need, and what is said when one does not work."""
_APPLIED = "SELECT app, name FROM django_migrations"


def reasons() -> list[str]:
    """Why requests could not be answered; nothing when they can. Words, never what the database said."""
    found = [reason for alias, reason in ROLES if not _reaches(alias)]
    if "database" not in found and missing_migrations():
        found.append("migrations")
    return found


def _reaches(alias: str) -> bool:
    connection = connections[alias]
    try:
        connection.close_if_unusable_or_obsolete()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        _log.warning("Not ready: %s does not answer (%s)", alias, type(error).__name__)
        connection.close()
        return False
    return True


def missing_migrations() -> set[tuple[str, str]]:
    """Migrations of this release that are not applied. More may be: those of a newer release beside us."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_APPLIED)
        return _of_this_release() - set(cursor.fetchall())


_known: set[tuple[str, str]] = set()


def _of_this_release() -> set[tuple[str, str]]:
    """Read once: the files of a running process do not change under it."""
    if not _known:
        loader = MigrationLoader(None, load=False)
        loader.load_disk()
        _known.update(loader.disk_migrations)
    return _known


class Readiness:
    """Asks at most once in a second, in a thread of its own, whoever else is waiting."""

    def __init__(self, ask: Callable[[], list[str]], threads: ThreadPoolExecutor) -> None:
        self._ask, self._threads = ask, threads
        self._last: tuple[float, list[str]] = (0.0, [])
        self._asking: asyncio.Future[list[str]] | None = None
        self.is_stopping = False

    async def reasons(self) -> list[str]:
        """Why this process should be sent no requests."""
        if self.is_stopping:
            return [STOPPING]
        loop = asyncio.get_running_loop()
        at, told = self._last
        if at and loop.time() - at < ASKED_EVERY:
            return told
        if self._asking is None or self._asking.done():
            self._asking = loop.run_in_executor(self._threads, self._ask)
        try:
            told = await asyncio.wait_for(asyncio.shield(self._asking), PATIENCE)
        except TimeoutError:
            told = ["database"]
        except Exception:
            _log.exception("Whether we are ready could not be found out")
            told = ["error"]
        self._last = (loop.time(), told)
        return told


def body(reasons: list[str]) -> bytes:
    """What `/readyz` answers."""
    return json.dumps({"ready": not reasons, "reasons": reasons}).encode()
