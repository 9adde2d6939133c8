"""One run on a stage that is set: load, faults, rest, proof."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from xuke.config import embedded, installation
from xuke.config.bench.measure import machine
from xuke.config.bench.running import free_port
from xuke.config.chaos import excuses, keepers, ledger, plan
from xuke.config.chaos.checking import JOB, STORY, Violation, check
from xuke.config.chaos.faults import Scene
from xuke.config.chaos.ledger import Ledger
from xuke.config.chaos.people import Crowd
from xuke.config.chaos.proxy import Line
from xuke.config.chaos.stage import Stage, Wanted
from xuke.config.chaos.striking import RECOVERED_WITHIN, Striking, Tell, since, spread
from xuke.config.demonstration import people
from xuke.config.news import HANDLERS
from xuke.foundation.actors import SYSTEM
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.operations import commands as repairs
from xuke.operations import queries as operations

CLIENTS, WORKERS = 4, 2
RESTED_WITHIN = 300.0
"""Seconds within which everything must be done once nothing strikes any more."""
START_TARGET = 10.0
TO_NEXT_ATTEMPT = 3_600
"""Seconds by which the clock is set forward at the end, so that what waits for its next attempt need not be awaited."""


def run(wanted: Wanted, stage: Stage, tell: Tell) -> bool:
    """Carry the run out and tell each phase; true when every promise was kept."""
    began = time.monotonic()
    faults = plan.draw(kills=wanted.kills, seed=wanted.seed, only=wanted.only, without=frozenset(stage.skipped))
    with _scene(stage) as scene:
        tell({"phase": "prepared", "faults": len(faults), "skipped": stage.skipped, "seconds": since(began)})
        book = Ledger(stage.outside / "ledger.jsonl")
        cast = people.one_cast(now=timezone.now())
        crowd = Crowd(cast, port=scene.line.port, ledger=book, seed=wanted.seed, size=CLIENTS)
        crowd.start()
        striking = Striking(scene, crowd.pulse, tell, stage.outside / "faults.log")
        struck = striking.all(faults, seconds=wanted.minutes * 60)
        crowd.stop()
        rest = _come_to_rest(stage, scene)
        tell({"phase": "rested", **rest.facts})
        violations = [*struck.violations, *rest.violations, *(Violation(STORY, each) for each in crowd.stuck)]
        lines = ledger.read(book.path)
        violations += check(lines, HANDLERS)
        book.close()
        starts = _starts(scene)
    tell(
        {
            "phase": "summary",
            "kept": not violations,
            "violations": [asdict(violation) for violation in violations],
            **asdict(wanted),
            **struck.facts(),
            "requests": dict(book.counts),
            "refused_with": dict(Counter(line.note for line in lines if line.what == ledger.REFUSED)),
            "start_up_after_kill_s": starts,
            "database_starts_that_failed": dict(Counter(scene.database.failures)),
            "skipped": stage.skipped,
            "seconds": since(began),
            "machine": machine(),
        }
    )
    return not violations


@contextmanager
def _scene(stage: Stage) -> Iterator[Scene]:
    """The processes of an installation, kept alive."""
    installation.prepare(now=timezone.now())
    port = free_port()
    web = keepers.Service(
        "web",
        ("serve", "--port", str(port), "--workers", "2", "--threads", "4"),
        log=stage.outside / "web.log",
        is_ready=lambda _: keepers.answers(port),
    )
    workers = tuple(_worker(stage, number) for number in range(1, WORKERS + 1))
    database, line = keepers.Database(stage.home), Line(port)
    admin = embedded.connection_info(stage.home).admin
    try:
        for service in (web, *workers):
            service.start()
        for service in (web, *workers):
            service.ready.wait(RECOVERED_WITHIN)
        database.start()
        yield Scene(web, workers, database, line, admin, stage.home / "files", stage.home, stage.clock)
    finally:
        for service in (*workers, web):
            service.stop()
        database.stop()
        line.close()
        connections.close_all()


def _worker(stage: Stage, number: int) -> keepers.Service:
    return keepers.Service(
        f"worker-{number}",
        ("worker",),
        log=stage.outside / f"worker-{number}.log",
        is_ready=lambda service: "Starting worker on" in service.said(),
    )


# --- rest -------------------------------------------------------------------------------------------------------------

_LEFT = {
    "jobs": "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')",
    "news": "SELECT count(*) FROM foundation_unhandled",
    "unsealed": "SELECT (SELECT count(*) FROM foundation_entry) - (SELECT count(*) FROM foundation_leaf)",
    "untold": "SELECT coalesce((SELECT max(size) FROM foundation_head) - min(position), 0) FROM foundation_follower",
}


@dataclass
class _Rest:
    """How everything came to an end."""

    facts: dict[str, Any] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)


def _come_to_rest(stage: Stage, scene: Scene) -> _Rest:
    """Wait until nothing is left to do. Jobs that failed for good are named, and ordered again once."""
    began = time.monotonic()
    connections.close_all()
    for service in (scene.web, *scene.workers):
        service.ready.wait(RECOVERED_WITHIN)
    rest = _Rest({"left_at_first": _left(), "jobs_that_failed": []})
    if stage.clock:
        stage.clock.jump(TO_NEXT_ATTEMPT)
        rest.facts["clock_set_forward_s"] = TO_NEXT_ATTEMPT
    _await_nothing_left(began)
    if failed := operations.failed_jobs():
        for job in failed:
            problem = _problem(scene, job.id)
            reason = excuses.excuse(problem)
            told = {"task": job.task, "attempts": job.attempts, "problem": problem, "reason": reason}
            rest.facts["jobs_that_failed"].append(told)
            if not reason:
                message = f"{job.task} {job.arguments} 失败，不是预料之中的原因：{problem or '日志里没有说明'}"
                rest.violations.append(Violation(JOB, message))
        repairs.retry_failed(by=SYSTEM, now=timezone.now())
        _await_nothing_left(time.monotonic())
    return _Rest({**rest.facts, "left": _left(), "seconds": since(began)}, rest.violations)


def _await_nothing_left(began: float) -> None:
    """Two looks in a row must find nothing: what is sealed may be news, and news may order jobs."""
    quiet = 0
    while quiet < 2 and time.monotonic() - began < RESTED_WITHIN:
        quiet = quiet + 1 if not any(_left().values()) else 0
        time.sleep(1.2)


def _left() -> dict[str, int]:
    left = {}
    with opened_for(EVERYTHING), connection.cursor() as cursor:
        for what, question in _LEFT.items():
            cursor.execute(question)
            left[what] = int(cursor.fetchone()[0])
    return left


def _problem(scene: Scene, job: int) -> str:
    """What the log of a worker says about a job that failed."""
    return next(filter(None, (excuses.problem(each.everything_said(), job) for each in scene.workers)), "")


# --- telling ----------------------------------------------------------------------------------------------------------


def _starts(scene: Scene) -> dict[str, Any]:
    starts = {
        "web": scene.web.starts,
        "worker": [seconds for service in scene.workers for seconds in service.starts],
        "database": scene.database.starts,
    }
    longest = max((seconds for times in starts.values() for seconds in times), default=0.0)
    spreads = {name: spread(times) for name, times in starts.items()}
    return spreads | {"target_max": START_TARGET, "met": longest <= START_TARGET}
