"""People by their proven real name: the same person comes by the identity platform and by a certificate."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from xuke.accounts import commands, queries
from xuke.accounts.backends import person
from xuke.accounts.models import RealName, User
from xuke.foundation.actors import Actor

_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)


def open_account(user_id: int) -> User | None:
    """The account of this number, while it is in use, with its postings read along."""
    return person(user_id)


def holder(number: str) -> RealName | None:
    """Who has this resident number as their proven real name. Asked by the system only."""
    user = queries.person_with_number(RealName.RESIDENT_ID, number)
    return queries.real_name(user) if user else None


def name_of(user_id: int) -> RealName | None:
    """Who this person is, where that has been proven."""
    return queries.real_name(user_id)


def prove(user: User, *, name: str, number: str, mobile: str, means: str, by: Actor, now: datetime) -> RealName:
    """Write down who a person is."""
    mobile = mobile.removeprefix("+86").strip()
    known = mobile if _MOBILE.fullmatch(mobile) else ""  # Proving a name does not fail over a foreign number.
    return commands.prove_real_name(user=user, name=name, number=number, mobile=known, proven_by=means, by=by, now=now)


def newcomer(*, name: str, number: str, mobile: str, means: str, by: Actor, now: datetime) -> User:
    """An account for somebody who is here for the first time and is known by their real name. It has no password."""
    login_name = f"p{secrets.token_hex(5)}"
    user = commands.add_user(login_name=login_name, name=name, password=None, by=by, now=now)
    prove(user, name=name, number=number, mobile=mobile, means=means, by=by, now=now)
    return user
