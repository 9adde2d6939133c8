"""Reading what a browser sends to prove that somebody holds a certificate, and checking it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from django.http import HttpRequest

from xuke.foundation.pki import purposes
from xuke.foundation.pki.certificates import LARGEST_CERTIFICATE, Certificate
from xuke.foundation.pki.chains import verify_signature
from xuke.foundation.pki.pem import Unreadable as NotRead
from xuke.identity import browser
from xuke.identity.certificates import challenges, refusals, trust

LARGEST = 4 * LARGEST_CERTIFICATE
"""Characters of a certificate with those above it, in PEM."""
MOST_ABOVE = 5
LARGEST_SIGNATURE = 4096
TLS_HEADER = "HTTP_X_SSL_CLIENT_CERT"
"""What nginx passes on with `proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert`."""


@dataclass(frozen=True)
class Proof:
    """A certificate, those that came along with it, and a signature over our challenge."""

    certificate: Certificate
    above: tuple[Certificate, ...]
    challenge: str
    signature: bytes
    algorithm: str


def read(posted: Mapping[str, str]) -> Proof:
    """The proof in a form; raises when it cannot be read."""
    text, signature = str(posted.get("certificate", "")), str(posted.get("signature", ""))
    if len(text) > LARGEST or text.count("-----BEGIN") > 1 + MOST_ABOVE or len(signature) > LARGEST_SIGNATURE:
        raise refusals.Unreadable
    try:
        certificate, *above = Certificate.read_all(text)
        signed = base64.b64decode(signature, validate=True)
    except (NotRead, binascii.Error, ValueError):
        raise refusals.Unreadable from None
    challenge, algorithm = str(posted.get("challenge", "")), str(posted.get("algorithm", ""))
    return Proof(certificate, tuple(above), challenge[:200], signed, algorithm[:40])


def demand(request: HttpRequest, proof: Proof, *, use: str, now: datetime) -> None:
    """Raise unless the holder of a certificate that we trust signed, a moment ago, what we gave this browser to sign.

    The signature is over our own address, so one that was given to another site does not count here.
    """
    challenges.demand(proof.challenge, browser=browser.known(request), use=use, now=now)
    message = purposes.login_message(origin(request), proof.challenge)
    if not verify_signature(proof.certificate, message, proof.signature, algorithm=proof.algorithm):
        raise refusals.BadSignature
    demand_trust(proof.certificate, proof.above, now=now)


def demand_trust(certificate: Certificate, above: tuple[Certificate, ...] = (), *, now: datetime) -> None:
    """Raise unless a chain leads to a root of ours and all of it is valid and not revoked."""
    verdict = trust.verdict_on(certificate, chain=above, at=now)
    if not verdict.trusted:
        raise refusals.NotTrusted(certificate, verdict)


def origin(request: HttpRequest) -> str:
    """Our own address, as the browser names it to the signing agent."""
    try:
        return purposes.canonical_origin(f"{request.scheme}://{request.get_host()}")
    except purposes.NotOurs:
        raise refusals.WithoutTls from None


def from_proxy(request: HttpRequest) -> Certificate:
    """The certificate with which somebody spoke TLS to our proxy; it has checked that they hold the key."""
    escaped = str(request.META.get(TLS_HEADER, ""))
    if not escaped:
        raise refusals.NoCertificate
    if len(escaped) > LARGEST:
        raise refusals.Unreadable
    try:
        return Certificate.read(unquote(escaped))
    except NotRead:
        raise refusals.Unreadable from None
