"""Questions about enterprises and the people acting for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F, Model

from xuke.accounts.models import User
from xuke.accounts.queries import officer_from
from xuke.parties.applicants import Applicant
from xuke.parties.models import Enterprise, Mandate, Site

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
    return {field.attname: field.to_python(columns[field.column]) for field in model._meta.concrete_fields}


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
        powers=frozenset(Mandate.ALL_POWERS if mandate.capacity == Mandate.LEGAL_REPRESENTATIVE else mandate.powers),
        uscc=enterprise.uscc,
        legal_representative=enterprise.legal_representative,
        has_choice=has_choice,
    )


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
        .order_by(F("valid_to").desc(nulls_first=True), "-valid_from", "pk")[:200]
    )
