"""A whole holiday plan of the State Council, as a file: what it says of every day of its year, or what is wrong.

The file has `meta` (`year`, `source`: the document) and `rows`, one for each holiday: `name`, `from`, `to`, and in
`work` the weekend days on which everybody works to make up for it. What no row names is a weekday that is worked or a
weekend that is not: once the plan is known, no day of its year is provisional. Pure: a file in, days or faults out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from xuke.foundation.calendar import FIRST_YEAR, LAST_YEAR, Override, WorkingCalendar, statutory_days, weekday

NEAR = timedelta(days=7)
"""So far a holiday reaches into the year before or after: the New Year of 2023 began on 31 December."""
_META, _ROW = {"year", "source", "title"}, {"name", "from", "to", "work"}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a file."""

    file: str
    row: int
    """Counted from 1; 0 for the file as a whole."""
    reason: str

    @property
    def sentence(self) -> str:
        """File, row and reason, as the command line tells it."""
        return f"{self.file}{f' 第{self.row}条' if self.row else ''}：{self.reason}"


@dataclass(frozen=True)
class Plan:
    """What a document decides about every day of a year, and the days beside it that it names."""

    year: int
    source: str
    days: Mapping[date, Override]

    def differences(self, calendar: WorkingCalendar) -> Iterator[date]:
        """The days that are worked, or not, otherwise than a calendar says."""
        return (day for day, said in sorted(self.days.items()) if calendar.is_working(day) != said.is_workday)


@dataclass(frozen=True)
class Read:
    """A plan, or everything that is wrong with its file."""

    plan: Plan | None
    faults: tuple[Fault, ...] = ()


class _Wrong(ValueError):
    """What is wrong with a row, in a sentence."""


@dataclass
class _Reader:
    """Reads one file; every fault is noted, and the rest is read all the same."""

    file: str
    faults: list[Fault] = field(default_factory=list)
    named: dict[date, tuple[int, Override]] = field(default_factory=dict)
    """The days that rows name, with the row that was first."""

    def wrong(self, row: int, reason: str) -> None:
        self.faults.append(Fault(self.file, row, reason))

    def take(self, number: int, row: Any, year: int, source: str) -> None:
        """Note the days of one row."""
        try:
            name, off, work = _row(row, year)
        except _Wrong as wrong:
            self.wrong(number, str(wrong))
            return
        for day in off:
            self._name(number, day, Override(False, name, source))
        for day in work:
            if day.weekday() < 5:
                self.wrong(number, f"{day}是{weekday(day)}，本来就上班；调休上班的日子应当是周末")
            self._name(number, day, Override(True, "", source))

    def _name(self, number: int, day: date, said: Override) -> None:
        first = self.named.setdefault(day, (number, said))[0]
        if first != number or self.named[day][1] is not said:
            self.wrong(number, f"{day}在第{first}条已经写过")


def read(path: Path) -> Read:
    """Read a file of a plan."""
    reader = _Reader(path.name)
    try:
        told = json.loads(path.read_text("utf-8"), object_pairs_hook=_once)
        meta, rows = _whole(told)
    except (OSError, UnicodeDecodeError) as problem:
        return Read(None, (Fault(path.name, 0, f"文件读不出来：{problem}"),))
    except json.JSONDecodeError as problem:
        return Read(None, (Fault(path.name, 0, f"第{problem.lineno}行不是合法的JSON：{problem.msg}"),))
    except _Wrong as wrong:
        return Read(None, (Fault(path.name, 0, str(wrong)),))
    year, source = meta["year"], meta["source"].strip()
    for number, row in enumerate(rows, start=1):
        reader.take(number, row, year, source)
    for day, name in sorted(statutory_days(year).items()):
        if day not in reader.named or reader.named[day][1].is_workday:
            reader.wrong(0, f"{name}（{day}）是法定节假日，没有写放假")
    if reader.faults:
        return Read(None, tuple(reader.faults))
    return Read(Plan(year, source, _days(year, source, reader)))


def _days(year: int, source: str, reader: _Reader) -> dict[date, Override]:
    first, last = date(year, 1, 1), date(year, 12, 31)
    whole = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    ordinary = {day: Override(day.weekday() < 5, "", source) for day in whole}
    return ordinary | {day: said for day, (_, said) in reader.named.items()}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that is given twice would silently keep the last."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _Wrong(f"“{next(name for name in names if names.count(name) > 1)}”写了两次")
    return found


def _whole(told: Any) -> tuple[Mapping[str, Any], list[Any]]:
    """Meta and rows of a file that has both."""
    if not isinstance(told, dict) or set(told) != {"meta", "rows"} or not isinstance(told["meta"], dict):
        raise _Wrong("文件应当由 meta 和 rows 两部分组成")
    meta, rows = told["meta"], told["rows"]
    if extra := sorted(set(meta) - _META):
        raise _Wrong(f"meta里有不认识的“{'、'.join(extra)}”")
    year, source = meta.get("year"), meta.get("source")
    if type(year) is not int or not FIRST_YEAR <= year <= LAST_YEAR:
        raise _Wrong(f"meta的year应当是{FIRST_YEAR}到{LAST_YEAR}之间的年份")
    if not isinstance(source, str) or not source.strip():
        raise _Wrong("meta的source没有写依据的文件，例如“国办发明电〔2026〕7号”")
    if not isinstance(rows, list) or not rows:
        raise _Wrong("rows里没有放假安排")
    return meta, rows


def _row(row: Any, year: int) -> tuple[str, list[date], list[date]]:
    """Name, days off and days to make up of a row."""
    if not isinstance(row, dict):
        raise _Wrong("应当写成 name、from、to、work")
    if extra := sorted(set(row) - _ROW):
        raise _Wrong(f"不认识“{'、'.join(extra)}”")
    name, work = row.get("name"), row.get("work", [])
    if not isinstance(name, str) or not name.strip():
        raise _Wrong("没有写假日的名称")
    if not isinstance(work, list):
        raise _Wrong("work应当是一列日期")
    first, last = _day(row.get("from"), "from", year), _day(row.get("to"), "to", year)
    if last < first:
        raise _Wrong(f"到{last}结束，早于开始的{first}")
    off = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    return name.strip(), off, [_day(each, "work", year) for each in work]


def _day(text: Any, name: str, year: int) -> date:
    try:
        found = date.fromisoformat(text)
    except (TypeError, ValueError):
        raise _Wrong(f"{name}应当写成“{year}-02-08”的样子，现在是“{text}”") from None
    if not date(year, 1, 1) - NEAR <= found <= date(year, 12, 31) + NEAR:
        raise _Wrong(f"{found}不在{year}年")
    return found
