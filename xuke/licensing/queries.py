"""Questions about applications, each on somebody's behalf. The only door for readers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet

from xuke.accounts.officers import Officer, Role
from xuke.foundation import gate, journal
from xuke.foundation.journal import Event
from xuke.foundation.refusals import NotFound
from xuke.licensing import moves, renewing
from xuke.licensing.gates_licence import RENEWING
from xuke.licensing.models import REVIEWED, Application, Material, Visit
from xuke.licensing.procedures import PROCEDURES
from xuke.licensing.workflow import RECEIVED, RETRACTABLE, UNDECIDED
from xuke.parties.applicants import Applicant

WAITING_FOR = {
    Role.ACCEPTOR: ("submitted", "correcting_on_spot", "resubmitted"),
    Role.REVIEWER: ("accepted", "document_review", "verification_done"),
    Role.VERIFIER: ("verification_assigned",),
    Role.DECIDER: ("decision_proposed",),
}
"""In which states an application waits for which role."""

ON_PROMISE = Q(state="accepted", committed=True)
"""Filed with a letter of commitment (告知承诺): it waits for whoever decides, and for no reviewer. The index
`application_promised` has the same condition."""

OPEN_STATES = RETRACTABLE
"""An application is open as long as it can be taken back. The index `application_open` has the same condition."""


def visible_to(actor: Officer | Applicant) -> QuerySet[Application]:
    """Applications in the officer's territory once they are submitted; an applicant's enterprise's own."""
    found = gate.seen_by(actor, Application.objects.all())
    return found.exclude(state="draft") if isinstance(actor, Officer) else found


def seen_or_shared(actor: Officer | Applicant) -> QuerySet[Application]:
    """What is visible, and what other authorities share with the officer's: a joint review, an entrusted visit.

    For one case, or the cases of one person: a list of everything is read in the order of an index that knows no share.
    """
    place = actor.scope.authority_path
    if not place:
        return visible_to(actor)
    shared = Q(shared_with__contains=[place])
    return Application.objects.filter(gate.territory(place) | shared).exclude(state="draft")


def get(actor: Officer | Applicant, id: UUID | str, **along: Any) -> Application:
    """One application with everything its page shows in one row; raises `NotFound`, also for somebody else's.

    `along` holds annotations that the page wants read in the same statement.
    """
    found = (
        seen_or_shared(actor)
        .select_related(
            "enterprise",
            "authority",
            "visit",
            "rectification__licence",
            "licence",
            "starts_from__authority",
            "accepted_by",
            "reviewed_by",
            "decided_by",
            "claimed_by",
        )
        .annotate(**along)
        .filter(pk=id)
        .first()
    )
    if found is None:
        moves.demand_not_moved(id)
        raise NotFound()
    return found


def renewals_waiting(*, today: date) -> list[UUID]:
    """The licences that are over by their date and whose renewal, filed in time, waits for an authority.

    They do not end before it is decided (Administrative Permit Law art. 50; Measures art. 36).
    """
    codes = [each.code for each in PROCEDURES if each.kind in RENEWING]
    found = Application.objects.filter(
        procedure__in=codes, state__in=(*RECEIVED, *UNDECIDED), starts_from__valid_to__lt=today
    ).select_related("starts_from")
    kept = (each.starts_from for each in found if each.starts_from and renewing.is_kept(each, each.starts_from))
    return [licence.pk for licence in kept]


def history(application: Application) -> tuple[Event, ...]:
    """Everything that happened to an application, oldest first."""
    return journal.history(application.stream)


def materials(application: Application) -> list[Material]:
    """The files filed, current ones first in the order of filing, superseded ones after."""
    return list(
        Material.objects.filter(application=application)
        .select_related("file")
        .order_by(F("superseded_at").desc(nulls_first=True), "uploaded_at")
    )


def _not_for(role: Role) -> Q:
    return ON_PROMISE if role is Role.REVIEWER else Q(pk__in=[])


def on_team(user: int) -> Q:
    """Somebody is of the team that goes now: whoever went only before keeps a hand in the case, and no visit ahead."""
    return Q(visit__team__contains=[{"user_id": user}])


