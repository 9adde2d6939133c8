"""200,000 open cases: a hundred thousand clocks that fall due together, and a holiday plan that moves every due day,
while officers open their inboxes."""

from __future__ import annotations

import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from xuke.accounts.models import User
from xuke.config.bench.asking import Visitor
from xuke.config.bench.commands import postmaster
from xuke.config.bench.measure import Figure, cpu_of_trees
from xuke.config.demonstration import stories
from xuke.config.demonstration.people import Cast
from xuke.foundation import commands as foundation
from xuke.foundation import journal, working_days
from xuke.foundation.actors import SYSTEM
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.licensing import counts, performance, watching
from xuke.licensing.kept import Kept, Term
from xuke.licensing.models import Alarm, Application

CASES, DUE = 200_000, 100_000
ENDED = 600_000
"""Three ended terms for each of 200,000 cases that were closed."""
TARGET_S = 60.0
BEGAN = [date(2026, 11, day) for day in (11, 12, 13, 17, 18, 19, 20)]
TOGETHER = date(2026, 11, 16)
"""Half of these terms is over on the morning of the 23rd."""
MORNING = datetime(2026, 11, 23, 9, tzinfo=journal.SHANGHAI)
DAY_OFF = date(2026, 11, 25)
"""A day that every term still has before it."""

_NOT_COPIED = "('id', 'receipt_number', 'acceptance_number', 'term_began_on', 'due_on', 'promised_on', 'next_alarm_on')"
_COLUMNS = f"""
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
WHERE attrelid = 'licensing_application'::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT IN {_NOT_COPIED}
"""  # noqa: S608 - only words of ours
_COPY = """
INSERT INTO licensing_application ({columns}, id, receipt_number, acceptance_number, term_began_on, due_on, promised_on,
    next_alarm_on)
SELECT {columns}, gen_random_uuid(), %s || number, %s || number, %s, %s, %s, %s
FROM licensing_application, generate_series(1, %s) AS number WHERE licensing_application.id = %s
"""
_ENDED = """
INSERT INTO licensing_endedterm (application_id, clock, authority_id, authority_path, enterprise_id, procedure,
    ended_by, began_on, ended_on, used, "limit", extension, paused, paused_for, late, silent)
SELECT %(case)s, clock, %(authority)s, %(path)s, %(enterprise)s, 'food.first', ended_by, day - 10, day,
    (number * 7) %% most, most, 0, 0, '{}', number %% 200 = 0, false
FROM generate_series(1, %(count)s / 3) AS number,
    (VALUES ('acceptance', 'accepted', 5), ('decision', 'granted', 10), ('issue', 'certificate_recorded', 5))
        AS stage (clock, ended_by, most),
    LATERAL (SELECT DATE '2026-11-22' - (number %% 85) AS day) AS days
"""


def clocks(cast: Cast) -> list[Figure]:
    """Three figures: raising the alarms of one morning, following a new plan, the board of an authority."""
    _prepare(cast)
    visitor = Visitor(_login(cast))
    alone = _asked(visitor, lambda: time.sleep(5))
    sys.stderr.write(f"prepared; inbox alone {alone.told}\n")
    raised = _asked(visitor, lambda: watching.raise_all(MORNING))
    sys.stderr.write(f"raised: {raised.seconds:.1f} s, CPU {raised.cpu:.1f} s, {raised.told}\n")
    with opened_for(EVERYTHING):
        alarms = Alarm.objects.count()
    foundation.decide_day(
        day=DAY_OFF, is_workday=False, name="", source="国办发明电〔2026〕9号", by=SYSTEM, now=MORNING
    )
    working_days.forget()
    renewed = _asked(visitor, lambda: watching.renew_all(MORNING))
    sys.stderr.write(f"renewed {renewed.result}: {renewed.seconds:.1f} s, CPU {renewed.cpu:.1f} s, {renewed.told}\n")
    with opened_for(EVERYTHING):
        wrong = Application.objects.filter(due_on__isnull=False, due_on__lt=DAY_OFF).count()
    shared: dict[str, object] = {"cases": CASES, "inbox_alone_ms": alone.told}
    return [
        Figure(
            "alarms_together",
            round(raised.seconds, 1),
            "s to raise the alarms of 100,000 cases while inboxes are opened",
            None,
            None,
            shared
            | {
                "alarms": alarms,
                "cpu_s": round(raised.cpu, 1),
                "per_second": round(alarms / raised.seconds),
                "inbox_meanwhile_ms": raised.told,
            },
        ),
        Figure(
            "due_days_after_a_plan",
            round(renewed.seconds, 1),
            "s until the due days of 200,000 open applications follow a new holiday plan, while inboxes are opened",
            TARGET_S,
            renewed.seconds <= TARGET_S and renewed.result >= CASES and not wrong,
            shared | {"moved": renewed.result, "cpu_s": round(renewed.cpu, 1), "inbox_meanwhile_ms": renewed.told},
        ),
        _board(cast),
    ]


