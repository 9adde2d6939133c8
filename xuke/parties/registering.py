"""Making accounts and enterprises from what somebody typed, and what proves that they may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xuke.accounts import commands as accounts
from xuke.accounts.models import RealName, User
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.pki.certificates import Certificate
from xuke.foundation.pki.pem import Unreadable
from xuke.foundation.refusals import Invalid, Problem
from xuke.identity.certificates import trust
from xuke.identity.certificates.models import BoundCertificate
from xuke.parties import commands
from xuke.parties.models import Enterprise, Mandate
from xuke.parties.rules import is_same_name


def add_person(typed: Mapping[str, Any], *, now: datetime) -> User:
    """An account whose real name nobody checks: in demonstrations only."""
    user = accounts.add_user(
        login_name=typed["login_name"], name=typed["name"], password=typed["password"], by=SYSTEM, now=now
    )
    accounts.prove_real_name(
        user=user,
        name=typed["name"],
        number=typed["number"],
        mobile=typed["mobile"],
        proven_by="demonstration",
        by=SYSTEM,
        now=now,
    )
    return user


def add_enterprise(typed: Mapping[str, Any], *, now: datetime) -> Enterprise:
    """An enterprise as somebody read it off its business licence."""
    return commands.register_enterprise(
        uscc=typed["uscc"],
        name=typed["enterprise_name"],
        legal_representative=typed["legal_representative"],
        domicile=typed["domicile"],
        division_code=typed["division_code"],
        electronic_service=bool(typed.get("electronic_service")),
        by=SYSTEM,
        now=now,
    )


@dataclass(frozen=True)
class Standing:
    """What is proven about somebody who wants to register an enterprise outside a demonstration."""

    name: str
    """Their real name; empty where nobody proved it."""
    certificates: tuple[BoundCertificate, ...] = ()
    """Certificates of enterprises that they keep, judged now: neither over nor revoked since they were bound."""

    @property
    def is_enough(self) -> bool:
        """Whether an enterprise can be registered online at all: a person, and a certificate that names it."""
        return bool(self.name and self.certificates)


def standing(user: User, *, now: datetime) -> Standing:
    """Read for the person themselves, or by the system."""
    proven = RealName.objects.filter(user=user, withdrawn_at=None).first()
    kept = BoundCertificate.objects.filter(user=user, ended_at=None, not_after__gt=now).exclude(credit_code="")
    today = journal.legal_day(now)
    name = proven.name if proven and (proven.valid_to is None or proven.valid_to >= today) else ""
    return Standing(name, tuple(each for each in kept.order_by("pk") if _is_trusted(each, now)))


def _is_trusted(kept: BoundCertificate, now: datetime) -> bool:
    try:
        certificate = Certificate.read(bytes(kept.content))
    except Unreadable:
        return False
    return trust.verdict_on(certificate, at=now).trusted


def register_with_certificate(user: User, typed: Mapping[str, Any], *, now: datetime) -> Enterprise:
    """Register the enterprise that a certificate names, for the person who keeps it.

    The certification authority has checked that the enterprise exists and under which name; who heads it, the person
    has typed themselves. So they become a contact, whoever they are: a head is seated at the counter.
    """
    proven = standing(user, now=now)
    named = [each for each in proven.certificates if each.credit_code == typed["uscc"]]
    if not proven.name or not named:
        raise Invalid(Problem("uscc", "您的数字证书不是这家企业的。请用这家企业的数字证书，或者到受理窗口登记。"))
    if not any(is_same_name(each.subject, typed["enterprise_name"]) for each in named):
        raise Invalid(Problem("enterprise_name", f"数字证书上的名称是“{named[0].subject}”，请与证书一致。"))
    enterprise = add_enterprise(typed, now=now)
    commands.give_mandate(user=user, enterprise=enterprise, capacity=Mandate.CASE_CONTACT, by=SYSTEM, now=now)
    return enterprise
