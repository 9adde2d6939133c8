"""Writing down who came in, and who did not."""

from __future__ import annotations

from datetime import datetime

from xuke.accounts.models import User
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.transactions import command
from xuke.identity import hours, queries, rules
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
) -> Attempt | None:
    """Write down that somebody was turned away, and why. A name that nobody has is not repeated.

    What throttling counts is bounded by throttling and written down each time. Everything else could go on for ever: an
    hour has a bound for it, and what exceeds that leaves neither an entry nor a row (None).
    """
    login_name = user.login_name if user else ""
    counts = wrong and (means == rules.Means.PASSWORD or user is not None)
    turned_away = None if counts else _turned_away(user, means, address, now)
    if turned_away and not turned_away.is_told:
        return None
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
        "login.more_refused" if turned_away and turned_away.is_last else "login.refused",
        subject=turned_away or attempt,
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


def _turned_away(user: User | None, means: str, address: str, now: datetime) -> hours.Refusals:
    """The next one from this network who is turned away. Whoever shows a certificate, or an answer of the platform, has
    proved whose it is and is counted apart: nobody else's noise hides that from its owner. A name alone proves nothing.
    """
    proven = user is not None and means != rules.Means.PASSWORD
    of = f"{hours.network(address)} {user.pk}" if user and proven else hours.network(address)
    return hours.refusals("login", of=of, label=user.name if user else "未识别的人", now=now)
