"""Pages of a long list by key: no total, no offset, the same cost on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.http import QueryDict

from xuke.licensing.models import Application
from xuke.web.numbers import whole

SIZE = 20
_YEARS = range(1900, 2200)
"""Far enough from both ends of the calendar that no time zone leads over them."""


@dataclass(frozen=True)
class Order:
    """A column to sort by, then the key. Rows without a value come last."""

    column: str
    descending: bool = False

    def sorting(self, *, backward: bool) -> tuple[Any, Any]:
        """What `order_by` takes."""
        nulls: dict[str, Any] = {"nulls_first": True} if backward else {"nulls_last": True}
        column = F(self.column)
        if self.descending != backward:
            return column.desc(**nulls), "-pk"
        return column.asc(**nulls), "pk"

    def beyond(self, value: date | datetime | None, key: UUID, *, backward: bool) -> Q:
        """Rows that come after the one with this value and key, or before it."""
        downward = self.descending != backward
        tie = Q(**{self.column: value, "pk__lt" if downward else "pk__gt": key})
        if value is None:
            return tie | Q(**{f"{self.column}__isnull": False}) if backward else tie
        further = Q(**{f"{self.column}__{'lt' if downward else 'gt'}": value})
        return tie | further if backward else tie | further | Q(**{f"{self.column}__isnull": True})


BY_DUE_DAY = Order("due_on")
NEWEST_FIRST = Order("submitted_at", descending=True)


@dataclass(frozen=True)
class Slice:
    """One page: its rows, and the addresses of its neighbours (empty at the ends)."""

    rows: list[Application]
    first: int
    """The place of the first row in the whole list, from 1."""
    next_url: str = ""
    previous_url: str = ""

    @property
    def range(self) -> str:
        """第1–20条."""
        last = self.first + len(self.rows) - 1
        return f"第{self.first}条" if last == self.first else f"第{self.first}–{last}条"


def slice_of(found: QuerySet[Application], order: Order, query: QueryDict, *, size: int = SIZE) -> Slice:
    """The page that an address asks for by ``after`` or ``before``; the first one when it asks for none."""
    backward = "before" in query
    mark = _Mark.read(query.get("before" if backward else "after", ""), order)
    backward = backward and mark is not None
    if mark is not None:
        found = found.filter(order.beyond(mark.value, mark.key, backward=backward))
    rows = list(found.order_by(*order.sorting(backward=backward))[: size + 1])
    has_further = len(rows) > size
    rows = rows[:size]
    if backward:
        rows.reverse()
    place = max(mark.place - len(rows), 1) if mark and backward else mark.place + 1 if mark else 1
    has_next = backward or has_further
    has_previous = has_further if backward else mark is not None
    return Slice(
        rows,
        place,
        _address(query, "after", _Mark.of(rows[-1], order, place + len(rows) - 1)) if rows and has_next else "",
        _address(query, "before", _Mark.of(rows[0], order, place)) if rows and has_previous else "",
    )


@dataclass(frozen=True)
class _Mark:
    """A row to go on from: its value, its key, its place."""

    value: date | datetime | None
    key: UUID
    place: int

    @classmethod
    def of(cls, row: Application, order: Order, place: int) -> _Mark:
        return cls(getattr(row, order.column), row.pk, place)

    @classmethod
    def read(cls, text: str, order: Order) -> _Mark | None:
        """The mark in an address; None when it is not one of ours, so that the list begins anew."""
        try:
            written, key, place = text.split("~")
            value = _read_value(written, order) if written else None
            return cls(value, UUID(key), _place(place))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.value.isoformat() if self.value else ''}~{self.key}~{self.place}"


def _place(text: str) -> int:
    place = whole(text)
    if not place:
        raise ValueError("places are counted from one")
    return place


def _read_value(text: str, order: Order) -> date | datetime:
    """The value of a mark; raises `ValueError` for one that no row has, and that the database could not hold."""
    if not order.column.endswith("_at"):
        value = date.fromisoformat(text)
    else:
        value = datetime.fromisoformat(text)
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
    if value.year not in _YEARS:
        raise ValueError("no row is as old, or as young, as this")
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _address(query: QueryDict, direction: str, mark: _Mark) -> str:
    """The present address with another mark."""
    wanted = query.copy()
    for name in ("after", "before"):
        wanted.pop(name, None)
    wanted[direction] = str(mark)
    return f"?{wanted.urlencode()}"
