"""What a sheet of authorities would do to the tree, row by row: new, changed, the same, or wrong. Pure values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from xuke.accounts import rules
from xuke.accounts.particulars import TITLES, Known, Particulars, why_taken
from xuke.foundation.identifiers import division_code
from xuke.foundation.identifiers.text import tidy
from xuke.foundation.refusals import Problem
from xuke.foundation.typed import why_not_storable

COLUMNS = {
    "code": "代码",
    "name": "名称",
    "abbreviation": "文号代字",
    "level": "级别",
    "above": "上级代码",
    "uscc": "统一社会信用代码",
    "reconsideration_body": "行政复议机关",
    "court": "法院",
    "address": "地址",
    "phone": "电话",
}
"""The columns of the sheet, in the order of the template."""
OPTIONAL_COLUMNS = frozenset({"address", "phone"})
LEVELS = {"nation": "国家", "province": "省", "prefecture": "市", "county": "县"}
_LEVELS = {
    **{title: level for level, title in LEVELS.items()},
    "国家级": "nation",
    "省级": "province",
    "市级": "prefecture",
    "地市级": "prefecture",
    "地级": "prefecture",
    "州": "prefecture",
    "县级": "county",
    "区县": "county",
    "区": "county",
    "区县级": "county",
}
MOST_ROWS = 600
"""One province has some 150; a nation is imported province by province."""


@dataclass(frozen=True)
class Row:
    """One row of a sheet, as it was typed."""

    number: int
    """Its number in the sheet, as the program that shows sheets counts."""
    values: Mapping[str, str]
    """By the names in COLUMNS."""


class Fate(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"


@dataclass(frozen=True)
class Change:
    """One particular that would be different."""

    title: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One row and what it would do."""

    number: int
    code: str
    fate: Fate
    facts: Particulars
    level: str = ""
    above: str = ""
    path: str = ""
    differences: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def level_title(self) -> str:
        """The level in one word."""
        return LEVELS.get(self.level, "")

    @property
    def changes(self) -> tuple[Change, ...]:
        """What would be different."""
        return tuple(Change(TITLES[name], *values) for name, values in self.differences.items())


@dataclass(frozen=True)
class Plan:
    """What the whole sheet would do."""

    lines: tuple[Line, ...]

    def of(self, fate: Fate) -> tuple[Line, ...]:
        """The rows with one fate."""
        return tuple(line for line in self.lines if line.fate is fate)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.of(Fate.NEW) and not self.of(Fate.CHANGED)

    @cached_property
    def mark(self) -> str:
        """The same for the same effect: what was shown is what is done."""
        told = [(line.code, line.fate, line.path, dict(line.differences)) for line in self.lines]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def plan(rows: Sequence[Row], known: Mapping[str, Known], *, territory: str) -> Plan:
    """What these rows would do to the authorities that are known, by somebody who keeps a territory."""
    return Plan(tuple(_Reading(rows, known, territory).lines()))


class _Reading:
    """One sheet beside one tree."""

    def __init__(self, rows: Sequence[Row], known: Mapping[str, Known], territory: str) -> None:
        self.rows, self.known, self.territory = rows, known, territory
        self.read = [(row, tidy(row.values.get("code", "")), _facts(row)) for row in rows]
        self.in_sheet = {code: row for row, code, _ in reversed(self.read)}
        self.levels = {code: _level(row) for row, code, _ in self.read}
        self.owners: dict[tuple[str, str], Row] = {}
        self.holders: dict[str, list[Known]] = {}
        for other in known.values():
            for value in (other.facts.uscc, other.facts.abbreviation, *other.former_abbreviations):
                self.holders.setdefault(value, []).append(other)

    def lines(self) -> Iterable[Line]:
        """All rows, in the order of the sheet."""
        for row, code, facts in self.read:
            yield self._line(row, code, facts)

    def _line(self, row: Row, code: str, facts: Particulars) -> Line:
        before, above, level = self.known.get(code), tidy(row.values.get("above", "")), _level(row)
        problems = [*_typed_problems(row), *facts.problems()]
        problems += self._place_problems(row, code, above, level, before)
        problems += self._taken_problems(row, code, facts)
        path = before.path if before else f"{self._path(above)}{code}/"
        if not problems and not path.startswith(self.territory):
            problems.append(Problem("code", "这个机关不归您管理。"))
        if problems:
            return Line(row.number, code, Fate.WRONG, facts, level, above, path, problems=tuple(problems))
        if before is None:
            return Line(row.number, code, Fate.NEW, facts, level, above, path)
        differences = before.facts.differences(facts)
        fate = Fate.CHANGED if differences else Fate.SAME
        return Line(row.number, code, fate, facts, level, above, path, differences)

    def _path(self, code: str) -> str:
        """Where an authority stands or will stand; a sheet that leads in a circle is cut short."""
        codes: list[str] = []
        while code and code not in self.known and code not in codes:
            codes.insert(0, code)
            code = tidy(self.in_sheet[code].values.get("above", "")) if code in self.in_sheet else ""
        head = self.known[code].path if code in self.known else ""
        return head + "".join(f"{each}/" for each in codes)

    def _place_problems(self, row: Row, code: str, above: str, level: str, before: Known | None) -> list[Problem]:
        problems = [Problem("code", problem.message) for problem in division_code.parse(code).errors]
        if self.in_sheet[code] is not row:
            problems.append(Problem("code", f"代码{code}和第{self.in_sheet[code].number}行重复。"))
        if before is not None:
            return problems + _moved_problems(level, above, before)
        if not above:
            problems += [] if self.territory == "" else [Problem("above", "请填写上级代码。")]
            return problems + rules.level_problems(level, None)
        if above not in self.known and above not in self.in_sheet:
            problems.append(Problem("above", f"没有代码为{above}的上级机关，表里也没有。"))
        elif above in self.known and self.known[above].is_closed:
            problems.append(Problem("above", f"上级机关{self.known[above].facts.name}已经撤销。"))
        else:
            higher = self.known[above].level if above in self.known else self.levels[above]
            problems += rules.level_problems(level, higher)
        return problems

    def _taken_problems(self, row: Row, code: str, facts: Particulars) -> list[Problem]:
        found = []
        for name in ("uscc", "abbreviation"):
            value = getattr(facts, name)
            first = self.owners.setdefault((name, value), row)
            if value and first is not row:
                found.append(Problem(name, f"{COLUMNS[name]}{value}和第{first.number}行重复。"))
        holders = [*self.holders.get(facts.uscc, ()), *self.holders.get(facts.abbreviation, ())]
        taken = (why_taken(facts, other) for other in holders if other.code != code)
        return found + [Problem("", reason) for reason in dict.fromkeys(taken) if reason]


def _facts(row: Row) -> Particulars:
    return Particulars(**{name: row.values.get(name, "") for name in TITLES}).tidy()


def _level(row: Row) -> str:
    return _LEVELS.get("".join(row.values.get("level", "").split()), "")


def _typed_problems(row: Row) -> list[Problem]:
    told = ((name, why_not_storable(value)) for name, value in row.values.items())
    return [Problem(name, reason) for name, reason in told if reason]


def _moved_problems(level: str, above: str, before: Known) -> list[Problem]:
    problems = []
    if before.is_closed:
        problems.append(Problem("code", "这个机关已经撤销，请先恢复。"))
    if level != before.level:
        problems.append(Problem("level", f"这个机关现在是{LEVELS[before.level]}级，级别不能改变。"))
    if above != before.above:
        now = f"现在的上级代码是{before.above}" if before.above else "现在没有上级"
        problems.append(Problem("above", f"上级不能改变，{now}。"))
    return problems
