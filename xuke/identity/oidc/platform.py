"""The identity platform as the operator has configured it. Read by the settings, so nothing here needs Django."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""What an ID token may be signed with. Neither none nor HMAC: a secret that is shared proves nothing to anybody."""


class Misconfigured(ValueError):
    """A setting of the platform that cannot be used; the sentence is for the operator."""


@dataclass(frozen=True)
class Claims:
    """What this platform calls the facts about a person."""

    name: str = "name"
    number: str = "id_number"
    """The resident identity number (公民身份号码), which proves who it is."""
    mobile: str = "phone_number"
    valid_to: str = "id_valid_to"
    """The last day of the document, written 2036-01-01."""
    credit_code: str = "uscc"
    """The enterprise somebody logged in for. It is noted; a mandate does not come of it."""


@dataclass(frozen=True)
class Platform:
    """One identity platform and what we are to it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    title: str = "统一身份认证平台"
    """How the pages call it, such as 湖北省统一身份认证平台."""
    scope: str = "openid profile phone"
    claims: Claims = Claims()
    strong_acr: frozenset[str] = frozenset()
    """Assurance levels that count as a strong login."""
    strong_amr: frozenset[str] = frozenset()
    """Methods of which one is enough to count as a strong login, such as mfa, hwk, face."""
    proven_acr: frozenset[str] = frozenset()
    """Assurance levels at which the platform has proven the real name. Empty: it proves everybody's."""
    patience: float = 3.0
    """Seconds to wait for the platform to connect, and to say something."""
    authorities: str = ""
    """A file with the roots that its TLS certificate leads to; empty: those every browser knows."""

    @property
    def verify(self) -> str | bool:
        """What `requests` checks its TLS certificate against."""
        return self.authorities or True

    def is_strong(self, acr: str, amr: tuple[str, ...]) -> bool:
        """Whether a login of this kind needs no second factor of ours."""
        return acr in self.strong_acr or not self.strong_amr.isdisjoint(amr)

    def proves(self, acr: str) -> bool:
        """Whether a login of this kind proves a real name."""
        return not self.proven_acr or acr in self.proven_acr

    def is_ours(self, address: str) -> bool:
        """Whether an address may be talked to: encrypted, unless the platform itself stands on this machine."""
        parts = urlsplit(address)
        return parts.scheme == "https" or (parts.scheme == "http" and _is_here(self.issuer) and _is_here(address))


def from_environment(environ: Mapping[str, str]) -> Platform | None:
    """The platform that the environment names, or None where there is none."""
    issuer = environ.get("XUKE_OIDC_ISSUER", "").strip()
    if not issuer:
        return None
    platform = Platform(
        issuer=issuer,
        client_id=_needed(environ.get("XUKE_OIDC_CLIENT_ID", ""), "XUKE_OIDC_CLIENT_ID"),
        client_secret=_needed(environ.get("XUKE_OIDC_CLIENT_SECRET", ""), "XUKE_OIDC_CLIENT_SECRET"),
        title=environ.get("XUKE_OIDC_TITLE", "") or Platform.title,
        scope=environ.get("XUKE_OIDC_SCOPE", "") or Platform.scope,
        claims=_claims(environ.get("XUKE_OIDC_CLAIMS", "")),
        strong_acr=_several(environ.get("XUKE_OIDC_STRONG_ACR", "")),
        strong_amr=_several(environ.get("XUKE_OIDC_STRONG_AMR", "")),
        proven_acr=_several(environ.get("XUKE_OIDC_PROVEN_ACR", "")),
        patience=_seconds(environ.get("XUKE_OIDC_PATIENCE", "")),
        authorities=environ.get("XUKE_OIDC_CA", ""),
    )
    if "openid" not in platform.scope.split():
        raise Misconfigured("XUKE_OIDC_SCOPE 里要有 openid。")
    if not platform.is_ours(issuer):
        raise Misconfigured("XUKE_OIDC_ISSUER 要以 https:// 开头；只有本机上的平台可以用 http。")
    return platform


def _needed(value: str, name: str) -> str:
    if not value:
        raise Misconfigured(f"设置了 XUKE_OIDC_ISSUER，就要设置 {name}。")
    return value


def _several(value: str) -> frozenset[str]:
    return frozenset(re.split(r"[\s,]+", value)) - {""}


def _claims(value: str) -> Claims:
    """``name=xm,number=zjhm``: only what this platform calls differently."""
    given = dict(pair.split("=", 1) for pair in _several(value) if "=" in pair)
    if unknown := set(given) - set(Claims.__dataclass_fields__) or (_several(value) and not given):
        raise Misconfigured(
            f"XUKE_OIDC_CLAIMS 写成 name=…,number=…,mobile=…,valid_to=…,credit_code=…；读不懂 {unknown}。"
        )
    return Claims(**given)


def _seconds(value: str) -> float:
    try:
        return min(max(float(value), 0.2), 20.0) if value else Platform.patience
    except ValueError:
        raise Misconfigured("XUKE_OIDC_PATIENCE 是秒数，例如 3。") from None


def _is_here(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
