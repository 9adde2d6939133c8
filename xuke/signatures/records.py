"""What is kept beside a statement: who signed it, by what means, with which key, when. Pure: no Django, no database.

The record is one canonical JSON object. The platform puts its own Ed25519 signature under it (the attestation), so that
also what the person's signature does not cover (the moment, the facts of the mandate) cannot be changed unnoticed.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from xuke.foundation.canonical import encode, parse
from xuke.signatures.statement import Kind

VERSION = "xuke-signature-1"
_DIGEST = re.compile(r"[0-9a-f]{64}")
LARGEST = 400_000
"""Characters of a record; a certificate with its chain takes a tenth of it."""
PlatformKeys = Mapping[str, Ed25519PublicKey]
"""The platform's public keys of all times, by key id."""


class Means(StrEnum):
    """By what somebody signs."""

    CERTIFICATE = "certificate"
    PASSKEY = "passkey"
    CONFIRMATION = "confirmation"
    PAPER = "paper"

    @property
    def label(self) -> str:
        """As pages call it."""
        return _LABELS[self]

    @property
    def proves(self) -> str:
        """What it proves, in one sentence."""
        return _PROVES[self]


_LABELS = {
    Means.CERTIFICATE: "数字证书",
    Means.PASSKEY: "通行密钥",
    Means.CONFIRMATION: "账号确认",
    Means.PAPER: "纸质签字",
}
_PROVES = {
    Means.CERTIFICATE: "证书认证机构核验过身份的人，用只有自己掌握的私钥对这份内容签了名。",
    Means.PASSKEY: "持有已登记设备的人，在设备上验证指纹、面容或者PIN之后，用设备里的私钥对这份内容签了名。",
    Means.CONFIRMATION: "登录这个账号的人在签名时再次输入了密码或者动态口令。由平台作证，没有签名人自己的私钥。",
    Means.PAPER: "签名人到受理窗口，窗口核验证件以后，在打印的内容上签字或者盖章，扫描件的摘要记在这里。由平台作证。",
}


class NotARecord(ValueError):
    """A text that is no record as we write them."""


@dataclass(frozen=True)
class Record:
    """One signature under one statement."""

    id: str
    kind: str
    about: str
    revision: int
    """The state of the subject that was signed."""
    digest: str
    """SHA-256 of the statement, in hexadecimal."""
    means: Means
    signer: int
    """The number of the account."""
    name: str
    capacity: str
    standing: Mapping[str, str]
    """The three facts as they stood: enterprise, person, mandate."""
    key: bytes = field(repr=False)
    """The certificate (DER), or the public key of the passkey (COSE); empty for a confirmation."""
    evidence: Mapping[str, str] = field(repr=False)
    """What else is needed to check it, by means: chain, assertion, factor. Bytes in base64."""
    signature: bytes = field(repr=False)
    """By the signer's own key; empty for a confirmation."""
    algorithm: str
    signed_at: str
    """Canonical text, see `canonical.moment`."""
    attested_by: str
    """The id of the platform's key."""

    @cached_property
    def encoded(self) -> bytes:
        """The canonical bytes, over which the platform signs."""
        return encode(
            {
                "type": VERSION,
                "id": self.id,
                "kind": self.kind,
                "about": self.about,
                "revision": self.revision,
                "digest": self.digest,
                "means": self.means.value,
                "signer": self.signer,
                "name": self.name,
                "capacity": self.capacity,
                "standing": dict(self.standing),
                "key": in_base64(self.key),
                "evidence": dict(self.evidence),
                "signature": in_base64(self.signature),
                "algorithm": self.algorithm,
                "signed_at": self.signed_at,
                "attested_by": self.attested_by,
            }
        )

    @property
    def at(self) -> datetime:
        """When it was signed."""
        return datetime.fromisoformat(self.signed_at)

    def is_attested(self, attestation: bytes, keys: PlatformKeys) -> bool:
        """Whether a key of the platform signed exactly this."""
        key = keys.get(self.attested_by)
        if key is None:
            return False
        try:
            key.verify(attestation, self.encoded)
        except InvalidSignature:
            return False
        return True


def read(text: str) -> Record:
    """A record from its text; raises `NotARecord` unless it is exactly as we write it."""
    if len(text) > LARGEST:
        raise NotARecord("the record is too long")
    try:
        facts: Any = parse(text)
        if facts["type"] != VERSION:
            raise NotARecord("another version")
        found = _read(facts)
        exact = found.encoded == text.encode()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
        raise NotARecord(str(problem)) from None
    if not exact:
        raise NotARecord("not in the canonical form")
    return found


def _read(facts: Any) -> Record:
    at = datetime.fromisoformat(facts["signed_at"])
    if at.tzinfo is None or not 2000 <= at.year < 9000 or not _DIGEST.fullmatch(facts["digest"]):
        raise NotARecord("a moment or a digest that is none")
    words = [facts[name] for name in ("id", "about", "name", "capacity", "algorithm", "attested_by")]
    if not all(isinstance(word, str) for word in (*words, *facts["standing"].values(), *facts["evidence"].values())):
        raise NotARecord("a text that is none")
    return Record(
        id=facts["id"],
        kind=Kind(facts["kind"]).value,
        about=facts["about"],
        revision=int(facts["revision"]),
        digest=facts["digest"],
        means=Means(facts["means"]),
        signer=int(facts["signer"]),
        name=facts["name"],
        capacity=facts["capacity"],
        standing=facts["standing"],
        key=from_base64(facts["key"]),
        evidence=facts["evidence"],
        signature=from_base64(facts["signature"]),
        algorithm=facts["algorithm"],
        signed_at=facts["signed_at"],
        attested_by=facts["attested_by"],
    )


def in_base64(content: bytes) -> str:
    """Bytes as they stand in a record."""
    return base64.b64encode(content).decode()


def from_base64(text: str) -> bytes:
    """Bytes out of a record; raises ValueError."""
    return base64.b64decode(text, validate=True)
