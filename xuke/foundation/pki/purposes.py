"""What our platform asks people to sign with their own key. The words in front keep one purpose from passing for
another, and keep any other system from obtaining a signature that means something here, and the other way round."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

LONGEST_MESSAGE = 1024
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{22,512}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PORTS = {"https": 443, "http": 80}
_LOOPBACK = {"localhost", "127.0.0.1"}


class Purpose(StrEnum):
    """What a signature is for."""

    LOGIN = "login"
    STATEMENT = "statement"

    @property
    def prefix(self) -> bytes:
        """The words in front of the message."""
        return f"xuke-{self.value}-v1\n".encode()


class NotOurs(ValueError):
    """The message is none that our platform would ask to sign."""


@dataclass(frozen=True)
class Login:
    """Proof of who is there, for one site and one challenge."""

    origin: str
    challenge: str


@dataclass(frozen=True)
class Statement:
    """A declaration of intent over what somebody saw."""

    digest: str
    """SHA-256 of the statement, in hexadecimal."""


def login_message(origin: str, challenge: str) -> bytes:
    """What is signed to log in: prefix, origin, line feed, challenge."""
    if origin != canonical_origin(origin) or not _CHALLENGE.fullmatch(challenge):
        raise NotOurs("not an origin and a challenge in base64url")
    return Purpose.LOGIN.prefix + f"{origin}\n{challenge}".encode()


def statement_message(digest: str) -> bytes:
    """What is signed to make a statement: prefix and its SHA-256 in hexadecimal."""
    if not _DIGEST.fullmatch(digest):
        raise NotOurs("not a SHA-256 in hexadecimal")
    return Purpose.STATEMENT.prefix + digest.encode()


def read(message: bytes) -> Login | Statement:
    """What a message says; raises NotOurs unless it is exactly one of ours."""
    if len(message) > LONGEST_MESSAGE:
        raise NotOurs("too long")
    try:
        if message.startswith(Purpose.LOGIN.prefix):
            origin, _, challenge = message.removeprefix(Purpose.LOGIN.prefix).decode("ascii").partition("\n")
            login_message(origin, challenge)
            return Login(origin, challenge)
        if message.startswith(Purpose.STATEMENT.prefix):
            digest = message.removeprefix(Purpose.STATEMENT.prefix).decode("ascii")
            statement_message(digest)
            return Statement(digest)
    except UnicodeDecodeError:
        raise NotOurs("not ASCII") from None
    raise NotOurs("no prefix of ours")


def canonical_origin(text: str) -> str:
    """An origin as browsers write it (RFC 6454): no path, small letters, no usual port. Raises NotOurs for others.

    Only this machine may go without TLS.
    """
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NotOurs("not an address") from None
    allowed = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if not allowed or not host.isascii() or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise NotOurs("not an origin with TLS")
    if parts.username is not None or not re.fullmatch(r"[a-z0-9.-]+|[0-9a-f:]+", host):
        raise NotOurs("not the name of a host")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port not in (None, _PORTS[parts.scheme]) else "")
