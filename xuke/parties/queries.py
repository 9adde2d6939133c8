"""Questions about enterprises and the people acting for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Model

from xuke.accounts.models import RealName, User
from xuke.accounts.officers import Officer, Role
from xuke.accounts.queries import officer_from
from xuke.foundation.refusals import NotFound
from xuke.parties.applicants import Applicant, AtCounter
from xuke.parties.models import Enterprise, Invitation, Mandate, Site
from xuke.parties.queries_bans import bans_touching as bans_touching
from xuke.parties.rules import ALL_POWERS, Authorisation, LegalPerson, NaturalPerson, SigningFacts

MOST_PEOPLE = 200
_MANDATES = "SELECT mandate, enterprise FROM parties_mandates_of(%s, %s)"
"""Asked before anybody's scope is known, so a function of the database answers for one person."""


def mandates(user: User, *, today: date) -> list[Mandate]:
    """The mandates a person holds today, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_MANDATES, [user.pk, today])
        return [_with_enterprise(mandate, enterprise) for mandate, enterprise in cursor.fetchall()]


def _with_enterprise(mandate: str, enterprise: str) -> Mandate:
    found = Mandate(**_facts(Mandate, mandate))
    found.enterprise = Enterprise(**_facts(Enterprise, enterprise))
    return found


def _facts(model: type[Model], row: str | dict[str, Any]) -> dict[str, Any]:
    """The columns of a row that came as JSON, as the model keeps them."""
    columns = json.loads(row) if isinstance(row, str) else row
    return {field.attname: field.to_python(columns[field.attname]) for field in model._meta.concrete_fields}


def applicant(user: User, *, today: date, enterprise: Enterprise | None = None) -> Applicant | None:
    """The applicant a person is today, for one enterprise (their only or first one when none is given)."""
    held = mandates(user, today=today)
    has_choice = len(held) > 1 or bool(getattr(user, "held_postings", None))
    for mandate in held:
        if enterprise is None or mandate.enterprise_id == enterprise.pk:
            return applicant_from(mandate, user, has_choice=has_choice)
    return None


def applicant_from(mandate: Mandate, user: User, *, has_choice: bool = False) -> Applicant:
    """The applicant that a mandate makes."""
    enterprise = mandate.enterprise
    return Applicant(
        user_id=user.pk,
        name=user.name,
        enterprise_id=enterprise.pk,
        enterprise_name=enterprise.name,
        capacity=mandate.capacity,
        powers=mandate.covers,
        uscc=enterprise.uscc,
        legal_representative=enterprise.legal_representative,
        has_choice=has_choice,
    )


@dataclass(frozen=True)
class Inviting:
    """Who asks, for which enterprise: what whoever holds the code of an invitation is told."""

    id: int
    inviter: str
    enterprise: Enterprise


def inviting(code_hash: bytes) -> Inviting:
    """Whose invitation a code belongs to; raises `NotFound`. Asked before anybody's scope is known."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT invitation, enterprise FROM parties_inviting(%s)", [code_hash])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("没有这个邀请。请核对邀请链接是否完整，或者请企业重新邀请。")
    asked = json.loads(row[0]) if isinstance(row[0], str) else row[0]
    return Inviting(asked["id"], asked["inviter"], Enterprise(**_facts(Enterprise, row[1])))


@dataclass(frozen=True)
class Accepting:
    """The enterprise of an invitation as it stands under its lock."""

    enterprise: Enterprise
    head: int | None
    """Whose mandate as its legal representative is open."""


def accepting(code_hash: bytes) -> Accepting | None:
    """Lock the enterprise whose invitation somebody, known by their proven number, is about to accept. A person has no
    other way to a firm they do not act for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT enterprise, head FROM parties_accepting(%s)", [code_hash])
        row = cursor.fetchone()
    return Accepting(Enterprise(**_facts(Enterprise, row[0])), row[1]) if row else None


def invitations(applicant: Applicant) -> list[Invitation]:
    """Whom the applicant's enterprise has asked and who has not accepted, newest first."""
    asked = Invitation.objects.filter(enterprise=applicant.enterprise_id, accepted_at=None, withdrawn_at=None)
    return list(asked.select_related("invited_by").order_by("-invited_at", "-pk")[:100])


def legal_person(enterprise: Enterprise) -> LegalPerson:
    """The first of the three facts."""
    return LegalPerson(enterprise.name, enterprise.legal_representative, enterprise.state, enterprise.term_ends_on)


@dataclass(frozen=True)
class Capacity:
    """One authority or enterprise that a person may act for."""

    key: str
    """As the session keeps it: ``authority:12`` or ``enterprise:7``."""
    name: str
    note: str
    """The roles held there, or the capacity."""


def capacities(user: User, *, today: date) -> list[Capacity]:
    """Everybody a person may act for today: authorities first, then enterprises."""
    return [*_postings(user, today), *(_mandate(mandate) for mandate in mandates(user, today=today))]


def _postings(user: User, today: date) -> Iterator[Capacity]:
    rows = getattr(user, "held_postings", None) or []
    for authority in dict.fromkeys(row["authority"] for row in rows):
        if officer := officer_from(rows, user, today=today, authority=authority):
            yield Capacity(f"authority:{authority}", officer.authority_name, officer.titles)


