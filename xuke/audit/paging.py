"""Pages of the journal by moment and number, newest first: no total, no offset, the same cost on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Q, QuerySet
from django.http import QueryDict

from xuke.foundation.models import Entry
from xuke.web.numbers import whole

SIZE = 50
_YEARS = range(1900, 2200)
_LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Mark:
    """An entry to go on from, as it stands in an address: its moment, its number, its place in the list."""

    at: datetime
    id: int
    place: int

    @classmethod
    def read(cls, text: str) -> Mark | None:
        """The mark in an address; None when it is none of ours, so that the list begins anew."""
        try:
            at, number, place = text.split("~")
            mark = cls(datetime.fromisoformat(at), int(number), whole(place) or 0)
        except ValueError:
            return None
        fits = mark.at.tzinfo and mark.at.year in _YEARS and 0 < mark.id < _LARGEST and mark.place
        return mark if fits else None

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC).isoformat()}~{self.id}~{self.place}"


@dataclass(frozen=True)
class Slice:
    """One page of entries and the addresses of its neighbours."""

    entries: list[Entry]
    range: str
    next_url: str = ""
    previous_url: str = ""


def slice_of(found: QuerySet[Entry], query: QueryDict, *, size: int = SIZE) -> Slice:
    """The page that an address asks for by ``after`` or ``before``; the newest one when it asks for none."""
    backward = "before" in query
    mark = Mark.read(query.get("before" if backward else "after", ""))
    backward = backward and mark is not None
    if mark is not None:
        found = found.filter(_beyond(mark, backward=backward))
    order = ("at", "pk") if backward else ("-at", "-pk")
    rows = list(found.order_by(*order)[: size + 1])
    further, rows = len(rows) > size, rows[:size]
    if backward:
        rows.reverse()
    first = _first(mark, len(rows), backward=backward)
    last = first + len(rows) - 1
    has_next, has_previous = (True, further) if backward else (further, mark is not None)
    return Slice(
        rows,
        f"第{first}条" if first == last else f"第{first}–{last}条",
        _address(query, "after", rows[-1], last) if rows and has_next else "",
        _address(query, "before", rows[0], first) if rows and has_previous else "",
    )


def _first(mark: Mark | None, count: int, *, backward: bool) -> int:
    if mark is None:
        return 1
    return max(mark.place - count, 1) if backward else mark.place + 1


def _beyond(mark: Mark, *, backward: bool) -> Q:
    # The bound on the moment alone stands first, because that is what the index is asked for.
    if backward:
        return Q(at__gte=mark.at) & ~Q(at=mark.at, pk__lte=mark.id)
    return Q(at__lte=mark.at) & ~Q(at=mark.at, pk__gte=mark.id)


def _address(query: QueryDict, direction: str, entry: Entry, place: int) -> str:
    wanted = query.copy()
    for name in ("after", "before"):
        wanted.pop(name, None)
    wanted[direction] = str(Mark(entry.at, entry.pk, place))
    return f"?{wanted.urlencode()}"
