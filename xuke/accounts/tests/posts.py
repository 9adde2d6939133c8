"""What the tests of posts have in common: a day, and the verbs with their usual arguments."""

from __future__ import annotations

from datetime import date, timedelta

from xuke.accounts import commands, queries
from xuke.accounts.models import Authority, Posting, User
from xuke.accounts.officers import Officer, Role
from xuke.foundation.actors import SYSTEM
from xuke.tests.cast import NOON

TODAY = NOON.date()
YILING, YICHANG, HUBEI, YIDU = "420506", "420500", "420000", "420581"


def days(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)


def user_of(officer: Officer) -> User:
    """The account behind an officer."""
    return User.objects.get(pk=officer.user_id)


def authority(code: str = YILING) -> Authority:
    """An authority by its division."""
    return Authority.objects.get(code=code)


def _shown(role):
    """What a verifier shows on site."""
    return {"credential": "鄂食核42050600099"} if role == Role.VERIFIER else {}


def appoint(user, code=YILING, role=Role.REVIEWER, by=SYSTEM, now=NOON, **other):
    return commands.appoint(
        user=user,
        authority=authority(code),
        role=role,
        by=by,
        now=now,
        **{"reason": "工作需要", **_shown(role), **other},
    )


def second(user, code=YILING, role=Role.REVIEWER, by=SYSTEM, now=NOON, until=days(30), **other):
    return commands.second(
        user=user,
        authority=authority(code),
        role=role,
        until=until,
        by=by,
        now=now,
        **{"reason": "支援", **_shown(role), **other},
    )


def deputise(user, instead_of, code=YILING, by=SYSTEM, now=NOON, until=days(10), **other):
    return commands.deputise(
        user=user,
        instead_of=instead_of,
        authority=authority(code),
        until=until,
        by=by,
        now=now,
        **{"reason": "休假", **other},
    )


def dismiss(posting, by=SYSTEM, now=NOON, reason="调离"):
    return commands.dismiss(posting=posting, by=by, now=now, reason=reason)


def keeper_of(code):
    """Somebody new who keeps the people of a place (安全管理)."""
    login_name = f"keeper{code}"
    user = commands.add_user(login_name=login_name, name="钟守正", password=None, by=SYSTEM, now=NOON)
    appoint(user, code=code, role=Role.SECURITY_ADMINISTRATOR)
    found = queries.officer(user, today=TODAY)
    assert found is not None
    return found


def posting_of(user, role=None):
    """The newest posting of a person."""
    found = Posting.objects.filter(user=user)
    return (found.filter(role=role) if role else found).order_by("-pk")[0]
