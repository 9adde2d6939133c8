"""How an authority keeps its terms: told from the accounts of ended terms, compared with others of its level."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection

from xuke.accounts.officers import Officer
from xuke.certificates.endings import ENDED
from xuke.licensing.kept import ACCEPTANCE, DECISION, ISSUE
from xuke.licensing.procedures import PROCEDURES
from xuke.licensing.reminders import CHECK, RECTIFICATION

ENDS = {
    ACCEPTANCE: ("accepted", "deemed_accepted"),
    DECISION: ("granted", "refused", "licence_cancelled", "granted_on_commitment", "deemed_renewed"),
    ISSUE: ("certificate_recorded",),
}
"""The ends by which a stage counts as gone through; an application that was taken back was not."""
NOT_OURS = ("retracted",)
"""Ends that are no work of the authority."""
STAGES = {ACCEPTANCE: "收到材料到受理", DECISION: "受理到决定", ISSUE: "决定到发证"}
PERIODS = {"30": "近30天", "90": "近90天", "year": "今年", "last": "去年"}
FRESH_SECONDS, MOST_KNOWN = 600.0, 100
"""For how long what a level has needed is kept, and of how many levels and periods."""
_TITLES = {each.code: each.title for each in PROCEDURES}


def days_of(period: str, today: date) -> tuple[date, date]:
    """The first and the last day of a period."""
    if period == "year":
        return date(today.year, 1, 1), today
    if period == "last":
        return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
    return today - timedelta(days=int(period) - 1), today


@dataclass
class Spread:
    """How many terms needed how many working days."""

    days: Counter[int] = field(default_factory=Counter)
    late: int = 0

    def add(self, used: int, count: int, *, late: bool) -> None:
        """So many more."""
        self.days[used] += count
        self.late += count if late else 0

    @property
    def count(self) -> int:
        """All of them."""
        return self.days.total()

    @property
    def mean(self) -> float | None:
        """The average."""
        return sum(used * count for used, count in self.days.items()) / self.count if self.count else None

    def within(self, share: float) -> int | None:
        """In how many working days that share of them was done."""
        wanted, seen = self.count * share, 0
        for used in sorted(self.days):
            seen += self.days[used]
            if seen >= wanted:
                return used
        return None

    @property
    def on_time(self) -> float | None:
        """The share that ended in time."""
        return 1 - self.late / self.count if self.count else None


@dataclass
class Of:
    """The terms of one procedure, or of all."""

    title: str
    stages: dict[str, Spread] = field(default_factory=lambda: {clock: Spread() for clock in STAGES})
    every: Spread = field(default_factory=Spread)
    """All terms that were the authority's to keep, however they ended."""
    extended: int = 0
    paused: int = 0
    paused_days: int = 0
    silent: int = 0

    @property
    def decided(self) -> int:
        """How many were decided."""
        return self.stages[DECISION].count


@dataclass(frozen=True)
class Board:
    """The board of one authority in one period."""

    all: Of
    procedures: tuple[Of, ...]
    level: Of
    """The same of all authorities of its level in the province, without what only concerns one."""
    overdue: int
    """Cases whose term is over and which are not done."""
    unexplained: int
    """Terms that were let pass and are not explained yet, whenever that was: what 督办 counts."""
    checks: int
    """Checks after issue whose day has passed."""
    rectifications: int
    """Rectification whose day has passed without a report."""
    visits: int
    """Visits under way whose five working days have passed."""
    until: date


