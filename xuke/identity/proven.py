"""People by their proven real name: the same person comes by the identity platform and by a certificate."""

from __future__ import annotations

import secrets
from datetime import datetime

from xuke.accounts import commands
from xuke.accounts.backends import person
from xuke.accounts.models import RealName, User
from xuke.foundation import vault
from xuke.foundation.actors import Actor


def open_account(user_id: int) -> User | None:
    """The account of this number, while it is in use, with its postings read along."""
    return person(user_id)


def name_of(user_id: int) -> RealName | None:
    """Who this person is, where that has been proven."""
    return RealName.objects.filter(user=user_id, withdrawn_at=None).first()


def holder(number: str) -> RealName | None:
    """The person whose resident number this is, where that has been proven. Asked by the system only."""
    marks = vault.fingerprints(f"{RealName.RESIDENT_ID}:{number}", "resident_id")
    return RealName.objects.filter(number_mark__in=marks, withdrawn_at=None).first()


def prove(user: User, *, name: str, number: str, mobile: str, means: str, by: Actor, now: datetime) -> RealName:
    """Write down who a person is."""
    return commands.prove_real_name(user=user, name=name, number=number, mobile=mobile, proven_by=means, by=by, now=now)


def newcomer(*, name: str, number: str, mobile: str, means: str, by: Actor, now: datetime) -> User:
    """An account for somebody who is here for the first time and is known by their real name. It has no password."""
    login_name = f"p{secrets.token_hex(5)}"
    user = commands.add_user(login_name=login_name, name=name, password=None, by=by, now=now)
    prove(user, name=name, number=number, mobile=mobile, means=means, by=by, now=now)
    return user
