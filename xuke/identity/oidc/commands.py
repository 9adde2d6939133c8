"""Whose account an arrival belongs to: the only writers of linked accounts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from xuke.accounts.models import User
from xuke.accounts.queries import place_of
from xuke.foundation import journal
from xuke.foundation.actors import Actor, System
from xuke.foundation.transactions import command
from xuke.identity import proven
from xuke.identity.oidc import answers
from xuke.identity.oidc.arrivals import Arrival
from xuke.identity.oidc.models import ExternalIdentity

PLATFORM = System(task="identity_platform", label="统一身份认证平台")
"""Who acts when the platform tells us about somebody who is not known here yet."""


@command
def welcome(*, arrival: Arrival, by: Actor, now: datetime) -> User:
    """The person an arrival means, so that they can be let in: linked before, known by their number, or new.

    Never by an address, a phone number or a name: those can be typed into the platform, or belong to two people.
    Whoever ended a link is not linked again behind their back. A login that proves the real name renews it: it ends on
    a day of its own, whatever becomes of the account.
    """
    linked = ExternalIdentity.objects.filter(issuer=arrival.issuer, subject=arrival.subject, ended_at=None).first()
    if linked is None:
        return _first_time(arrival, by, now)
    user = proven.open_account(linked.user_id)
    if user is None:
        raise answers.ClosedAccount
    _renew(user, arrival, by, now)
    ExternalIdentity.objects.filter(pk=linked.pk).update(used_at=now)
    return user


def _first_time(arrival: Arrival, by: Actor, now: datetime) -> User:
    if not arrival.is_proven:
        raise answers.NobodyProven
    known = proven.holder(arrival.number)
    if known is None:
        user = proven.newcomer(
            name=arrival.name,
            number=arrival.number,
            mobile=arrival.mobile,
            means="identity_platform",
            valid_to=_valid_to(arrival, now),
            by=by,
            now=now,
        )
        _link(user, arrival, "new", by, now)
        return user
    if known.name != arrival.name:
        raise answers.OtherName
    if _was_ended(known.user_id, arrival):
        raise answers.LinkEnded
    account = proven.open_account(known.user_id)
    if account is None:
        raise answers.ClosedAccount
    _link(account, arrival, "number", by, now)
    _renew(account, arrival, by, now)
    return account


def _valid_to(arrival: Arrival, now: datetime) -> date:
    """Until when what the platform says about a person is taken for proven."""
    return arrival.valid_to or journal.legal_day(now) + timedelta(days=settings.XUKE_REAL_NAME_DAYS)


def _renew(user: User, arrival: Arrival, by: Actor, now: datetime) -> None:
    if arrival.is_proven and not proven.is_renewed(
        user,
        name=arrival.name,
        number=arrival.number,
        mobile=arrival.mobile,
        means="identity_platform",
        valid_to=_valid_to(arrival, now),
        by=by,
        now=now,
    ):
        raise answers.OtherHolder


def _was_ended(user_id: int, arrival: Arrival) -> bool:
    ended = ExternalIdentity.objects.filter(user=user_id, issuer=arrival.issuer, subject=arrival.subject)
    return ended.exclude(ended_at=None).exists()


@command
def link(*, user: User, arrival: Arrival, by: Actor, now: datetime) -> ExternalIdentity:
    """Link the platform's account to one's own, because its owner, logged in here, went there and came back.

    Where the platform proves a real name it must be that of the account; an account without one gets it.
    """
    linked = ExternalIdentity.objects.filter(issuer=arrival.issuer, subject=arrival.subject, ended_at=None).first()
    if linked is not None:
        if linked.user_id != user.pk:
            raise answers.SomebodyElses
        if arrival.is_proven:
            _agree_on_the_name(user, arrival, by, now)
        return linked
    if arrival.is_proven:
        _agree_on_the_name(user, arrival, by, now)
    return _link(user, arrival, "self", by, now)


def _agree_on_the_name(user: User, arrival: Arrival, by: Actor, now: datetime) -> None:
    known = proven.holder(arrival.number)
    if known is not None and known.user_id == user.pk and known.name == arrival.name:
        _renew(user, arrival, by, now)
        return
    if known is not None or proven.name_of(user.pk) is not None:
        raise answers.OtherPerson
    proven.prove(
        user,
        name=arrival.name,
        number=arrival.number,
        mobile=arrival.mobile,
        means="identity_platform",
        valid_to=_valid_to(arrival, now),
        by=by,
        now=now,
    )


def _link(user: User, arrival: Arrival, how: str, by: Actor, now: datetime) -> ExternalIdentity:
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    try:
        with transaction.atomic():
            made = ExternalIdentity.objects.create(
                issuer=arrival.issuer, subject=arrival.subject, user=user, linked_at=now, linked_by=how, used_at=now
            )
    except IntegrityError:
        raise answers.SomebodyElses from None  # In another tab, a moment ago.
    user.revision += 1
    user.save(update_fields=["revision"])
    facts: dict[str, Any] = {
        "how": how,
        "issuer": arrival.issuer,
        "acr": arrival.acr,
        "credit_code": arrival.credit_code,
    }
    journal.record("user.platform_linked", subject=user, by=by, at=now, within=place_of(user), **facts)
    return made


@command
def end_link(*, identity: ExternalIdentity, by: Actor, now: datetime) -> ExternalIdentity:
    """End the link to an account on the platform. It acts at once; sessions that began with it end by themselves."""
    user = User.objects.select_for_update(no_key=True).get(pk=identity.user_id)
    identity = ExternalIdentity.objects.select_for_update(no_key=True).get(pk=identity.pk)
    if identity.ended_at is None:
        identity.ended_at = now
        identity.save(update_fields=["ended_at"])
        user.revision += 1
        user.save(update_fields=["revision"])
        journal.record(
            "user.platform_unlinked", subject=user, by=by, at=now, within=place_of(user), issuer=identity.issuer
        )
    return identity
