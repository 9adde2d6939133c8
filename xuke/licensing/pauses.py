"""The interruptions of a case as its page tells them, read from the history that the page has already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from xuke.foundation.calendar import WorkingCalendar
from xuke.foundation.journal import Event
from xuke.licensing import hearing, permissions
from xuke.licensing.hearing import Hearing
from xuke.licensing.models import Application
from xuke.licensing.rules import INTERRUPTIONS
from xuke.parties.applicants import Applicant

_BEGIN = {
    "application.suspended": "suspension",
    "application.special_time_begun": "",
    "application.hearing_requested": "hearing",
    "application.hearing_request_taken": "hearing",
}
_END = {
    "application.resumed": ("suspension",),
    "application.special_time_ended": ("testing", "expert_review"),
    "application.hearing_concluded": ("hearing",),
    "application.hearing_waived": ("hearing",),
    "application.terminated": tuple(INTERRUPTIONS),
    "application.retracted": tuple(INTERRUPTIONS),
}


@dataclass(frozen=True)
class Pause:
    """One interruption."""

    kind: str
    reason: str
    began_on: date
    until: date | None
    ended_on: date | None
    is_late: bool
    ground: str = ""
    """Of a suspension."""
    digest: str = ""
    """The file on which a case was suspended, by its name `paper`."""
    paper: str = ""
    by_message: bool = False
    """Whether it was suspended on what the applicant wrote in the thread."""
    told: tuple[tuple[date, date | None], ...] = ()
    """From when to which day that was told; more than one where a later day was told too late."""

    @property
    def title(self) -> str:
        """Its kind in words."""
        return INTERRUPTIONS[self.kind]

    def days(self, calendar: WorkingCalendar, *, upto: date) -> int:
        """Its working days up to a day, without those that counted in the term again."""
        return sum(calendar.days_between(since, min(upto, until or upto)) for since, until in self.told)


def pauses(events: Sequence[Event], *, today: date) -> tuple[Pause, ...]:
    """Every interruption of a case, oldest first."""
    found: list[Pause] = []
    for event in events:
        if event.verb in _BEGIN:
            found = _with(found, _begun(event, today))
        elif event.verb == "application.pause_prolonged":
            found = [_later(each, event, today) if each.kind == event.facts["kind"] else each for each in found]
        elif event.verb in _END and event.facts.get("ended", True):
            found = [_ended(each, event) if each.kind in _END[event.verb] else each for each in found]
    return tuple(found)


def _later(pause: Pause, event: Event, today: date) -> Pause:
    """The same with the later day that was told."""
    if pause.ended_on:
        return pause
    until, day = date.fromisoformat(event.facts["until"]), event.effective_on
    *before, (since, told) = pause.told
    goes_on = told is None or day <= told
    stretches = (*before, (since, until)) if goes_on else (*pause.told, (day, until))
    return replace(pause, until=until, is_late=today > until, told=stretches)


def _begun(event: Event, today: date) -> Pause:
    kind = _BEGIN[event.verb] or str(event.facts["kind"])
    until = event.facts.get("until")
    expected = date.fromisoformat(until) if until else None
    late = expected is not None and today > expected
    reason = str(event.facts.get("who") or event.facts.get("reason", ""))
    return Pause(
        kind,
        reason,
        event.effective_on,
        expected,
        None,
        late,
        ground=str(event.facts.get("ground", "")),
        digest=str(event.facts.get("digest", "")),
        paper=str(event.facts.get("paper", "")),
        by_message="message" in event.facts,
        told=((event.effective_on, expected),),
    )


def suspended_days(found: Sequence[Pause], grounds: Sequence[str], calendar: WorkingCalendar) -> int:
    """Working days for which a case was suspended on some grounds, without those that counted in the term again."""
    return sum(
        each.days(calendar, upto=each.ended_on)
        for each in found
        if each.kind == "suspension" and each.ground in grounds and each.ended_on is not None
    )


def _with(found: list[Pause], begun: Pause) -> list[Pause]:
    """One more; or, where somebody else asks for the hearing that goes on, the same one with both names."""
    same = next((each for each in found if each.kind == begun.kind == "hearing" and not each.ended_on), None)
    if same is None:
        return [*found, begun]
    both = replace(same, reason=f"{same.reason}、{begun.reason}")
    return [both if each is same else each for each in found]


def _ended(pause: Pause, event: Event) -> Pause:
    if pause.ended_on:
        return pause
    return replace(pause, ended_on=event.effective_on, is_late=False)


@dataclass(frozen=True)
class Asked:
    """A hearing as the applicant's page offers it."""

    hearing: Hearing
    may_be_asked: bool

    @property
    def title(self) -> str:
        """How far it is."""
        return self.hearing.title

    @property
    def matter(self) -> str:
        """What is intended."""
        return self.hearing.matter


def asked(applicant: Applicant, application: Application, *, today: date) -> Asked | None:
    """The hearing of a case, and whether this person may still ask for it; None where nobody spoke of one."""
    held = hearing.read(application.hearing)
    if not held.standing:
        return None
    return Asked(held, not permissions.why_not(applicant, "request_hearing", application, today=today))