def _waits_for(officer: Officer) -> Q:
    """Open to the roles held here, and in no colleague's hands but those of whom this officer stands in for."""
    mine = Q(pk__in=[])
    for role in (Role.ACCEPTOR, Role.REVIEWER, Role.DECIDER):
        if officer.has(role):
            mine |= Q(authority=officer.authority_id, state__in=WAITING_FOR[role]) & ~_not_for(role)
    if officer.has(Role.DECIDER):
        mine |= Q(authority=officer.authority_id) & ON_PROMISE
    hands = [officer.user_id, *sorted(officer.stands_in_for)]
    mine &= Q(claimed_by=None) | Q(claimed_by__in=hands)
    # Nobody reviews what another reviewer has begun, except for a colleague who is absent.
    mine &= ~Q(state__in=REVIEWED) | Q(reviewed_by__in=hands)
    if officer.has(Role.VERIFIER):
        mine |= Q(state="verification_assigned", verified_by__contains=[officer.user_id]) & on_team(officer.user_id)
    return mine


def waiting_for(officer: Officer) -> QuerySet[Application]:
    """What waits for this officer: open to the roles held here, not in a colleague's hands; the oldest term first."""
    return open_in(officer).filter(_waits_for(officer))


def _handled_by(officer: Officer) -> Q:
    me = officer.user_id
    teams = Q(received_by__contains=[me]) | Q(verified_by__contains=[me])
    teams |= Q(examined_by__contains=[me]) | Q(considered_by__contains=[me])
    return Q(accepted_by=me) | Q(reviewed_by=me) | Q(decided_by=me) | Q(claimed_by=me) | teams


def handled_by(officer: Officer) -> QuerySet[Application]:
    """Applications this officer has a hand in, newest first."""
    return (
        visible_to(officer)
        .filter(_handled_by(officer))
        .select_related("enterprise", "claimed_by", "reviewed_by")
        .order_by("-submitted_at", "pk")
    )


def open_in(officer: Officer) -> QuerySet[Application]:
    """Open applications of the officer's territory, the oldest term first."""
    return (
        visible_to(officer)
        .filter(state__in=OPEN_STATES)
        .select_related("enterprise", "claimed_by", "reviewed_by")
        .order_by(F("due_on").asc(nulls_last=True), "pk")
    )


@dataclass(frozen=True)
class Waiting:
    """How much waits for an officer in one state, and how urgent it is."""

    state: str
    count: int
    overdue: int = 0
    today: int = 0
    soon: int = 0


COUNTED_UPTO = 1_000
"""Personal figures are counted row by row, and no further than this."""


@dataclass(frozen=True)
class Tally:
    """The figures beside the navigation and above the inbox."""

    waiting_by_state: tuple[Waiting, ...]
    mine: int
    open: int
    visits: int
    beside: Mapping[str, int] | None = None
    """What was asked along with them (`Beside`), each by its name; None where nothing was asked."""
    joint: int = 0
    """Joint reviews in which the officer's authority has not answered yet."""
    promised: int = 0
    """Applications with a letter of commitment that wait for a decision at once."""

    @property
    def waiting(self) -> int:
        """How much waits for the officer, all states together."""
        return sum(row.count for row in self.waiting_by_state)

    @property
    def mine_told(self) -> int | str:
        """What one has in hand, as it is shown."""
        return _told(self.mine)

    @property
    def visits_told(self) -> int | str:
        """The visits ahead, as they are shown."""
        return _told(self.visits)


def _told(count: int) -> int | str:
    return count if count < COUNTED_UPTO else f"{COUNTED_UPTO - 1}+"


_BUCKETS = """
coalesce(sum(n) FILTER (WHERE due_on < %(today)s), 0), coalesce(sum(n) FILTER (WHERE due_on = %(today)s), 0),
coalesce(sum(n) FILTER (WHERE due_on > %(today)s AND due_on <= %(soon)s), 0)
"""
_TALLY = f"""
SELECT 'open', '', coalesce(sum(n), 0), 0, 0, 0 FROM licensing_opencount
WHERE authority_path >= %(path)s AND authority_path < %(path)s || '~'
UNION ALL
SELECT 'waiting', state, sum(n), {_BUCKETS} FROM licensing_waitingcount
WHERE authority_path = %(path)s AND state = ANY (%(states)s) AND (claimed_by = 0 OR claimed_by = ANY (%(hands)s))
    AND (state <> ALL (%(reviewed)s) OR reviewed_by = ANY (%(hands)s))
GROUP BY state
UNION ALL
SELECT 'visits', 'verification_assigned', count(*), {_BUCKETS} FROM (
    SELECT 1 AS n, application.due_on FROM licensing_hand AS hand
    JOIN licensing_application AS application ON application.id = hand.application_id
    JOIN licensing_visit AS visit ON visit.application_id = hand.application_id
    WHERE hand.person = %(me)s AND hand.is_ahead AND visit.team @> %(my_part)s::jsonb
        AND hand.authority_path >= %(path)s AND hand.authority_path < %(path)s || '~'
    LIMIT %(most)s
) AS ahead
UNION ALL
SELECT 'mine', '', count(*), 0, 0, 0 FROM (
    SELECT FROM licensing_hand WHERE person = %(me)s AND is_open
        AND authority_path >= %(path)s AND authority_path < %(path)s || '~'
    LIMIT %(most)s
) AS mine
UNION ALL
SELECT 'joint', '', count(*), 0, 0, 0 FROM licensing_jointreview AS asked
JOIN licensing_application AS application ON application.id = asked.application_id
WHERE asked.authority_id = %(authority)s AND asked.given_at IS NULL AND application.state = ANY (%(being_reviewed)s)
UNION ALL
SELECT 'promised', 'accepted', count(*), {_BUCKETS} FROM (
    SELECT 1 AS n, due_on FROM licensing_application
    WHERE authority_id = %(authority)s AND committed AND state = 'accepted'
        AND (claimed_by_id IS NULL OR claimed_by_id = ANY (%(hands)s))
) AS promised
"""  # noqa: S608 - only words of ours


