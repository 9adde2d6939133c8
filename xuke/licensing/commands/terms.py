"""Terms after the calendar has changed: thousands of cases at a time, for terms that began alike end alike."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from xuke.catalogue.limits import time_limit
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.calendar import WorkingCalendar
from xuke.foundation.identity import new_id
from xuke.foundation.transactions import command
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import clocks
from xuke.licensing.commands.alarms import happened
from xuke.licensing.commands.term_ends import move_end
from xuke.licensing.counts import WAITING
from xuke.licensing.kept import Kept, Term
from xuke.licensing.models import REVIEWED

_log = logging.getLogger(__name__)

BATCH = 1_000
"""Cases in one transaction: whoever wants one of them waits no longer than that takes."""

_CLOCK = (
    "CASE " + " ".join(f"WHEN state = '{state}' THEN '{clock}'" for state, clock in clocks.RUNS_IN.items()) + " END"
)
_STATES = list(clocks.RUNS_IN)
# What a row of an older release keeps is of no term, or of the term before.
_TERM = f"CASE WHEN term ->> 'clock' = {_CLOCK} THEN term ELSE '{{}}' END"
_ALIKE = f"""
    SELECT {_CLOCK}, term_began_on, due_on, due_provisional, {_TERM}, count(*) FROM licensing_application
    WHERE state = ANY (%s) AND term_began_on IS NOT NULL AND due_on IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5 ORDER BY due_on, term_began_on
"""  # noqa: S608 - only words of ours


_ALIKE_ONES = (
    f"due_on = %s AND term_began_on = %s AND due_provisional = %s AND state = ANY (%s) AND {_TERM} = %s::jsonb"
)


@dataclass(frozen=True)
class Moving:
    """Terms that are alike, and the days on which they end from now on."""

    clock: str
    began_on: date
    due_on: date
    provisional: bool
    facts: str
    count: int
    kept: Kept
    """What their rows have to keep."""

    @property
    def is_moved(self) -> bool:
        """Whether they end on another day, or no longer provisionally; else their rows only keep more than before."""
        return (self.kept.due_on, self.kept.due_provisional) != (self.due_on, self.provisional)


def cases_of(moving: Moving) -> list[UUID]:
    """The cases whose terms are these."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM licensing_application WHERE {_ALIKE_ONES} ORDER BY id", _alike(moving))  # noqa: S608
        return [id for (id,) in cursor.fetchall()]


def _alike(moving: Moving) -> list[Any]:
    return [moving.due_on, moving.began_on, moving.provisional, _states_of(moving.clock), moving.facts]


def stale(today: date) -> list[Moving]:
    """Running terms whose rows say something else than the calendar of today; those that began alike are one."""
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, [_STATES])
        rows = cursor.fetchall()
    return list(_stale(rows, today))


def _stale(rows: Sequence[tuple[Any, ...]], today: date) -> Iterator[Moving]:
    calendar = current_calendar()
    for row in rows:
        try:
            found = _moving(*row, calendar=calendar, today=today)
        except Exception:  # What one row keeps wrongly holds up no other: its own days stay as they are.
            _log.exception("terms that began on %s and end on %s cannot be read", row[1], row[2])
            continue
        if found is not None:
            yield found


def _moving(
    clock: str,
    began_on: date,
    due_on: date,
    provisional: bool,
    text: Any,
    count: int,
    *,
    calendar: WorkingCalendar,
    today: date,
) -> Moving | None:
    """How terms that are alike move; None for those that stay."""
    facts = text if isinstance(text, dict) else json.loads(text)
    term = Term.from_facts(began_on, facts) if facts else _by_law(clock, began_on)
    kept = Kept.of(term, calendar, since=today)
    found = Moving(clock, began_on, due_on, provisional, json.dumps(facts), count, kept)
    return found if found.is_moved or not facts else None


def _by_law(clock: str, began_on: date) -> Term:
    limit = time_limit(clocks.LIMITS[clock], began_on)
    return Term(clock, began_on, limit.value, limit.by_law)


_APART = "SELECT set_config('xuke.counted', %s, true)"
"""The trigger that keeps the sums of the lists leaves them to whoever says that they are counted apart."""


def _listed(states: Sequence[str]) -> str:
    return "(" + ", ".join(f"'{state}'" for state in states) + ")"


_MOVE = f"""
    WITH picked AS (
        SELECT id FROM licensing_application
        WHERE id = ANY (%s) AND {_ALIKE_ONES} FOR NO KEY UPDATE {{skip}}
    ), moved AS (
        UPDATE licensing_application AS a SET due_on = %s, due_provisional = %s, next_alarm_on = %s, term = %s,
            promised_on = coalesce(promised_on, a.due_on), revision = revision + %s
        FROM picked WHERE a.id = picked.id
        RETURNING a.id, revision, procedure, acceptance_number, receipt_number, authority_path, enterprise_id,
            state, claimed_by_id, reviewed_by_id
    ), counted AS (
        INSERT INTO licensing_waitingcount (authority_path, state, due_on, claimed_by, reviewed_by, n)
        SELECT authority_path, state, day, coalesce(claimed_by_id, 0),
            CASE WHEN state IN {_listed(REVIEWED)} THEN coalesce(reviewed_by_id, 0) ELSE 0 END, sign * count(*)
        FROM moved, (VALUES (%s::date, -1), (%s::date, 1)) AS change (day, sign)
        WHERE state IN {_listed(WAITING)} GROUP BY 1, 2, 3, 4, 5, sign
    )
    SELECT id, revision, procedure, acceptance_number, receipt_number, authority_path, enterprise_id FROM moved
"""  # noqa: S608 - only words of ours


@command
def renew_terms(*, moving: Moving, cases: Sequence[UUID], by: Actor, now: datetime, waits: bool = False) -> int:
    """Let the terms of some cases, which are alike, end on the day that today's calendar gives; how many were taken.

    Passes cases that have moved on meanwhile, or that somebody has in hand at this moment unless it `waits`. The day
    that the applicant was told stays.
    """
    kept, today = moving.kept, journal.legal_day(now)
    columns = [kept.due_on, kept.due_provisional, kept.next_alarm_on, json.dumps(kept.term), int(moving.is_moved)]
    with connection.cursor() as cursor:
        cursor.execute(_APART, ["apart"])
        days = [moving.due_on, kept.due_on]
        cursor.execute(
            _MOVE.replace("{skip}", "" if waits else "SKIP LOCKED"), [list(cases), *_alike(moving), *columns, *days]
        )
        rows = cursor.fetchall()
        cursor.execute(_APART, [""])
    if not rows or not moving.is_moved:
        return len(rows)
    facts = {"due_on": kept.due_on}
    subjects = [happened(row, facts) for row in rows]
    journal.record_many("application.term_renewed", subjects=subjects, by=by, at=now)
    ids = [row[0] for row in rows]
    if moving.due_on <= today:
        move_end(ids, Term.from_facts(moving.began_on, kept.term or {}), moving.due_on, now=now)
    # One entry more, from which whoever shows the cases learns of all of them at once.
    together = [str(id) for id in ids]
    journal.record("terms.renewed", subject=_Batch(), by=by, at=now, applications=together, due_on=kept.due_on)
    return len(rows)


def _states_of(clock: str) -> list[str]:
    return [state for state, runs in clocks.RUNS_IN.items() if runs == clock]


@dataclass
class _Batch:
    """Terms renewed together, as the subject of their entry."""

    revision: int = 1
    journal_label: str = "时限"
    journal_authority: str = ""
    journal_enterprise: str = ""

    def __post_init__(self) -> None:
        self.stream = f"terms:{new_id()}"
