"""Raising what the clocks have to say, taking note of it, and saying why a term was let pass."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from xuke.accounts.officers import Officer, Role
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.calendar import WorkingCalendar
from xuke.foundation.identity import new_id
from xuke.foundation.journal import Happened
from xuke.foundation.refusals import NotFound, NotPermitted
from xuke.foundation.transactions import command
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import alarms, clocks
from xuke.licensing.commands.term_ends import keep_breaches
from xuke.licensing.commands.wording import Wording
from xuke.licensing.kept import BREACH, Term, level_days, next_alarm
from xuke.licensing.models import Alarm, Application, Breach
from xuke.licensing.procedures import procedure as procedure_of

_log = logging.getLogger(__name__)

BATCH = 500
"""Cases in one transaction: whoever wants one of them waits no longer than that takes."""
_ONE_DAY = timedelta(days=1)
_COLUMNS = (
    "id",
    "state",
    "term_began_on",
    "due_on",
    "promised_on",
    "next_alarm_on",
    "term",
    "authority_id",
    "authority_path",
    "enterprise_id",
)


@dataclass(frozen=True)
class Said:
    """What a term says on a day: the level to raise, the breach if its day is over, the next day to look."""

    level: str
    due_on: date
    next_on: date | None
    law_due_on: date | None = None
    """Given for a breach."""


class _Key(NamedTuple):
    """Terms with the same key say the same: thousands of cases are worked out once."""

    clock: str
    began_on: date
    limit: int
    by_law: int
    extension: int
    pauses: str
    promised_on: date | None
    next_on: date


def said(term: Term, *, promised_on: date | None, since: date, today: date, calendar: WorkingCalendar) -> Said | None:
    """What a term has to say from the day it was due to, up to today: the newest of it, for the rest is past."""
    days = level_days(term, calendar, promised_on)
    come = [(day, level) for day, level in days if since <= day <= today]
    due = term.due(calendar)
    if due is None:
        return None
    later = next_alarm(days, since=today + _ONE_DAY)
    if not come:
        return Said("", due.on, later)
    level = come[-1][1]
    return Said(level, due.on, later, term.law_due(calendar) or due.on if level == BREACH else None)


def _said(application: Application, term: Term, since: date, today: date, calendar: WorkingCalendar) -> Said | None:
    """What a term says; one that cannot be read is told in the log and looked at again tomorrow, and stops no other."""
    try:
        return said(term, promised_on=application.promised_on, since=since, today=today, calendar=calendar)
    except Exception:
        _log.exception("%s: its term cannot be read", application.stream)
        return Said("", application.due_on or today, today + _ONE_DAY)


def due_alarms(today: date, *, without: Collection[UUID] = (), most: int = BATCH) -> list[UUID]:
    """The first cases whose clock has something to say, but for some."""
    return list(_due(today, without).values_list("pk", flat=True)[:most])


def _due(today: date, without: Collection[UUID]) -> QuerySet[Application]:
    # One connection does it after the other, so cases are taken in the order of their days.
    due = Application.objects.filter(next_alarm_on__lte=today).order_by("next_alarm_on", "pk")
    return due.exclude(pk__in=list(without)) if without else due


@command
def raise_alarms(
    *,
    by: Actor,
    now: datetime,
    most: int = BATCH,
    cases: Sequence[UUID] | None = None,
    without: Collection[UUID] = (),
) -> int:
    """Raise the alarms of up to `most` cases whose clock has something to say today; how many cases were taken.

    Set by set, and past cases that somebody has in hand at this moment: they are taken with the next round. Run twice,
    or killed in the middle, every alarm and every breach is there once. Of these `cases` only, or of all but some.
    """
    today, calendar = journal.legal_day(now), current_calendar()
    due = _due(today, without)
    if cases is not None:
        due = due.filter(pk__in=list(cases))
    taken = list(due.select_for_update(no_key=True, skip_locked=True, of=("self",)).only(*_COLUMNS)[:most])
    if not taken:
        return 0
    known: dict[_Key, Said | None] = {}
    told: list[tuple[Application, Term, Said]] = []
    next_days: dict[UUID, date | None] = {}
    for application in taken:
        term = clocks.running_of(application)
        found = None
        if term is not None and application.next_alarm_on is not None:
            key = _key(term, application)
            if key not in known:
                known[key] = _said(application, term, application.next_alarm_on, today, calendar)
            found = known[key]
        next_days[application.pk] = found.next_on if found else None
        if term is not None and found is not None and found.level:
            told.append((application, term, found))
    # Who is told that four fifths are over need not be told of the half any more.
    said_before = Alarm.objects.filter(application__in=[case.pk for case, _, _ in told], closed_at=None)
    said_before.exclude(clock__in=alarms.BESIDE).update(closed_at=now)
    Alarm.objects.bulk_create(
        [_alarm(*each, now) for each in told],
        update_conflicts=True,
        unique_fields=["application", "clock", "level", "due_on"],
        update_fields=["closed_at"],
    )
    breached = _unknown([each for each in told if each[2].level == BREACH])
    keep_breaches([_breach(*each, now) for each in breached])
    facts = {application.pk: {"due_on": found.due_on} for application, _, found in breached}
    note_breaches(facts, by=by, now=now)
    _look_again(next_days)
    levels = alarms.counted(each.level for _, _, each in told)
    journal.record("alarms.raised", subject=Round(), by=by, at=now, cases=len(taken), levels=levels)
    return len(taken)


@dataclass
class Round:
    """One round of raising, as the subject of its entry."""

    revision: int = 1
    journal_label: str = "时限提醒"
    journal_authority: str = ""
    journal_enterprise: str = ""

    def __post_init__(self) -> None:
        self.stream = f"alarms:{new_id()}"


def _key(term: Term, application: Application) -> _Key:
    assert application.next_alarm_on is not None
    return _Key(
        term.clock,
        term.began_on,
        term.limit,
        term.by_law,
        term.extension,
        repr(term.pauses),
        application.promised_on,
        application.next_alarm_on,
    )


def _of(application: Application, term: Term) -> dict[str, Any]:
    return {
        "application_id": application.pk,
        "clock": term.clock,
        "authority_id": application.authority_id,
        "authority_path": application.authority_path,
        "enterprise_id": application.enterprise_id,
    }


def _alarm(application: Application, term: Term, found: Said, now: datetime) -> Alarm:
    reach = alarms.REACH[found.level]
    return Alarm(**_of(application, term), level=found.level, reach=reach, due_on=found.due_on, raised_at=now)


def _breach(application: Application, term: Term, found: Said, now: datetime) -> Breach:
    return Breach(
        **_of(application, term),
        limit=term.limit,
        extension=term.extension,
        began_on=term.began_on,
        due_on=found.due_on,
        law_due_on=found.law_due_on or found.due_on,
        found_at=now,
    )


def _unknown(told: list[tuple[Application, Term, Said]]) -> list[tuple[Application, Term, Said]]:
    """Those whose breach is not on record yet. The cases are locked, so that nobody records it beside us."""
    if not told:
        return []
    known = set(
        Breach.objects.filter(application__in=[case.pk for case, _, _ in told], lapsed_at=None).values_list(
            "application_id", "clock", "due_on"
        )
    )
    return [each for each in told if (each[0].pk, each[1].clock, each[2].due_on) not in known]


_ADVANCE = """
    UPDATE licensing_application SET revision = revision + 1 WHERE id = ANY (%s)
    RETURNING id, revision, procedure, acceptance_number, receipt_number, authority_path, enterprise_id
