"""The producers: processes that make chunks of rows and put them into the database."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import psycopg
from django.conf import settings

from xuke.config.bench.million.cases import Cases
from xuke.config.bench.million.days import Calendar
from xuke.config.bench.million.draws import CATEGORIES, Draws, draw
from xuke.config.bench.million.licences import Firm, Licences, Settings, code_of, write_firm
from xuke.config.bench.million.offers import offers
from xuke.config.bench.million.pages import COLUMNS, Pages
from xuke.config.bench.million.places import Place
from xuke.config.bench.million.shape import ENTRIES_IN_A_CHUNK, Chunk, Shape, has_closed_case, holds_one_in_force
from xuke.config.bench.million.words import address, enterprise, person
from xuke.foundation import vault
from xuke.foundation.bigrams import plain

PURPOSE = "mobile"


@dataclass(frozen=True)
class Order:
    """What every producer is told."""

    shape: Shape
    places: tuple[Place, ...]
    files: tuple[str, ...]
    owner: str
    """How the owner of the tables reaches the database."""
    first_entry: int
    first_enterprise: int


@dataclass(frozen=True)
class Written:
    """What came of one chunk: its entries' numbers begin at `first`; 32 bytes of digest for each."""

    first: int
    digests: bytes
    rows: int


class Producer:
    """Writes chunks, one at a time, over a connection of its own."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.draws: Draws = draw(order.shape, order.places)
        self.offers = offers(order.shape.seed)
        self.calendar = Calendar(order.shape.today)
        self.licences = Licences(
            self.calendar,
            Settings(settings.XUKE_LICENCE_TYPE_CODE, settings.XUKE_ADDRESS, settings.XUKE_DEMO, order.files),
        )
        self.cases = Cases(self.calendar, lambda text: vault.seal_text(text, PURPOSE))
        self.connection = psycopg.connect(order.owner)
        self.connection.execute("SET synchronous_commit = off; SET lock_timeout = 0; SET TIME ZONE 'UTC'")
        self.connection.commit()

    def write(self, chunk: Chunk) -> Written:
        """Make the rows of a chunk and commit them."""
        first = self.order.first_entry + chunk.number * ENTRIES_IN_A_CHUNK
        pages = Pages(first)
        random = Random(f"{self.order.shape.seed} {chunk.number}")  # noqa: S311 - invented data
        for place in range(chunk.first, chunk.end):
            self._enterprise(pages, place, random)
        if pages.next_entry - first > ENTRIES_IN_A_CHUNK:
            raise ValueError("a chunk has more entries than it has numbers for")
        for table, lines in pages.lines.items():
            if lines:
                statement = f"COPY {table} ({COLUMNS[table]}) FROM STDIN"
                with self.connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
                    copy.write("".join(lines).encode())
        self.connection.commit()
        return Written(first, b"".join(pages.digests), pages.count)

    def _enterprise(self, pages: Pages, place: int, random: Random) -> None:
        draws = self.draws
        firm = self._firm(place, random)
        serial, sequence = draws.case[place], draws.in_force[place]
        holds = holds_one_in_force(place)
        since = self.calendar.ago(4000 + int(random.random() * 3000)).moment(random)
        case, granted = None, None
        if has_closed_case(place) and holds:
            case, granted = self.cases.granted(pages, firm, serial, random)
        elif has_closed_case(place):
            self.cases.closed(pages, firm, serial, random)
            serial += 1
        write_firm(pages, firm, since, with_site=granted)
        self.licences.expired(pages, firm, draws.expired[place], random)
        if holds:
            made = self.licences.in_force(pages, firm, sequence, random, granted=granted)
            if case is not None:
                self.cases.issued(case, made)
        else:
            self.cases.open(pages, firm, serial, random)

    def _firm(self, place: int, random: Random) -> Firm:
        where = self.order.places[self.draws.county[place]]
        category = CATEGORIES[self.draws.category[place]]
        known = self.offers[category]
        name, registrar = enterprise(where.short if random.random() < 0.4 else where.prefecture, category, random)
        street = address(random)
        return Firm(
            id=self.order.first_enterprise + place,
            uscc=code_of(where, registrar, place),
            name=name,
            plain=plain(name),
            head=person(random),
            domicile=f"{where.full}{street}",
            address=street,
            place=where,
            offer=known[int(random.random() * len(known))],
        )


_producer: Producer | None = None


def prepare(order: Order) -> None:
    """Make the producer of this process."""
    global _producer
    _producer = Producer(order)


def write(chunk: Chunk) -> Written:
    """Write a chunk in this process."""
    assert _producer is not None
    return _producer.write(chunk)


def leave() -> None:
    """Let go of this process's producer."""
    global _producer
    if _producer is not None:
        _producer.connection.close()
        _producer = None
