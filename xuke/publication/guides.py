"""What one has to know to apply for an item (办事指南), from the same data that checks the application. Pure reading.

An item is published when every element that the law wants to be public is there: conditions and materials, time limits
with the articles they rest on, what is asked, and what comes of it (Administrative Permit Law art. 30).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from xuke.catalogue import food
from xuke.catalogue.limits import TimeLimit, time_limit
from xuke.licensing.procedures import PROCEDURES
from xuke.licensing.procedures.form import Procedure

LIMITS = ("acceptance", "verification", "decision", "issue")
"""The terms of an item, by the last part of their names."""


@dataclass(frozen=True)
class Element:
    """One thing that has to be public about an item, and whether it is."""

    title: str
    is_public: bool


def procedure_of(code: str) -> Procedure | None:
    """The item of that code, such as food.first."""
    return next((each for each in PROCEDURES if each.code == code), None)


def limits(procedure: Procedure, *, on: date) -> tuple[TimeLimit, ...]:
    """The time limits of an item in force on a day, in the order of its life."""
    family = procedure.code.partition(".")[0]
    found = []
    for name in LIMITS:
        try:
            found.append(time_limit(f"{family}.{name}", on))
        except LookupError:
            continue
    return tuple(found)


def elements(procedure: Procedure, *, on: date) -> tuple[Element, ...]:
    """What has to be public about an item, as things stood on a day."""
    terms = limits(procedure, on=on)
    materials = [kind for kind in procedure.materials if not kind.optional]
    return (
        Element("申请条件和填报内容", all(section.title for section in procedure.sections)),
        Element("申请材料目录和依据", bool(materials) and all(kind.law for kind in materials)),
        Element("办理时限和依据", len(terms) == len(LIMITS) and all(term.basis for term in terms)),
        Element("许可范围", bool(food.categories())),
    )


def is_complete(found: Iterable[Element]) -> bool:
    """Whether everything that has to be public is."""
    return all(element.is_public for element in found)
