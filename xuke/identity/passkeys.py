"""Passkeys (通行密钥, WebAuthn level 3): what the browser is asked, and whether its answer is right.

A passkey is bound to the host name of this installation, which is why a copied page on another host gets nothing out of
it. The challenge waits in the session, works once, and for five minutes.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from django.http import HttpRequest
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from xuke.accounts.models import User
from xuke.identity.models import Passkey

LASTS = timedelta(minutes=5)
LARGEST = 20_000
"""Characters of an answer; a browser sends about two thousand."""
MAKE, ALONE, SECOND, AGAIN = "make", "alone", "second", "again"
"""What a challenge was made for; it is good for nothing else."""
_CHALLENGE = "passkey_challenge"
_TRANSPORT = re.compile(r"[a-z-]{1,20}")


class WrongPasskey(Exception):
    """Why an answer was not accepted, for the journal."""


@dataclass(frozen=True)
class Site:
    """The host name passkeys are made for, and the origin pages have."""

    rp_id: str
    origin: str


@dataclass(frozen=True)
class NewPasskey:
    """What the browser made: everything of a passkey but its owner and name."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]
    verified: bool


@dataclass(frozen=True)
class Answer:
    """An accepted answer of a passkey."""

    sign_count: int
    verified: bool
    """Whether the device asked for finger, face or PIN: then the passkey is two factors by itself."""


def site_of(request: HttpRequest) -> Site | None:
    """The site as passkeys know it, or None where they cannot work: an IP address has no passkeys.

    The public address counts. A demonstration may be opened under another of its hosts, such as localhost.
    """
    public = urlsplit(settings.XUKE_ADDRESS)
    host = request.get_host()
    if settings.XUKE_DEMO and host != public.netloc:
        public = urlsplit(f"{request.scheme}://{host}")
    name = public.hostname or ""
    if _is_ip(name) or host != public.netloc:
        return None
    return Site(rp_id=name, origin=f"{public.scheme}://{public.netloc}")


def _is_ip(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


# --- what the browser is asked ----------------------------------------------------------------------------------------


def options_to_make(request: HttpRequest, user: User, site: Site, held: Iterable[Passkey], now: datetime) -> str:
    """What a browser needs to make a passkey for this person: one that needs no login name, if the device can."""
    held = list(held)
    handle = bytes(held[0].handle) if held else secrets.token_bytes(32)
    options = webauthn.generate_registration_options(
        rp_id=site.rp_id,
        rp_name="许可",
        user_id=handle,
        user_name=user.login_name,
        user_display_name=user.name,
        challenge=_challenge(request, MAKE, now, handle=bytes_to_base64url(handle)),
        exclude_credentials=_described(held),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    return webauthn.options_to_json(options)


def options_to_use(request: HttpRequest, site: Site, held: Iterable[Passkey], now: datetime, *, use: str) -> str:
    """What a browser needs to answer with a passkey. Alone, without another factor, the device verifies its owner."""
    wish = UserVerificationRequirement.REQUIRED if use == ALONE else UserVerificationRequirement.PREFERRED
    options = webauthn.generate_authentication_options(
        rp_id=site.rp_id,
        challenge=_challenge(request, use, now),
        allow_credentials=_described(held),
        user_verification=wish,
    )
    return webauthn.options_to_json(options)


def _described(held: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    known = {transport.value: transport for transport in AuthenticatorTransport}
    return [
        PublicKeyCredentialDescriptor(
            id=bytes(passkey.credential_id), transports=[known[name] for name in passkey.transports if name in known]
        )
        for passkey in held
    ]


def _challenge(request: HttpRequest, use: str, now: datetime, **more: str) -> bytes:
    challenge = secrets.token_bytes(32)
    request.session[_CHALLENGE] = {
        "challenge": bytes_to_base64url(challenge),
        "use": use,
        "at": now.isoformat(),
        **more,
    }
    return challenge


def spend_challenge(request: HttpRequest, use: str, now: datetime) -> dict[str, Any]:
    """The challenge that waits for an answer; after this it waits no more, whatever the answer is worth."""
    facts: dict[str, Any] | None = request.session.pop(_CHALLENGE, None)
    if facts:
        request.session.save()
    if facts is None or facts["use"] != use or now - datetime.fromisoformat(facts["at"]) > LASTS:
        raise WrongPasskey("没有等待回答的验证，或者已经过期")
    return facts


# --- what the browser answers -----------------------------------------------------------------------------------------


def parse(text: str) -> dict[str, Any]:
    """The answer a browser posted."""
    if not 2 <= len(text) <= LARGEST:
        raise WrongPasskey("回答的内容不完整")
    try:
        answer = json.loads(text)
        base64url_to_bytes(answer["id"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise WrongPasskey("回答的内容读不懂") from None
    return dict(answer)


def made(answer: dict[str, Any], *, challenge: dict[str, Any], site: Site) -> NewPasskey:
    """The passkey a browser has made; raises `WrongPasskey`."""
    try:
        found = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge["challenge"]),
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise WrongPasskey(f"新通行密钥核对不上：{error}") from None
    named = answer.get("response", {}).get("transports") or []
    transports = tuple(name for name in named if isinstance(name, str) and _TRANSPORT.fullmatch(name))[:6]
    return NewPasskey(
        found.credential_id, found.credential_public_key, found.sign_count, transports, found.user_verified
    )


def used(answer: dict[str, Any], passkey: Passkey, *, challenge: dict[str, Any], site: Site, alone: bool) -> Answer:
    """What a passkey's answer proves; raises `WrongPasskey`. A counter that goes back is a copied key."""
    try:
        found = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge["challenge"]),
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=alone,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise WrongPasskey(f"通行密钥核对不上：{error}") from None
    return Answer(found.new_sign_count, found.user_verified)


def handle_of(answer: dict[str, Any]) -> bytes:
    """Whom the device says the passkey belongs to; empty where it does not say."""
    said = answer.get("response", {}).get("userHandle") or ""
    try:
        return base64url_to_bytes(said) if isinstance(said, str) else b""
    except ValueError:
        return b""


def handle_in(challenge: dict[str, Any]) -> bytes:
    """How a device was told to name the person, when it was asked to make a passkey."""
    return base64url_to_bytes(challenge["handle"])


def id_of(answer: dict[str, Any]) -> bytes:
    """Which passkey answers."""
    return base64url_to_bytes(answer["id"])