def _login(cast: Cast) -> str:
    with opened_for(EVERYTHING):
        return User.objects.get(pk=cast.reviewer.user_id).login_name


def _prepare(cast: Cast) -> None:
    """One case through the commands, and copies of it."""
    case = stories.play("document_review", cast, timezone.now)
    with _as_owner() as cursor:
        cursor.execute("ALTER TABLE licensing_application DISABLE TRIGGER USER")
        cursor.execute(_COLUMNS)
        (columns,) = cursor.fetchone()
        for place, began in enumerate((TOGETHER, *BEGAN)):
            kept = _kept(case, began)
            count = DUE if began == TOGETHER else (CASES - DUE) // len(BEGAN) + 1
            # All but those of one morning have said what they had to say by then.
            alarm = kept.next_alarm_on if began == TOGETHER else MORNING.date() + timedelta(days=7)
            arguments = [f"20261116-420506-{place}-", f"宜夷市监食许受〔2026〕{place}", began, kept.due_on, kept.due_on]
            cursor.execute(_COPY.format(columns=columns), [*arguments, alarm, count, case.pk])
        cursor.execute("ALTER TABLE licensing_application ENABLE TRIGGER USER")
        facts = {
            "case": case.pk,
            "authority": case.authority_id,
            "path": case.authority_path,
            "enterprise": case.enterprise_id,
            "count": ENDED,
        }
        cursor.execute(_ENDED, facts)
        cursor.execute("ANALYZE licensing_application, licensing_endedterm")
    counts.repair()


def _kept(case: Application, began: date) -> Kept:
    term = Term.from_facts(began, case.term)
    return Kept.of(term, working_days.current(), since=began)


@contextmanager
def _as_owner() -> Iterator[Any]:
    with connections["owner"].cursor() as cursor:
        yield cursor


@dataclass
class Meanwhile:
    """What was done, how long it took, and how long inboxes took meanwhile."""

    seconds: float = 0.0
    cpu: float = 0.0
    """Of this process, inboxes included, and of the database."""
    result: int = 0
    answers: list[float] = field(default_factory=list)

    @property
    def told(self) -> dict[str, float]:
        """The median and the slowest of twenty."""
        ordered = sorted(self.answers)
        if not ordered:
            return {}
        return {
            "asked": len(ordered),
            "p50": round(statistics.median(ordered) * 1000, 1),
            "p95": round(ordered[int(len(ordered) * 0.95)] * 1000, 1),
            "slowest": round(ordered[-1] * 1000, 1),
        }


def _asked(visitor: Visitor, work: Callable[[], int | None]) -> Meanwhile:
    """Do something in a thread of its own, as the worker does, and open an inbox again and again until it is done."""
    found = Meanwhile()

    def run() -> None:
        began, cpu = time.perf_counter(), cpu_of_trees([postmaster(), os.getpid()])
        try:
            found.result = work() or 0
            found.seconds = time.perf_counter() - began
            found.cpu = cpu_of_trees([postmaster(), os.getpid()]) - cpu
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    while thread.is_alive():
        answer = visitor.ask("/office/")
        assert answer.status == 200, answer.status
        found.answers.append(answer.seconds)
        time.sleep(0.1)
    thread.join()
    return found


def _board(cast: Cast) -> Figure:
    """The board of an authority with 600,000 ended terms in its period."""
    since, until = date(2026, 8, 25), date(2026, 11, 22)
    times, board = [], None
    for _ in range(5):
        began = time.perf_counter()
        with opened_for(cast.reviewer.scope):
            board = performance.board(cast.reviewer, since=since, until=until, today=until)
        times.append(time.perf_counter() - began)
    assert board is not None
    return Figure(
        "performance_board",
        round(statistics.median(times) * 1000),
        "ms for the board of one authority over 200,000 decided cases, in three statements",
        None,
        None,
        {"terms": board.all.every.count, "of_level": board.level.every.count},
    )
