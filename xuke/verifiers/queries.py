"""Questions about the register: lists and pages on somebody's behalf, and the facts that the rules of a visit ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, Func, JSONField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import JSONObject

from xuke.accounts.models import Posting
from xuke.accounts.officers import Officer, Role
from xuke.accounts.queries import held_on
from xuke.foundation import journal
from xuke.foundation.gate import territory
from xuke.foundation.journal import Event
from xuke.foundation.refusals import NotFound
from xuke.verifiers.configuration import number
from xuke.verifiers.models import Recognition, Record, Recusal, Verifier
from xuke.verifiers.rules import (
    ACTIVE,
    EXPERT,
    OBSERVER,
    VERIFIER,
    WITHDRAWN,
    RecognitionFacts,
    RecusalFacts,
    VerifierFacts,
)

PAGE = 50
MOST = 500
"""People of one authority and experts near it: more than anybody chooses from."""
EXPIRING, UNENTERED = "expiring", "unentered"
"""Filters of the list beside the states: what ends soon or has ended, and what still has to be entered."""


@dataclass(frozen=True)
class Slice:
    """One page of the register."""

    rows: Sequence[Verifier]
    number: int
    has_more: bool


@dataclass(frozen=True)
class Recognised:
    """Where a credential was recognised, on what, and from which day to which."""

    place: str
    document: str
    since: date
    until: date | None
    ended_on: date | None


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
    """Credentials and examinations that have ended or end within the days of the settings, and failed examinations."""
    by = today + timedelta(days=number("expiring_days"))
    ended = Q(valid_to__lte=by) | Q(examined_until__lte=by) | Q(failed_on__isnull=False)
    return ended & ~Q(status=WITHDRAWN)


def count_ending(officer: Officer, *, today: date) -> int:
    """How many credentials or examinations in the territory end soon."""
    return in_territory(officer).filter(ends_soon(today)).count()


def verifier(officer: Officer, id: UUID) -> Verifier:
    """One row of the officer's territory, or the officer's own; raises `NotFound`."""
    found = (
        _with_recognitions(Verifier.objects.filter(territory(officer.authority_path) | Q(user=officer.user_id)))
        .select_related("authority")
        .filter(pk=id)
        .first()
    )
    if found is None:
        raise NotFound("名册里没有这个人员。")
    return found


def own(officer: Officer) -> Verifier | None:
    """The officer's own row, the one that counts."""
    rows = _with_recognitions(Verifier.objects.filter(user=officer.user_id)).select_related("authority")
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


def recognitions(verifier: Verifier) -> list[Recognised]:
    """Where somebody's credential was recognised, newest first, as it came with the row. No statement."""
    told: list[dict[str, str]] = getattr(verifier, "recognised_at", [])
    return [
        Recognised(one["place"], one["document"], date.fromisoformat(one["since"]), _day(one["last"]), _day(one["end"]))
        for one in told
    ]


def _with_recognitions(rows: QuerySet[Verifier]) -> QuerySet[Verifier]:
    """The rows with where their credentials were recognised: the page of one row has few statements."""
    facts = JSONObject(
        place="authority__name", document="document", since="recognised_on", last="until", end="ended_on"
    )
    made = Recognition.objects.filter(verifier=OuterRef("pk")).order_by("-recognised_on", "-pk")
    return rows.annotate(recognised_at=ArraySubquery(made.values(told=facts)))


def recognised_in(officer: Officer) -> list[Recognition]:
    """What was recognised in the officer's territory and still stands, newest first."""
    rows = Recognition.objects.filter(territory(officer.authority_path), ended_on=None)
    return list(rows.select_related("verifier__authority", "authority").order_by("-recognised_on", "-pk")[:MOST])


def recognition(officer: Officer, id: UUID) -> Recognition:
    """One recognition of the officer's territory; raises `NotFound`."""
    rows = Recognition.objects.filter(territory(officer.authority_path)).select_related("verifier")
    found = rows.filter(pk=id).first()
    if found is None:
        raise NotFound("没有找到这项互认。")
    return found


def holder(credential: str, name: str) -> Verifier | None:
    """Whoever holds a credential, in whichever register; asked with its number and the name together."""
    rows = Verifier.objects.filter(credential=credential.strip(), name=name.strip()).exclude(credential="")
    return rows.exclude(status=WITHDRAWN).first()


def requests_about(stream: str) -> list[Recusal]:
    """What applicants asked in one case, oldest first."""
    return list(Recusal.objects.filter(about=stream).order_by("declared_on", "pk"))


def request_about(stream: str, id: UUID) -> Recusal:
    """One request in a case; raises `NotFound`."""
    found = Recusal.objects.filter(about=stream, pk=id).first()
    if found is None:
        raise NotFound("没有找到这件回避申请。")
    return found


