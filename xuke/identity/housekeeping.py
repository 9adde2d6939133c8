"""What a day sweeps away: sessions that no limit would let live, attempts nobody asks for any more, ways not ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.identity.certificates import challenges
from xuke.identity.models import Attempt, Session
from xuke.identity.oidc import departures
from xuke.identity.rules import LONGEST

ATTEMPTS_KEPT = timedelta(days=183)
"""Half a year, as for logs (Cybersecurity Law art. 21); the journal keeps what happened for good."""


def sweep(*, now: datetime) -> int:
    """Remove what is over; how many sessions there were."""
    with opened_for(EVERYTHING):
        gone, _ = Session.objects.filter(began_at__lt=now - LONGEST).delete()
        Attempt.objects.filter(at__lt=now - ATTEMPTS_KEPT).delete()
        departures.forget_old(now=now)
        challenges.forget_spent(now=now)
    return gone
