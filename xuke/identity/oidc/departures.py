"""The way to the platform and back: what is remembered meanwhile, once, for one browser.

Each departure has a state of its own, so two tabs do not disturb each other. Coming back deletes the row in the same
statement that reads it: a state works once, whoever is faster. A cookie, known to no script and to no other site, binds
it to the browser: somebody who is sent a foreign answer (login CSRF) has not left with that state.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from xuke.foundation import vault
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.identity.oidc.models import Departure
from xuke.web import kept

LONGEST = timedelta(minutes=10)
LARGEST = 200_000
"""Characters of a form that waits here, packed: some hundred thousand typed ones."""


@dataclass(frozen=True)
class Ticket:
    """What a departure takes along; the secrets are in clear only here and on the platform."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Return:
    """What was remembered of a departure when somebody came back from it."""

    issuer: str
    nonce: str
    verifier: str
    wanted: str
    kept: str
    user_id: int | None
    is_in_time: bool


def leave(
    *, issuer: str, browser: str, now: datetime, wanted: str = "", form: str = "", user_id: int | None = None
) -> Ticket:
    """Remember a departure. A form is remembered when it is one of ours, so that nobody fills the table with text.

    Whoever left too long ago is forgotten by the way: strangers write into this table.
    """
    ticket = Ticket(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))
    with opened_for(EVERYTHING):
        forget_old(now=now)
        Departure.objects.create(
            digest=_digest(ticket.state),
            browser=_digest(browser),
            issuer=issuer,
            nonce=ticket.nonce,
            verifier=ticket.verifier,
            wanted=wanted[:2000],
            kept=form if 0 < len(form) <= LARGEST and kept.unpack(form) else "",
            user_id=user_id,
            left_at=now,
        )
    return ticket


_TAKE = (
    "DELETE FROM identity_departure WHERE digest = %s AND browser = %s"
    " RETURNING issuer, nonce, verifier, wanted, kept, user_id, left_at"
)


def come_back(*, state: str, browser: str, now: datetime) -> Return | None:
    """What was remembered, once; None when nobody left this browser with this state, or is back already."""
    if not state or not browser:
        return None
    with opened_for(EVERYTHING), connection.cursor() as cursor:
        cursor.execute(_TAKE, [_digest(state), _digest(browser)])
        row = cursor.fetchone()
    if row is None:
        return None
    issuer, nonce, verifier, wanted, form, user_id, left_at = row
    return Return(issuer, nonce, verifier, wanted, _opened(form), user_id, is_in_time=left_at + LONGEST > now)


def _opened(sealed: bytes) -> str:
    """The form that waits; none when its key was replaced meanwhile, for nobody is kept out by that."""
    try:
        return vault.unseal(bytes(sealed), "kept") if sealed else ""
    except vault.Unreadable:
        return ""


def forget_old(*, now: datetime) -> int:
    """Housekeeping: whoever left longer ago does not come back."""
    return Departure.objects.filter(left_at__lte=now - LONGEST).delete()[0]


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
