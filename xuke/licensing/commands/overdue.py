"""Days that a case has to keep beside its term: how long an interruption may last, by when a visit is to be done.

What is said of them is derived: every round compares what the days of the rows say with the alarms that are open,
raises what is missing and closes what no longer holds. So nothing has to be taken back where a visit is concluded, a
case is suspended, or a later day is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from xuke.catalogue.limits import time_limit
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.transactions import command
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import alarms
from xuke.licensing.alarms import BESIDE, VISIT
from xuke.licensing.commands.alarms import Round, note_breaches
from xuke.licensing.commands.term_ends import keep_breaches
from xuke.licensing.kept import BREACH, LAST, LOOK
from xuke.licensing.models import Alarm, Application, Breach, Interruption, Visit

BREACHED = ("hearing", VISIT)
"""Days that the law sets for the authority: whoever lets them pass says why (Permit Law art. 47; Measures art. 21).

The day that was told for a suspension or a test is another thing: once it has passed, the decision term runs again.
"""


class Passing(NamedTuple):
    """A day that is there or over."""

    application: UUID
    clock: str
    level: str
    due_on: date


def unsaid(today: date) -> list[UUID]:
    """Cases of which something is to be said today, or no longer."""
    wanted, said = set(_passing(today)), _open_alarms()
    return sorted({each.application for each in wanted ^ said})


def _passing(today: date, cases: Sequence[UUID] | None = None) -> dict[Passing, date]:
    """What there is to say today, with the day from which it is counted."""
    return dict((*_interruptions(today, cases), *_visits(today, cases)))


def _interruptions(today: date, cases: Sequence[UUID] | None) -> Iterator[tuple[Passing, date]]:
    running = Interruption.objects.filter(Q(expected_until=None) | Q(expected_until__lte=today), ended_on=None)
    if cases is not None:
        running = running.filter(application__in=cases)
    for case, kind, until, began in running.values_list("application", "kind", "expected_until", "began_on"):
        if until is not None:
            yield Passing(case, kind, LAST if today == until else BREACH, until), began
        elif today > (look_on := current_calendar().add(began, time_limit("food.suspension", began).value).on):
            # Nobody knows how long an investigation takes; that it takes long is no reason to forget it.
            yield Passing(case, kind, LOOK, look_on), began


def _visits(today: date, cases: Sequence[UUID] | None) -> Iterator[tuple[Passing, date]]:
    """Visits under way; a suspended one has its days given back when it goes on."""
    waiting = Visit.objects.filter(
        ~Q(application__paused_for="suspension"),
        concluded_at=None,
        due_on__lte=today,
        application__state="verification_assigned",
    )
    if cases is not None:
        waiting = waiting.filter(application__in=cases)
    for case, due_on, assigned_at in waiting.values_list("application", "due_on", "assigned_at"):
        yield Passing(case, VISIT, LAST if today == due_on else BREACH, due_on), journal.legal_day(assigned_at)


def _open_alarms(cases: Sequence[UUID] | None = None) -> set[Passing]:
    found = Alarm.objects.filter(clock__in=BESIDE, closed_at=None)
    if cases is not None:
        found = found.filter(application__in=cases)
    return {Passing(*row) for row in found.values_list("application", "clock", "level", "due_on")}


@command
def raise_overdue(*, cases: Sequence[UUID], by: Actor, now: datetime) -> int:
    """Say of some cases what there is to say of their days, and no more; of how many it was said.

    Past cases that somebody has in hand at this moment: they are taken with the next round. Run twice, nothing happens
    twice.
    """
    columns = ("id", "authority_id", "authority_path", "enterprise_id")
    locked = Application.objects.filter(pk__in=cases).select_for_update(no_key=True, skip_locked=True, of=("self",))
    taken = {case.pk: case for case in locked.only(*columns)}
    today = journal.legal_day(now)
    wanted, said = _passing(today, list(taken)), _open_alarms(list(taken))
    fresh, gone = [each for each in wanted if each not in said], said - wanted.keys()
    _close(gone, now)
    Alarm.objects.bulk_create(
        [_alarm(taken[each.application], each, now) for each in fresh],
        update_conflicts=True,
        unique_fields=["application", "clock", "level", "due_on"],
        update_fields=["closed_at"],
    )
    over = _not_on_record([each for each in fresh if each.level == BREACH and each.clock in BREACHED])
    keep_breaches([_breach(taken[each.application], each, wanted[each], now) for each in over])
    for clock in BREACHED:
        facts = {each.application: {"due_on": each.due_on, "term": clock} for each in over if each.clock == clock}
        note_breaches(facts, by=by, now=now)
    _end_breaches(list(taken), wanted, today)
    if fresh:
        levels = alarms.counted(each.level for each in fresh)
        journal.record("alarms.raised", subject=Round(), by=by, at=now, cases=len(fresh), levels=levels)
    return len(taken)


def _not_on_record(over: list[Passing]) -> list[Passing]:
    """Those without a breach yet: an alarm may come again; that a day was let pass stands in the history once."""
    cases = {each.application for each in over}
    on_record = Breach.objects.filter(application__in=cases, clock__in=BREACHED, lapsed_at=None)
    known = set(on_record.values_list("application", "clock", "due_on"))
    return [each for each in over if (each.application, each.clock, each.due_on) not in known]


def _close(gone: Iterable[Passing], now: datetime) -> None:
    for each in gone:
        Alarm.objects.filter(**each._asdict(), closed_at=None).update(closed_at=now)


def _alarm(case: Application, each: Passing, now: datetime) -> Alarm:
    reach = alarms.ABOVE if each.level == BREACH else alarms.SUPERVISED
    return Alarm(**_of(case), clock=each.clock, level=each.level, reach=reach, due_on=each.due_on, raised_at=now)


def _breach(case: Application, each: Passing, began_on: date, now: datetime) -> Breach:
    return Breach(
        **_of(case),
        clock=each.clock,
        limit=current_calendar().days_between(began_on, each.due_on),
        began_on=began_on,
        due_on=each.due_on,
        law_due_on=each.due_on,
        found_at=now,
    )


def _of(case: Application) -> dict[str, object]:
    return {
        "application_id": case.pk,
        "authority_id": case.authority_id,
        "authority_path": case.authority_path,
        "enterprise_id": case.enterprise_id,
    }


def _end_breaches(cases: Sequence[UUID], wanted: Iterable[Passing], today: date) -> None:
    """What was let pass and is done after all."""
    goes_on = {(each.application, each.clock, each.due_on) for each in wanted}
    open_ones = Breach.objects.filter(application__in=cases, clock__in=BREACHED, ended_on=None, lapsed_at=None)
    for breach in open_ones:
        if (breach.application_id, breach.clock, breach.due_on) not in goes_on:
            breach.ended_on = today
            breach.over = max(current_calendar().days_between(breach.due_on, today), 0)
            breach.save(update_fields=["ended_on", "over"])
