"""Food categories (食品类别, three digits) and subcategories (类别名称, four digits) of the 2020 catalogue."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Subcategory:
    """A four-digit row of the catalogue, such as 2401 热加工糕点."""

    code: str
    name: str
    category_code: str
    category_name: str


@dataclass(frozen=True)
class Category:
    """A three-digit category as the licence number carries it, such as 124 糕点 (Measures art. 11)."""

    code: str
    name: str
    is_special_food: bool
    subcategories: tuple[Subcategory, ...]

    @property
    def number(self) -> str:
        """The two digits of the list of 31, such as 24."""
        return self.code[1:]


@lru_cache(maxsize=1)
def categories() -> tuple[Category, ...]:
    """The 31 food categories in the order of the Measures."""
    rows = json.loads((DATA / "food_categories.json").read_text("utf-8"))["categories"]
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