_TERMS = """
SELECT procedure, clock, ended_by, used, late, count(*), count(*) FILTER (WHERE extension > 0),
    count(*) FILTER (WHERE paused > 0), coalesce(sum(paused), 0), count(*) FILTER (WHERE silent)
FROM licensing_endedterm
WHERE authority_path >= %(path)s AND authority_path < %(path)s || %(reach)s
    AND ended_on BETWEEN %(since)s AND %(until)s
GROUP BY 1, 2, 3, 4, 5
"""
_LEVEL = "SELECT clock, ended_by, used, late, n FROM licensing_terms_of_level(%(path)s, %(since)s, %(until)s)"
_HERE = "followed.authority_path >= %(path)s AND followed.authority_path < %(path)s || %(reach)s"
_NOW = f"""
SELECT
    (SELECT count(*) FROM licensing_breach WHERE authority_path >= %(path)s AND authority_path < %(path)s || %(reach)s
        AND ended_on IS NULL AND lapsed_at IS NULL),
    (SELECT count(*) FROM licensing_breach WHERE authority_path >= %(path)s AND authority_path < %(path)s || %(reach)s
        AND explained_at IS NULL AND lapsed_at IS NULL),
    (SELECT count(*) {CHECK} AND {_HERE} AND due_on < %(today)s),
    (SELECT count(*) {RECTIFICATION} AND {_HERE} AND reported_at IS NULL AND due_on < %(today)s),
    (SELECT count(*) FROM licensing_visit AS followed
        JOIN licensing_application AS visited ON visited.id = followed.application_id
        WHERE {_HERE} AND followed.concluded_at IS NULL AND followed.due_on < %(today)s
        AND visited.state = 'verification_assigned' AND visited.paused_for <> 'suspension')
"""  # noqa: S608 - only words of ours
_OWN, _BELOW = " ", "~"
"""What comes right after a path, and after all paths that begin with it."""


def board(officer: Officer, *, since: date, until: date, today: date, below: bool = False) -> Board:
    """The board of the officer's authority, with those below it if wanted: three statements."""
    asked: dict[str, Any] = {
        "path": officer.authority_path,
        "reach": _BELOW if below else _OWN,
        "since": since,
        "until": until,
        "today": today,
        "ended": list(ENDED),
        "supervises": True,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TERMS, asked)
        rows = cursor.fetchall()
        cursor.execute(_NOW, asked)
        overdue, unexplained, checks, rectifications, visits = cursor.fetchone()
    found = _by_procedure(rows)
    level = _of_level(officer.authority_path, since, until)
    return Board(
        all=found.pop(""),
        procedures=tuple(_ordered(found)),
        level=level,
        overdue=overdue,
        unexplained=unexplained,
        checks=checks,
        rectifications=rectifications,
        visits=visits,
        until=until,
    )


@dataclass(frozen=True)
class _Known:
    level: Of
    read_at: float


_known: dict[tuple[str, int, date, date], _Known] = {}


def _of_level(path: str, since: date, until: date) -> Of:
    """What the authorities of a level have needed, as of the last ten minutes: the same for all of them."""
    key, now = (path.partition("/")[0], path.count("/"), since, until), time.monotonic()
    kept = _known.get(key)
    if kept is None or now - kept.read_at >= FRESH_SECONDS:
        level = Of("同级机关")
        with connection.cursor() as cursor:
            cursor.execute(_LEVEL, {"path": path, "since": since, "until": until})
            for clock, ended_by, used, late, count in cursor.fetchall():
                _add(level, clock, ended_by, used, count, late=late)
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        kept = _known[key] = _Known(level, now)
    return kept.level


def forget() -> None:
    """Read the level again at the next call: between tests."""
    _known.clear()


def _by_procedure(rows: Iterable[tuple[str, str, str, int, bool, int, int, int, int, int]]) -> dict[str, Of]:
    found = {"": Of("全部")}
    for procedure, clock, ended_by, used, late, count, extended, paused, paused_days, silent in rows:
        for which in ("", procedure):
            one = found.setdefault(which, Of(_TITLES.get(procedure, procedure)))
            _add(one, clock, ended_by, used, count, late=late)
            one.extended += extended
            one.paused += paused
            one.paused_days += paused_days
            one.silent += silent
    return found


def _add(one: Of, clock: str, ended_by: str, used: int, count: int, *, late: bool) -> None:
    if ended_by not in NOT_OURS:
        one.every.add(used, count, late=late)
    if ended_by in ENDS[clock]:
        one.stages[clock].add(used, count, late=late)


def _ordered(found: Mapping[str, Of]) -> list[Of]:
    """In the order of the procedures."""
    return [found[code] for code in _TITLES if code in found] + [found[code] for code in found if code not in _TITLES]