def history(verifier: Verifier) -> list[Event]:
    """What happened to a row of the register, newest first."""
    return list(reversed(journal.history(verifier.stream)))[:100]


# What the rules ask ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pool:
    """Whoever could take part in a visit of an authority."""

    verifiers: tuple[VerifierFacts, ...]
    experts: tuple[VerifierFacts, ...]
    observers: tuple[VerifierFacts, ...]
    """Whoever the register has as observers, and what it says about those of whom that was asked besides."""


def pool(authority: int, path: str, *, uscc: str, on: date, watching: Sequence[int] = ()) -> Pool:
    """Verifiers who hold the office in an authority on a day and those its register holds; experts and observers of
    the authorities above and below, and whoever else may watch, by account. By name, in one statement."""
    posts = Posting.objects.filter(held_on(on), role=Role.VERIFIER, user__is_active=True, authority=authority)
    here = Q(qualification=VERIFIER) & (Q(user__in=posts.values("user")) | Q(authority=authority))
    above = [path[:place] for place in range(7, len(path), 7)]
    around = Q(authority_path__in=above) | territory(path)
    near = around & (Q(qualification=EXPERT, status=ACTIVE) | Q(qualification=OBSERVER))
    rows = Verifier.objects.filter(here | near | Q(user__in=watching)).exclude(status=WITHDRAWN).order_by("name", "id")
    found = list(_asked(rows, uscc=uscc, posts=posts)[:MOST])
    return Pool(
        tuple(_facts(row) for row in found if row.qualification == VERIFIER and _is_here(row, authority)),
        tuple(_facts(row) for row in found if row.qualification == EXPERT),
        tuple(_facts(row) for row in found if row.qualification == OBSERVER or row.user_id in watching),
    )


def _is_here(row: Any, authority: int) -> bool:
    return bool(row.posted or row.authority_id == authority)


def members(ids: Iterable[str], *, uscc: str, on: date) -> dict[str, VerifierFacts]:
    """People of the register by their ids."""
    known = [row for id in ids if (row := _uuid(id))]
    return {facts.id: facts for facts in map(_facts, _anywhere(Q(pk__in=known), uscc=uscc, on=on))}


def of_users(users: Iterable[int], *, uscc: str, on: date) -> dict[int, VerifierFacts]:
    """People of the register by their accounts."""
    rows = _anywhere(Q(user__in=list(users)) & ~Q(status=WITHDRAWN), uscc=uscc, on=on)
    return {facts.user_id: facts for facts in map(_facts, rows) if facts.user_id is not None}


def facts_of(row: Verifier) -> VerifierFacts:
    """One row as the rules see it, apart from any enterprise, for somebody who holds the office."""
    row.apart, row.recognised, row.posted = [], [], True  # type: ignore[attr-defined]
    return _facts(row)


def _anywhere(which: Q, *, uscc: str, on: date) -> QuerySet[Verifier]:
    posts = Posting.objects.filter(held_on(on), role=Role.VERIFIER, user__is_active=True)
    return _asked(Verifier.objects.filter(which), uscc=uscc, posts=posts)


def _asked(rows: QuerySet[Verifier], *, uscc: str, posts: QuerySet[Posting]) -> QuerySet[Verifier]:
    """The rows with whether they hold one of these posts, where their credential was recognised, and with what keeps
    them away from one enterprise.

    The last is asked of a function of the database, for somebody may have declared it in another authority.
    """
    apart = Func(F("id"), Value(uscc), function="verifiers_recused", output_field=JSONField())
    standing = Recognition.objects.filter(verifier=OuterRef("pk"), credential=OuterRef("credential"), ended_on=None)
    days = JSONObject(path="authority_path", since="recognised_on", until="until")
    recognised = ArraySubquery(standing.order_by("recognised_on", "pk").values(told=days))
    return rows.annotate(posted=Exists(posts.filter(user=OuterRef("user"))), recognised=recognised, apart=apart)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _facts(row: Any) -> VerifierFacts:
    return VerifierFacts(
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
        recognitions=tuple(
            RecognitionFacts(one["path"], date.fromisoformat(one["since"]), _day(one["until"]))
            for one in row.recognised
        ),
        registered_on=row.registered_on if row.is_entered else None,
        training={int(year): float(hours) for year, hours in row.training.items()},
        examined_until=row.examined_until,
        failed_on=row.failed_on,
        holds_post=row.posted,
        recusals=tuple(
            RecusalFacts(one["ground"], one["state"], date.fromisoformat(one["since"]), _day(one["ended_on"]))
            for one in row.apart
        ),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
