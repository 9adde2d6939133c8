"""Was it valid on that day? What the register answers, from what happened to a licence. Pure.

Two times meet in every question. *Valid time*: on which day did it count. *Record time*: what did the register know
when it was asked; somebody who trusted it in March is judged by what it said in March. A decision that takes effect
backwards (撤销自始无效, Administrative Licensing Law art. 69) changes the first and leaves the second as it was.

In the order of recording, each event says what holds from the day it takes effect, for good: over whatever was said of
those days before, except an order that had not taken effect when it was recorded. Nobody took that order back, so it
stays an order for its day; an event for that very day takes it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

FIRST_DAY = date(1949, 10, 1)
"""No authority of this state decided anything before."""
BRINGS = {
    "issued": "in_force",
    "certificate_made": "",
    "amended": "",
    "reported": "",
    "renewed": "in_force",
    "reissued": "",
    "expired": "expired",
    "withdrawn": "withdrawn",
    "rescinded": "rescinded",
    "revoked": "revoked",
    "cancelled": "cancelled",
    "closed": "",
}
"""What is published of a licence's history, and the state it brings; empty where it says nothing of the state."""
_CHINA = ZoneInfo("Asia/Shanghai")
Value = TypeVar("Value")


class Standing(StrEnum):
    """What can be said of a licence on a day."""

    IN_FORCE = "in_force"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    RESCINDED = "rescinded"
    REVOKED = "revoked"
    CANCELLED = "cancelled"
    NOT_YET = "not_yet"
    """It was granted later."""
    UNKNOWN = "unknown"
    """The register did not know of it then."""

    @property
    def counts(self) -> bool:
        """Whether one could produce by it."""
        return self is Standing.IN_FORCE


_BY_VALIDITY = frozenset({Standing.IN_FORCE, Standing.EXPIRED})


@dataclass(frozen=True, slots=True)
class Happened:
    """One published happening: what holds from a day on, and since when the register knows."""

    seq: int
    effective_on: date
    recorded_at: datetime
    state: str
    valid_to: date
    brings_state: bool = True
    """False where the state stays whatever it is: the file was made anew."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The standing of a licence on a day, and what it rests on."""

    standing: Standing
    valid_from: date | None = None
    valid_to: date | None = None
    since: date | None = None
    """The day from which this standing held."""
    revision: int = 0
    """The last happening that was known."""


def standing_on(events: Iterable[Happened], *, on: date, known_at: datetime) -> Answer:
    """What the register knew at a moment about a day."""
    known = sorted((event for event in events if event.recorded_at <= known_at), key=lambda event: event.seq)
    if not known:
        return Answer(Standing.UNKNOWN)
    first, revision = known[0], known[-1].seq
    if on < first.effective_on:
        return Answer(Standing.NOT_YET, first.effective_on, first.valid_to, None, revision)
    state, since = _holding(_states(known), on)
    valid_to, _ = _holding(_validities(known), on)
    if state not in _BY_VALIDITY:
        return Answer(Standing(state), first.effective_on, valid_to, since, revision)
    if on > valid_to:
        return Answer(Standing.EXPIRED, first.effective_on, valid_to, None, revision)
    return Answer(Standing.IN_FORCE, first.effective_on, valid_to, first.effective_on, revision)


# --- what was said, day by day ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Said(Generic[Value]):
    """What holds from a day on, until the next thing said."""

    day: date
    value: Value


def _states(known: Sequence[Happened]) -> list[_Said[str]]:
    return _timeline([(event, event.state) for event in known if event.brings_state or event is known[0]])


def _validities(known: Sequence[Happened]) -> list[_Said[date]]:
    """An event speaks of the validity where it differs from the one recorded before."""
    changes = [(after, after.valid_to) for before, after in pairwise(known) if after.valid_to != before.valid_to]
    return _timeline([(known[0], known[0].valid_to), *changes])


def _timeline(said: Iterable[tuple[Happened, Value]]) -> list[_Said[Value]]:
    """What is left of it, by days; given in the order of recording."""
    left: list[_Said[Value]] = []
    for event, value in said:
        still_ordered = max(event.effective_on, event.recorded_at.astimezone(_CHINA).date())
        left = [each for each in left if each.day < event.effective_on or each.day > still_ordered]
        left.append(_Said(event.effective_on, value))
        left.sort(key=lambda each: each.day)
    return left


def _holding(timeline: Sequence[_Said[Value]], on: date) -> tuple[Value, date]:
    """What holds on a day, and since when."""
    past = [each for each in timeline if each.day <= on]
    value, since = past[-1].value, past[-1].day
    for each in reversed(past):
        if each.value != value:
            break
        since = each.day
    return value, since


# --- the row of the register ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rowed:
    """What the row of a licence says, for lists that cannot read its history: as of a day, and good until another."""

    state: str
    valid_to: date
    ended_on: date | None
    next_on: date | None
    """The day on which something that was ordered takes effect that one row cannot say beforehand; it is written anew
    then. None for nearly all."""


def row_on(events: Iterable[Happened], *, on: date) -> Rowed:
    """The row as of a day on which all of these were known: `standing_today` says by it what `standing_on` answers."""
    known = sorted(events, key=lambda event: event.seq)
    on = max(on, known[0].effective_on)
    states, validities = _states(known), _validities(known)
    state, since = _holding(states, on)
    valid_to, validity_until = _validity_ahead(validities, on)
    ahead = [each for each in states if each.day > on]
    ended_on: date | None = since
    if state in _BY_VALIDITY:
        ended_on = None
        ahead = _skip(ahead, _BY_VALIDITY)
        if ahead:  # An ending that was ordered: the row says it beforehand.
            state, ended_on = ahead[0].value, ahead[0].day
    ahead = _skip(ahead, {state} if ended_on else _BY_VALIDITY)
    days = [day for day in (validity_until, ahead[0].day if ahead else None) if day]
    return Rowed(state, valid_to, ended_on, min(days, default=None))


def _skip(ahead: Sequence[_Said[str]], states: Iterable[str]) -> list[_Said[str]]:
    """Without those at the beginning that leave it at one of these states."""
    first = next((place for place, each in enumerate(ahead) if each.value not in states), len(ahead))
    return list(ahead[first:])


def _validity_ahead(timeline: Sequence[_Said[date]], on: date) -> tuple[date, date | None]:
    """The last validity known that changes no answer before its own day, so that a renewal is on the row at once; and
    the day of the next one, which would."""
    valid_to, _ = _holding(timeline, on)
    for each in timeline:
        if each.day <= on:
            continue
        last = each.day - timedelta(days=1)
        if valid_to != each.value and min(valid_to, each.value) < last and max(valid_to, each.value) >= on:
            return valid_to, each.day
        valid_to = each.value
    return valid_to, None


def standing_today(*, state: str, valid_to: date, ended_on: date | None, granted_on: date, on: date) -> Standing:
    """The standing on a day from the row of the register alone, as a list shows it."""
    if on < granted_on:
        return Standing.NOT_YET
    if state not in _BY_VALIDITY and (ended_on is None or ended_on <= on):
        return Standing(state)
    return Standing.EXPIRED if on > valid_to else Standing.IN_FORCE
