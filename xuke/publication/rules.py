"""Was it valid on that day? What the register answers, from what happened to a licence. Pure.

Two times meet in every question. *Valid time*: on which day did it count. *Record time*: what did the register know
when it was asked; somebody who trusted it in March is judged by what it said in March. A decision that takes effect
backwards (撤销自始无效, Administrative Licensing Law art. 69) changes the first and leaves the second as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

FIRST_DAY = date(1949, 10, 1)
"""No authority of this state decided anything before."""


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
    """What the register knew at a moment about a day.

    An event speaks of the state, or of the validity, only where it differs from the event before: making the file anew
    changes neither. Of those that had taken effect by the day, the one that took effect last counts.
    """
    known = sorted((event for event in events if event.recorded_at <= known_at), key=lambda event: event.seq)
    if not known:
        return Answer(Standing.UNKNOWN)
    first, revision = known[0], known[-1].seq
    if on < first.effective_on:
        return Answer(Standing.NOT_YET, first.effective_on, first.valid_to, None, revision)
    said = _last([event for event in _changes(known, "state") if event.effective_on <= on])
    valid_to = _last([event for event in _changes(known, "valid_to") if event.effective_on <= on]).valid_to
    state = Standing(said.state)
    if state not in _BY_VALIDITY:
        return Answer(state, first.effective_on, valid_to, said.effective_on, revision)
    if on > valid_to:
        return Answer(Standing.EXPIRED, first.effective_on, valid_to, None, revision)
    return Answer(Standing.IN_FORCE, first.effective_on, valid_to, first.effective_on, revision)


def _changes(events: Sequence[Happened], name: str) -> list[Happened]:
    """The events that say something new about one thing; the first always does."""
    before: object = None
    found = []
    for event in events:
        value = getattr(event, name)
        if value != before:
            found.append(event)
        before = value
    return found


def _last(events: Sequence[Happened]) -> Happened:
    return max(events, key=lambda event: (event.effective_on, event.seq))


def standing_today(*, state: str, valid_to: date, ended_on: date | None, granted_on: date, on: date) -> Standing:
    """The standing on a day from the row of the register alone, as a list shows it."""
    if on < granted_on:
        return Standing.NOT_YET
    if state not in _BY_VALIDITY and (ended_on is None or ended_on <= on):
        return Standing(state)
    return Standing.EXPIRED if on > valid_to else Standing.IN_FORCE
