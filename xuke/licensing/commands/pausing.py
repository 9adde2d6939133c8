"""The decision term stands still, and runs again: at the end of what stops it, at the latest after the day told.

What an interruption needs does not count, and the applicant is told in writing how long that is (Administrative Permit
Law art. 45). What takes longer than was told counts again from the day after, though the interruption goes on: nobody
stops a term by forgetting a case.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM, Actor
from xuke.foundation.refusals import StepNotOpen
from xuke.foundation.transactions import command
from xuke.licensing import clocks
from xuke.licensing.commands.steps import lock
from xuke.licensing.commands.term_ends import hush
from xuke.licensing.models import Application, Interruption
from xuke.licensing.workflow import UNDECIDED

_ONE_DAY = timedelta(days=1)


def pause(application: Application, kind: str, *, by: Actor, now: datetime, **what: Any) -> str:
    """Note the beginning of an interruption; the mark it leaves on the clock, empty where the term stands still."""
    settle(application, now=now)
    stood_still = stands_still(application)
    Interruption(
        application=application,
        kind=kind,
        began_on=journal.legal_day(now),
        begun_by=by.label,
        enterprise_id=application.enterprise_id,
        authority_path=application.authority_path,
        **what,
    ).save(force_insert=True)
    application.paused_for = application.paused_for or kind
    return "" if stood_still else "decision.pause"


def go_on(application: Application, *kinds: str, by: Actor, now: datetime, outcome: str) -> str:
    """Note the end of an interruption; the mark it leaves on the clock, empty where the term runs already, or another
    interruption lets it stand still."""
    settle(application, now=now)
    today, left = journal.legal_day(now), []
    for each in _open(application):
        if each.kind in kinds:
            each.ended_on, each.ended_by, each.outcome = today, by.label, outcome
            each.save(update_fields=["ended_on", "ended_by", "outcome"])
        else:
            left.append(each)
    application.paused_for = left[0].kind if left else ""
    is_held = any(each.expected_until is None or today <= each.expected_until for each in left)
    return "decision.resume" if stands_still(application) and not is_held else ""


def stands_still(application: Application) -> bool:
    """Whether the decision term does not run, as its row keeps it."""
    return application.state in UNDECIDED and application.due_on is None


@command
def let_term_run(*, application: Application, by: Actor, now: datetime) -> Application:
    """Let a term run again that has stood still for longer than the applicant was told (art. 45)."""
    application = lock(application)
    if not settle(application, now=now, by=by):
        raise StepNotOpen("决定时限没有超过告知的日期还停着。")
    return application


def settle(application: Application, *, now: datetime, by: Actor = SYSTEM) -> bool:
    """Let the term of a locked case run again from the day after the last one that was told, if that has passed."""
    until = _told_until(application) if stands_still(application) else None
    if until is None or journal.legal_day(now) <= until:
        return False
    day = until + _ONE_DAY
    hush(application, now=now)
    columns = clocks.keep(application, "decision.resume", "application.pause_too_long", day, {})
    application.revision += 1
    application.save(update_fields=["revision", *columns])
    journal.record(
        "application.pause_too_long",
        subject=application,
        by=by,
        at=now,
        clock="decision.resume",
        effective_on=day,
        until=until,
        due_on=application.due_on,
    )
    return True


def _open(application: Application) -> list[Interruption]:
    return list(Interruption.objects.filter(application=application, ended_on=None).order_by("began_on", "pk"))


def _told_until(application: Application) -> date | None:
    """The last day on which the term may stand still; None where no day was told."""
    days = [each.expected_until for each in _open(application)]
    return None if None in days else max((day for day in days if day), default=None)


def too_long(today: date) -> QuerySet[Application]:
    """Cases whose term stands still though every day that was told has passed."""
    running = Interruption.objects.filter(application=OuterRef("pk"), ended_on=None)
    over = running.filter(expected_until__lt=today)
    held = running.filter(Q(expected_until=None) | Q(expected_until__gte=today))
    return Application.objects.filter(Exists(over), ~Exists(held), state__in=UNDECIDED, due_on=None)