"""


def note_breaches(facts: Mapping[UUID, dict[str, Any]], *, by: Actor, now: datetime) -> None:
    """That a day was let pass belongs to the history of each case."""
    if not facts:
        return
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE, [list(facts)])
        rows = cursor.fetchall()
    subjects = [happened(row, facts[row[0]]) for row in rows]
    journal.record_many("application.term_breached", subjects=subjects, by=by, at=now)


def happened(row: tuple[Any, ...], facts: dict[str, Any]) -> Happened:
    """A case of which few columns were read, as the journal names it."""
    id, revision, procedure, acceptance, receipt, path, enterprise = row
    label = f"{procedure_of(procedure).title} {acceptance or receipt}"
    return Happened(f"application:{id}", revision, label, path, str(enterprise), facts)


_LOOK_AGAIN = """
    UPDATE licensing_application AS a SET next_alarm_on = n.day
    FROM unnest(%s::uuid[], %s::date[]) AS n (id, day) WHERE a.id = n.id
"""


def _look_again(days: dict[UUID, date | None]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_AGAIN, [list(days), list(days.values())])


# What people do about it ----------------------------------------------------------------------------------------------


@command
def see_alarm(*, alarm: int, by: Officer, now: datetime) -> Alarm:
    """Take note of an alarm, as the supervisor of the authority or of one above it."""
    application, found = _locked(Alarm, alarm)
    if not by.has(Role.SUPERVISOR):
        raise NotPermitted("时限提醒由督办人员签阅。")
    own = found.authority_id == by.authority_id
    if not own and found.reach < alarms.ABOVE:
        raise NotPermitted("这条提醒还没有升级到上一级机关。")
    if own and found.seen_by_id is None:
        found.seen_by_id, found.seen_at = by.user_id, now
        found.save(update_fields=["seen_by", "seen_at"])
    elif not own and found.seen_above_by_id is None:
        found.seen_above_by_id, found.seen_above_at = by.user_id, now
        found.save(update_fields=["seen_above_by", "seen_above_at"])
    else:
        return found
    _advance(application)
    journal.record("application.alarm_seen", subject=application, by=by, at=now, level=found.level, due_on=found.due_on)
    return found


@command
def explain_breach(*, breach: int, cause: str, by: Officer, now: datetime) -> Breach:
    """Say why a term was let pass, as a supervisor of the authority whose case it is; once."""
    application, found = _locked(Breach, breach)
    if reason := alarms.why_not_explain(by, found):
        raise NotPermitted(reason)
    wording = Wording()
    cause = wording.text("cause", cause, label="超期原因", most=1000, missing="请写明为什么超期、怎样避免再次发生。")
    wording.demand()
    found.cause, found.explained_by_id, found.explained_at = cause, by.user_id, now
    found.save(update_fields=["cause", "explained_by", "explained_at"])
    _advance(application)
    journal.record(
        "application.breach_explained", subject=application, by=by, at=now, reason=cause, due_on=found.due_on
    )
    return found


Row = TypeVar("Row", Alarm, Breach)


def _locked(model: type[Row], key: int) -> tuple[Application, Row]:
    """The case and then its row, locked in the order in which everybody locks; raises `NotFound`."""
    about = model.objects.filter(pk=key).values("application_id")
    application = Application.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=about).first()
    if application is None:
        raise NotFound()
    return application, model.objects.select_for_update(no_key=True).get(pk=key)


def _advance(application: Application) -> None:
    application.revision += 1
    application.save(update_fields=["revision"])
