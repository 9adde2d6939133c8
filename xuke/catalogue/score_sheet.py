"""The score sheet of the on-site verification (现场核查评分记录表, 2022), read from data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """One of the six parts."""

    code: str
    number: int
    title: str
    points: int


@dataclass(frozen=True)
class SheetItem:
    """One of the 34 items. Titles are our own short words and marked uncertain in the data."""

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


@lru_cache(maxsize=1)
def _data() -> dict[str, list[dict[str, object]]]:
    text = (Path(__file__).parent / "data" / "score_sheet_2022.json").read_text("utf-8")
    return dict(json.loads(text, parse_float=Decimal))


@lru_cache(maxsize=1)
def parts() -> tuple[Part, ...]:
    """The six parts in order."""
    return tuple(
        Part(str(row["code"]), number, str(row["title_zh"]), int(str(row["points"])))
        for number, row in enumerate(_data()["parts"], start=1)
    )


@lru_cache(maxsize=1)
def items() -> tuple[SheetItem, ...]:
    """The 34 items in order."""
    numbers = {part.code: part.number for part in parts()}
    seen: dict[str, int] = {}
    found = []
    for row in _data()["items"]:
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
