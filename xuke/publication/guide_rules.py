"""What places have published that a guide shows (地方规定): shorter terms, competence, promises, gates. Pure reading.

A guide is the guide of a place: what holds there stands in it, with the day from which it holds, and whatever was
published or ended last is named beside its version (Administrative Permit Law art. 30).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from xuke.catalogue import editions, switches, telling
from xuke.catalogue.contents import ANY
from xuke.catalogue.limits import TimeLimit
from xuke.catalogue.rulebook import NATION, TOPICS, Edition, RuleBook
from xuke.catalogue.rulebook import places as around
from xuke.licensing.procedures.form import Procedure
from xuke.publication import places
from xuke.publication.guide_parts import said


@dataclass(frozen=True)
class LocalRule:
    """One rule of a place that concerns an item."""

    place: str
    topic: str
    title: str
    words: str
    basis: str
    since: date
    is_uncertain: bool = False
    has_ended: bool = False
    is_term: bool = False
    """Whether it is a term that was promised to be shorter (承诺时限)."""


@dataclass(frozen=True)
class Newest:
    """What a guide shows that began to apply last."""

    what: str
    since: date


def published(procedure: Procedure, limits: Iterable[TimeLimit], *, on: date, division: str) -> tuple[LocalRule, ...]:
    """What places have said that concerns an item on a day, the newest first; also what they ended.

    Of a province, everything that was published in it; of a place in it, what holds there.
    """
    book, terms = editions.book(), {limit.id for limit in limits}
    found = [
        _told(each, _named(book, each))
        for each in _speaking(book, on, division)
        if each.ends or book.find(each.topic, each.key, division=each.division, on=on) is each
        if _concerns(each, procedure, terms)
    ]
    return tuple(sorted(found, key=lambda rule: (rule.since, rule.place), reverse=True))


def _speaking(book: RuleBook, on: date, division: str) -> Iterator[Edition]:
    """Of each key in each place, the one edition that speaks of the day."""
    keys = dict.fromkeys((each.topic, each.key, each.division) for each in book.editions if each.level != NATION)
    for topic, key, place in keys:
        if _is_here(place, division) and (found := book.said(topic, key, division=place, on=on)):
            yield found


def _is_here(place: str, division: str) -> bool:
    if division.endswith("0000"):
        return place[:2] == division[:2]
    return place in around(division)


def _concerns(edition: Edition, procedure: Procedure, terms: Iterable[str]) -> bool:
    key = edition.key
    if edition.topic == "time_limit":
        return key in terms
    if edition.topic == "commitment":
        return key.partition(":")[2] in (procedure.kind, ANY)
    if edition.topic == "gate":
        kinds = edition.content.get("kinds", ())
        return not kinds or procedure.kind in kinds
    return edition.topic == "competence" or (edition.topic == "switch" and key == procedure.switch)


def _named(book: RuleBook, edition: Edition) -> Edition:
    """The newest edition of the same place that has a name: an ending says nothing but that it ends."""
    same = book.published(edition.topic, edition.key, division=edition.division)
    return next((each for each in same if not each.ends), edition)


def _told(edition: Edition, named: Edition) -> LocalRule:
    title = telling.title(edition.topic, edition.key, named)
    words = "不再有地方规定，按国家规定" if edition.ends else telling.value(edition)
    if edition.topic == "gate" and not edition.ends:
        words = str(edition.content["text"])
    return LocalRule(
        place=places.full_name(edition.division),
        topic=TOPICS[edition.topic],
        title=title,
        words=words,
        basis=edition.basis,
        since=edition.valid_from,
        is_uncertain=edition.is_uncertain,
        has_ended=edition.ends,
        is_term=edition.topic == "time_limit",
    )


def newest(limits: Iterable[TimeLimit], rules: Iterable[LocalRule]) -> Newest | None:
    """What of it began to apply, or ended, last."""
    found = [Newest(f"{limit.title}：{said(limit)}", limit.valid_from) for limit in limits]
    found += [Newest(f"{rule.place}{rule.title}：{rule.words}", rule.since) for rule in rules]
    return max(found, key=lambda each: each.since, default=None)


def is_open(procedure: Procedure, *, on: date, division: str) -> bool:
    """Whether an item that a province may leave closed can be applied for: there, or anywhere in the province."""
    if not procedure.switch:
        return True
    book = editions.book()
    here = {each.division for each in book.editions if each.topic == "switch" and _is_here(each.division, division)}
    return any(switches.is_on(procedure.switch, division=place, on=on) for place in (division, *here))
