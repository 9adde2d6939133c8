"""Where an application goes: the seat of the authority that accepts it, why, and how long a decision may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xuke.catalogue import competence
from xuke.catalogue.food import subcategory
from xuke.catalogue.limits import TimeLimit, time_limit
from xuke.licensing.offers import chosen_level


@dataclass(frozen=True)
class Destination:
    """What follows from the products and the place of a form."""

    level: str
    """市级: the level that licenses these products together (Measures art. 6, 7)."""
    basis: str
    seat: str
    """The division whose authority accepts; empty while the form names no place."""
    limit: TimeLimit
    """The term of the decision."""


def destination(form: Mapping[str, Any], *, on: date) -> Destination | None:
    """Where a form goes as it stands; None while it names no product of the catalogue, or none that is licensed."""
    codes = [str(row.get("code", "")) for row in form.get("products", {}).get("varieties", [])]
    known = [code for code in codes if subcategory(code)]
    if not known:
        return None
    division = str(form.get("site", {}).get("division_code", ""))
    levels = competence.levels(known, on=on, division=division)
    if len(levels) < len(set(known)):
        return None
    found = min(levels.values(), key=lambda each: competence.LEVELS.index(each.level))
    # Of several competent levels the applicant chooses one to accept (Measures art. 18); else it is the highest.
    level = chosen_level(form) or found.level
    return Destination(
        level=competence.TITLES[level],
        basis=found.basis,
        seat=competence.division_at(level, division) if division else "",
        limit=time_limit("food.decision", on, division=division),
    )
