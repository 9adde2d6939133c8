"""Keeping watch over the clocks: what the worker does every minute, each thing in transactions of its own.

The law acts first (silence accepts, silence renews, a term runs again that stood still for too long), then the calendar
is followed, then what the clocks have to say is raised. Killed anywhere, the next round goes on; done twice, nothing
happens twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from xuke.certificates.models import Licence
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.calendar import WorkingCalendar
from xuke.foundation.refusals import Refused
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.foundation.turns import turn
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import commands
from xuke.licensing.commands import overdue, terms
from xuke.licensing.commands.alarms import BATCH, due_alarms
from xuke.licensing.commands.pausing import too_long
from xuke.licensing.models import Application
from xuke.licensing.procedures import PROCEDURES
from xuke.licensing.workflow import RECEIVED, UNDECIDED

_log = logging.getLogger(__name__)

_ONE = 5120938467712098
"""The number of the advisory lock of whoever keeps watch."""
MOST = 1_000
"""Cases that the law itself moves in one round, one by one."""
_AT_A_TIME = 200
MOST_LEFT = 20
"""Cases that cannot be helped and are passed in one round; where there are more, the round itself fails."""
ROUNDS = 3
"""How often cases that somebody had in hand are tried again before they are waited for."""
_REPORTS = [each.code for each in PROCEDURES if each.kind == "report"]
_RENEWALS = [each.code for each in PROCEDURES if each.kind in ("renewal", "renewal_change")]


class Watch:
    """Keeps watch whenever it is asked, one worker at a time; follows the calendar when it has changed."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._followed: WorkingCalendar | None = None
        self._on: date | None = None

    def __call__(self) -> None:
        now = self._clock()
        with turn(_ONE) as is_ours:
            if is_ours:
                self._keep(now)

    def _keep(self, now: datetime) -> None:
        """What one of them cannot do keeps none of the others from being done."""
        failed: Exception | None = None
        for work in (accept_silent, renew_silent, run_again, self._follow, raise_all, raise_overdue):
            try:
                work(now)
            except Exception as problem:
                if not connection.is_usable():
                    raise
                _log.exception("keeping watch over the clocks")
                failed = failed or problem
        if failed is not None:
            raise failed

    def _follow(self, now: datetime) -> None:
        """Once after the start and once a day too: a release brings plans as well, and writes rows of its own."""
        with opened_for(EVERYTHING):
            calendar = current_calendar()
        if calendar is not self._followed or self._on != journal.legal_day(now):
            renew_all(now)
            self._followed, self._on = calendar, journal.legal_day(now)


def accept_silent(now: datetime) -> int:
    """Note every application that the law has accepted because nobody answered (art. 32(4)); how many."""
    today = journal.legal_day(now)
    # Whether the law's own term is over is asked again of each case; where less was promised, it is not yet.
    over = Application.objects.filter(state__in=RECEIVED, due_on__lt=today).exclude(procedure__in=_REPORTS)
    return _each(over, lambda case: commands.deem_accepted(application=case, by=SYSTEM, now=now))


def renew_silent(now: datetime) -> int:
    """Note every licence that the law has renewed because nobody decided before it ended (art. 50); how many."""
    today = journal.legal_day(now)
    ended = Licence.objects.filter(valid_to__lt=today, state="in_force")
    waiting = Application.objects.filter(
        Q(state__in=UNDECIDED), procedure__in=_RENEWALS, starts_from__in=ended.values("pk")
    )
    return _each(waiting, lambda case: commands.deem_renewed(application=case, by=SYSTEM, now=now))


def run_again(now: datetime) -> int:
    """Let every term run again that has stood still for longer than was told (art. 45); how many."""
    waiting = too_long(journal.legal_day(now))
    return _each(waiting, lambda case: commands.let_term_run(application=case, by=SYSTEM, now=now))


