"""Pages of a long list by key: no total, no offset, the same cost on every page.

A page is merged from the beginnings of the parts of a list, each read in order from an index; the rows are fetched by
their keys in the same statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zlib import crc32

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet
from django.http import QueryDict

from xuke.licensing.listed import Among, Listed, Order
from xuke.licensing.models import Application
from xuke.licensing.queries_officer import as_list
from xuke.web.numbers import whole

SIZE = 20
_YEARS = range(1900, 2200)
"""Far enough from both ends of the calendar that no time zone leads over them."""
_MARKS = ("after", "before")


@dataclass(frozen=True)
class Slice:
    """One page: its rows, and the addresses of its neighbours (empty at the ends)."""

    rows: list[Application]
    first: int
    """The place of the first row in the whole list, from 1."""
    next_url: str = ""
    previous_url: str = ""
    note: str = ""
    """Why the list begins anew, where an address asked for another place of another list."""

    @property
    def is_first(self) -> bool:
        """Whether the list begins on this page."""
        return not self.previous_url

    @property
    def range(self) -> str:
        """第1–20条."""
        last = self.first + len(self.rows) - 1
        return f"第{self.first}条" if last == self.first else f"第{self.first}–{last}条"


_ANEW = "地址里的翻页位置属于另一个列表或者另一组筛选，这里从第一页开始。"


def slice_of(listed: Listed, query: QueryDict, *, place: str = "", size: int = SIZE) -> Slice:
    """The page that an address asks for by ``after`` or ``before``; the first one when it asks for none.

    `place` is the address of the list: a mark left by another list, or by other filters, begins this one anew.
    """
    order, tag = listed.order, _tag(place, query)
    backward = "before" in query
    asked = query.get("before" if backward else "after", "")
    mark = _Mark.read(asked, order, tag)
    backward = backward and mark is not None
    parts: Iterable[QuerySet[Application]] = listed.parts
    if mark is not None:
        stretches = order.beyond(mark.value, mark.key, backward=backward)
        parts = [part.filter(stretch) for part in listed.parts for stretch in stretches]
    rows = _rows(listed, parts, size + 1, backward=backward)
    has_further, rows = len(rows) > size, rows[:size]
    if backward:
        rows.reverse()
    first = max(mark.place - len(rows), 1) if mark and backward else mark.place + 1 if mark else 1
    has_next = backward or has_further
    has_previous = has_further if backward else mark is not None
    return Slice(
        rows,
        first,
        _address(query, "after", _Mark.of(rows[-1], order, first + len(rows) - 1, tag)) if rows and has_next else "",
        _address(query, "before", _Mark.of(rows[0], order, first, tag)) if rows and has_previous else "",
        _ANEW if asked and mark is None else "",
    )


def _rows(listed: Listed, parts: Iterable[QuerySet[Application]], most: int, *, backward: bool) -> list[Application]:
    """The first rows of all parts together, in one statement."""
    order = listed.order
    asked = list(parts)
    if len(asked) == 1 and not listed.also[0] and not listed.is_rare:
        return list(as_list(asked[0]).order_by(*order.sorting(backward=backward))[:most])
    keys = _keys(listed, asked, most, backward=backward)
    if keys is None:
        return []
    rows = list(as_list(Application.objects.filter(keys)))
    downward = order.is_downward(backward=backward)
    valued = [row for row in rows if getattr(row, order.column) is not None]
    without = [row for row in rows if getattr(row, order.column) is None]
    valued.sort(key=lambda row: (getattr(row, order.column), row.pk), reverse=downward)
    without.sort(key=lambda row: row.pk, reverse=downward)
    return [*without, *valued] if backward else [*valued, *without]


def _keys(listed: Listed, parts: Sequence[QuerySet[Application]], most: int, *, backward: bool) -> Among | None:
    """A statement for the keys of the first rows; None where no part can have any."""
    order = listed.order
    told: list[str] = []
    params: list[Any] = []
    reach = listed.among or most
    for part in parts:
        ordered = part.order_by() if listed.is_rare else part.order_by(*order.sorting(backward=backward))
        try:
            sql, values = ordered[:reach].values_list("pk", order.column, "enterprise_id").query.sql_with_params()
        except EmptyResultSet:
            continue
        told.append(f"({sql})")
        params += values
    if not told:
        return None
    direction = "DESC" if order.is_downward(backward=backward) else "ASC"
    nulls = "" if order.always else " NULLS FIRST" if backward else " NULLS LAST"
    joined, wanted = listed.also
    params += wanted
    return Among(
        f"SELECT keyed.id FROM ({' UNION ALL '.join(told)}) AS keyed (id, place, enterprise){joined}"  # noqa: S608
        f" ORDER BY keyed.place {direction}{nulls}, keyed.id {direction} LIMIT {most}",
        params,
    )


def _tag(place: str, query: QueryDict) -> str:
    """A short name of a list with its filters."""
    asked = sorted((name, value) for name, value in query.items() if name not in _MARKS and value)
    return f"{crc32(repr((place, asked)).encode('utf-8', 'replace')):08x}"


@dataclass(frozen=True)
class _Mark:
    """A row to go on from: its value, its key, its place, and the list it stands in."""

    value: date | datetime | None
    key: UUID
    place: int
    tag: str

    @classmethod
    def of(cls, row: Application, order: Order, place: int, tag: str) -> _Mark:
        return cls(getattr(row, order.column), row.pk, place, tag)

    @classmethod
    def read(cls, text: str, order: Order, tag: str) -> _Mark | None:
        """The mark in an address; None when it is not one of this list's, so that the list begins anew."""
        try:
            written, key, place, named = text.split("~")
            value = _read_value(written, order) if written else None
            return cls(value, UUID(key), _place(place), tag) if named == tag else None
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.value.isoformat() if self.value else ''}~{self.key}~{self.place}~{self.tag}"


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
    for name in _MARKS:
        wanted.pop(name, None)
    wanted[direction] = str(mark)
    return f"?{wanted.urlencode()}"
