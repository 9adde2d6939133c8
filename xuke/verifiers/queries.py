"""Questions about the register: lists and pages on somebody's behalf, and the facts that the rules of a visit ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from xuke.accounts.models import Posting
from xuke.accounts.officers import Officer, Role
from xuke.accounts.queries import held_on
from xuke.foundation import journal
from xuke.foundation.gate import territory
from xuke.foundation.journal import Event
from xuke.foundation.refusals import NotFound
from xuke.verifiers.configuration import number
from xuke.verifiers.models import Record, Recusal, Verifier
from xuke.verifiers.rules import (
    ACTIVE,
    EXPERT,
    OBSERVER,
    REQUESTED,
    STANDING,
    UPHELD,
    VERIFIER,
    WITHDRAWN,
    RecusalFacts,
    VerifierFacts,
)

PAGE = 50
EXPIRING, UNENTERED = "expiring", "unentered"
"""Filters of the list beside the states: what ends soon or has ended, and what still has to be entered."""


@dataclass(frozen=True)
class Slice:
    """One page of the register."""

    rows: Sequence[Verifier]
    number: int
    has_more: bool


def in_territory(officer: Officer) -> QuerySet[Verifier]:
    """The register at and below the officer's authority."""
    return Verifier.objects.filter(territory(officer.authority_path))


def listed(
    officer: Officer,
    *,
    today: date,
    words: str = "",
    qualification: str = "",
    state: str = "",
    category: str = "",
    page: int = 1,
) -> Slice:
    """A page of the register by name: everybody who is in it, unless a state is asked for."""
    rows = in_territory(officer).filter(_in_state(state, today))
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(credential__icontains=words))
    if qualification:
        rows = rows.filter(qualification=qualification)
    if category:
        rows = rows.filter(Q(specialities__contains=[category]) | Q(specialities=None))
    first = (page - 1) * PAGE
    found = list(rows.select_related("authority").order_by("name", "id")[first : first + PAGE + 1])
    return Slice(found[:PAGE], page, len(found) > PAGE)


def _in_state(state: str, today: date) -> Q:
    if state == EXPIRING:
        return ends_soon(today)
    if state == UNENTERED:
        return Q(is_entered=False) & ~Q(status=WITHDRAWN)
    return Q(status=state) if state else ~Q(status=WITHDRAWN)


def ends_soon(today: date) -> Q:
    """Credentials and examinations that have ended or end within the days of the settings."""
    by = today + timedelta(days=number("expiring_days"))
    return (Q(valid_to__lte=by) | Q(examined_until__lte=by)) & ~Q(status=WITHDRAWN)


def count_ending(officer: Officer, *, today: date) -> int:
    """How many credentials or examinations in the territory end soon."""
    return in_territory(officer).filter(ends_soon(today)).count()


def verifier(officer: Officer, id: UUID) -> Verifier:
    """One row of the officer's territory, or the officer's own; raises `NotFound`."""
    found = (
        Verifier.objects.filter(territory(officer.authority_path) | Q(user=officer.user_id))
        .select_related("authority")
        .filter(pk=id)
        .first()
    )
    if found is None:
        raise NotFound("名册里没有这个人员。")
    return found


def own(officer: Officer) -> Verifier | None:
    """The officer's own row, the one that counts."""
    rows = Verifier.objects.filter(user=officer.user_id).select_related("authority")
    return rows.exclude(status=WITHDRAWN).first() or rows.order_by("-registered_on", "-id").first()


def records(verifier: Verifier) -> list[Record]:
    """What is kept about somebody, newest first."""
    return list(Record.objects.filter(verifier=verifier).order_by("-day", "-recorded_at")[:100])


def recusals(verifier: Verifier) -> list[Recusal]:
    """From whom somebody stays away, or was asked to, newest first."""
    return list(Recusal.objects.filter(verifier=verifier).order_by("-declared_on", "-pk")[:100])


def recusal(id: UUID) -> Recusal:
    """One declaration or request within the scope of whoever asks; raises `NotFound`."""
    found = Recusal.objects.select_related("verifier").filter(pk=id).first()
    if found is None:
        raise NotFound("没有找到这件回避。")
    return found


def requests_about(stream: str) -> list[Recusal]:
    """What applicants asked in one case, oldest first."""
    return list(Recusal.objects.filter(about=stream).order_by("declared_on", "pk"))


def history(verifier: Verifier) -> list[Event]:
    """What happened to a row of the register, newest first."""
    return list(reversed(journal.history(verifier.stream)))[:100]


