"""Rule editions, and what they answer: what applied to a key in a division on a day, as known when, published by whom.

An edition is never changed. It speaks of the days from `valid_from` to `valid_to` and was recorded at a moment:

* of two editions that speak of one day, the one recorded later is right, also when both were published on one day;
* a wrong edition, past or future, is corrected by a newer one for the days it speaks of; what was known before that
  stays what was known, and `known_at` asks for it;
* an edition is ended early by an *ending*: an edition that says, for its days, that this level says nothing;
* a province goes before the nation, and a part of it before the whole, where the nation allows it (`hierarchy`).

Pure: no database, no clock.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from xuke.catalogue import hierarchy

NATION, PROVINCE = "nation", "province"
LEVELS = {NATION: "国家", PROVINCE: "省级"}
FILING_DAY, ACCEPTANCE_DAY, DECISION_DAY = "filing_day", "acceptance_day", "decision_day"
TRANSITIONS = {
    FILING_DAY: "按提交申请之日",
    ACCEPTANCE_DAY: "按受理之日",
    DECISION_DAY: "按作出决定之日",
}
"""Which day of a running case has to lie in an edition's time for the edition to apply to the case."""
CONFIDENCES = ("verified", "known", "uncertain")
TOPICS = {
    "time_limit": "办理时限",
    "competence": "许可权限",
    "commitment": "告知承诺",
    "gate": "地方准入条件",
    "switch": "办理方式",
    "score": "现场核查评分规则",
}


