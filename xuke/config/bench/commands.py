"""CPU of the commands of one whole story, submit to grant, journal and outbox on, web side and database together."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import Any

from django.db import connection
from django.utils import timezone

from xuke.config.bench.measure import Figure, cpu_of_trees, parent_of
from xuke.config.demonstration import people, stories
from xuke.config.demonstration.people import Cast

STORIES = 60
WARM_UP = 5
TARGET_MS = 100.0


def story_commands(cast: Cast) -> Figure:
    """Play many stories, and divide."""
    casts = more_casts(cast, STORIES + WARM_UP)
    ready = [(one, stories.draft(one, timezone.now)) for one in casts]
    server = postmaster()
    verbs: dict[str, float] = defaultdict(float)
    statements = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(sql, params, many, context)

    for one, application in ready[:WARM_UP]:
        _play(one, application, defaultdict(float))
    database, wall, cpu = cpu_of_trees([server]), time.perf_counter(), time.process_time()
    for one, application in ready[WARM_UP:]:
        _play(one, application, verbs)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    database = cpu_of_trees([server]) - database
    (again,) = more_casts(cast, 1, first=5000)
    application = stories.draft(again, timezone.now)
    with connection.execute_wrapper(count):
        _play(again, application, defaultdict(float))
    web_ms, database_ms = cpu * 1000 / STORIES, database * 1000 / STORIES
    total = web_ms + database_ms
    return Figure(
        name="story_commands_cpu",
        value=round(total, 1),
        unit="ms CPU per story",
        target=TARGET_MS,
        met=total <= TARGET_MS,
        details={
            "web_ms": round(web_ms, 1),
            "database_ms": round(database_ms, 1),
            "wall_ms": round(wall * 1000 / STORIES, 1),
            "stories": STORIES,
            "statements": statements,
            "per_step_ms": {name: round(seconds * 1000 / STORIES, 2) for name, seconds in verbs.items()},
        },
    )


def _play(cast: Cast, application: Any, verbs: dict[str, float]) -> None:
    for state in stories.road_to("granted"):
        before = time.process_time()
        application = stories.step_to(state, application, cast, timezone.now)
        verbs[state] += time.process_time() - before


def more_casts(cast: Cast, count: int, *, first: int = 100) -> list[Cast]:
    """The same officers with other enterprises, so that one enterprise has one licence."""
    return [people.with_firm(cast, place=first + number, now=timezone.now()) for number in range(count)]


def postmaster() -> int:
    """The process of the database server from which all its others descend."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    return parent_of(int(backend))
