"""Adding, changing and taking away what a person proves themselves with."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection

from xuke.accounts.commands.steps import lock_user, why
from xuke.accounts.models import User
from xuke.accounts.permissions import demand, why_not_keep, why_not_reset_factors
from xuke.accounts.queries import done_to, places_of
from xuke.foundation import journal
from xuke.foundation.actors import Actor, System
from xuke.foundation.refusals import Conflict, Invalid, NotFound, NotPermitted, Problem
from xuke.foundation.transactions import command
from xuke.identity import proofs, queries, rules
from xuke.identity.models import Passkey, RecoveryCode, TotpDevice
from xuke.identity.passkeys import NewPasskey

RECOVERY_CODES = 10
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without the letters and digits that are taken for each other on paper."""
MOST_PASSKEYS = 20


@command
def set_totp(*, user: User, secret: str, code: str, by: Actor, now: datetime) -> TotpDevice:
    """Take an authenticator app as a factor, in place of the one before; its first code proves that it works."""
    user = _own(user, by)
    step = proofs.step_of(secret, code, after=0, now=now)
    if step is None:
        raise Invalid(Problem("code", "动态口令不对。请核对手机的时间，再输入现在显示的6位数字。"))
    facts = {"secret": secret, "last_step": step, "added_at": now}
    device, _ = TotpDevice.objects.update_or_create(user=user, defaults=facts)
    _record("user.totp_set", user, by, now)
    return device


@command
def remove_totp(*, user: User, must_have: bool, by: Actor, now: datetime) -> None:
    """Forget the authenticator app."""
    user = _own(user, by)
    device = TotpDevice.objects.filter(user=user).first()
    if device is None:
        raise NotFound("没有添加过身份验证器。")
    _demand_another(user, must_have)
    device.delete()
    _record("user.totp_removed", user, by, now)


@command
def add_passkey(
    *, user: User, new: NewPasskey, handle: bytes, rp_id: str, name: str, by: Actor, now: datetime
) -> Passkey:
    """Take a passkey as a factor."""
    user = _own(user, by)
    if Passkey.objects.filter(user=user).count() >= MOST_PASSKEYS:
        raise Conflict(f"通行密钥最多{MOST_PASSKEYS}个，请先移除不用的。")
    if _is_known(new.credential_id):
        raise Conflict("这个通行密钥已经添加过。")
    passkey = Passkey.objects.create(
        user=user,
        name=_named(name),
        credential_id=new.credential_id,
        public_key=new.public_key,
        sign_count=new.sign_count,
        handle=handle,
        rp_id=rp_id,
        transports=list(new.transports),
        added_at=now,
    )
    _record("user.passkey_added", user, by, now, name=passkey.name)
    return passkey


def _is_known(credential_id: bytes) -> bool:
    """Also to somebody else, whose row the asker does not see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_passkey_is_known(%s)", [credential_id])
        return bool(cursor.fetchone()[0])


@command
def rename_passkey(*, passkey: Passkey, name: str, by: Actor, now: datetime) -> Passkey:
    """Call a passkey something else."""
    user = _own(passkey.user, by)
    before, passkey.name = passkey.name, _named(name)
    passkey.save(update_fields=["name"])
    _record("user.passkey_renamed", user, by, now, before=before, name=passkey.name)
    return passkey


@command
def remove_passkey(*, passkey: Passkey, must_have: bool, by: Actor, now: datetime) -> None:
    """Forget a passkey."""
    user = _own(passkey.user, by)
    _demand_another(user, must_have)
    name = passkey.name
    passkey.delete()
    _record("user.passkey_removed", user, by, now, name=name)


@command
def make_recovery_codes(*, user: User, by: Actor, now: datetime) -> list[str]:
    """Ten codes for the day the phone is lost, in place of those before. They are told once, here."""
    user = _own(user, by)
    if not queries.has_factor(user, now):
        raise Conflict("先添加身份验证器或者通行密钥，或者绑定数字证书，再生成恢复码。")
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, number=number, code=make_password(code), made_at=now)
        for number, code in enumerate(codes, start=1)
    )
    _record("user.recovery_codes_made", user, by, now)
    return [f"{number}-{code[:5]}-{code[5:]}" for number, code in enumerate(codes, start=1)]


@command
def reset_factors(*, user: User, by: Actor, now: datetime, reason: str = "") -> None:
    """Take away every second factor of somebody who has lost theirs, and end their sessions.

    The security administrator who keeps the person does it. The next login is by password, and an officer adds a new
    factor first. Not by whoever gave them their password: the two together are somebody's account.
    """
    demand(why_not_keep(by, user, places_of(user, today=journal.legal_day(now))))
    user = lock_user(user.pk)
    # Asked under the lock of the row, so that of two such acts at once the second one sees the first.
    demand(why_not_reset_factors(by, done_to(user.pk), now=now))
    reason = why(reason, by, what="重置第二因素")
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_reset_factors(%s)", [user.pk])
        if not cursor.fetchone()[0]:
            raise NotPermitted("这个人不归您管理。")
    _record("user.factors_reset", user, by, now, **({"reason": reason} if reason else {}))


# --- what they have in common -----------------------------------------------------------------------------------------


def _own(user: User, by: Actor) -> User:
    """The locked row of the person. Nobody else changes a person's factors."""
    if not isinstance(by, System) and by.scope.user_id != str(user.pk):
        raise NotPermitted("只有本人可以更改登录方式。")
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _demand_another(user: User, must_have: bool) -> None:
    left = queries.factors(user.pk).count - 1
    if reason := rules.why_not_remove(left=left, must_have=must_have):
        raise Conflict(reason)
    if left == 0:
        RecoveryCode.objects.filter(user=user).delete()


def _named(name: str) -> str:
    if not 1 <= len(name := name.strip()) <= 40:
        raise Invalid(Problem("name", "请给通行密钥起个名称，最多40个字。"))
    return name


def _record(verb: str, user: User, by: Actor, now: datetime, **facts: Any) -> None:
    user.revision += 1
    user.save(update_fields=["revision"])
    journal.record(verb, subject=user, by=by, at=now, within=queries.place_of(user.pk), **facts)
