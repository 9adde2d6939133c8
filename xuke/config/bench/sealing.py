"""The sealer under load: entries written at a steady rate, sealed as the worker does it, from commit to sealed."""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from xuke.config.bench.commands import postmaster
from xuke.config.bench.measure import Figure, cpu_of_trees
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for

RATE = 500
"""Entries a second."""
SECONDS = 20
WARM_UP = 2
WRITERS = 4
IN_ONE = 5
"""Entries of one transaction, about what a step of a case records with its notices."""
TARGET_S = 5.0
PATIENCE = 60.0

_SIZE = "SELECT coalesce(max(size), 0) FROM foundation_head"
_SEALED = "SELECT entry_id FROM foundation_leaf WHERE position >= %s AND position < %s"


@dataclass
class Subject:
    """Something that things happen to."""

    stream: str
    revision: int = 0
    journal_label: str = "食品生产许可首次申请 宜市监食许受〔2026〕0137号"
    journal_authority: str = "420000/420500/420506/"
    journal_enterprise: str = ""


@dataclass
class Load:
    """Writers at a steady rate; when each transaction had committed, by the last entry it wrote."""

    rate: float
    seconds: float
    committed: dict[int, float] = field(default_factory=dict)
    count: int = 0
    late: float = 0.0
    """By how much a writer fell behind at worst: then the machine was too slow for the rate, not the sealer."""
    problems: list[BaseException] = field(default_factory=list)

    def run(self) -> float:
        """Write, and return how long it took."""
        begun = time.perf_counter()
        threads = [threading.Thread(target=self._write, args=[number, begun]) for number in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.problems:
            raise self.problems[0]
        return time.perf_counter() - begun

    def _write(self, number: int, begun: float) -> None:
        """One writer's share: a transaction at each of its moments, many entries of one subject in each."""
        subject = Subject(f"application:bench-{number}-{begun}")
        pause = WRITERS * IN_ONE / self.rate
        try:
            for turn in range(int(self.seconds / pause)):
                wait = begun + (turn + number / WRITERS) * pause - time.perf_counter()
                self.late = max(self.late, -wait)
                time.sleep(max(wait, 0.0))
                last = _record(subject)
                self.committed[last] = time.perf_counter()
                self.count += IN_ONE
        except BaseException as problem:
            self.problems.append(problem)
        finally:
            connections.close_all()


def _record(subject: Subject) -> int:
    with opened_for(EVERYTHING):
        for _ in range(IN_ONE):
            subject.revision += 1
            journal.record(
                "application.saved",
                subject=subject,
                by=SYSTEM,
                at=timezone.now(),
                section="equipment",
                reason="企业修改了设备清单中的第3行：发酵罐，型号FG-2000，数量由2台改为3台。",
            )
        with connection.cursor() as cursor:
            cursor.execute("SELECT lastval()")
            (last,) = cursor.fetchone()
    return int(last)


@dataclass
class Watch:
    """Looks at the sealed log many times a second, and notes when each entry was first seen in it."""

    seen: dict[int, float] = field(default_factory=dict)
    batches: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch")

    @contextmanager
    def running(self) -> Iterator[Watch]:
        """Watch as long as the block lasts."""
        self._thread.start()
        try:
            yield self
        finally:
            self._done.set()
            self._thread.join()

    def _run(self) -> None:
        try:
            ((size,),) = _rows(_SIZE)
            while not self._done.wait(0.02):
                ((new,),) = _rows(_SIZE)
                if new > size:
                    now = time.perf_counter()
                    self.batches.append(new - size)
                    self.seen.update((entry, now) for (entry,) in _rows(_SEALED, size, new))
                    size = new
        finally:
            connections.close_all()

    def has(self, entries: Sequence[int]) -> bool:
        """Whether all of these are sealed."""
        return all(entry in self.seen for entry in entries)


def _rows(statement: str, *arguments: int) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return list(cursor.fetchall())


def seal_delay() -> Figure:
    """Write at the rate while a worker seals; from commit to sealed at the 50th and 99th percentile."""
    load, watch = Load(RATE, SECONDS), Watch()
    with _worker() as worker, watch.running():
        Load(RATE, WARM_UP).run()
        time.sleep(2)
        parts = {"sealer": worker.pid, "database": postmaster()}
        before = {name: cpu_of_trees([pid]) for name, pid in parts.items()}
        mine = time.process_time()
        took = load.run()
        _wait_for(watch, list(load.committed))
        cpu = {name: cpu_of_trees([pid]) - before[name] for name, pid in parts.items()}
        cpu["writers"] = time.process_time() - mine
    waits = [watch.seen[entry] - moment for entry, moment in load.committed.items()]
    p50, p99 = (statistics.quantiles(waits, n=100, method="inclusive")[at] for at in (49, 98))
    rate = load.count / took
    return Figure(
        name="seal_delay_p99",
        value=round(p99, 2),
        unit="s from commit to sealed",
        target=TARGET_S,
        met=p99 <= TARGET_S and rate >= RATE * 0.98,
        details={
            "entries_per_second": round(rate, 1),
            "wanted_per_second": RATE,
            "entries": load.count,
            "p50_s": round(p50, 2),
            "max_s": round(max(waits), 2),
            "largest_batch": max(watch.batches),
            "writers_late_s": round(max(load.late, 0.0), 2),
            **{f"{name}_ms_per_entry": round(seconds * 1000 / load.count, 3) for name, seconds in cpu.items()},
        },
    )


@contextmanager
def _worker() -> Iterator[subprocess.Popen[bytes]]:
    """`xuke worker` as it runs, in a process of its own."""
    process = subprocess.Popen([sys.executable, "-m", "xuke.config.cli", "worker"])
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _wait_for(watch: Watch, entries: Sequence[int]) -> None:
    until = time.perf_counter() + PATIENCE
    while not watch.has(entries):
        if time.perf_counter() > until:
            raise SystemExit(f"{PATIENCE:.0f}秒之内没有全部封存，指标无效。")
        time.sleep(0.1)
