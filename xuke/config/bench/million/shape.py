"""How much is made, and how it divides: all of it follows from one number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from xuke.foundation import journal

SMALL = 50_000
"""Below this many licences one prefecture is enough."""
IN_A_CHUNK = 2_500
"""Enterprises made in one go, under random numbers of their own: the same whoever makes them."""
ENTRIES_IN_A_CHUNK = 60_000
"""Room for their entries among the numbers of the journal."""

PERIOD = 3
"""Of three enterprises two hold a licence in force and an older one; the third an older one, and applies anew."""
CLOSED_EVERY = 20
"""One enterprise in so many has a case that is closed."""


@dataclass(frozen=True)
class Shape:
    """A register of so many licences as it stands at a moment."""

    licences: int
    now: datetime
    seed: int = 20_261_122

    @property
    def enterprises(self) -> int:
        """Five licences are of three enterprises."""
        return self.licences * PERIOD // 5

    @property
    def today(self) -> date:
        """The legal day of the moment."""
        return journal.legal_day(self.now)

    @property
    def everywhere(self) -> bool:
        """Whether all of the province is needed, or one prefecture."""
        return self.licences >= SMALL

    def chunks(self) -> Iterator[Chunk]:
        """The work in pieces."""
        for number, first in enumerate(range(0, self.enterprises, IN_A_CHUNK)):
            yield Chunk(number, first, min(first + IN_A_CHUNK, self.enterprises))


@dataclass(frozen=True)
class Chunk:
    """Enterprises `first` up to, not including, `end`."""

    number: int
    first: int
    end: int


def holds_one_in_force(place: int) -> bool:
    """Whether this enterprise has a licence in force, beside one that has expired."""
    return place % PERIOD < PERIOD - 1


def has_closed_case(place: int) -> bool:
    """Whether a case of this enterprise is closed."""
    return place % CLOSED_EVERY == 0
