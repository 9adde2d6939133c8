"""What the end of a term leaves behind: its account, its breach if it was let pass, and no reason for alarm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from xuke.foundation import journal
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing.alarms import BESIDE, VISIT
from xuke.licensing.kept import BREACH, LAST, Term, level_days
from xuke.licensing.models import Alarm, Application, Breach, EndedTerm, Visit

SILENT = ("deemed_accepted", "deemed_renewed")
"""Events by which the law itself ends a term that the authority let pass."""


def note_term_end(application: Application, term: Term, past: str, *, now: datetime) -> dict[str, Any]:
    """Write down how a term of the case has ended; what the journal entry of the step says about it.

    A term that was let pass has a breach from here on, whether or not the alarms have come round to it.
    """
    calendar, today = current_calendar(), journal.legal_day(now)
    due, used = term.due(calendar), term.used(today, calendar)
    late = due is not None and today > due.on
    promised = application.promised_on
    EndedTerm(
        **_of(application, term),
        procedure=application.procedure,
        ended_by=past,
        began_on=term.began_on,
        ended_on=today,
        used=used,
        limit=term.limit,
        extension=term.extension,
        paused=term.paused_days(today),
        paused_for=sorted({pause.name for pause in term.pauses}),
        late=late or (promised is not None and due is not None and today > promised),
        silent=past in SILENT,
    ).save(force_insert=True)
    if late and due is not None:
        law_due = term.law_due(calendar) or due.on
        _end_breach(application, term, due.on, law_due, today=today, over=used - term.allowed, now=now)
    if _may_have_alarms(term, today):
        Alarm.objects.filter(application=application, clock=term.clock, closed_at=None).update(closed_at=now)
    return {"over": used - term.allowed} if late else {}


def _of(application: Application, term: Term) -> dict[str, Any]:
    return {
        "application_id": application.pk,
        "clock": term.clock,
        "authority_id": application.authority_id,
        "authority_path": application.authority_path,
        "enterprise_id": application.enterprise_id,
    }


def _end_breach(
    application: Application, term: Term, due_on: date, law_due_on: date, *, today: date, over: int, now: datetime
) -> None:
    fresh = Breach(
        **_of(application, term),
        limit=term.limit,
        extension=term.extension,
        began_on=term.began_on,
        due_on=due_on,
        law_due_on=law_due_on,
        found_at=now,
    )
    keep_breaches([fresh])
    open_ones = Q(application=application, clock=term.clock, ended_on=None, lapsed_at=None)
    Breach.objects.filter(open_ones).update(ended_on=today, over=over)


def keep_breaches(fresh: list[Breach]) -> None:
    """Write down breaches, each once; one that a day off had taken back, and another day gave again, holds again."""
    Breach.objects.bulk_create(
        fresh, update_conflicts=True, unique_fields=["application", "clock", "due_on"], update_fields=["lapsed_at"]
    )


def _may_have_alarms(term: Term, today: date) -> bool:
    """Whether the clock can have said something already; most terms end before it has."""
    days = level_days(term, current_calendar())
    return bool(term.pauses or term.extension or not days or days[0][0] <= today)


def hush(application: Application, *, now: datetime) -> None:
    """The clock stands still, goes on or has more days: what it said before no longer holds.

    What other days than those of the term say is told and taken back by every round (`commands.overdue`).
    """
    open_ones = Alarm.objects.filter(application=application, closed_at=None)
    open_ones.exclude(clock__in=BESIDE).update(closed_at=now)


def move_end(cases: Sequence[UUID], term: Term, was: date, *, now: datetime) -> None:
    """The last day of terms that are alike has moved: what was said of the old one no longer holds.

    A breach lapses when the new day is not over yet. Else it goes along to the new day: one term is let pass once.
    """
    calendar, today = current_calendar(), journal.legal_day(now)
    about = {"application__in": cases, "clock": term.clock}
    due = term.due(calendar)
    if due is not None and due.on == was:
        return
    Alarm.objects.filter(**about, due_on=was, level__in=(LAST, BREACH), closed_at=None).update(closed_at=now)
    known = Breach.objects.filter(**about, due_on=was, ended_on=None, lapsed_at=None)
    if due is not None and due.on < today:
        # Where one was taken back that had this very day, that one holds again, as soon as the alarms come round.
        again = Breach.objects.filter(**about, due_on=due.on).values("application")
        known.exclude(application__in=again).update(
            limit=term.limit, extension=term.extension, due_on=due.on, law_due_on=term.law_due(calendar) or due.on
        )
    known.update(lapsed_at=now)


def move_visit_end(visit: Visit, due: date, *, now: datetime) -> None:
    """The last day of a visit has moved: one that was let pass goes along to the new day, and is open again.

    A suspension has ended it in the meantime; the visit is the same, and its authority says once why it is late.
    """
    about = Breach.objects.filter(application=visit.application_id, clock=VISIT, due_on__in={visit.due_on, due})
    known = list(about)
    if due < journal.legal_day(now) and [each.due_on for each in known] == [visit.due_on]:
        limit = current_calendar().days_between(known[0].began_on, due)
        about.update(due_on=due, law_due_on=due, limit=limit, ended_on=None, over=None)
    visit.due_on = due


def follow(application: Application) -> None:
    """The case went to another authority: its open alarms, and what it has not explained yet, go with it."""
    place = {"authority": application.authority, "authority_path": application.authority_path}
    Alarm.objects.filter(application=application, closed_at=None).update(**place)
    Breach.objects.filter(application=application, explained_at=None).update(**place)