@dataclass(frozen=True)
class Beside:
    """Figures that somebody above shows beside ours: a statement of names and numbers, asked along with them."""

    sql: str
    values: Mapping[str, Any]
    """By names that no other statement uses for something else."""


def _together(asked: Sequence[Beside]) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {}
    for one in asked:
        values |= one.values
    return " UNION ALL ".join(one.sql for one in asked), values


def figures_beside(asked: Sequence[Beside]) -> dict[str, int]:
    """The figures of others by themselves, where ours are known already: one statement."""
    sql, values = _together(asked)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {name: int(count) for name, count in cursor.fetchall()}


def tally(
    officer: Officer, *, today: date | None = None, soon: date | None = None, beside: Sequence[Beside] = ()
) -> Tally:
    """The officer's figures, in one statement that adds up sums and reads a person's own open cases.

    What is overdue, due today and due until the day of `soon` is told where the days are given.
    """
    if not officer.reads_cases:
        return Tally((), 0, 0, 0)
    roles = (role for role in (Role.ACCEPTOR, Role.REVIEWER, Role.DECIDER) if officer.has(role))
    asked: dict[str, Any] = {
        "path": officer.authority_path,
        "states": [state for role in roles for state in WAITING_FOR[role]],
        "hands": [officer.user_id, *sorted(officer.stands_in_for)],
        "reviewed": list(REVIEWED),
        "me": officer.user_id,
        "my_part": json.dumps([{"user_id": officer.user_id}]),
        "most": COUNTED_UPTO,
        "authority": officer.authority_id,
        "being_reviewed": list(UNDECIDED[:-1]),
        "today": today,
        "soon": soon,
    }
    statement = _TALLY
    if beside:
        sql, values = _together(beside)
        statement = f"{_TALLY} UNION ALL SELECT 'beside', name, n, 0, 0, 0 FROM ({sql}) AS beside (name, n)"  # noqa: S608
        asked |= values
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        rows = [(kind, Waiting(*row)) for kind, *row in cursor.fetchall()]
    by_kind = {kind: row for kind, row in rows if kind != "waiting"}
    waiting = [row for kind, row in rows if kind == "waiting" and row.count]
    waiting = _with_promises(officer, waiting, by_kind["promised"])
    if officer.has(Role.VERIFIER) and by_kind["visits"].count:
        waiting.append(by_kind["visits"])
    counts = {kind: row.count for kind, row in by_kind.items()}
    return Tally(
        tuple(waiting),
        counts["mine"],
        counts["open"],
        counts["visits"],
        {row.state: row.count for kind, row in rows if kind == "beside"} if beside else None,
        counts["joint"],
        counts["promised"],
    )


def _with_promises(officer: Officer, waiting: list[Waiting], promised: Waiting) -> list[Waiting]:
    """What is filed on a promise counts for whoever decides, and not for whoever reviews."""
    sign = int(officer.has(Role.DECIDER)) - int(officer.has(Role.REVIEWER))
    if not sign or not promised.count:
        return waiting
    before = next((row for row in waiting if row.state == promised.state), Waiting(promised.state, 0))
    figures = {
        name: getattr(before, name) + sign * getattr(promised, name) for name in ("count", "overdue", "today", "soon")
    }
    rest = [row for row in waiting if row.state != promised.state]
    return [*rest, replace(before, **figures)] if figures["count"] > 0 else rest


def visit_of(application: Application) -> Visit | None:
    """The application's visit, already joined by `get`, or None."""
    try:
        return application.visit
    except Visit.DoesNotExist:
        return None
