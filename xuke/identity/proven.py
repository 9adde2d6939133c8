"""People by their proven real name: the same person comes by the identity platform and by a certificate."""

from __future__ import annotations

import re
import secrets
from datetime import date, datetime
from typing import Any

from xuke.accounts import commands, queries
from xuke.accounts.backends import person
from xuke.accounts.models import RealName, User
from xuke.foundation import journal
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


def prove(
    user: User, *, name: str, number: str, mobile: str, means: str, valid_to: date, by: Actor, now: datetime
) -> RealName:
    """Write down who a person is."""
    mobile = mobile.removeprefix("+86").strip()
    known = mobile if _MOBILE.fullmatch(mobile) else ""  # Proving a name does not fail over a foreign number.
    return commands.prove_real_name(
        user=user, name=name, number=number, mobile=known, proven_by=means, valid_to=valid_to, by=by, now=now
    )


def is_renewed(
    user: User, *, name: str, number: str, mobile: str, means: str, valid_to: date, by: Actor, now: datetime
) -> bool:
    """Prove again who somebody is who comes in with a proof of it. False where the proof is of somebody else.

    Nothing is ever shortened, what was taken back stays taken back, and a name that differs is left to the counter.
    """
    known = RealName.objects.filter(user=user).first()
    facts: dict[str, Any] = {"name": name, "number": number, "means": means, "by": by, "now": now}
    if known is None:
        if holder(number) is None and valid_to >= journal.legal_day(now):
            prove(user, mobile=mobile, valid_to=valid_to, **facts)
        return True
    if known.withdrawn_at is not None:
        return True
    if (known.document, known.number) != (RealName.RESIDENT_ID, number):
        return False
    if known.name == name and known.valid_to is not None and known.valid_to < valid_to:
        prove(user, mobile=mobile or known.mobile, valid_to=valid_to, **facts)
    return True


def newcomer(*, name: str, number: str, mobile: str, means: str, valid_to: date, by: Actor, now: datetime) -> User:
    """An account for somebody who is here for the first time and is known by their real name. It has no password."""
    login_name = f"p{secrets.token_hex(5)}"
    user = commands.add_user(login_name=login_name, name=name, password=None, by=by, now=now)
    prove(user, name=name, number=number, mobile=mobile, means=means, valid_to=valid_to, by=by, now=now)
    return user
