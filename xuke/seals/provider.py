"""Who holds the signing key. A key may lie in a file, in a hardware module or with a remote service."""

from __future__ import annotations

from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec


class SigningProvider(Protocol):
    """Signs with one key. Which key that is, the certificate that goes with the provider says."""

    def sign(self, message: bytes) -> bytes:
        """ECDSA with SHA-256 over a message, DER encoded (X9.62). Equal messages should give equal signatures."""
        ...


class SoftwareKey:
    """A P-256 key in memory. Signatures are deterministic (RFC 6979): a job that is run again makes the same file."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key

    def sign(self, message: bytes) -> bytes:
        """ECDSA with SHA-256 over a message, DER encoded."""
        return self._key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
