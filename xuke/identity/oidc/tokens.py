"""Checking an ID token (OpenID Connect Core 1.0, 3.1.3.7), as strictly as the standard allows. Needs no Django."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import errors, jws, jwt
from joserfc.jwk import JWKRegistry, Key

from xuke.identity.oidc import answers
from xuke.identity.oidc.platform import ALGORITHMS, Platform

LEEWAY = 60
"""Seconds by which two clocks may differ."""
LONGEST = 32_000
"""Characters of a token."""
_REGISTRY = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
"""Headers of the platform's own are passed over, unless it says that they must be understood (crit)."""
_REGISTRY.max_header_length = 8_000  # A platform may send the chain of its certificate along (x5c).


@dataclass(frozen=True)
class Expected:
    """What the token of this one login has to say."""

    nonce: str
    access_token: str
    platform: Platform


class UnknownKey(Exception):
    """The token names a key that the platform had not published when we last looked."""


def keys_in(published: Mapping[str, Any]) -> tuple[Key, ...]:
    """The public keys for signatures in a JWKS. Others, among them secrets that would be shared, are left out."""
    found = []
    for entry in published.get("keys", ()):
        if isinstance(entry, dict) and entry.get("kty") in ("RSA", "EC", "OKP") and entry.get("use", "sig") == "sig":
            try:
                with warnings.catch_warnings(action="ignore"):
                    found.append(JWKRegistry.import_key(entry))
            except (errors.JoseError, ValueError, TypeError):
                continue  # A curve we do not know is no reason to refuse the others.
    return tuple(found)


def read(token: str, keys: Callable[[], tuple[Key, ...]], expected: Expected, *, now: datetime) -> dict[str, Any]:
    """The claims of a token that is signed by the platform, meant for us, for this login, and for now."""
    if len(token) > LONGEST or token.count(".") != 2:
        raise answers.Unsigned("not a signed token")
    return _checked(_signed(token, keys), expected, now)


def _signed(token: str, keys: Callable[[], tuple[Key, ...]]) -> jwt.Token:
    header = _header(token)
    if header.get("alg") not in ALGORITHMS:
        raise answers.Unsigned(f"alg {str(header.get('alg'))[:20]}")
    named = header.get("kid")
    candidates = [key for key in keys() if named is None or key.kid == named]
    if not candidates:
        raise UnknownKey
    problem: Exception = answers.BadSignature("no key of this kind")
    for key in candidates:
        try:
            return jwt.decode(token, key, registry=_REGISTRY)
        except (errors.JoseError, ValueError) as error:
            problem = error
    raise answers.BadSignature(type(problem).__name__)


def _header(token: str) -> Mapping[str, Any]:
    try:
        return jws.extract_compact(token.encode(), registry=_REGISTRY).headers()
    except (errors.JoseError, ValueError) as error:
        raise answers.Unsigned(type(error).__name__) from None


_KINDS: Mapping[str, type[answers.NotBelieved]] = {
    "iss": answers.OtherIssuer,
    "aud": answers.OtherAudience,
    "azp": answers.OtherAudience,
    "nonce": answers.OtherNonce,
    "exp": answers.Expired,
    "iat": answers.Expired,
    "nbf": answers.Expired,
    "at_hash": answers.OtherAccessToken,
}


def _checked(token: jwt.Token, expected: Expected, now: datetime) -> dict[str, Any]:
    platform = expected.platform
    claims = CodeIDToken(
        token.claims,
        token.header,
        options={"iss": {"essential": True, "value": platform.issuer}},
        params={
            "nonce": expected.nonce,
            "client_id": platform.client_id,
            "access_token": expected.access_token,
        },
    )
    # We trust no other audience, so a token that is meant for somebody else as well is not for us.
    if "aud" in claims and claims["aud"] not in (platform.client_id, [platform.client_id]):
        raise answers.OtherAudience("aud")
    try:
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    except errors.ClaimError as error:
        raise _KINDS.get(error.claim, answers.NotBelieved)(str(error)[:100]) from None
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise answers.NotBelieved("sub")
    return dict(claims)
