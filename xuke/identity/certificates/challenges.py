"""What a certificate has to sign to log in: a fresh number of ours, for one browser, two minutes, once.

Nothing is kept when a challenge is handed out: it carries its time and our mark on it. That it was used is kept.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils.crypto import constant_time_compare, salted_hmac

from xuke.identity.certificates import refusals
from xuke.identity.certificates.models import SpentChallenge

LIFE = timedelta(minutes=2)
_SHAPE = re.compile(r"(?P<facts>(?P<at>\d{10})[\w-]{22})(?P<mark>[\w-]{43})", re.ASCII)
"""Seconds, 128 random bits, our mark: only characters that a message to sign may hold (`pki.purposes`)."""


def make(*, browser: str, use: str, now: datetime) -> str:
    """A challenge for one browser and one use (to log in, to bind)."""
    facts = f"{int(now.timestamp()):010}{secrets.token_urlsafe(16)}"
    return facts + _mark(facts, browser, use)


def demand(challenge: str, *, browser: str, use: str, now: datetime) -> None:
    """Raise unless we made this challenge for this browser less than two minutes ago."""
    found = _SHAPE.fullmatch(challenge)
    if found is None or not browser or not constant_time_compare(found["mark"], _mark(found["facts"], browser, use)):
        raise refusals.ChallengeForeign
    if not timedelta(0) <= now - _made_at(found["at"]) + timedelta(seconds=1) <= LIFE:
        raise refusals.ChallengeStale


_SPEND = "INSERT INTO identity_spentchallenge (digest, expires_at) VALUES (%s, %s) ON CONFLICT (digest) DO NOTHING"


def spend(challenge: str, *, now: datetime) -> None:
    """Use a challenge up; raise when it was used before, whoever is faster. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, [hashlib.sha256(challenge.encode()).digest(), now + 2 * LIFE])
        if cursor.rowcount != 1:
            raise refusals.ChallengeSpent


def forget_spent(*, now: datetime) -> int:
    """Housekeeping: a challenge that is too old anyway need not be remembered as used."""
    return SpentChallenge.objects.filter(expires_at__lte=now).delete()[0]


def _mark(facts: str, browser: str, use: str) -> str:
    mark = salted_hmac("xuke.identity.challenge", f"{facts} {use} {browser}", algorithm="sha256").digest()
    return base64.urlsafe_b64encode(mark).rstrip(b"=").decode()


def _made_at(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
