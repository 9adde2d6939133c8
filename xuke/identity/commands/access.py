"""Writing down who was refused what: pages of others, forms of foreign sites, headers that pretend."""

from __future__ import annotations

from datetime import datetime

from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.transactions import command
from xuke.identity import hours, queries


@command
def note_refused(
    *,
    verb: str,
    method: str,
    path: str,
    status: int,
    refusal: str,
    address: str,
    origin: str,
    headers: list[str],
    user_id: int | None,
    by: Actor,
    now: datetime,
) -> bool:
    """Write down that somebody was refused; whether it was, for an hour has a bound (`xuke.identity.hours`).

    Strangers are told apart by their network. An officer's auditors read it, and of everybody else those at the root.
    """
    known = user_id is not None
    asked = hours.refusals(
        "access",
        of=by.code if known else hours.network(address),
        label=by.label if known else f"{by.label}（{address}）",
        now=now,
    )
    if not asked.is_told:
        return False
    journal.record(
        "access.more_refused" if asked.is_last else verb,
        subject=asked,
        by=by,
        at=now,
        within=getattr(by, "authority_path", "") or queries.place_of(user_id),
        method=method,
        path=path,
        status=status,
        refusal=refusal,
        address=address,
        origin=origin,
        headers=headers,
    )
    return True