@dataclass(frozen=True)
class Edition:
    """What one level said about one key, for which days, since when, on which basis."""

    id: str
    topic: str
    key: str
    content: Mapping[str, Any]
    valid_from: date
    valid_to: date | None
    """The last day it speaks of; None while nobody has said."""
    recorded_at: datetime
    published_by: str
    basis: str
    level: str = NATION
    division: str = ""
    """The place it speaks of; empty for the nation."""
    transition: str = FILING_DAY
    confidence: str = "known"
    ends: bool = False
    """Whether it is an ending: for its days this level says nothing."""
    seq: int = 0
    """The order of two that were recorded in one moment."""
    origin: str = ""
    """File and row, where it was read from one."""

    @property
    def said_in(self) -> str:
        """File and row as the beginning of a sentence about it."""
        return f"{self.origin}：" if self.origin else ""

    def speaks_of(self, day: date) -> bool:
        """Whether a day is one of those it speaks of."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def says_the_same(self, other: Edition) -> bool:
        """Whether nothing that matters differs but the days."""
        return _matter(self) == _matter(other)

    @property
    def is_uncertain(self) -> bool:
        """Whether the page has to show 待核实."""
        return self.confidence == "uncertain"


def _matter(edition: Edition) -> tuple[object, ...]:
    return (edition.ends, edition.content, edition.basis, edition.transition, edition.confidence)


@dataclass(frozen=True)
class Period:
    """Days on which one answer held."""

    begins: date
    ends: date | None
    edition: Edition | None
    """None where nobody said anything."""
    turned_by: Edition | None = None
    """The edition that brought the answer about: itself, or the ending that gave way to it."""

    def holds(self, day: date) -> bool:
        """Whether a day is one of these."""
        return self.begins <= day and (self.ends is None or day <= self.ends)

    @property
    def transition(self) -> str:
        """Which day of a running case has to lie in this time."""
        return self.turned_by.transition if self.turned_by else FILING_DAY


def places(division: str) -> tuple[str, ...]:
    """A division and those around it, from the narrow to the wide: 420506, 420500, 420000, and the nation."""
    if not division:
        return ("",)
    return tuple(dict.fromkeys((division, division[:4] + "00", division[:2] + "0000", "")))


_MOST_ANSWERS = 50_000
"""Answers that a book remembers before it begins again."""


@dataclass(frozen=True, eq=False)
class RuleBook:
    """All editions that are known, ready to be asked."""

    editions: tuple[Edition, ...]
    _answers: dict[tuple[str, str, str, date], Edition | None] = field(default_factory=dict, compare=False, repr=False)
    """What was asked before, of all that is known now."""

    @classmethod
    def of(cls, editions: Iterable[Edition]) -> RuleBook:
        """A book of these editions, in whatever order they come."""
        return cls(tuple(sorted(editions, key=lambda each: (each.recorded_at, each.seq), reverse=True)))

    @cached_property
    def _by_key(self) -> dict[tuple[str, str, str], list[Edition]]:
        """The editions of each key in each place, newest record first."""
        found: dict[tuple[str, str, str], list[Edition]] = {}
        for each in self.editions:
            found.setdefault((each.topic, each.key, each.division), []).append(each)
        return found

    @cached_property
    def _by_id(self) -> dict[str, Edition]:
        return {each.id: each for each in self.editions}

    @cached_property
    def _keys(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for each in sorted(self.editions, key=lambda one: one.seq):
            found.setdefault(each.topic, {})[each.key] = None
        return {topic: tuple(keys) for topic, keys in found.items()}

    def edition(self, id: str) -> Edition | None:
        """The edition of that id, or None."""
        return self._by_id.get(id)

    def keys(self, topic: str) -> tuple[str, ...]:
        """Every key that anybody has ever said something about, in the order of the data."""
        return self._keys.get(topic, ())

    def published(self, topic: str, key: str, *, division: str) -> tuple[Edition, ...]:
        """Everything one place has said about a key, newest record first."""
        return tuple(self._by_key.get((topic, key, division), ()))

    def said(
        self, topic: str, key: str, *, division: str, on: date, known_at: datetime | None = None
    ) -> Edition | None:
        """What one place says of a day, perhaps an ending: of all that speak of it, the one recorded last."""
        for each in self._by_key.get((topic, key, division), ()):
            if each.speaks_of(on) and (known_at is None or each.recorded_at <= known_at):
                return each
        return None

    def find(
        self, topic: str, key: str, *, division: str = "", on: date, known_at: datetime | None = None
    ) -> Edition | None:
        """What applied to a key in a division on a day, as known at a moment; None when nobody had said anything."""
        if known_at is not None:
            return self._turn(topic, key, division, on, known_at)[0]
        asked = (topic, key, division, on)
        if asked not in self._answers:
            if len(self._answers) >= _MOST_ANSWERS:
                self._answers.clear()
            answer = self._answers[asked] = self._turn(topic, key, division, on, None)[0]
            return answer
        return self._answers.get(asked)

    def _turn(
        self, topic: str, key: str, division: str, on: date, known_at: datetime | None
    ) -> tuple[Edition | None, Edition | None]:
        """The answer, and the edition that brought it about: itself, or an ending before it."""
        nation = self.said(topic, key, division="", on=on, known_at=known_at)
        nation = None if nation is None or nation.ends else nation
        turned_by: Edition | None = None
        for place in places(division)[:-1]:
            found = self.said(topic, key, division=place, on=on, known_at=known_at)
            turned_by = turned_by or found
            if found and not found.ends and not hierarchy.why_not(topic, nation, found):
                return found, found
        return nation, turned_by if turned_by and turned_by.ends else nation

    def turned_by(self, topic: str, key: str, *, division: str, on: date) -> Edition | None:
        """The edition that brought the answer of a day about: the answer itself, or the ending it came after."""
        return self._turn(topic, key, division, on, None)[1]

    def timeline(
        self, topic: str, key: str, *, division: str = "", known_at: datetime | None = None
    ) -> tuple[Period, ...]:
        """Which answer held when, in the order of the days."""
        days = self._turning_days(topic, key, places(division))
        answers = [self._turn(topic, key, division, day, known_at) for day in days]
        return _joined(days, answers)

    def own_timeline(self, topic: str, key: str, *, division: str) -> tuple[Period, ...]:
        """What one place says when, whatever the others say: endings count as silence."""
        days = self._turning_days(topic, key, (division,))
        said = [self.said(topic, key, division=division, on=day) for day in days]
        return _joined(days, [(None if each is None or each.ends else each, each) for each in said])

    def _turning_days(self, topic: str, key: str, divisions: Iterable[str]) -> list[date]:
        """The days on which another edition may begin to answer."""
        speaking = [each for place in divisions for each in self._by_key.get((topic, key, place), ())]
        days = {each.valid_from for each in speaking}
        days |= {each.valid_to + timedelta(days=1) for each in speaking if each.valid_to and each.valid_to < date.max}
        return sorted(days)

    def for_running(
        self,
        topic: str,
        key: str,
        bound: Edition | None,
        *,
        division: str,
        accepted_on: date | None,
        on: date,
        known_at: datetime | None = None,
    ) -> Edition | None:
        """Which edition applies on a day to a case that was bound to one, or to none, when it was filed.

        Running cases keep theirs; an edition that says so takes them over, and so does an ending: by acceptance day or
        by decision day, when that day of the case lies in its time. A day that has not come yet is taken to be today.
        """
        days = {ACCEPTANCE_DAY: accepted_on or on, DECISION_DAY: on}
        current = bound
        for period in self.timeline(topic, key, division=division, known_at=known_at):
            day = days.get(period.transition)
            if period.turned_by is not None and day is not None and period.holds(day):
                current = period.edition
        return current


def _joined(days: list[date], answers: list[tuple[Edition | None, Edition | None]]) -> tuple[Period, ...]:
    """Neighbouring days with one answer, as one period each; the last one is open."""
    found: list[Period] = []
    for place, (day, (edition, turned_by)) in enumerate(zip(days, answers, strict=True)):
        last = days[place + 1] - timedelta(days=1) if place + 1 < len(days) else None
        if found and found[-1].edition is edition and found[-1].turned_by is turned_by:
            found[-1] = Period(found[-1].begins, last, edition, turned_by)
        else:
            found.append(Period(day, last, edition, turned_by))
    return tuple(found)


@dataclass(frozen=True)
class Change:
    """What becomes different at one level, for which days, when something is published."""

    topic: str
    key: str
    division: str
    begins: date
    ends: date | None
    before: Edition | None
    after: Edition | None

    @property
    def kind(self) -> str:
        """begins, ends or changes."""
        if self.before is None:
            return "begins"
        return "changes" if self.after else "ends"


def difference(book: RuleBook, wanted: Iterable[Edition]) -> tuple[Change, ...]:
    """What has to be published so that each key named in `wanted` says at its level just that, and nothing else.

    Keys that are not named are left alone.
    """
    wanted = tuple(wanted)
    other = RuleBook.of(wanted)
    found: list[Change] = []
    for topic, key, division in dict.fromkeys((each.topic, each.key, each.division) for each in wanted):
        is_, shall = (each.own_timeline(topic, key, division=division) for each in (book, other))
        found += _compared(topic, key, division, is_, shall)
    return tuple(found)


def _compared(topic: str, key: str, division: str, is_: tuple[Period, ...], shall: tuple[Period, ...]) -> list[Change]:
    days = sorted({each.begins for each in (*is_, *shall)})
    found: list[Change] = []
    for place, day in enumerate(days):
        last = days[place + 1] - timedelta(days=1) if place + 1 < len(days) else None
        before, after = _at(is_, day), _at(shall, day)
        if before is after or (before and after and before.says_the_same(after)):
            continue
        follows = found and found[-1].ends == day - timedelta(days=1)
        if follows and found[-1].before is before and found[-1].after is after:
            found[-1] = Change(topic, key, division, found[-1].begins, last, before, after)
        else:
            found.append(Change(topic, key, division, day, last, before, after))
    return found


def _at(periods: tuple[Period, ...], day: date) -> Edition | None:
    place = bisect_left([each.begins for each in periods], day + timedelta(days=1)) - 1
    return periods[place].edition if place >= 0 and periods[place].holds(day) else None
