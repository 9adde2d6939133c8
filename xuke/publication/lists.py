"""The cases behind each figure, so that anybody can count again: public numbers and days, and nobody's name.

Read in batches that begin after the last row of the one before, so that a list of any length takes little memory and
no statement takes long.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from xuke.foundation.journal import SHANGHAI
from xuke.licensing.procedures import PROCEDURES
from xuke.publication import guides
from xuke.publication.announcements import said_of
from xuke.publication.models import Announcement, Progress
from xuke.publication.projection.figures import LEVELS, WINDOW, begun_on

BATCH = 2_000
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Listed:
    """A list that can be downloaded: its columns with their headings, and where its rows come from."""

    columns: tuple[tuple[str, str], ...]
    rows: Callable[[date, date], Iterator[Row]]


def _after(model: Any, day: str, number: str, columns: Iterable[str], first: date, last: date) -> Iterator[Row]:
    """The rows of a model between two days, in batches by day and number."""
    rows = model.objects.using("public").filter(**{f"{day}__gte": first, f"{day}__lte": last}).order_by(day, number)
    where = Q()
    while True:
        batch = list(rows.filter(where).values(*dict.fromkeys((day, number, *columns)))[:BATCH])
        yield from batch
        if len(batch) < BATCH:
            return
        on, key = batch[-1][day], batch[-1][number]
        where = Q(**{f"{day}__gte": on}) & (Q(**{f"{day}__gt": on}) | Q(**{day: on, f"{number}__gt": key}))


def _online(first: date, last: date) -> Iterator[Row]:
    yield from _after(Progress, "received_on", "receipt_number", ("online",), first, last)


def _visible(first: date, last: date) -> Iterator[Row]:
    for row in _after(Progress, "closed_on", "receipt_number", ("steps", "late_steps"), first, last):
        yield {**row, "told": len(row["steps"]), "visible": row["late_steps"] == 0}


def _announced(first: date, last: date) -> Iterator[Row]:
    columns = ("acceptance_number", "verb", "procedure", "announced_at", "on_time")
    yield from _after(Announcement, "decided_on", "id", columns, first, last)


def _times(first: date, last: date) -> Iterator[Row]:
    columns = ("acceptance_number", "procedure", "category", "level", "division", "authority", "days")
    since = max(first, last - timedelta(days=WINDOW - 1))
    rows = _after(Announcement, "decided_on", "id", columns, since, last)
    yield from (row for row in rows if row["days"] is not None)


def _items(first: date, last: date) -> Iterator[Row]:
    """As things stood on the last day; none before anything was recorded."""
    if last < (begun_on("public") or last):
        return
    for procedure in PROCEDURES:
        found = guides.elements(procedure, on=last)
        missing = [element.title for element in found if not element.is_public]
        yield {
            "code": procedure.code,
            "title": procedure.title,
            "guide": f"/guide/{procedure.code}/",
            "complete": guides.is_complete(found),
            "missing": "、".join(missing),
        }


LISTS: Mapping[str, Listed] = {
    "items": Listed(
        (
            ("code", "事项代码"),
            ("title", "事项"),
            ("guide", "办事指南"),
            ("complete", "全部公开"),
            ("missing", "没有公开的"),
        ),
        _items,
    ),
    "online": Listed((("receipt_number", "接收凭证号"), ("received_on", "收到日期"), ("online", "网上提交")), _online),
    "visible": Listed(
        (
            ("receipt_number", "接收凭证号"),
            ("closed_on", "办结日期"),
            ("told", "应当告知的环节"),
            ("late_steps", "没有及时可见的环节"),
            ("visible", "全程可见"),
        ),
        _visible,
    ),
    "announced": Listed(
        (
            ("acceptance_number", "受理号"),
            ("decided_on", "决定日期"),
            ("verb", "决定"),
            ("announced_at", "公示时间"),
            ("on_time", "按期公示"),
        ),
        _announced,
    ),
    "times": Listed(
        (
            ("acceptance_number", "受理号"),
            ("decided_on", "决定日期"),
            ("days", "工作日"),
            ("procedure", "事项代码"),
            ("category", "食品类别"),
            ("level", "机关层级"),
            ("division", "生产地代码"),
            ("authority", "决定机关"),
        ),
        _times,
    ),
}


_WORDS: Mapping[str, Callable[[Row], Any]] = {
    "verb": lambda row: said_of(row["verb"], row["procedure"]),
    "level": lambda row: LEVELS.get(row["level"], row["level"]),
}
"""What a spreadsheet says instead of our codes, which programs get."""


def as_csv(listed: Listed, rows: Iterable[Row]) -> Iterator[str]:
    """The list as spreadsheets read it, a piece at a time; begins with the mark by which they know UTF-8."""
    yield "\ufeff" + _line(heading for _, heading in listed.columns)
    for row in rows:
        yield _line(_cell(_WORDS[name](row) if name in _WORDS else row[name]) for name, _ in listed.columns)


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    text = str(_plain(value))
    # A spreadsheet would take these for a formula.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def as_json(listed: Listed, rows: Iterable[Row]) -> Iterator[str]:
    """The list as JSON, a piece at a time."""
    before = "["
    for row in rows:
        found = {name: _plain(row[name]) for name, _ in listed.columns}
        yield before + json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        before = ",\n"
    yield "[]" if before == "[" else "]"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
    return _day(value)


def _day(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
