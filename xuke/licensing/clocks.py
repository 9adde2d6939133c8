"""The statutory clocks of an application, read from its journal. Nothing is counted down; all can be explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from xuke.catalogue.limits import TimeLimit, time_limit
from xuke.foundation import journal
from xuke.foundation.clock import ClockReading, Mark, read, read_schedule
from xuke.foundation.journal import Event
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import binding
from xuke.licensing.kept import ACCEPTANCE, COLUMNS, DECISION, ISSUE, Kept
from xuke.licensing.kept import Term as Running
from xuke.licensing.models import Application

__all__ = ["ACCEPTANCE", "DECISION", "ISSUE", "Term", "ends_on", "glance", "keep", "of_row", "term"]

LIMITS = {ACCEPTANCE: "food.acceptance", DECISION: "food.decision", ISSUE: "food.issue"}
"""The limit of each clock, in the data."""
_LATER = {ACCEPTANCE: (DECISION, ISSUE), DECISION: (ISSUE,), ISSUE: ()}
_STARTS = {ACCEPTANCE: "提交", DECISION: "受理", ISSUE: "准予"}
TITLES = {ACCEPTANCE: "受理时限", DECISION: "决定时限", ISSUE: "发证时限"}
RUNS_IN = {
    **dict.fromkeys(("submitted", "correcting_on_spot", "resubmitted"), ACCEPTANCE),
    **dict.fromkeys(
        ("accepted", "document_review", "verification_assigned", "verification_done", "decision_proposed"), DECISION
    ),
    "granted": ISSUE,
}
"""The clock that runs in each state of the life."""
_CORRECTING = "材料补正中"
_PAUSES = {
    "application.suspended": "中止",
    "application.hearing_requested": "听证",
    "application.hearing_request_taken": "听证",
}
_SPECIAL = {"testing": "检验检测", "expert_review": "专家评审"}


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
            found.append(_mark(event, kind if name == clock else "stop"))
    return tuple(found)


def _mark(event: Event, kind: str) -> Mark:
    return mark(event.verb, kind, event.effective_on, event.facts)


def mark(verb: str, kind: str, on: date, facts: dict[str, Any]) -> Mark:
    """What an event did to the clock, with the word for a pause: 中止, 听证, 检验检测."""
    name = ""
    if kind == "pause":
        name = _SPECIAL.get(str(facts.get("kind", "")), "") or _PAUSES.get(verb, "")
    reason = str(facts.get("reason", "")) if kind != "start" else ""
    reason = "" if reason in (name, _SPECIAL.get(name)) else reason
    return Mark(on, kind, reason, int(facts.get("days", 0)) if kind == "extend" else 0, name)


def running(events: Sequence[Event]) -> str:
    """The clock that was started last, or an empty string before submission."""
    started = [event.clock.partition(".")[0] for event in events if event.clock.endswith(".start")]
    return started[-1] if started else ""


def term(
    events: Sequence[Event], *, today: date, clock: str = "", application: Application | None = None
) -> Term | None:
    """The term that runs (or ran last) for an application with this history, as it stands today.

    With the application, under the limits that bind it; without, as on the public pages, under those of the law.
    """
    name = clock or running(events)
    marks = marks_of(events, name) if name else ()
    if not marks:
        return None
    limit = limit_of(application, name, marks[0].on)
    reading = read(marks, allowed=limit.value, today=today, calendar=current_calendar(), start_word=_STARTS[name])
    if limit.is_promise:
        reading = replace(reading, by_law=limit.by_law)
    if application is not None and name == running(events):
        reading = _with_promise(reading, application.promised_on)
    if _waits_for_correction(events, name):
        reading = replace(reading, waits=_CORRECTING)
    return Term(name, TITLES[name], limit, reading)


def _waits_for_correction(events: Sequence[Event], clock: str) -> bool:
    last = next((event for event in reversed(events) if event.clock), None)
    return clock == ACCEPTANCE and last is not None and last.verb == "application.correction_asked"


def _with_promise(reading: ClockReading, promised_on: date | None) -> ClockReading:
    """Where the applicant was told an earlier day than the calendar gives now, that day is shown too."""
    if promised_on and reading.due_on and promised_on < reading.due_on:
        return replace(reading, promised_on=promised_on)
    return reading


def limit_of(application: Application | None, clock: str, on: date) -> TimeLimit:
    """The limit of a clock: the one that binds a case, or the law's own."""
    if application is None:
        return time_limit(LIMITS[clock], on)
    return binding.limit(application, LIMITS[clock], on=on)


