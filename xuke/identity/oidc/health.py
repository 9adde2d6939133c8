"""Whether the platform can be reached: a circuit breaker that all processes share (through the database).

After three failures in a row nobody is sent to the platform for a minute, and the login page puts the other ways first.
Then one more try decides: it clears the count, or the next minute begins.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from xuke.identity.oidc.models import PlatformHealth
from xuke.identity.oidc.platform import Platform

FAILURES = 3
REST = timedelta(minutes=1)
FORGOTTEN = timedelta(minutes=10)
"""Failures longer ago do not add up with new ones."""

_FAILED = """
    INSERT INTO identity_platformhealth AS known (issuer, failures, failed_at) VALUES (%(issuer)s, 1, %(now)s)
    ON CONFLICT (issuer) DO UPDATE SET
        failures = CASE WHEN known.failed_at < %(forgotten)s THEN 1 ELSE known.failures + 1 END,
        rests_until = CASE WHEN known.failed_at >= %(forgotten)s AND known.failures + 1 >= %(limit)s
            THEN %(until)s ELSE known.rests_until END,
        failed_at = %(now)s
"""


def is_resting(platform: Platform, *, now: datetime) -> bool:
    """Whether the platform is taken to be down: one statement."""
    return PlatformHealth.objects.filter(issuer=platform.issuer, rests_until__gt=now).exists()


def failed(platform: Platform, *, now: datetime) -> None:
    """The platform could not be reached, or did not answer like one."""
    facts: dict[str, Any] = {
        "issuer": platform.issuer,
        "now": now,
        "forgotten": now - FORGOTTEN,
        "until": now + REST,
        "limit": FAILURES,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FAILED, facts)


def answered(platform: Platform) -> None:
    """The platform answered: forget what failed before."""
    PlatformHealth.objects.filter(issuer=platform.issuer).delete()
