"""Which level of authority licenses which category (许可权限): the province's dated table (Measures art. 6, 7)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from xuke.catalogue.food import subcategory

LEVELS = ("province", "prefecture", "county")
TITLES = {"province": "省级", "prefecture": "市级", "county": "县级"}


@dataclass(frozen=True)
class Competence:
    """A level, and the text it rests on."""

    level: str
    basis: str


@dataclass(frozen=True)
class _Row:
    categories: tuple[str, ...]
    subcategories: tuple[str, ...]
    level: str
    valid_from: date
    valid_to: date | None
    basis: str

    def covers(self, code: str, category: str, on: date) -> bool:
        in_force = self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
        return in_force and (code in self.subcategories or category in self.categories or "*" in self.categories)


@lru_cache(maxsize=1)
def _rows() -> tuple[_Row, ...]:
    rows = json.loads((Path(__file__).parent / "data" / "competence.json").read_text("utf-8"))["rows"]
    return tuple(
        _Row(
            tuple(row["categories"]),
            tuple(row.get("subcategories", ())),
            row["level"],
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            row["basis"],
        )
        for row in rows
    )


def of(codes: Iterable[str], *, on: date) -> Competence:
    """The level that licenses these subcategories together: the highest that any of them needs."""
    found = [_of_one(code, on) for code in codes]
    if not found:
        raise LookupError("no subcategory given")
    return min(found, key=lambda competence: LEVELS.index(competence.level))


def _of_one(code: str, on: date) -> Competence:
    known = subcategory(code)
    category = known.category_code if known else ""
    for row in _rows():
        if row.covers(code, category, on):
            return Competence(row.level, row.basis)
    raise LookupError(f"no competence for {code} on {on}")


def division_at(level: str, division: str) -> str:
    """The division code of the authority at a level above a county: 420506 → 420500 for a prefecture."""
    return {"province": division[:2] + "0000", "prefecture": division[:4] + "00", "county": division}[level]
