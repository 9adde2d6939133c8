"""The score sheets of the on-site verification (现场核查评分记录表), read from data, and the rule that reads them.

Which sheet applies, from which rate it is passed and whether one item at 0 fails it is an edition of the rules (topic
`score`): another sheet is a file `score_sheet_<name>.json` and an edition that names it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from xuke.catalogue.rulebook import Edition

_DATA = Path(__file__).parent / "data"
SHEETS = tuple(sorted(file.stem.removeprefix("score_sheet_") for file in _DATA.glob("score_sheet_*.json")))
"""The names of the sheets that come with the release."""
NEWEST = SHEETS[-1]


@dataclass(frozen=True)
class Part:
    """One of the parts of a sheet."""

    code: str
    number: int
    title: str
    points: int


@dataclass(frozen=True)
class SheetItem:
    """One of the items of a sheet. Titles are our own short words and marked uncertain in the data."""

    number: int
    label: str
    """Part and place in it, such as 2.3."""
    part: str
    title: str
    explanation: str
    basis: str
    """The articles it checks."""
    most: Decimal
    scores: tuple[Decimal, ...]
    always: bool
    """Whether it applies to every first application (Measures art. 21: the trial report)."""


@dataclass(frozen=True)
class ScoreRule:
    """When a variety passes the verification, as an edition says it (审查通则)."""

    sheet: str
    """The name of the sheet, such as 2022."""
    pass_percent: int
    zero_fails: bool
    """Whether one item at 0 fails the variety, whatever the rest adds up to."""
    basis: str
    edition: str = ""

    @property
    def rate(self) -> Decimal:
        """The least rate that passes: 0.85."""
        return Decimal(self.pass_percent) / 100

    @property
    def words(self) -> str:
        """The rule in a sentence."""
        zeros = "没有0分项，而且" if self.zero_fails else ""
        return f"{zeros}得分率不低于{self.pass_percent}%。"


def rule_of(edition: Edition) -> ScoreRule:
    """An edition of the topic `score` as the rule it states."""
    said = edition.content
    return ScoreRule(
        str(said.get("sheet", NEWEST)),
        int(said["pass_percent"]),
        bool(said.get("zero_fails", True)),
        edition.basis,
        edition.id,
    )


@cache
def _data(sheet: str) -> dict[str, list[dict[str, object]]]:
    text = (_DATA / f"score_sheet_{sheet}.json").read_text("utf-8")
    return dict(json.loads(text, parse_float=Decimal))


@cache
def parts(sheet: str = NEWEST) -> tuple[Part, ...]:
    """The parts of a sheet in order."""
    return tuple(
        Part(str(row["code"]), number, str(row["title_zh"]), int(str(row["points"])))
        for number, row in enumerate(_data(sheet)["parts"], start=1)
    )


@cache
def items(sheet: str = NEWEST) -> tuple[SheetItem, ...]:
    """The items of a sheet in order."""
    numbers = {part.code: part.number for part in parts(sheet)}
    seen: dict[str, int] = {}
    found = []
    for row in _data(sheet)["items"]:
        part = str(row["part"])
        seen[part] = seen.get(part, 0) + 1
        scores = row["scores"]
        assert isinstance(scores, list)
        found.append(
            SheetItem(
                number=int(str(row["no"])),
                label=f"{numbers[part]}.{seen[part]}",
                part=part,
                title=str(row["title_zh"]),
                explanation=str(row.get("explanation_zh", "")),
                basis=str(row["basis"]),
                most=Decimal(str(row["max"])),
                scores=tuple(Decimal(str(value)) for value in scores),
                always=bool(row.get("always_applies", False)),
            )
        )
    return tuple(found)
