"""Whose certificate it is: the only writers of bindings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from xuke.accounts.models import User
from xuke.accounts.queries import place_of
from xuke.foundation import journal
from xuke.foundation.actors import Actor, System
from xuke.foundation.pki.certificates import Certificate
from xuke.foundation.transactions import command
from xuke.identity import proven
from xuke.identity.certificates import queries, refusals
from xuke.identity.certificates.models import BoundCertificate

AUTHORITY = System(task="certificate", label="数字证书")
"""Who acts when a certificate that we trust tells whose it is."""


@command
def recognise(*, certificate: Certificate, by: Actor, now: datetime) -> User:
    """The person whom a certificate that was proven and judged lets in.

    First whoever has bound it. Otherwise, when it names a natural person by resident number and somebody has that
    number as their proven real name, under the same name, it is theirs and is bound now. A credit code alone lets
    nobody in: it names an enterprise, for which several people may act, and who acts must be known. Whoever ended a
    binding has to bind again; a lost card must not bind itself. A card that names the person renews their real
    name until its own last day.
    """
    bound = queries.binding_of(certificate)
    if bound is None:
        return _by_number(certificate, by, now)
    user = proven.open_account(bound.user_id)
    if user is None:
        raise refusals.ClosedAccount
    _renew(user, certificate, by, now)
    BoundCertificate.objects.filter(pk=bound.pk).update(used_at=now)
    return user


def _by_number(certificate: Certificate, by: Actor, now: datetime) -> User:
    number = certificate.resident_number()
    known = proven.holder(number) if number else None
    if known is None:
        raise refusals.Unbound
    if known.name != certificate.common_name:
        raise refusals.OtherName
    ended = BoundCertificate.objects.filter(fingerprint=bytes.fromhex(certificate.fingerprint)).exclude(ended_at=None)
    if ended.exists():
        raise refusals.BindingEnded
    user = proven.open_account(known.user_id)
    if user is None:
        raise refusals.ClosedAccount
    _bind(user, certificate, "number", by, now)
    _renew(user, certificate, by, now)
    return user


def _renew(user: User, certificate: Certificate, by: Actor, now: datetime) -> None:
    number = certificate.resident_number()
    if number and not proven.is_renewed(
        user,
        name=certificate.common_name,
        number=number,
        mobile="",
        means="certificate",
        valid_to=journal.legal_day(certificate.not_after),
        by=by,
        now=now,
    ):
        raise refusals.OtherPerson("证书上的人与这个账号的实名不是同一个人，没有登录。请带身份证件到受理窗口核对。")


@command
def bind(*, user: User, certificate: Certificate, by: Actor, now: datetime) -> BoundCertificate:
    """Bind a certificate, proven and judged, to one's own account. Asked by the system: numbers are compared.

    A certificate of a natural person must be of the same person where a real name is proven; that of an enterprise is
    bound by whoever keeps it.
    """
    bound = queries.binding_of(certificate)
    if bound is not None:
        if bound.user_id != user.pk:
            raise refusals.SomebodyElses
        _agree_on_the_person(user, certificate, by, now)
        return bound
    _agree_on_the_person(user, certificate, by, now)
    return _bind(user, certificate, "self", by, now)


def _agree_on_the_person(user: User, certificate: Certificate, by: Actor, now: datetime) -> None:
    """The certification authority has checked who it is: it proves the real name of whoever has none yet."""
    name, number = certificate.common_name, certificate.resident_number()
    if not number:
        return
    known = proven.holder(number)
    if known is not None and known.user_id == user.pk and known.name == name:
        _renew(user, certificate, by, now)
        return
    if known is not None or proven.name_of(user.pk) is not None:
        raise refusals.OtherPerson
    proven.prove(
        user,
        name=name,
        number=number,
        mobile="",
        means="certificate",
        valid_to=journal.legal_day(certificate.not_after),
        by=by,
        now=now,
    )


def _bind(user: User, certificate: Certificate, how: str, by: Actor, now: datetime) -> BoundCertificate:
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    try:
        with transaction.atomic():
            made = BoundCertificate.objects.create(
                user=user,
                fingerprint=bytes.fromhex(certificate.fingerprint),
                issuer=str(certificate.issuer)[:500],
                serial=f"{certificate.serial:X}",
                content=certificate.der,
                subject=(certificate.common_name or certificate.organisation)[:200],
                credit_code=certificate.credit_code(),
                family=certificate.family.value,
                not_before=certificate.not_before,
                not_after=certificate.not_after,
                bound_at=now,
                bound_by=how,
                used_at=now,
            )
    except IntegrityError:
        raise refusals.SomebodyElses from None  # In another tab, a moment ago.
    user.revision += 1
    user.save(update_fields=["revision"])
    facts: dict[str, Any] = {"how": how, "serial": made.serial, "issuer": made.issuer, "holder": made.subject}
    facts |= {"credit_code": made.credit_code}
    journal.record("user.certificate_bound", subject=user, by=by, at=now, within=place_of(user), **facts)
    return made


@command
def end_binding(*, bound: BoundCertificate, by: Actor, now: datetime) -> BoundCertificate:
    """End a binding, because the card is lost, replaced or handed over. It lets nobody in from now on."""
    user = User.objects.select_for_update(no_key=True).get(pk=bound.user_id)
    bound = BoundCertificate.objects.select_for_update(no_key=True).get(pk=bound.pk)
    if bound.ended_at is None:
        bound.ended_at = now
        bound.save(update_fields=["ended_at"])
        user.revision += 1
        user.save(update_fields=["revision"])
        facts: dict[str, Any] = {"serial": bound.serial, "issuer": bound.issuer}
        journal.record("user.certificate_unbound", subject=user, by=by, at=now, within=place_of(user), **facts)
    return bound
