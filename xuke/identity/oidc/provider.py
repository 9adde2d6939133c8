"""The talk with the platform: discovery, the code for tokens, its keys, facts about the person.

Every answer is bounded: in time, so that a platform that hangs costs a thread a few seconds; in size; and no redirect
is followed. What it published is kept for a minute, its keys for an hour and until a token names a key we do not know.
"""

from __future__ import annotations

import time
from datetime import datetime
from functools import lru_cache
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc.jwk import Key

from xuke.identity.oidc import answers, tokens
from xuke.identity.oidc.arrivals import Arrival, arrival_from
from xuke.identity.oidc.platform import Platform

PUBLISHED_FOR = 60.0
"""Seconds for which discovery counts as read."""
SEEN_FOR = 2.0
"""Seconds for which a platform that answered counts as being there, for whoever is about to be sent to it."""
KEYS_FOR = 3600.0
LARGEST = 256_000
"""Bytes of an answer."""
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")


class _Bounded(OAuth2Session):  # type: ignore[misc]
    """A session whose answers have an end, and that goes nowhere else."""

    def __init__(self, platform: Platform, **kwargs: Any) -> None:
        super().__init__(
            platform.client_id,
            platform.client_secret,
            scope=platform.scope,
            code_challenge_method="S256",
            default_timeout=platform.patience,
            leeway=0,  # The token was issued a moment ago and is used at once, however short its life.
            **kwargs,
        )
        self.patience = platform.patience
        self.verify = platform.verify
        # Neither passwords from a .netrc nor proxies from the environment of whoever started the process.
        self.trust_env = False

    def send(self, request: Any, **kwargs: Any) -> Any:
        until = time.monotonic() + 2 * self.patience
        response = super().send(request, **{**kwargs, "stream": True, "allow_redirects": False})
        content = bytearray()
        for chunk in response.iter_content(16_384):
            content += chunk
            if len(content) > LARGEST or time.monotonic() > until:
                response.close()
                raise requests.Timeout("the answer does not end")
        response._content = bytes(content)
        return response


class Provider:
    """One platform, with what it published. One object for each process; threads share it."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._published: tuple[float, OpenIDProviderMetadata] | None = None
        self._keys: tuple[float, tuple[Key, ...]] | None = None
        self.answers = 0
        """How often it has answered this process."""

    def forget(self) -> None:
        """Forget what it published: it will be asked before anybody else is sent there."""
        self._published = None

    def published(self, *, within: float = PUBLISHED_FOR) -> OpenIDProviderMetadata:
        """Its discovery document, at most so many seconds old."""
        known = self._published
        if known and time.monotonic() < known[0] + within:
            return known[1]
        found = OpenIDProviderMetadata(
            self._json(_Bounded(self.platform), get_well_known_url(self.platform.issuer, external=True))
        )
        if found.get("issuer") != self.platform.issuer:
            raise answers.OtherIssuer("discovery")
        for name in _ENDPOINTS:
            if not self.platform.is_ours(str(found.get(name, ""))) and name != "userinfo_endpoint":
                raise answers.PlatformDown
        self._published = (time.monotonic(), found)
        return found

    def way_there(self, *, state: str, nonce: str, verifier: str, back: str) -> str:
        """The address on the platform to which the browser is sent."""
        session = _Bounded(self.platform, redirect_uri=back)
        address, _ = session.create_authorization_url(
            self.published()["authorization_endpoint"], state=state, code_verifier=verifier, nonce=nonce
        )
        return str(address)

    def is_from(self, issuer: str | None) -> bool:
        """Whether an answer names this platform as its sender, where the platform names itself at all (RFC 9207)."""
        names_itself = bool(self.published().get("authorization_response_iss_parameter_supported"))
        return issuer == self.platform.issuer if issuer is not None or names_itself else True

    def arrival(self, *, code: str, nonce: str, verifier: str, back: str, now: datetime) -> Arrival:
        """Who has come, for the code they brought."""
        published = self.published()
        session = _Bounded(self.platform, redirect_uri=back, token_endpoint_auth_method=_client_auth(published))
        granted = self._granted(session, published["token_endpoint"], code, verifier)
        access_token, id_token = granted.get("access_token"), granted.get("id_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise answers.Unsigned("no ID token")
        claims = self._checked(id_token, tokens.Expected(nonce, access_token, self.platform), now)
        return arrival_from({**self._told(session, claims), **claims}, self.platform)

    def _checked(self, token: str, expected: tokens.Expected, now: datetime) -> dict[str, Any]:
        """What the token says. Where no key fits, the platform may have changed its keys, so we look once more."""
        try:
            return tokens.read(token, self.keys, expected, now=now)
        except (tokens.UnknownKey, answers.BadSignature):
            pass
        try:
            return tokens.read(token, self.fresh_keys, expected, now=now)
        except tokens.UnknownKey:
            raise answers.BadSignature("unknown key") from None

    def keys(self) -> tuple[Key, ...]:
        """Its keys, at most an hour old."""
        known = self._keys
        if known and time.monotonic() < known[0] + KEYS_FOR:
            return known[1]
        return self.fresh_keys()

    def fresh_keys(self) -> tuple[Key, ...]:
        """Its keys, as it publishes them now."""
        found = tokens.keys_in(self._json(_Bounded(self.platform), self.published()["jwks_uri"]))
        self._keys = (time.monotonic(), found)
        return found

    def _granted(self, session: _Bounded, endpoint: str, code: str, verifier: str) -> dict[str, Any]:
        try:
            granted = dict(session.fetch_token(endpoint, code=code, code_verifier=verifier))
            self.answers += 1
            return granted
        except OAuthError as error:
            raise answers.CodeRefused(str(error.error)[:100]) from None
        except requests.HTTPError as error:
            if error.response is not None and error.response.status_code < 500:
                raise answers.CodeRefused(str(error.response.status_code)) from None
            raise answers.PlatformDown from error
        except (requests.RequestException, ValueError) as error:
            raise answers.PlatformDown from error

    def _told(self, session: _Bounded, claims: dict[str, Any]) -> dict[str, Any]:
        """What the platform tells about the person beside the token, if the token does not tell it all."""
        endpoint = str(self.published().get("userinfo_endpoint", ""))
        wanted = (self.platform.claims.name, self.platform.claims.number)
        if not self.platform.is_ours(endpoint) or all(name in claims for name in wanted):
            return {}
        told = self._json(session, endpoint)
        if told.get("sub") != claims["sub"]:
            raise answers.NotBelieved("userinfo is about somebody else")
        return told

    def _json(self, session: _Bounded, address: str) -> dict[str, Any]:
        try:
            response = session.get(address, withhold_token=session.token is None)
            response.raise_for_status()
            found = response.json()
        except (requests.RequestException, ValueError) as error:
            raise answers.PlatformDown from error
        if response.status_code != 200 or not isinstance(found, dict):
            raise answers.PlatformDown
        self.answers += 1
        return found


def _client_auth(published: OpenIDProviderMetadata) -> str:
    """How we prove to the platform that we are its client."""
    offered = published.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"


@lru_cache(maxsize=4)
def provider_of(platform: Platform) -> Provider:
    """The talk of this process with a platform."""
    return Provider(platform)
