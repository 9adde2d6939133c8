"""What a row keeps of its running term, derived from the marks of the journal by one function.

Nothing else writes these columns. Pure: marks, limit and calendar in, columns out. What is kept can be put together
again from the journal at any time (`clocks.kept_of`), and a holiday plan that arrives later gives other days for the
same term (`Term.due`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from xuke.catalogue.limits import TimeLimit
from xuke.foundation.calendar import DueDate, WorkingCalendar
from xuke.foundation.clock import Mark, Pause, Schedule

ACCEPTANCE, DECISION, ISSUE = "acceptance", "decision", "issue"
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Term:
    """A running term: since when, how long, when it stood still."""

    clock: str
    began_on: date
    limit: int
    by_law: int
    """What the law allows; more than `limit` where less was promised (承诺时限)."""
    extension: int = 0
    pauses: tuple[Pause, ...] = ()

    @classmethod
    def of(cls, clock: str, marks: Sequence[Mark], limit: TimeLimit) -> Term | None:
        """The term that these marks leave running, or None."""
        schedule = Schedule.of(marks)
        if schedule is None or schedule.stop is not None:
            return None
        return cls(clock, schedule.start, limit.value, limit.by_law, schedule.extension, schedule.pauses)

    @classmethod
    def from_facts(cls, began_on: date, facts: Mapping[str, Any]) -> Term:
        """The term as a row keeps it."""
        pauses = tuple(
            Pause(date.fromisoformat(first), date.fromisoformat(until) if until else None, "", name)
            for first, until, name in facts.get("pauses", ())
        )
        return cls(facts["clock"], began_on, facts["limit"], facts["by_law"], facts.get("extension", 0), pauses)

    @property
    def facts(self) -> dict[str, Any]:
        """What a row keeps beside the day of the start. Equal terms are equal rows."""
        found: dict[str, Any] = {"clock": self.clock, "limit": self.limit, "by_law": self.by_law}
        if self.extension:
            found["extension"] = self.extension
        if self.pauses:
            found["pauses"] = [
                [each.first.isoformat(), each.until.isoformat() if each.until else None, each.name]
                for each in self.pauses
            ]
        return found

    @property
    def schedule(self) -> Schedule:
        """For the clock to read."""
        return Schedule(self.began_on, "", self.pauses, None, self.extension)

    @property
    def allowed(self) -> int:
        """Working days with the extension."""
        return self.limit + self.extension

    def day(self, number: int, calendar: WorkingCalendar) -> date | None:
        """The day on which so many days are used; None when it stands still before."""
        return self.schedule.due(number, calendar)

    def due(self, calendar: WorkingCalendar) -> DueDate | None:
        """The last day; None while it stands still."""
        on = self.day(self.allowed, calendar)
        return DueDate(on, calendar.is_provisional(self.began_on, on)) if on else None

    def law_due(self, calendar: WorkingCalendar) -> date | None:
        """The last day of the law's own limit."""
        return self.day(self.by_law + self.extension, calendar)

    def used(self, through: date, calendar: WorkingCalendar) -> int:
        """Working days that counted, up to and including a day."""
        return self.schedule.used(through, calendar)

    def paused_days(self, through: date) -> int:
        """Days on which it stood still, up to and including a day."""
        ends = (
            (each.first, min(each.until, through + _ONE_DAY) if each.until else through + _ONE_DAY)
            for each in self.pauses
        )
        return sum(max((until - first).days, 0) for first, until in ends)


# Alarms ---------------------------------------------------------------------------------------------------------------

SILENCE_3, SILENCE_4 = "silence3", "silence4"
HALF, MOST, LAST, BREACH = "half", "most", "last", "breach"
LOOK = "look"
"""An interruption of which nobody can say when it ends has lasted long: somebody looks whether it still has to."""


def level_days(term: Term, calendar: WorkingCalendar, promised_on: date | None = None) -> tuple[tuple[date, str], ...]:
    """On which day the term says what, in the order of the days (handbook 4.2).

    Half of it, four fifths, the last day, the day after; for the receipt, where silence accepts, the third and the
    fourth day. Where the applicant was told an earlier day, that is the last one to be warned of. While the term stands
    still it says nothing more.
    """
    due = term.due(calendar)
    if due is None:
        return ()
    if term.clock == ACCEPTANCE:
        early = ((3, SILENCE_3), (4, SILENCE_4))
    else:
        early = ((-(-term.allowed * 50 // 100), HALF), (-(-term.allowed * 80 // 100), MOST))
    last = min(due.on, promised_on) if promised_on else due.on
    days = [(day, level) for number, level in early if (day := term.day(number, calendar)) and day < last]
    return (*days, (last, LAST), (due.on + _ONE_DAY, BREACH))


def next_alarm(days: Sequence[tuple[date, str]], *, since: date) -> date | None:
    """The first day from `since` on that has something to say."""
    return next((day for day, level in days if day >= since), None)


@dataclass(frozen=True)
class Kept:
    """The columns of an application that its clock fills."""

    term_began_on: date | None = None
    due_on: date | None = None
    due_provisional: bool = False
    next_alarm_on: date | None = None
    promised_on: date | None = None
    term: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, term: Term | None, calendar: WorkingCalendar, *, since: date) -> Kept:
        """What is kept from a mark of the day `since` on. The day that the term ends on is the day that is told."""
        if term is None:
            return cls()
        due = term.due(calendar)
        on = due.on if due else None
        days = level_days(term, calendar)
        # A term that is over already says so at once, if nobody has heard it yet.
        alarm = next_alarm(days, since=since) or (days[-1][0] if days else None)
        return cls(term.began_on, on, bool(due and due.provisional), alarm, on, term.facts)


COLUMNS = ("term_began_on", "due_on", "due_provisional", "next_alarm_on", "promised_on", "term")
