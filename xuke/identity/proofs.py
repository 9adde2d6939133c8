"""Is the code right? Checking a second factor spends it: nothing that was accepted is accepted again.

What came of it is written down by whoever asks (`xuke.identity.entering`). Every question locks the row it is about, so
that two requests with the same code do not both get in.
"""

from __future__ import annotations

import re
from datetime import datetime
from hmac import compare_digest

import pyotp
from django.contrib.auth.hashers import check_password

from xuke.accounts.models import User
from xuke.identity.models import Passkey, RecoveryCode, TotpDevice

STEP = 30
"""Seconds for which one code is shown (RFC 6238)."""
_NUMBERED = re.compile(r"\s*(\d{1,2})\s*[-–—－]\s*(.+)")
_NOT_IN_CODES = re.compile(r"[^A-Z0-9]")


def step_of(secret: str, code: str, *, after: int, now: datetime) -> int | None:
    """The step in which an app with this secret shows this code: the present one, the one before or the one after.

    None when no step does, or when a code of that step or a later one has been taken already.
    """
    present, app = int(now.timestamp()) // STEP, pyotp.TOTP(secret)
    for step in (present, present - 1, present + 1):
        if step > after and compare_digest(app.generate_otp(step), code):
            return step
    return None


def hold(user_id: int) -> None:
    """Keep others from guessing for this person until the transaction is over."""
    User.objects.select_for_update(no_key=True).values_list("pk").get(pk=user_id)


def fits_totp(user_id: int, code: str, *, now: datetime) -> bool:
    """Whether this is a code of the person's app that has not been used."""
    device = TotpDevice.objects.select_for_update().filter(user=user_id).first()
    step = step_of(device.secret, code, after=device.last_step, now=now) if device else None
    if device is None or step is None:
        return False
    device.last_step = step
    device.save(update_fields=["last_step"])
    return True


def fits_recovery_code(user_id: int, typed: str, *, now: datetime) -> bool:
    """Whether this is one of the person's recovery codes, not used before. It is used now."""
    found = _NUMBERED.fullmatch(typed)
    if found is None:
        return False
    number, rest = int(found[1]), plain_recovery_code(found[2])
    row = RecoveryCode.objects.select_for_update().filter(user=user_id, number=number, used_at=None).first()
    if row is None or not check_password(rest, row.code):
        return False
    row.used_at = now
    row.save(update_fields=["used_at"])
    return True


def plain_recovery_code(typed: str) -> str:
    """The letters and digits of a code, however somebody writes them down."""
    return _NOT_IN_CODES.sub("", typed.upper())


def count_use(passkey: Passkey, sign_count: int, *, now: datetime) -> None:
    """Note that a locked passkey has answered, and how often it says it has."""
    passkey.sign_count, passkey.used_at = sign_count, now
    passkey.save(update_fields=["sign_count", "used_at"])


def fits_password(user: User, password: str) -> bool:
    """Whether this is the person's password."""
    return check_password(password, user.password)
