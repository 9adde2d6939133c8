"""What the clocks have said, for whoever is meant to hear it: in hand, at the desk of the supervisor, one level up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import JSONObject

from xuke.accounts.officers import Officer, Role
from xuke.foundation import gate
from xuke.licensing.kept import BREACH, HALF, LAST, LOOK, MOST, SILENCE_3, SILENCE_4
from xuke.licensing.models import Alarm, Breach

IN_HAND, SUPERVISED, ABOVE = 1, 2, 3
"""How far an alarm goes: whoever has the case in hand; the supervisor too; the authority above too."""
REACH = {SILENCE_3: IN_HAND, HALF: IN_HAND, SILENCE_4: SUPERVISED, MOST: SUPERVISED, LAST: ABOVE, BREACH: ABOVE}
LEVELS = {
    SILENCE_3: "收到材料第3日",
    SILENCE_4: "收到材料第4日",
    HALF: "时限过半",
    MOST: "已用八成",
    LAST: "到期当日",
    BREACH: "已超期",
    LOOK: "中止已久，请复核",
}
TONES = {SILENCE_3: "warn", HALF: "warn", SILENCE_4: "warn", MOST: "warn", LAST: "bad", BREACH: "bad", LOOK: "warn"}
"""The tone of the badge of each."""
VISIT = "visit"
BESIDE = ("suspension", "hearing", "testing", "expert_review", VISIT)
"""Days that a case has to keep beside its terms: alarms name them where those of a term name its clock."""
TITLES = {
    "acceptance": "受理时限",
    "decision": "决定时限",
    "issue": "发证时限",
    "suspension": "中止期限",
    "hearing": "听证期限",
    "testing": "检验检测所需时间",
    "expert_review": "专家评审所需时间",
    VISIT: "现场核查期限",
}
ON_THE_DESK_UPTO = 20_000
"""Figures of alarms are counted row by row, and no further than this."""


@dataclass(frozen=True)
class Told:
    """An alarm or a breach of one case, as its page tells it."""

    level: str
    due_on: str
    clock: str
    seen_by: str | None = None

    @property
    def title(self) -> str:
        """In words; of which day, where it is none of a term."""
        return f"{TITLES[self.clock]}{LEVELS[self.level]}" if self.clock in BESIDE else LEVELS[self.level]

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return TONES[self.level]


@dataclass(frozen=True)
class Passed:
    """A term of one case that was let pass, as its page tells it."""

    clock: str
    due_on: str
    ended_on: str | None
    over: int | None
    cause: str

    @property
    def title(self) -> str:
        """Which term."""
        return TITLES[self.clock]

    @property
    def on(self) -> date:
        """Its last day."""
        return date.fromisoformat(self.due_on)


def counted(levels: Iterable[str]) -> dict[str, int]:
    """How many alarms of each level, in words."""
    counts: dict[str, int] = {}
    for level in levels:
        counts[LEVELS[level]] = counts.get(LEVELS[level], 0) + 1
    return counts


def of_case(id: Any) -> QuerySet[Any]:
    """What the clock of one case says now, as one statement of rows for the statement of its page."""
    return (
        Alarm.objects.filter(application=id, closed_at=None)
        .order_by("-pk")
        .values(row=JSONObject(level="level", due_on="due_on", clock="clock", seen_by="seen_by__name"))
    )


def breaches_of_case(id: Any) -> QuerySet[Any]:
    """The terms of one case that were let pass, likewise."""
    return (
        Breach.objects.filter(application=id, lapsed_at=None)
        .order_by("due_on")
        .values(row=JSONObject(clock="clock", due_on="due_on", ended_on="ended_on", over="over", cause="cause"))
    )


# The desk of the supervisor -------------------------------------------------------------------------------------------


def for_supervisor(officer: Officer, *, level: str = "", where: str = "") -> QuerySet[Alarm]:
    """What a supervisor is told of: all of the own authority, and of those below what escalated. Most urgent first.

    `where` is ``own`` or ``below``; anything else means both.
    """
    own = Q(authority_path=officer.authority_path)
    below = gate.territory(officer.authority_path) & ~own & Q(reach=ABOVE)
    place = {"own": own, "below": below}.get(where, own | below)
    found = Alarm.objects.filter(place, closed_at=None)
    if level in LEVELS:
        found = found.filter(level=level)
    return found.select_related(
        "application", "application__enterprise", "application__claimed_by", "authority", "seen_by", "seen_above_by"
    ).order_by("due_on", "pk")


_FIGURES = """
SELECT level, is_own, count(*), count(*) FILTER (WHERE NOT is_seen) FROM (
    SELECT level, authority_path = %(path)s AS is_own,
        CASE WHEN authority_path = %(path)s THEN seen_at ELSE seen_above_at END IS NOT NULL AS is_seen
    FROM licensing_alarm
    WHERE closed_at IS NULL AND authority_path >= %(path)s AND authority_path < %(path)s || '~'
        AND (authority_path = %(path)s OR reach = 3)
    LIMIT %(most)s
) AS open GROUP BY 1, 2
UNION ALL
SELECT 'unexplained', is_own, count(*), 0 FROM (
    SELECT authority_path = %(path)s AS is_own FROM licensing_breach
    WHERE authority_path >= %(path)s AND authority_path < %(path)s || '~'
        AND explained_at IS NULL AND lapsed_at IS NULL LIMIT %(most)s
) AS breached GROUP BY 2
"""


@dataclass(frozen=True)
class Figures:
    """How much the clocks say to a supervisor."""

    own: Mapping[str, int]
    below: Mapping[str, int]
    unseen: int
    unexplained: int
    """Terms that were let pass here and not explained yet."""
    unexplained_below: int

    def both(self, level: str) -> int:
        """Of one level, here and below."""
        return self.own.get(level, 0) + self.below.get(level, 0)


def figures(officer: Officer) -> Figures:
    """The figures of a supervisor's desk, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"path": officer.authority_path, "most": ON_THE_DESK_UPTO})
        rows = cursor.fetchall()
    alarms = [row for row in rows if row[0] != "unexplained"]
    return Figures(
        own={level: count for level, is_own, count, _ in alarms if is_own},
        below={level: count for level, is_own, count, _ in alarms if not is_own},
        unseen=sum(unseen for *_, unseen in alarms),
        unexplained=_unexplained(rows, is_own=True),
        unexplained_below=_unexplained(rows, is_own=False),
    )


def _unexplained(rows: Iterable[tuple[str, bool, int, int]], *, is_own: bool) -> int:
    return sum(count for level, own, count, _ in rows if level == "unexplained" and own is is_own)


# Breaches -------------------------------------------------------------------------------------------------------------


def why_not_explain(officer: Officer, breach: Breach) -> str:
    """The reason this officer does not say why a term was let pass, or an empty string."""
    if breach.authority_id != officer.authority_id:
        return "超期原因由承办机关说明。"
    if not officer.has(Role.SUPERVISOR):
        return "超期原因由本机关督办人员填写。"
    return "超期原因已经填写过。" if breach.explained_at else ""


def breaches(officer: Officer, *, where: str = "") -> QuerySet[Breach]:
    """Terms that were let pass in the officer's territory, the newest first."""
    own = Q(authority_path=officer.authority_path)
    place = {"own": own, "below": gate.territory(officer.authority_path) & ~own}.get(
        where, gate.territory(officer.authority_path)
    )
    return (
        Breach.objects.filter(place, lapsed_at=None)
        .select_related("application", "application__enterprise", "authority", "explained_by")
        .order_by("-due_on", "-pk")
    )
