"""What somebody brings to sign with, read from a form or made by a program: bounded before it is looked at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from xuke.foundation.pki.certificates import Certificate
from xuke.foundation.pki.pem import Unreadable
from xuke.identity import passkeys
from xuke.identity.passkeys import Site, WrongPasskey
from xuke.signatures import refusals
from xuke.signatures.records import from_base64

LARGEST_CERTIFICATES = 128 * 1024
"""Characters, of a certificate with those above it."""
MOST_ABOVE = 5
LARGEST_SIGNATURE = 4096
LARGEST_SEEN = 8192
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SEEN = re.compile(r"([A-Za-z_.]{1,80}):([0-9a-f]{16})")


@dataclass(frozen=True, kw_only=True)
class Proof:
    """That somebody means what the statement with this digest says."""

    digest: str
    """SHA-256 of the statement that was shown."""
    seen: Mapping[str, str] = field(default_factory=dict)
    """The marks of its parts, by which a change can be named."""


@dataclass(frozen=True, kw_only=True)
class ByCertificate(Proof):
    """A signature over `statement_message(digest)` by the key of a certificate."""

    certificate: bytes
    signature: bytes
    algorithm: str
    above: tuple[bytes, ...] = ()
    """Certificates between it and the root that came along."""


@dataclass(frozen=True, kw_only=True)
class ByPasskey(Proof):
    """A passkey's answer to the digest as its challenge."""

    answer: Mapping[str, Any]
    site: Site


@dataclass(frozen=True, kw_only=True)
class ByConfirmation(Proof):
    """The password or a one-time code, typed again a moment ago and found right by `xuke.signatures.confirming`."""

    user_id: int
    factor: str
    """``password`` or ``code``."""
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ByPaper(Proof):
    """The printed statement, signed by hand at the counter and scanned there."""

    scan: str
    """SHA-256 of the scanned page, under which the file is stored."""


def shown_in(posted: Mapping[str, str]) -> dict[str, Any]:
    """Digest and marks of what the page showed, as the form brings them back."""
    digest, seen = str(posted.get("digest", "")), str(posted.get("seen", ""))
    if not _DIGEST.fullmatch(digest) or len(seen) > LARGEST_SEEN:
        raise refusals.BadSignature
    return {"digest": digest, "seen": dict(_SEEN.findall(seen))}


def marks_as_text(marks: Mapping[str, str]) -> str:
    """Marks for the form that brings them back."""
    return ",".join(f"{place}:{mark}" for place, mark in marks.items())


def by_certificate(posted: Mapping[str, str]) -> ByCertificate:
    """What the signing agent answered, as the page's script put it into the form: certificates in PEM, the signer's
    first, and the signature in base64."""
    text, signature = str(posted.get("certificate", "")), str(posted.get("signature", ""))
    if len(text) > LARGEST_CERTIFICATES or len(signature) > LARGEST_SIGNATURE:
        raise refusals.TooLong
    try:
        certificate, *above = (one.der for one in Certificate.read_all(text))
        signed = from_base64(signature)
    except (Unreadable, ValueError):
        raise refusals.BadSignature("没有读到数字证书或者签名。请重新选择证书签名。") from None
    if len(above) > MOST_ABOVE:
        raise refusals.TooLong
    algorithm = str(posted.get("algorithm", ""))[:40]
    return ByCertificate(
        certificate=certificate, signature=signed, algorithm=algorithm, above=tuple(above), **shown_in(posted)
    )


def by_passkey(posted: Mapping[str, str], site: Site) -> ByPasskey:
    """What the browser's passkey answered."""
    text = str(posted.get("credential", ""))
    if len(text) > passkeys.LARGEST:
        raise refusals.TooLong
    try:
        answer = passkeys.parse(text)
    except WrongPasskey:
        raise refusals.BadSignature("没有读到通行密钥的签名。请再试一次，或者用其他方式。") from None
    return ByPasskey(answer=answer, site=site, **shown_in(posted))
