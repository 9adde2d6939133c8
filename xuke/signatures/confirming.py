"""Proving once more who one is, at the moment of signing: the way that needs neither script nor device.

What was guessed wrongly is written down and counts, whatever becomes of the request; so the views that ask stand
outside the door.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from xuke.accounts.models import User
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.identity import entering, proofs, queries, rules
from xuke.identity.rules import Means
from xuke.identity.views.second import try_password
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
        refused = _try_code(request, user, code, now)
    elif request.POST.get("password", ""):
        tried = try_password(request, user, now)
        refused = Refused(tried.reason, tried.status) if tried.reason else None
    else:
        return Refused("请输入密码或者动态口令，再签名提交。")
    if refused:
        return refused
    return ByConfirmation(user_id=user.pk, factor="code" if code else "password", at=now, **shown)


def _try_code(request: HttpRequest, user: User, code: str, now: datetime) -> Refused | None:
    with opened_for(EVERYTHING):
        wait = rules.why_wait_with_codes(queries.wrong_factors(user.pk, now))
        fits = not wait and proofs.fits_totp(user.pk, code[:16], now=now)
    if fits:
        return None
    reason = wait or "动态口令不对，或者已经用过。请等手机上换了新的再输入。"
    entering.refuse(request, means=Means.CODE, reason=reason, user=user, wrong=not wait)
    return Refused(reason, 429 if wait else 422)
