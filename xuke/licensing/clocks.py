"""The statutory clocks of an application, read from its journal. Nothing is counted down; all can be explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from xuke.catalogue.limits import TimeLimit, time_limit
from xuke.foundation.clock import ClockReading, Mark, read
from xuke.foundation.journal import Event
from xuke.foundation.working_days import current as current_calendar

ACCEPTANCE, DECISION, ISSUE = "acceptance", "decision", "issue"
_LIMITS = {ACCEPTANCE: "food.acceptance", DECISION: "food.decision", ISSUE: "food.issue"}
_LATER = {ACCEPTANCE: (DECISION, ISSUE), DECISION: (ISSUE,), ISSUE: ()}
_STARTS = {ACCEPTANCE: "提交", DECISION: "受理", ISSUE: "准予"}
_TITLES = {ACCEPTANCE: "受理时限", DECISION: "决定时限", ISSUE: "发证时限"}
_RUNS_IN = {
    **dict.fromkeys(("submitted", "correcting_on_spot", "resubmitted"), ACCEPTANCE),
    **dict.fromkeys(
        ("accepted", "document_review", "verification_assigned", "verification_done", "decision_proposed"), DECISION
    ),
    "granted": ISSUE,
}


@dataclass(frozen=True)
class Term:
    """A running or finished statutory term: which one, under which limit, how it reads today."""

    name: str
    title: str
    limit: TimeLimit
    reading: ClockReading


def marks_of(events: Sequence[Event], clock: str) -> tuple[Mark, ...]:
    """The marks that events left on one clock, from its last start on. A mark of ``any`` counts on every clock."""
    found: list[Mark] = []
    for event in events:
        name, _, kind = event.clock.partition(".")
        if kind == "start" and name == clock:
            found = []
        if name in (clock, "any") or (kind == "start" and name in _LATER[clock]):
            # Accepting starts the decision clock and thereby stops the acceptance clock; so does granting, one on.
            what = kind if name == clock else "stop"
            found.append(Mark(event.effective_on, what, event.facts.get("reason", ""), event.facts.get("days", 0)))
    return tuple(found)


def running(events: Sequence[Event]) -> str:
    """The clock that was started last, or an empty string before submission."""
    started = [event.clock.partition(".")[0] for event in events if event.clock.endswith(".start")]
    return started[-1] if started else ""


def term(events: Sequence[Event], *, today: date, clock: str = "") -> Term | None:
    """The term that runs (or ran last) for an application with this history, as it stands today."""
    name = clock or running(events)
    marks = marks_of(events, name) if name else ()
    if not marks:
        return None
    limit = time_limit(_LIMITS[name], marks[0].on)
    reading = read(marks, allowed=limit.value, today=today, calendar=current_calendar(), start_word=_STARTS[name])
    return Term(name, _TITLES[name], limit, reading)


def glance(state: str, due_on: date | None, *, today: date) -> ClockReading | None:
    """How the running term reads in a list: from its due date alone, without the journal. None when no term runs."""
    clock = _RUNS_IN.get(state)
    if clock is None or due_on is None:
        return None
    calendar, allowed = current_calendar(), time_limit(_LIMITS[clock], due_on).value
    start = Mark(calendar.subtract(due_on, allowed).on, "start")
    return read((start,), allowed=allowed, today=today, calendar=calendar, start_word=_STARTS[clock])


def running_in(state: str) -> str | None:
    """The clock that runs in a state of the life, or None."""
    return _RUNS_IN.get(state)


def ends_on(clock: str, began_on: date) -> date:
    """The last day of a term that began on a day, by today's calendar."""
    return current_calendar().add(began_on, time_limit(_LIMITS[clock], began_on).value).on


def due(clock_mark: str, effective_on: date) -> tuple[date | None, bool]:
    """When the term ends that a mark starts, and whether that is provisional; nothing when the mark ends a term."""
    name, _, kind = clock_mark.partition(".")
    if kind != "start":
        return None, False
    found = current_calendar().add(effective_on, time_limit(_LIMITS[name], effective_on).value)
    return found.on, found.provisional
