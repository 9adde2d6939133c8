"""What the clocks have said, for whoever is meant to hear it: in hand, at the desk of the supervisor, one level up."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from xuke.accounts.officers import Officer, Role
from xuke.foundation import gate
from xuke.licensing.kept import BREACH, HALF, LAST, MOST, SILENCE_3, SILENCE_4
from xuke.licensing.models import Alarm, Application, Breach

IN_HAND, SUPERVISED, ABOVE = 1, 2, 3
"""How far an alarm goes: whoever has the case in hand; the supervisor too; the authority above too."""
REACH = {SILENCE_3: IN_HAND, HALF: IN_HAND, SILENCE_4: SUPERVISED, MOST: SUPERVISED, LAST: ABOVE, BREACH: ABOVE}
LEVELS = {
    SILENCE_3: "收到材料第3日",
    SILENCE_4: "收到材料第4日",
    HALF: "时限过半",
    MOST: "已用八成",
    LAST: "今天到期",
    BREACH: "已超期",
}
TONES = {SILENCE_3: "y", HALF: "y", SILENCE_4: "r", MOST: "r", LAST: "r", BREACH: "k"}
"""The tone of each as the lights of the clock have it."""
MOST_SHOWN = 50


def open_of(application: Application) -> list[Alarm]:
    """What the clock of one case has said and still says, the newest first."""
    return list(Alarm.objects.filter(application=application, closed_at=None).order_by("-raised_at", "-pk"))


def _newest() -> Q:
    """Of the alarms of a term only the last one counts: who is overdue need not be told that half is over."""
    later = Alarm.objects.filter(
        application=OuterRef("application"), clock=OuterRef("clock"), closed_at=None, pk__gt=OuterRef("pk")
    )
    return ~Q(Exists(later))


def for_supervisor(officer: Officer) -> QuerySet[Alarm]:
    """What a supervisor is told of: all of the own authority, and of those below what escalated. Most urgent first."""
    own = Q(authority_path=officer.authority_path)
    below = gate.territory(officer.authority_path) & Q(reach=ABOVE)
    return (
        Alarm.objects.filter(own | below, _newest(), closed_at=None)
        .select_related("application", "application__enterprise", "application__claimed_by", "authority")
        .order_by("due_on", "pk")
    )


@dataclass(frozen=True)
class Spoken:
    """What is said at the top of the inbox: how many cases of each level, and what waits for a decision."""

    counts: dict[str, int]
    requests: int = 0
    """Requests for an extension that wait for this officer's decision."""

    @property
    def any(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.counts or self.requests)


def why_not_explain(officer: Officer, breach: Breach) -> str:
    """The reason this officer does not say why a term was let pass, or an empty string."""
    if breach.authority_id != officer.authority_id:
        return "超期原因由承办机关说明。"
    if not officer.has(Role.SUPERVISOR):
        return "超期原因由本机关督办人员填写。"
    return "超期原因已经填写过。" if breach.explained_at else ""


def breaches(officer: Officer) -> QuerySet[Breach]:
    """Terms that were let pass in the officer's territory, the newest first."""
    return (
        Breach.objects.filter(gate.territory(officer.authority_path), lapsed_at=None)
        .select_related("application", "application__enterprise", "authority", "explained_by")
        .order_by("-due_on", "-pk")
    )


def unexplained(officer: Officer) -> Q:
    """Those of the own authority that still wait for a cause."""
    return Q(authority=officer.authority_id, explained_at=None)
