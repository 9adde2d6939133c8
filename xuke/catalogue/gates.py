"""Local gates (地方准入条件): what a province demands beside the law, as a sentence and a simple condition."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from xuke.catalogue import editions
from xuke.catalogue.rulebook import Edition


@dataclass(frozen=True)
class LocalGate:
    """One local gate: whom it concerns, what it asks, on which basis."""

    code: str
    title: str
    text: str
    """What the applicant is told."""
    basis: str
    condition: str
    """requires_material or blocks_category."""
    categories: tuple[str, ...] = ()
    """Three-digit categories it concerns; empty for all."""
    kinds: tuple[str, ...] = ()
    """Kinds of applications it concerns; empty for all."""
    material: str = ""
    """What has to be filed, where it requires a material."""
    edition: str = ""
    is_uncertain: bool = False

    def concerns(self, *, categories: Collection[str], kind: str) -> bool:
        """Whether an application of these categories and this kind has to pass it."""
        here = not self.categories or any(each in self.categories for each in categories)
        return here and (not self.kinds or kind in self.kinds)

    def why_not(self, *, categories: Collection[str], kind: str, materials: Collection[str]) -> str:
        """Why an application does not pass, as a sentence that cites the basis; empty when it does.

        `materials` are the titles of what was filed: a file of its own, or a local material that names itself.
        """
        if not self.concerns(categories=categories, kind=kind):
            return ""
        if self.condition == "requires_material" and self.material in materials:
            return ""
        return f"{self.text.rstrip('。')}（{self.basis}）。"


def local(division: str, on: date, *, known_at: datetime | None = None) -> tuple[LocalGate, ...]:
    """The gates of a place on a day."""
    book = editions.book()
    found = (book.find("gate", key, division=division, on=on, known_at=known_at) for key in book.keys("gate"))
    return tuple(of_edition(each) for each in found if each is not None)


def of_edition(edition: Edition) -> LocalGate:
    """An edition as the gate it puts up."""
    content: dict[str, Any] = dict(edition.content)
    return LocalGate(
        code=edition.key,
        title=content["title"],
        text=content["text"],
        basis=edition.basis,
        condition=content["condition"],
        categories=tuple(content.get("categories", ())),
        kinds=tuple(content.get("kinds", ())),
        material=content.get("material", ""),
        edition=edition.id,
        is_uncertain=edition.is_uncertain,
    )