def _mandate(mandate: Mandate) -> Capacity:
    note = Mandate.CAPACITIES[mandate.capacity]
    return Capacity(f"enterprise:{mandate.enterprise_id}", mandate.enterprise.name, note)


def sites(applicant: Applicant) -> list[Site]:
    """Where the applicant's enterprise produces, in the order of registration."""
    return list(Site.objects.filter(enterprise=applicant.enterprise_id).order_by("pk"))


def people(applicant: Applicant) -> list[Mandate]:
    """Who acts or acted for the applicant's enterprise: present mandates first, then ended ones, newest first."""
    return list(
        Mandate.objects.filter(enterprise=applicant.enterprise_id)
        .select_related("user")
        .order_by(F("valid_to").desc(nulls_first=True), "-valid_from", "pk")[:MOST_PEOPLE]
    )


_STANDING = """
WITH firm AS (
    SELECT name, legal_representative, state, term_ends_on FROM parties_enterprise WHERE id = %(enterprise)s FOR SHARE
), proven AS (
    SELECT name, document, valid_to, withdrawn_at IS NOT NULL AS withdrawn
    FROM accounts_realname WHERE user_id = %(user)s FOR SHARE
), mandate AS (
    SELECT capacity, powers, valid_from, valid_to FROM parties_mandate
    WHERE enterprise_id = %(enterprise)s AND user_id = %(user)s
    ORDER BY (valid_from <= %(today)s AND (valid_to IS NULL OR valid_to > %(today)s)) DESC, id DESC LIMIT 1 FOR SHARE
)
SELECT firm.name, firm.legal_representative, firm.state, firm.term_ends_on,
    proven.name, proven.document, proven.valid_to, proven.withdrawn,
    mandate.capacity, mandate.powers, mandate.valid_from, mandate.valid_to
FROM firm LEFT JOIN proven ON true LEFT JOIN mandate ON true
"""
"""Each row is locked in share until the signature is committed: what somebody else ended a moment ago counts, and what
is being ended waits."""


def at_counter(officer: Officer, visit: int, *, today: date) -> Applicant | None:
    """The applicant an officer is at the counter, for the visitor of a visit of today; None when it is over.

    Asked before anybody's scope is known, so a function of the database answers, for the officer's own visit alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT visit, enterprise FROM parties_counter_visit(%s, %s, %s)", [visit, officer.user_id, today]
        )
        row = cursor.fetchone()
    if row is None:
        return None
    found, firm = (json.loads(each) if isinstance(each, str) else each for each in row)
    if found["authority_id"] != officer.authority_id or not officer.has(Role.ACCEPTOR):
        return None
    return Applicant(
        user_id=officer.user_id,
        name=officer.name,
        enterprise_id=firm["id"],
        enterprise_name=firm["name"],
        capacity=Mandate.CASE_CONTACT,
        powers=frozenset(ALL_POWERS),
        uscc=firm["uscc"],
        legal_representative=firm["legal_representative"],
        counter=AtCounter(
            visit=found["id"],
            officer=officer.name,
            authority_name=officer.authority_name,
            visitor=found["visitor"],
            document=RealName.DOCUMENTS[found["document"]],
            capacity=found["capacity"],
        ),
    )


def standing_to_sign(applicant: Applicant, *, today: date) -> SigningFacts:
    """The three facts asked at a signature, read afresh in one statement, whatever the request found out before.

    Ask before locking an application: an enterprise is locked before what belongs to it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"enterprise": applicant.enterprise_id, "user": applicant.user_id, "today": today})
        row = cursor.fetchone()
    if row is None:
        raise NotFound("没有找到您代表的企业。请重新登录，再选一次身份。")
    firm, proven, mandate = row[:4], row[4:8], row[8:]
    if applicant.counter:
        return _at_counter(applicant.counter, LegalPerson(*firm), today)
    return SigningFacts(
        on=today,
        legal_person=LegalPerson(*firm),
        natural_person=_natural_person(*proven) if proven[0] is not None else None,
        mandate=_authorisation(*mandate) if mandate[0] is not None else None,
    )


def _at_counter(counter: AtCounter, firm: LegalPerson, today: date) -> SigningFacts:
    """The visitor's document and authorisation were checked at the counter today, and count for today."""
    return SigningFacts(
        on=today,
        legal_person=firm,
        natural_person=NaturalPerson(counter.visitor, counter.document, None),
        mandate=Authorisation(counter.capacity, frozenset(ALL_POWERS), today, today + timedelta(days=1)),
    )


def _natural_person(name: str, document: str, valid_to: date | None, withdrawn: bool) -> NaturalPerson:
    return NaturalPerson(name, RealName.DOCUMENTS[document], valid_to, withdrawn)


def _authorisation(capacity: str, powers: list[str], valid_from: date, valid_to: date | None) -> Authorisation:
    return Authorisation(capacity, frozenset(powers), valid_from, valid_to)


def colleague(applicant: Applicant, pk: int) -> Mandate:
    """One mandate of the applicant's enterprise; raises `NotFound`, also for another enterprise's."""
    found = (
        Mandate.objects.filter(enterprise=applicant.enterprise_id, pk=pk).select_related("user", "enterprise").first()
    )
    if found is None:
        raise NotFound("没有找到这份授权，或者它不属于您的企业。")
    return found
