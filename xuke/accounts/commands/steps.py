"""What every verb about people and authorities does the same way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from xuke.accounts import queries
from xuke.accounts.models import Authority, User
from xuke.foundation import journal
from xuke.foundation.actors import Actor, System
from xuke.foundation.refusals import Invalid, NotFound, Problem

MOST_REASON = 200
_TREE, _KEEPERS = 7001, 7002
"""Numbers of advisory locks: nothing else in the product uses them."""


def lock_user(number: int) -> User:
    """The newest row of a person, locked until the transaction ends."""
    return lock_users([number])[number]


def lock_users(numbers: Iterable[int]) -> dict[int, User]:
    """The newest rows of several persons, locked in one order, so that nobody waits for each other."""
    wanted = set(numbers)
    found = {user.pk: user for user in User.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")}
    if found.keys() != wanted:
        raise NotFound("没有找到这个人员。")
    return found


def lock_authority(authority: Authority) -> Authority:
    """The newest row of an authority, locked until the transaction ends."""
    return Authority.objects.select_for_update(no_key=True).select_related(None).get(pk=authority.pk)


def lock_tree() -> None:
    """One at a time plants authorities, so that two who import the same sheet do not meet half-way."""
    _wait_for(_TREE)


def lock_keepers() -> None:
    """One at a time takes a security administrator away, so that two do not take away each other."""
    _wait_for(_KEEPERS)


def _wait_for(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def why(reason: str, by: Actor, *, what: str) -> str:
    """The reason of a step, in one line. People give one; the product itself need not."""
    reason = " ".join(reason.split())
    if not reason and not isinstance(by, System):
        raise Invalid(Problem("reason", f"请写明{what}的原因。"))
    if len(reason) > MOST_REASON:
        raise Invalid(Problem("reason", f"原因最多{MOST_REASON}个字，现在有{len(reason)}个字。"))
    return reason


def finish(user: User, verb: str, *fields: str, by: Actor, now: datetime, within: str = "", **facts: Any) -> None:
    """Advance a person's revision, save `fields`, write the journal. Empty facts are left out."""
    user.revision += 1
    user.save(update_fields=["revision", *fields])
    told = {name: fact for name, fact in facts.items() if fact not in ("", None)}
    journal.record(
        verb,
        subject=user,
        by=by,
        at=now,
        within=within or queries.place_of(user) or by.scope.administers,
        **told,
    )