def by_law(clock: str, on: date) -> int:
    """How many working days the law allows for a stage."""
    return time_limit(LIMITS[clock], on).by_law


def running_in(state: str) -> str | None:
    """The clock that runs in a state of the life, or None."""
    return RUNS_IN.get(state)


# What a row keeps -----------------------------------------------------------------------------------------------------


def running_of(application: Application) -> Running | None:
    """The running term as the row keeps it. A row that an older release wrote keeps less, and has no pauses."""
    clock, began = RUNS_IN.get(application.state), application.term_began_on
    if clock is None or began is None:
        return None
    if application.term and application.term.get("clock") == clock:
        return Running.from_facts(began, application.term)
    limit = limit_of(application, clock, began)
    return Running(clock, began, limit.value, limit.by_law)


def kept_of(application: Application, events: Sequence[Event]) -> Kept:
    """What the row has to keep, put together from its whole journal."""
    last = next((event for event in reversed(events) if event.clock), None)
    name = running(events)
    if last is None or not name:
        return Kept()
    kept = _kept(application, name, marks_of(events, name), since=last.effective_on)
    told = last.facts.get("due_on")
    return replace(kept, promised_on=date.fromisoformat(told)) if told and kept.due_on else kept


def _kept(application: Application, clock: str, marks: Sequence[Mark], *, since: date) -> Kept:
    found = Running.of(clock, marks, limit_of(application, clock, marks[0].on))
    return Kept.of(found, current_calendar(), since=since)


def keep(application: Application, what: str, verb: str, on: date, facts: dict[str, Any]) -> tuple[str, ...]:
    """Fill the columns that the clock keeps, as a mark is about to be left on it; the names of the columns.

    A start and a stop need no history; for a pause, its end and an extension the marks before are read.
    """
    clock, _, kind = what.partition(".")
    if kind == "stop":
        kept = Kept()
    else:
        marks: tuple[Mark, ...] = ()
        if kind != "start":
            marks = marks_of(journal.history(application.stream), clock)
        kept = _kept(application, clock, (*marks, mark(verb, kind, on, facts)), since=on)
    for column in COLUMNS:
        setattr(application, column, getattr(kept, column))
    application.term = dict(kept.term or {})
    return COLUMNS


def of_row(application: Application, *, today: date) -> ClockReading | None:
    """How the running term reads, from the row alone, as lists show it. None when no term runs."""
    found = running_of(application)
    if found is None:
        return None
    reading = read_schedule(
        found.schedule,
        allowed=found.limit,
        today=today,
        calendar=current_calendar(),
        start_word=_STARTS[found.clock],
    )
    if found.limit < found.by_law:
        reading = replace(reading, by_law=found.by_law)
    return _with_promise(reading, application.promised_on)


def glance(state: str, due_on: date | None, *, today: date) -> ClockReading | None:
    """How the running term reads from its due date alone. None when no term runs."""
    clock = RUNS_IN.get(state)
    if clock is None or due_on is None:
        return None
    calendar, allowed = current_calendar(), time_limit(LIMITS[clock], due_on).value
    start = Mark(calendar.subtract(due_on, allowed).on, "start")
    return read((start,), allowed=allowed, today=today, calendar=calendar, start_word=_STARTS[clock])


def ends_on(clock: str, began_on: date, application: Application | None = None) -> date:
    """The last day of a term that began on a day, by the law's own limit and today's calendar."""
    return current_calendar().add(began_on, limit_of(application, clock, began_on).by_law).on


def due(clock_mark: str, effective_on: date) -> tuple[date | None, bool]:
    """When the term ends that a mark starts under the law's limits; nothing when the mark ends a term."""
    name, _, kind = clock_mark.partition(".")
    if kind != "start":
        return None, False
    found = current_calendar().add(effective_on, time_limit(LIMITS[name], effective_on).value)
    return found.on, found.provisional
