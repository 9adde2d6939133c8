"""One run on a stage that is set: load, faults, rest, proof."""

from __future__ import annotations

import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from xuke.config import embedded, installation
from xuke.config.bench.measure import machine
from xuke.config.bench.running import free_port
from xuke.config.chaos import keepers, ledger, plan
from xuke.config.chaos.checking import JOB, STORY, Violation, check
from xuke.config.chaos.faults import Scene
from xuke.config.chaos.ledger import Ledger
from xuke.config.chaos.people import Crowd
from xuke.config.chaos.plan import Fault
from xuke.config.chaos.proxy import Line
from xuke.config.chaos.stage import Stage, Wanted
from xuke.config.demonstration import people
from xuke.config.news import HANDLERS
from xuke.foundation.actors import SYSTEM
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.operations import commands as repairs
from xuke.operations import queries as operations

CLIENTS, WORKERS = 4, 2
RECOVERED_WITHIN = 60.0
"""Seconds after a fault within which people must be served again."""
RESTED_WITHIN = 300.0
"""Seconds within which everything must be done once nothing strikes any more."""
START_TARGET = 10.0
TO_NEXT_ATTEMPT = 3_600
"""Seconds by which the clock is set forward at the end, so that what waits for its next attempt need not be awaited."""

Tell = Callable[[dict[str, Any]], None]


def run(wanted: Wanted, stage: Stage, tell: Tell) -> bool:
    """Carry the run out and tell each phase; true when every promise was kept."""
    began = time.monotonic()
    faults = plan.draw(kills=wanted.kills, seed=wanted.seed, only=wanted.only, without=frozenset(stage.skipped))
    with _scene(stage) as scene:
        tell({"phase": "prepared", "faults": len(faults), "skipped": stage.skipped, "seconds": _since(began)})
        book = Ledger(stage.outside / "ledger.jsonl")
        cast = people.one_cast(now=timezone.now())
        crowd = Crowd(cast, port=scene.line.port, ledger=book, seed=wanted.seed, size=CLIENTS)
        crowd.start()
        struck = _Striking(scene, crowd, tell, stage.outside / "faults.log").all(faults, seconds=wanted.minutes * 60)
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
            "seconds": _since(began),
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


# --- striking ---------------------------------------------------------------------------------------------------------


@dataclass
class _Striking:
    """One fault after the other, most of them once people are served again after the one before."""

    scene: Scene
    crowd: Crowd
    tell: Tell
    log: Path
    """Where it stands what was struck when, in the time of the ledger."""
    by_kind: Counter[str] = field(default_factory=Counter)
    under_way: int = 0
    """Kills that struck while somebody waited for an answer."""
    recoveries: dict[str, list[float]] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)

    def all(self, faults: Sequence[Fault], *, seconds: float) -> _Striking:
        """Strike until there are no more faults, or no more time."""
        began = time.monotonic()
        self.crowd.pulse.await_answer(began, timeout=RECOVERED_WITHIN)
        for number, fault in enumerate(faults, start=1):
            struck_at = self._strike(fault)
            follows_at_once = number < len(faults) and faults[number].at_once
            # A machine that is behind catches up: what must be recovered from comes thicker, and is never left out.
            is_late = number < len(faults) and time.monotonic() - began > seconds * number / len(faults)
            if struck_at and not follows_at_once and not is_late:
                self._await_recovery(fault, struck_at)
            if number % 25 == 0 or number == len(faults):
                self.tell({"phase": "faults", "struck": dict(self.by_kind), "seconds": _since(began)})
            if time.monotonic() - began > seconds:
                break
        return self

    def _note(self, fault: Fault, what: str) -> None:
        with self.log.open("a") as log:
            log.write(f"{time.perf_counter():.3f} {fault.kind}: {what}\n")

    def _strike(self, fault: Fault) -> float:
        """When it struck; 0 when there was nothing to strike for a long time."""
        time.sleep(fault.pause * (0.1 if fault.at_once else 1.0))
        until = time.monotonic() + RECOVERED_WITHIN
        while time.monotonic() < until:
            waiting = self.crowd.pulse.under_way
            if what := self.scene.strike(fault):
                self._note(fault, what)
                self.by_kind[fault.kind] += 1
                self.under_way += bool(fault.is_kill and waiting)
                return time.monotonic()
            time.sleep(0.02)
        return 0.0

    def _await_recovery(self, fault: Fault, struck_at: float) -> None:
        """Until somebody has an answer to what they asked after the fault."""
        if self.crowd.pulse.await_answer(struck_at, timeout=RECOVERED_WITHIN):
            self.recoveries.setdefault(fault.kind, []).append(time.monotonic() - struck_at)
        else:
            message = f"{fault.kind} 之后{RECOVERED_WITHIN:.0f}秒没有一个请求得到答复"
            self.violations.append(Violation(STORY, message))

    def facts(self) -> dict[str, Any]:
        """For the summary."""
        kills = {kind: times for kind, times in self.by_kind.items() if kind in plan.KILLS}
        return {
            "kills_done": sum(kills.values()),
            "kills_by_kind": kills,
            "kills_with_requests_under_way": self.under_way,
            "other_faults": {kind: times for kind, times in self.by_kind.items() if kind not in plan.KILLS},
            "recovery_s": {kind: _spread(times) for kind, times in sorted(self.recoveries.items())},
        }


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
            reason = _reason(scene, job.id)
            rest.facts["jobs_that_failed"].append({"task": job.task, "attempts": job.attempts, "reason": reason})
            if not reason:
                rest.violations.append(Violation(JOB, f"{job.task} {job.arguments} 失败，原因不明"))
        repairs.retry_failed(by=SYSTEM, now=timezone.now())
        _await_nothing_left(time.monotonic())
    return _Rest({**rest.facts, "left": _left(), "seconds": _since(began)}, rest.violations)


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


_PROBLEM = re.compile(r"^[\w.]*(?:Error|Exception|Refused|Failed|Full)\b.*$", re.MULTILINE)


def _reason(scene: Scene, job: int) -> str:
    """What the log of a worker says about a job that failed."""
    for service in scene.workers:
        said = service.everything_said()
        if (at := said.rfind(f"[{job}]")) >= 0 and (found := _PROBLEM.search(said, at)):
            return found[0][:300]
    return ""


# --- telling ----------------------------------------------------------------------------------------------------------


def _starts(scene: Scene) -> dict[str, Any]:
    starts = {
        "web": scene.web.starts,
        "worker": [seconds for service in scene.workers for seconds in service.starts],
        "database": scene.database.starts,
    }
    longest = max((seconds for times in starts.values() for seconds in times), default=0.0)
    spreads = {name: _spread(times) for name, times in starts.items()}
    return spreads | {"target_max": START_TARGET, "met": longest <= START_TARGET}


def _spread(times: Sequence[float]) -> dict[str, float]:
    if not times:
        return {"times": 0}
    return {"times": len(times), "p50": round(statistics.median(times), 2), "max": round(max(times), 2)}


def _since(began: float) -> float:
    return round(time.monotonic() - began, 1)
