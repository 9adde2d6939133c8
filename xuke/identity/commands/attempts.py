"""Writing down who came in, and who did not."""

from __future__ import annotations

from datetime import datetime

from xuke.accounts.models import User
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.transactions import command
from xuke.identity import queries
from xuke.identity.models import Attempt


@command
def note_entrance(
    *,
    user: User,
    means: str,
    strong: bool,
    address: str,
    agent: str,
    by: Actor,
    now: datetime,
) -> Attempt:
    """Write down that somebody came in."""
    attempt = Attempt.objects.create(
        user=user, means=means, login_name=user.login_name, address=address, agent=agent, accepted=True, at=now
    )
    journal.record(
        "login.accepted",
        subject=attempt,
        by=by,
        at=now,
        within=queries.place_of(user.pk),
        login_name=user.login_name,
        means=means,
        strong=strong,
        address=address,
        agent=agent,
    )
    return attempt


@command
def note_refusal(
    *,
    user: User | None,
    means: str,
    name_mark: bytes,
    address: str,
    agent: str,
    reason: str,
    wrong: bool,
    by: Actor,
    now: datetime,
) -> Attempt:
    """Write down that somebody was turned away, and why. A name that nobody has is not repeated."""
    login_name = user.login_name if user else ""
    attempt = Attempt.objects.create(
        user=user,
        means=means,
        login_name=login_name,
        name_mark=name_mark,
        address=address,
        agent=agent,
        accepted=False,
        wrong=wrong,
        reason=reason,
        at=now,
    )
    journal.record(
        "login.refused",
        subject=attempt,
        by=by,
        at=now,
        within=queries.place_of(user.pk if user else None),
        login_name=login_name,
        means=means,
        reason=reason,
        address=address,
        agent=agent,
    )
    return attempt
