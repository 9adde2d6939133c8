"""SM2 signatures with SM3 (GB/T 32918.2, GB/T 32905): by the system's OpenSSL, or else in plain Python."""

from __future__ import annotations

from functools import cache
from typing import Protocol

from xuke.foundation.pki.sm2 import encoding, libcrypto, portable
from xuke.foundation.pki.sm2.portable import new_secret, public_of, read_point, sm3

__all__ = ["IDENTITY", "Provider", "new_secret", "provider", "public_of", "read_point", "sign", "sm3", "verify"]

IDENTITY = b"1234567812345678"
"""The identity of the signer where parties have not agreed on another (GB/T 35276, 10)."""


class Provider(Protocol):
    """Somebody who computes."""

    name: str

    def sign(self, secret: int, message: bytes, *, identity: bytes) -> bytes:
        """The signature, in DER."""

    def verify(self, point: bytes, message: bytes, signature: bytes, *, identity: bytes) -> bool:
        """Whether it is the signature of that message by the holder of that key. Never raises."""


class Portable:
    """Plain Python as a provider."""

    name = "portable"
    sign = staticmethod(portable.sign)
    verify = staticmethod(portable.verify)


@cache
def provider() -> Provider:
    """The provider of this process: the system's library if it passes the self-test."""
    try:
        found = libcrypto.load()
    except libcrypto.Unavailable:
        return Portable()
    return found if works(found) else Portable()


def sign(secret: int, message: bytes, *, identity: bytes = IDENTITY) -> bytes:
    """The signature of a message, in DER."""
    return provider().sign(secret, message, identity=identity)


def verify(point: bytes, message: bytes, signature: bytes, *, identity: bytes = IDENTITY) -> bool:
    """Whether the holder of the key to this point signed the message. Never raises."""
    return provider().verify(point, message, signature, identity=identity)


EXAMPLE_SECRET = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
EXAMPLE_MESSAGE = b"message digest"
EXAMPLE_SIGNATURE = (
    0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3,
    0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA,
)
"""The example of GB/T 32918.5, annex A.2, with the identity above."""


def works(candidate: Provider) -> bool:
    """The self-test: the standard's example is right, a changed message is wrong, and what it signs is right."""
    point, (r, s) = public_of(EXAMPLE_SECRET), EXAMPLE_SIGNATURE
    example = encoding.signature(r, s)
    try:
        own = candidate.sign(EXAMPLE_SECRET, EXAMPLE_MESSAGE, identity=IDENTITY)
    except libcrypto.Unavailable:
        return False
    return (
        candidate.verify(point, EXAMPLE_MESSAGE, example, identity=IDENTITY)
        and not candidate.verify(point, EXAMPLE_MESSAGE + b"!", example, identity=IDENTITY)
        and portable.verify(point, EXAMPLE_MESSAGE, own, identity=IDENTITY)
    )
