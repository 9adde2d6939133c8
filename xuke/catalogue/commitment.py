"""Where a licence may be given on a promise (告知承诺), and what follows: a switch of the province (handbook 2.9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from xuke.catalogue import editions
from xuke.catalogue.contents import ANY
from xuke.catalogue.rulebook import Edition, RuleBook

CHECK_DAYS = 30
"""Working days until the full-coverage check, where the edition does not say."""


@dataclass(frozen=True)
class CommitmentPolicy:
    """Whether a category may be licensed on a promise, in how many working days it is checked, on which basis."""

    allowed: bool
    check_days: int
    basis: str
    edition: str = ""
    is_uncertain: bool = False

    @property
    def reason(self) -> str:
        """Why it may not, as a sentence; empty where it may."""
        return "" if self.allowed else f"这类申请不适用告知承诺，按一般程序办理（{self.basis}）。"


def commitment_policy(
    category: str, kind: str, *, division: str, on: date, known_at: datetime | None = None
) -> CommitmentPolicy:
    """What the province says about a category (124) and a kind of application (renewal) on a day."""
    return policy_of(edition_of(editions.book(), category, kind, division=division, on=on, known_at=known_at))


def policy_of(found: Edition | None) -> CommitmentPolicy:
    """What an edition says; without one nothing is licensed on a promise."""
    if found is None:
        return CommitmentPolicy(False, CHECK_DAYS, "国家和省级没有规定可以告知承诺")
    days = int(found.content.get("check_days", CHECK_DAYS))
    return CommitmentPolicy(bool(found.content["allowed"]), days, found.basis, found.id, found.is_uncertain)


def edition_of(
    book: RuleBook, category: str, kind: str, *, division: str, on: date, known_at: datetime | None = None
) -> Edition | None:
    """What says so. What the nation fixed goes first, then the category before the kind."""

    def said(key: str, place: str) -> Edition | None:
        return book.find("commitment", key, division=place, on=on, known_at=known_at)

    return first_of(said, category, kind, division=division)


def first_of(said: Callable[[str, str], Edition | None], category: str, kind: str, *, division: str) -> Edition | None:
    """Of all that is said of the keys of a category, what goes first; `said` answers for a key and a place."""
    keys = (f"{category}:{kind}", f"{category}:{ANY}", f"{ANY}:{kind}", f"{ANY}:{ANY}")
    for key in keys:
        nation = said(key, "")
        if nation and nation.content.get("fixed"):
            return nation
    return next((found for key in keys if (found := said(key, division))), None)
