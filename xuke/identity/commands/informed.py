"""Telling somebody what others did to their account."""

from __future__ import annotations

from datetime import datetime

from xuke.accounts.commands.steps import finish, lock_user
from xuke.accounts.models import User
from xuke.foundation.actors import Actor
from xuke.foundation.refusals import Conflict, NotPermitted
from xuke.foundation.transactions import command
from xuke.identity import queries, rules


@command
def take_note(*, user: User, by: Actor, now: datetime) -> None:
    """Write down that somebody has read what administrators did to their ways in."""
    if by.scope.user_id != str(user.pk):
        raise NotPermitted("账号的变动由本人确认。")
    user = lock_user(user.pk)
    if not queries.untold(user.pk):
        raise Conflict("账号没有新的变动。")
    finish(user, rules.TOLD, by=by, now=now, within=queries.place_of(user.pk))