def _each(cases: QuerySet[Application], act: Callable[[Application], object]) -> int:
    with opened_for(EVERYTHING):
        waiting = list(cases.order_by("due_on", "pk").values_list("pk", flat=True))
    done = 0
    for start in range(0, len(waiting), _AT_A_TIME):
        if done >= MOST:
            break
        with opened_for(EVERYTHING):
            found = list(cases.filter(pk__in=waiting[start : start + _AT_A_TIME]).order_by("due_on", "pk"))
        done += sum(_one(case, act) for case in found)
    return done


def _one(case: Application, act: Callable[[Application], object]) -> bool:
    """Whether it was done. A case that cannot be helped is told in the log, and keeps no other waiting."""
    try:
        with opened_for(EVERYTHING):
            act(case)
    except Refused as refused:
        # Somebody was faster, or it is not time yet.
        _log.info("%s is left as it is: %s", case.stream, refused.sentence)
    except Exception:
        if not connection.is_usable():
            raise
        _log.exception("%s is left as it is", case.stream)
    else:
        return True
    return False


def raise_all(now: datetime) -> int:
    """Raise every alarm that is due, some hundreds of cases in a transaction; how many cases were taken."""
    taken, left = 0, list[UUID]()
    while True:
        helpless = len(left)
        found = _raise_some(now, left)
        if not found and len(left) == helpless:
            return taken
        taken += found


def raise_overdue(now: datetime) -> int:
    """Say what interruptions and visits have to say that have come to their last day; of how many cases."""
    with opened_for(EVERYTHING):
        cases = overdue.unsaid(journal.legal_day(now))

    def act(some: Sequence[UUID]) -> int:
        return commands.raise_overdue(cases=some, by=SYSTEM, now=now)

    left = list[UUID]()
    return sum(_in_parts(cases[start : start + BATCH], act, left) for start in range(0, len(cases), BATCH))


def _raise_some(now: datetime, left: list[UUID]) -> int:
    """Some hundreds at once; where that fails, the same in parts. Who cannot be helped is added to those `left`."""
    try:
        with opened_for(EVERYTHING):
            return commands.raise_alarms(by=SYSTEM, now=now, without=left)
    except Exception:
        if not connection.is_usable():
            raise
    with opened_for(EVERYTHING):
        cases = due_alarms(journal.legal_day(now), without=left)
    return _in_parts(cases, lambda some: commands.raise_alarms(by=SYSTEM, now=now, cases=some), left)


def _in_parts(cases: Sequence[UUID], act: Callable[[Sequence[UUID]], int], left: list[UUID]) -> int:
    """Do it for all cases at once or, where that fails, for one half and then for the other; for how many it was done.

    So one case that cannot be helped, which is told in the log, keeps no other waiting. Where many cannot, the trouble
    is not theirs.
    """
    try:
        with opened_for(EVERYTHING):
            return act(cases)
    except Exception:
        if not connection.is_usable() or len(left) >= MOST_LEFT:
            raise
        if len(cases) == 1:
            _log.exception("application:%s is left as it is", cases[0])
            left.append(cases[0])
            return 0
    middle = len(cases) // 2
    return _in_parts(cases[:middle], act, left) + _in_parts(cases[middle:], act, left)


def renew_all(now: datetime) -> int:
    """Let every running term end on the day that today's calendar gives; how many cases were changed.

    Cases that somebody has in hand are passed at first, and waited for in the end.
    """
    changed, left = 0, list[UUID]()
    for attempt in range(ROUNDS):
        with opened_for(EVERYTHING):
            moving = terms.stale(journal.legal_day(now))
        if not moving:
            break
        for each in moving:
            changed += _renew(each, now, left, waits=attempt == ROUNDS - 1)
    return changed


def _renew(moving: terms.Moving, now: datetime, left: list[UUID], *, waits: bool) -> int:
    def renew(some: Sequence[UUID]) -> int:
        return commands.renew_terms(moving=moving, cases=some, by=SYSTEM, now=now, waits=waits)

    with opened_for(EVERYTHING):
        found = terms.cases_of(moving)
    cases = [id for id in found if id not in left]
    parts = (cases[start : start + terms.BATCH] for start in range(0, len(cases), terms.BATCH))
    return sum(_in_parts(part, renew, left) for part in parts)
