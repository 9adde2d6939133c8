"""Which level of authority licenses which category (许可权限): dated, moved by the province (Measures art. 6, 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from xuke.catalogue import editions
from xuke.catalogue.contents import ANY, RUNNING
from xuke.catalogue.food import subcategory
from xuke.catalogue.rulebook import PROVINCE, Edition, RuleBook

LEVELS = ("province", "prefecture", "county")
TITLES = {"province": "省级", "prefecture": "市级", "county": "县级"}


@dataclass(frozen=True)
class Competence:
    """A level, and the text it rests on."""

    level: str
    basis: str
    edition: str = ""
    """The edition that says so."""
    is_uncertain: bool = False


def of(codes: Iterable[str], *, on: date, division: str = "", known_at: datetime | None = None) -> Competence:
    """The level that licenses these subcategories together: the highest that any of them needs."""
    return in_book(editions.book(), codes, on=on, division=division, known_at=known_at)


def in_book(
    book: RuleBook, codes: Iterable[str], *, on: date, division: str, known_at: datetime | None = None
) -> Competence:
    """The same by some book of rules, such as one that knows what is about to be published."""
    found = [_of_one(book, code, on, division, known_at) for code in codes]
    if not found:
        raise LookupError("no subcategory given")
    return min(found, key=lambda competence: LEVELS.index(competence.level))


def levels(codes: Iterable[str], *, on: date, division: str = "") -> dict[str, Competence]:
    """The level of each subcategory alone: more than one means joint review (联合审查, Measures art. 18).

    What nobody licenses on that day, because its edition has ended, is left out: a gate says so.
    """
    book = editions.book()
    found = {code: edition_of(book, code, on=on, division=division) for code in codes}
    return {code: _says(edition) for code, edition in found.items() if edition is not None}


def _of_one(book: RuleBook, code: str, on: date, division: str, known_at: datetime | None) -> Competence:
    edition = edition_of(book, code, on=on, division=division, known_at=known_at)
    if edition is None:
        raise LookupError(f"no competence for {code} on {on}")
    return _says(edition)


def _says(edition: Edition) -> Competence:
    return Competence(edition.content["level"], edition.basis, edition.id, edition.is_uncertain)


def edition_of(
    book: RuleBook, code: str, *, on: date, division: str, known_at: datetime | None = None
) -> Edition | None:
    """What says who licenses a category or a subcategory. What the nation fixed goes first, then the narrower key."""
    keys = _keys(code)
    for key in keys:
        nation = book.find("competence", key, on=on, known_at=known_at)
        if nation and nation.content.get("fixed"):
            return nation
    for key in keys:
        if found := book.find("competence", key, division=division, on=on, known_at=known_at):
            return found
    return None


def _keys(code: str) -> tuple[str, ...]:
    """Under what a category or a subcategory may be spoken of, the narrow before the wide."""
    known = subcategory(code)
    return tuple(dict.fromkeys((code, known.category_code if known else code, ANY)))


def leaves_running(book: RuleBook, code: str, *, bound: Edition, on: date, division: str) -> bool:
    """Whether the last turn of competence for a subcategory left a case with whom `bound` had sent it to.

    A turn is an edition that began, an ending, or the day on which `bound` itself had run out.
    """
    asked: dict[str, Any] = {"division": division, "on": on}
    answer, turns = edition_of(book, code, **asked), []
    for key in _keys(code):
        if turned := book.turned_by("competence", key, **asked):
            turns.append((turned.valid_from, turned))
        if answer and answer.key == key:
            break
    if bound.level == PROVINCE and bound.valid_to and bound.valid_to < on:
        turns.append((bound.valid_to + timedelta(days=1), bound))
    _, last = max(turns, key=lambda turn: turn[0], default=(on, None))
    return last is not None and last.content.get("running") == RUNNING[0]


def division_at(level: str, division: str) -> str:
    """The division code of the authority at a level above a county: 420506 → 420500 for a prefecture."""
    return {"province": division[:2] + "0000", "prefecture": division[:4] + "00", "county": division}[level]