# What the rules ask ---------------------------------------------------------------------------------------------------


def candidates(authority: int, *, uscc: str, on: date) -> list[VerifierFacts]:
    """Verifiers who hold the office in an authority on a day, and those its register holds, by name.

    Whoever holds the office and is not in the register comes without a credential, so that the reason is told.
    """
    posts = _posts(on, authority=authority)
    rows = Verifier.objects.filter(Q(user__in=posts) | Q(authority=authority), qualification=VERIFIER)
    found = list(rows.exclude(status=WITHDRAWN).order_by("name", "id"))
    known = {row.user_id for row in found}
    strangers = [VerifierFacts(f"user:{user}", name, user) for user, name in posts.items() if user not in known]
    return [*facts_of(found, uscc=uscc, on=on, posted=posts.keys()), *strangers]


def members(ids: Iterable[str], *, uscc: str, on: date) -> dict[str, VerifierFacts]:
    """People of the register by their ids, with whether they hold the office on a day."""
    known = [row for id in ids if (row := _uuid(id))]
    rows = list(Verifier.objects.filter(pk__in=known))
    posted = _posts(on, users=[row.user_id for row in rows if row.user_id])
    return {facts.id: facts for facts in facts_of(rows, uscc=uscc, on=on, posted=posted.keys())}


def of_users(users: Iterable[int], *, uscc: str, on: date) -> dict[int, VerifierFacts]:
    """People of the register by their accounts."""
    rows = list(Verifier.objects.filter(user__in=list(users)).exclude(status=WITHDRAWN))
    posted = _posts(on, users=[row.user_id for row in rows if row.user_id])
    found = facts_of(rows, uscc=uscc, on=on, posted=posted.keys())
    return {facts.user_id: facts for facts in found if facts.user_id is not None}


def companions(path: str, *, uscc: str, on: date) -> tuple[list[VerifierFacts], list[str]]:
    """Technical experts of an authority, of those above it and below it; and the names of observers."""
    above = [path[:place] for place in range(7, len(path), 7)]
    near = Q(authority_path__in=above) | territory(path)
    rows = list(
        Verifier.objects.filter(near, qualification__in=(EXPERT, OBSERVER), status=ACTIVE).order_by("name", "id")[:200]
    )
    experts = [row for row in rows if row.qualification == EXPERT]
    known = facts_of(experts, uscc=uscc, on=on, posted=()) if experts else []
    return known, [row.name for row in rows if row.qualification == OBSERVER]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _posts(on: date, *, authority: int | None = None, users: Sequence[int] | None = None) -> dict[int, str]:
    """Who holds the office of a verifier on a day, by account: everybody of an authority, or these people anywhere."""
    rows = Posting.objects.filter(held_on(on), role=Role.VERIFIER, user__is_active=True)
    rows = rows.filter(user__in=users) if users is not None else rows.filter(authority=authority)
    return dict(rows.order_by("user__name").values_list("user_id", "user__name"))


def facts_of(rows: Sequence[Verifier], *, uscc: str, on: date, posted: Iterable[int]) -> list[VerifierFacts]:
    """The rows as the rules see them, for a visit to one enterprise on a day."""
    apart = _recusals(uscc)
    serving = frozenset(posted)
    return [
        VerifierFacts(
            id=str(row.pk),
            name=row.name,
            user_id=row.user_id,
            qualification=row.qualification,
            status=row.status,
            status_from=row.status_from,
            status_until=row.status_until,
            credential=row.credential,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            specialities=None if row.specialities is None else frozenset(row.specialities),
            may_lead=row.may_lead,
            province=row.issuing_province,
            recognised_on=row.recognised_on,
            registered_on=row.registered_on if row.is_entered else None,
            training={int(year): float(hours) for year, hours in row.training.items()},
            examined_until=row.examined_until,
            holds_post=row.user_id in serving,
            recusals=tuple(apart.get(row.pk, ())),
        )
        for row in rows
    ]


def _recusals(uscc: str) -> dict[UUID, list[RecusalFacts]]:
    """Who stays away from one enterprise, wherever they declared it: a function of the database answers for one."""
    found: dict[UUID, list[RecusalFacts]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM verifiers_recused(%s, %s)", [uscc, [STANDING, REQUESTED, UPHELD]])
        for person, ground, state, declared_on, ended_on in cursor.fetchall():
            found.setdefault(person, []).append(RecusalFacts(ground, state, declared_on, ended_on))
    return found
