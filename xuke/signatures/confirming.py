"""Proving once more who one is, at the moment of signing: the way that needs neither script nor device.

What was guessed wrongly is written down and counts, whatever becomes of the request; so the views that ask stand
outside the door.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from xuke.accounts.models import User
from xuke.identity.views.second import try_code, try_password
from xuke.signatures.proofs import ByConfirmation, shown_in


@dataclass(frozen=True)
class Refused:
    """Why it was not taken, as a sentence."""

    sentence: str
    status: int = 422


def confirm(request: HttpRequest, now: datetime) -> ByConfirmation | Refused:
    """Check the password or the one-time code that came with the press of the button. A code is spent."""
    user = request.user
    assert isinstance(user, User)
    shown = shown_in(request.POST)
    code = request.POST.get("code", "").strip()
    if code:
        tried = try_code(request, user, code, now)
    elif request.POST.get("password", ""):
        tried = try_password(request, user, now)
    else:
        return Refused("请输入密码或者动态口令，再签名提交。")
    if tried.reason:
        return Refused(tried.reason, tried.status)
    return ByConfirmation(user_id=user.pk, factor="code" if code else "password", at=now, **shown)
