"""How somebody is asked for a signature: which ways are open to them, and what agent and device are given to sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists
from django.http import HttpRequest
from webauthn.helpers import bytes_to_base64url

from xuke.accounts.models import User
from xuke.foundation.pki.purposes import NotOurs, statement_message
from xuke.foundation.refusals import NotFound
from xuke.identity import passkeys
from xuke.identity.certificates import trust
from xuke.identity.models import Passkey, TotpDevice
from xuke.signatures.records import Means

PATIENCE = 120_000
"""Milliseconds for which a device waits for its owner."""


@dataclass(frozen=True)
class Ways:
    """By what the person at the screen can sign here and now."""

    agent: str = ""
    """Where the signing agent listens; empty where no certificate is taken."""
    passkey: bool = False
    password: bool = False
    code: bool = False
    passkeys_elsewhere: bool = False
    """Whether a passkey would do, but none is registered."""

    @property
    def confirmation(self) -> bool:
        """Whether typing something once more is enough."""
        return self.password or self.code

    @property
    def needs_line(self) -> bool:
        """Whether another way stands above the confirmation."""
        return bool(self.agent or self.passkey)

    @property
    def any(self) -> bool:
        """Whether there is a way at all."""
        return bool(self.agent or self.passkey or self.confirmation)


def along(request: HttpRequest) -> dict[str, Exists]:
    """What this person has to sign with, as annotations: read in one statement with what is signed."""
    user, site = request.user, passkeys.site_of(request)
    assert isinstance(user, User)
    mine = Passkey.objects.filter(user=user.pk, rp_id=site.rp_id if site else "")
    return {"has_passkey": Exists(mine), "has_code": Exists(TotpDevice.objects.filter(user=user.pk))}


def ways(request: HttpRequest, *, has_passkey: bool, has_code: bool) -> Ways:
    """What this person has, of what this installation takes."""
    user, site = request.user, passkeys.site_of(request)
    assert isinstance(user, User)
    confirms = Means.CONFIRMATION in settings.XUKE_SIGNATURE_MEANS
    takes_passkeys = Means.PASSKEY in settings.XUKE_SIGNATURE_MEANS and site is not None
    agent = settings.XUKE_AGENT if Means.CERTIFICATE in settings.XUKE_SIGNATURE_MEANS and trust.is_open() else ""
    if agent:
        request.connects_to = agent  # type: ignore[attr-defined]
    return Ways(
        agent=agent,
        passkey=takes_passkeys and has_passkey,
        password=confirms and user.has_usable_password(),
        code=confirms and has_code,
        passkeys_elsewhere=takes_passkeys and not has_passkey,
    )


def for_passkey(request: HttpRequest, digest: str) -> dict[str, Any]:
    """What the browser asks the device: this person's passkeys, the digest as challenge, and to verify its owner."""
    site = passkeys.site_of(request)
    if site is None:
        raise NotFound("通行密钥要用域名打开本站才能使用，现在的地址不行。请用其他方式签名。")
    demand_digest(digest)
    assert isinstance(request.user, User)
    held = Passkey.objects.filter(user=request.user, rp_id=site.rp_id)
    return {
        "challenge": bytes_to_base64url(bytes.fromhex(digest)),
        "rpId": site.rp_id,
        "allowCredentials": [
            {"type": "public-key", "id": bytes_to_base64url(bytes(one.credential_id)), "transports": one.transports}
            for one in held
        ],
        "userVerification": "required",
        "timeout": PATIENCE,
    }


def for_certificate(digest: str) -> dict[str, str]:
    """What the signing agent signs: the purpose and the digest."""
    return {"message": demand_digest(digest).decode(), "challenge": digest}


def demand_digest(digest: str) -> bytes:
    """The message of a digest; raises `NotFound` for what is none."""
    try:
        return statement_message(digest)
    except NotOurs:
        raise NotFound("这不是要签名的内容。请回到签名的页面重新开始。") from None
