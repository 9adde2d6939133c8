"""Categories (食品类别, three digits) and subcategories (类别名称, four digits) of the 2020 catalogue."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
FOOD, ADDITIVE = "food", "additive"


@dataclass(frozen=True)
class Subcategory:
    """A four-digit row of the catalogue, such as 2401 热加工糕点."""

    code: str
    name: str
    category_code: str
    category_name: str


@dataclass(frozen=True)
class Category:
    """A three-digit category as the licence number carries it, such as 124 糕点 (Measures art. 11).

    Additives are 201 to 203 in licence numbers and stand in chapter 32 of the catalogue; there is no 132.
    """

    code: str
    name: str
    is_special_food: bool
    subcategories: tuple[Subcategory, ...]
    kind: str = FOOD
    """food or additive."""

    @property
    def number(self) -> str:
        """The chapter of the catalogue: 24, and 32 for every additive."""
        return self.code[1:] if self.kind == FOOD else "32"


@lru_cache(maxsize=1)
def categories() -> tuple[Category, ...]:
    """The 31 food categories in the order of the Measures, then the 3 of additives."""
    data = json.loads((DATA / "food_categories.json").read_text("utf-8"))
    return (*_foods(data["categories"]), *_additives(data["additives"]))


def of_kind(kind: str) -> tuple[Category, ...]:
    """The categories of food, or those of additives."""
    return tuple(each for each in categories() if each.kind == kind)


def _foods(rows: list[dict[str, Any]]) -> tuple[Category, ...]:
    return tuple(
        Category(
            code=row["licence_code"],
            name=row["name_zh"],
            is_special_food=row["is_special_food"],
            subcategories=tuple(
                Subcategory(sub["code"], sub["name_zh"], row["licence_code"], row["name_zh"])
                for sub in row["subcategories"]
            ),
        )
        for row in rows
    )


def _additives(rows: list[dict[str, Any]]) -> tuple[Category, ...]:
    """Each additive category has one row of the catalogue, of its own name."""
    return tuple(
        Category(
            code=row["licence_code"],
            name=row["name_zh"],
            is_special_food=False,
            subcategories=(Subcategory(row["catalogue_code"], row["name_zh"], row["licence_code"], row["name_zh"]),),
            kind=ADDITIVE,
        )
        for row in rows
    )


@lru_cache(maxsize=1)
def _by_code() -> dict[str, Subcategory]:
    return {sub.code: sub for category in categories() for sub in category.subcategories}


def subcategory(code: str) -> Subcategory | None:
    """The subcategory of that code, or None when the catalogue has no such row."""
    return _by_code().get(code)


def category(code: str) -> Category | None:
    """The category of that three-digit code, or None."""
    return next((found for found in categories() if found.code == code), None)


def find(text: str) -> tuple[Subcategory, ...]:
    """Subcategories whose code, name or category contains the text; empty text finds nothing."""
    wanted = text.strip()
    if not wanted:
        return ()
    return tuple(
        sub
        for sub in _by_code().values()
        if wanted in sub.name or wanted in sub.category_name or sub.code.startswith(wanted)
    )
