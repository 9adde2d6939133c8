"""An identity platform that says whatever a test wants it to, over real HTTP, with keys of its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from django.utils import timezone
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from xuke.identity.oidc.platform import Platform

CLIENT, SECRET = "xuke", "a-secret-of-the-tests-that-is-long-enough"
Claims = dict[str, Any]


@dataclass
class Grant:
    """What a code stands for."""

    claims: Claims
    nonce: str
    challenge: str


@dataclass
class Hostile:
    """One such platform. Change its attributes to make it lie."""

    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    published: dict[str, Any] = field(default_factory=dict)
    """Replaces parts of the discovery document."""
    jwks: list[dict[str, Any]] | None = None
    """What is published instead of the key."""
    lie: Callable[[Claims], Claims] = staticmethod(lambda claims: claims)
    """Changes the claims before they are signed."""
    sign: Callable[[Claims], str] | None = None
    """Replaces signing altogether."""
    userinfo: Claims | None = None
    trouble: str = ""
    """down: answers 503; slow: says nothing for long; endless: never stops; redirect; nonsense."""
    grants: dict[str, Grant] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def be_honest(self) -> None:
        """Forget every lie, and everything that was asked."""
        fresh = Hostile(issuer=self.issuer, key=self.key)
        vars(self).update(vars(fresh))

    def platform(self, **more: Any) -> Platform:
        """Our settings for it."""
        return Platform(self.issuer, CLIENT, SECRET, patience=0.5, **more)

    def agree(self, way_there: str, *, code: str = "", **claims: Any) -> dict[str, str]:
        """Somebody logs in there: the parameters with which their browser comes back."""
        asked = dict(parse_qsl(urlsplit(way_there).query))
        code = code or f"code-{len(self.grants)}"
        self.grants[code] = Grant(claims, asked["nonce"], asked["code_challenge"])
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def claims_of(self, grant: Grant) -> Claims:
        """An honest token's claims."""
        now = int(timezone.now().timestamp())
        honest = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": grant.nonce,
            "at_hash": at_hash("the-access-token"),
        }
        return {name: value for name, value in {**honest, **grant.claims}.items() if value is not None}

    def signed(self, claims: Claims, key: Any = None, **header: Any) -> str:
        """A token over the claims."""
        key = key or self.key
        protected = {"alg": "RS256", "kid": "one", **header}
        return jws.serialize_compact(protected, json.dumps(claims), key, algorithms=[protected["alg"]])

    def tokens(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The token endpoint: a code works once, and only for whoever knows the verifier."""
        grant = self.grants.pop(form.get("code", ""), None)
        if grant is None or challenge(form.get("code_verifier", "")) != grant.challenge:
            return 400, {"error": "invalid_grant"}
        claims = self.lie(self.claims_of(grant))
        token = self.sign(claims) if self.sign else self.signed(claims)
        return 200, {"access_token": "the-access-token", "token_type": "Bearer", "id_token": token, "expires_in": 60}

    def document(self, path: str) -> tuple[int, dict[str, Any]]:
        """Everything that is read."""
        if path.startswith("/.well-known/"):
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/me",
                "authorization_response_iss_parameter_supported": True,
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                **self.published,
            }
        if path == "/keys":
            return 200, {"keys": self.jwks if self.jwks is not None else [self.key.as_dict(private=False)]}
        if path == "/me":
            return 200, self.userinfo or {}
        return 404, {}


def unsigned(claims: Claims) -> str:
    """A token that says itself that nobody signed it."""
    return ".".join(_b64(json.dumps(part).encode()) for part in ({"alg": "none"}, claims)) + "."


def signed_with_the_public_key(hostile: Hostile) -> Callable[[Claims], str]:
    """HMAC with the public key as its secret: the old confusion of algorithms."""
    secret = hostile.key.as_pem(private=False)
    return lambda claims: _hs256(claims, secret)


def signed_with_the_client_secret(claims: Claims) -> str:
    """HMAC with what both sides know."""
    return _hs256(claims, SECRET.encode())


def _hs256(claims: Claims, secret: bytes) -> str:
    text = ".".join(_b64(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": "one"}, claims))
    return f"{text}.{_b64(hmac.digest(secret, text.encode(), 'sha256'))}"


def signed_by_hand(hostile: Hostile, claims: Claims, **header: Any) -> str:
    """A good signature under a header that no library would write."""
    text = ".".join(_b64(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "one", **header}, claims))
    return f"{text}.{_b64(hostile.key.private_key.sign(text.encode(), PKCS1v15(), SHA256()))}"


def _b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def another_key(kid: str = "one") -> RSAKey:
    """A key nobody published."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


def an_elliptic_key(kid: str = "ec") -> ECKey:
    """A key of another kind."""
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


def at_hash(access_token: str) -> str:
    """What ties an access token to the ID token beside it."""
    return _b64(hashlib.sha256(access_token.encode()).digest()[:16])


def challenge(verifier: str) -> str:
    """S256 of PKCE."""
    return _b64(hashlib.sha256(verifier.encode()).digest())


class _Handler(BaseHTTPRequestHandler):
    hostile: Hostile

    def do_GET(self) -> None:
        self._answer(lambda: self.hostile.document(urlsplit(self.path).path))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer(lambda: self.hostile.tokens(form))

    def _answer(self, say: Callable[[], tuple[int, dict[str, Any]]]) -> None:
        self.hostile.asked.append(urlsplit(self.path).path)
        trouble = self.hostile.trouble
        if trouble == "slow":
            time.sleep(3)
        if trouble == "redirect":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            return
        if trouble == "endless":
            self._never_stop()
            return
        status, content = (503, {}) if trouble == "down" else say()
        body = b"<html>" if trouble == "nonsense" else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _never_stop(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(1000):
                self.wfile.write(b"x" * 10_000)
        except OSError:
            pass  # Whoever asked has had enough.

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Whoever asked has had enough."""


@contextmanager
def running() -> Iterator[Hostile]:
    """A hostile platform on a port of its own."""
    hostile = Hostile()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"hostile": hostile}))
    hostile.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield hostile
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
