"""Making it: places by commands, everything else by COPY, then indexes, constraints and statistics as they were."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import timedelta

import psycopg
from django.db import connections

from xuke.config.bench.million import log, places, walls, writing
from xuke.config.bench.million.draws import draw
from xuke.config.bench.million.pages import COLUMNS, LEAVES
from xuke.config.bench.million.shape import Chunk, Shape
from xuke.config.bench.million.writing import Order, Written
from xuke.config.news import HANDLERS
from xuke.foundation import files
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.licensing.counts import REPAIRS

TABLES = (*COLUMNS, LEAVES)
PRODUCERS = 2
FILES = 64
"""Small files that stand for the certificates: a backup finds them all."""
_COUNTERS = (
    "INSERT INTO foundation_counter (key, value) SELECT * FROM unnest(%s::text[], %s::int[])"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)

Tell = Callable[[str], object]


@dataclass(frozen=True)
class Made:
    """What was made, and how fast."""

    licences: int
    rows: int
    copy_seconds: float
    index_seconds: float
    tidy_seconds: float

    @property
    def copied_per_second(self) -> float:
        return self.rows / self.copy_seconds

    @property
    def rows_per_second(self) -> float:
        """With indexes, constraints, leaves and the signed head."""
        return self.rows / (self.copy_seconds + self.index_seconds)

    def as_dict(self) -> dict[str, float]:
        """For a file beside the data."""
        rates = {"copied_per_second": self.copied_per_second, "rows_per_second": self.rows_per_second}
        return {name: round(value, 1) for name, value in (asdict(self) | rates).items()}


def make(shape: Shape, *, owner: str, producers: int = PRODUCERS, tell: Tell = print) -> Made:
    """Fill an installation that was prepared and is otherwise empty. `owner` reaches it as the owner of the tables.

    Without producers everything is made in this process.
    """
    started = time.perf_counter()
    known = places.settle(now=shape.now, everywhere=shape.everywhere)
    digests = _files(shape)
    start = log.sealed(shape.now - places.LONG_AGO + timedelta(hours=1))
    order = _order(shape, known, digests, owner)
    with psycopg.connect(owner) as connection:
        connection.execute(walls.SESSION)
        aside = walls.put_aside(connection, TABLES)
    tell(f"places and officers: {time.perf_counter() - started:.1f} s")
    began = time.perf_counter()
    rows = 0
    journal = log.Log(owner, start)
    with closing(_written(order, producers)) as chunks:
        for number, written in enumerate(chunks, start=1):
            journal.add(written)
            rows += written.rows + len(written.digests) // 32
            if number % 20 == 0:
                tell(f"{rows:,} rows, {rows / (time.perf_counter() - began):,.0f} a second")
    copied = time.perf_counter() - began
    tell(f"copied {rows:,} rows: {rows / copied:,.0f} a second")
    walls.bring_back(owner, aside)
    _add_up(owner)
    _finish(order, journal, shape)
    indexed = time.perf_counter() - began - copied
    tell(f"indexes and constraints: {indexed:.1f} s; {rows / (copied + indexed):,.0f} rows a second in all")
    walls.tidy(owner, TABLES)
    tidied = time.perf_counter() - began - copied - indexed
    tell(f"statistics: {tidied:.1f} s")
    return Made(shape.licences, rows, copied, indexed, tidied)


def _files(shape: Shape) -> tuple[str, ...]:
    """Contents that exist, each a few bytes."""
    with opened_for(EVERYTHING):
        return tuple(
            files.keep(_pdf(number), media_type=files.PDF, pages=1, now=shape.now).digest for number in range(FILES)
        )


def _pdf(number: int) -> bytes:
    """An empty page, unlike the others by its comment."""
    return b"%%PDF-1.4\n%% %d\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n" % number


def _order(shape: Shape, known: tuple[places.Place, ...], digests: tuple[str, ...], owner: str) -> Order:
    with psycopg.connect(owner) as connection:
        row = connection.execute(
            "SELECT (SELECT coalesce(max(id), 0) FROM foundation_entry), (SELECT coalesce(max(id), 0) FROM"
            " parties_enterprise)"
        ).fetchone()
    assert row is not None
    return Order(shape, known, digests, owner, first_entry=row[0] + 1, first_enterprise=row[1] + 1)


def _written(order: Order, producers: int) -> Generator[Written, None, None]:
    chunks: Iterable[Chunk] = order.shape.chunks()
    if not producers:
        writing.prepare(order)
        yield from map(writing.write, chunks)
        writing.leave()
        return
    # They are children of this process, which keeps its connections for itself.
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(producers, writing.prepare, [order]) as pool:
        yield from pool.imap(writing.write, chunks)


def _add_up(owner: str) -> None:
    """Sums and hands beside the applications, which triggers would have kept."""
    with psycopg.connect(owner) as connection:
        connection.execute(walls.SESSION)
        for statement in REPAIRS:
            connection.execute(statement.encode())


def _finish(order: Order, journal: log.Log, shape: Shape) -> None:
    """Counters and sequences go on where the rows end; the head is signed; no handler replays the past."""
    draws = draw(shape, order.places)
    counters = dict(draws.licences)
    for place, count in zip(order.places, draws.cases, strict=True):
        for year in range(shape.today.year - 2, shape.today.year + 1):
            counters[f"receipt:{place.code}:{year}"] = counters[f"notice:acceptance_notice:{place.code}:{year}"] = count
    with psycopg.connect(order.owner) as connection:
        connection.execute(_COUNTERS, [list(counters), list(counters.values())])
        for table in ("foundation_entry", "parties_enterprise"):
            connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"  # noqa: S608
            )
    journal.close(shape.now)
    log.stand_still(HANDLERS, journal.frontier.size)
