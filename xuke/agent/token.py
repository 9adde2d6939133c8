"""One key of one person with its certificate, opened by a PIN, as a USB key holds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from xuke.foundation.pki import keys, pem
from xuke.foundation.pki.algorithms import Algorithm
from xuke.foundation.pki.certificates import LARGEST_BUNDLE, Certificate
from xuke.foundation.pki.pem import Unreadable
from xuke.foundation.pki.protection import WrongPin

MOST_TRIES = 6


class Locked(Exception):
    """口令连续输错次数太多，签名助手已经锁定。请确认口令后重新启动签名助手。"""


class WrongKey(Exception):
    """私钥文件与证书不是一对，请检查启动签名助手时指定的文件。"""


@dataclass
class Token:
    """A certificate and a key file. The key is open only while it signs."""

    certificate: Certificate
    issuers: tuple[Certificate, ...]
    locked_key: bytes = field(repr=False)
    tries_left: int = MOST_TRIES
    _turn: Lock = field(default_factory=Lock, repr=False)

    @classmethod
    def read(cls, *, key: Path, certificate: Path) -> Token:
        """From two files; the issuers may follow in that of the certificate. Raises Unreadable or OSError."""
        own, *issuers = Certificate.read_all(_content(certificate))
        locked = pem.unwrap(
            _content(key), "ENCRYPTED PRIVATE KEY", what="带口令的私钥文件", limit=keys.LARGEST_KEY_FILE
        )[0]
        return cls(own, tuple(issuers), locked)

    @property
    def is_locked(self) -> bool:
        """Whether the PIN was wrong too often."""
        return self.tries_left <= 0

    def sign(self, message: bytes, pin: str, algorithm: Algorithm | None = None) -> bytes:
        """The signature. One at a time, so that guesses side by side are counted like guesses one after another."""
        with self._turn:
            if self.is_locked:
                raise Locked(Locked.__doc__)
            try:
                key = keys.unlock(self.locked_key, pin)
            except WrongPin:
                self.tries_left -= 1
                raise
            self.tries_left = MOST_TRIES
        if key.public != self.certificate.key:
            raise WrongKey(WrongKey.__doc__)
        return key.sign(message, algorithm)


def _content(file: Path) -> bytes:
    with file.open("rb") as stream:
        content = stream.read(LARGEST_BUNDLE + 1)
    if not content:
        raise Unreadable(f"{file} 是空的。")
    return content
