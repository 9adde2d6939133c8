"""Personal numbers at rest: sealed with AES-256-GCM, found by a keyed fingerprint (HMAC-SHA256), unreadable in a dump.

A key is a number and 32 bytes: `XUKE_HOME/keys/data/0001.key` (0600, base64), or ``1:base64,2:base64`` in
XUKE_DATA_KEYS. The highest number seals; all of them open. What is used is derived per purpose, so that a mobile number
and a resident number with the same digits have nothing in common. Replacing a key is `xuke keys rotate`.
"""

from __future__ import annotations

import base64
import fcntl
import hmac
import os
import secrets
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

Keys = Mapping[int, bytes]
"""32 bytes each, by number."""

_FORMAT = b"\x01"
_NONCE, _NUMBER = 12, 2
_TEXT = "sealed:"


class Unreadable(ValueError):
    """What was sealed cannot be opened: another installation's key, a lost key, or a changed byte."""


def seal(text: str, purpose: str) -> bytes:
    """The text, readable only with a key of this installation and for the same purpose."""
    number, key = current()
    nonce = os.urandom(_NONCE)
    head = _FORMAT + number.to_bytes(_NUMBER, "big")
    return head + nonce + AESGCM(_derived(key, f"seal {purpose}")).encrypt(nonce, text.encode(), _bound(head, purpose))


def unseal(token: bytes, purpose: str) -> str:
    """The text in a token; raises `Unreadable`."""
    head, rest = token[: 1 + _NUMBER], token[1 + _NUMBER :]
    key = keys().get(number_in(token))
    if key is None:
        raise Unreadable("the key that sealed this is not here")
    try:
        opened = AESGCM(_derived(key, f"seal {purpose}")).decrypt(rest[:_NONCE], rest[_NONCE:], _bound(head, purpose))
    except (InvalidTag, ValueError):
        raise Unreadable("sealed for something else, or changed") from None
    return opened.decode()


def number_in(token: bytes) -> int:
    """The number of the key that sealed a token."""
    if token[:1] != _FORMAT or len(token) <= 1 + _NUMBER + _NONCE:
        raise Unreadable("this was never sealed")
    return int.from_bytes(token[1 : 1 + _NUMBER], "big")


def seal_text(text: str, purpose: str) -> str:
    """The same as text, for a place inside a JSON document."""
    return _TEXT + base64.urlsafe_b64encode(seal(text, purpose)).decode() if text else ""


def unseal_text(token: str, purpose: str) -> str:
    """The text in such a place; what was never sealed comes back as it is."""
    return unseal(base64.urlsafe_b64decode(token.removeprefix(_TEXT)), purpose) if is_sealed(token) else token


def number_of_text(token: str) -> int:
    """The number of the key that sealed a text inside a JSON document."""
    return number_in(base64.urlsafe_b64decode(token.removeprefix(_TEXT)))


def is_sealed(text: object) -> bool:
    """Whether a place in a JSON document holds a sealed text."""
    return isinstance(text, str) and text.startswith(_TEXT)


def _opens(text: str, purpose: str) -> bool:
    """Whether it is a token of ours. Somebody may also type what only begins like one, and that must be sealed."""
    try:
        return is_sealed(text) and bool(unseal_text(text, purpose))
    except ValueError:
        return False


def fingerprint(text: str, purpose: str) -> bytes:
    """32 bytes by which a sealed number is found again: the same for the same number, telling nothing about it."""
    return _fingerprint(current()[1], text, purpose)


def fingerprints(text: str, purpose: str) -> list[bytes]:
    """The fingerprints under every key, for looking up while a key is being replaced."""
    return [_fingerprint(key, text, purpose) for key in keys().values()]


def _fingerprint(key: bytes, text: str, purpose: str) -> bytes:
    return hmac.digest(_derived(key, f"find {purpose}"), text.encode(), "sha256")


def _bound(head: bytes, purpose: str) -> bytes:
    return head + purpose.encode()


@lru_cache(maxsize=256)
def _derived(key: bytes, use: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"xuke {use}".encode()).derive(key)


def current() -> tuple[int, bytes]:
    """The number and the key that seal today."""
    held = keys()
    number = max(held)
    return number, held[number]


def keys() -> Keys:
    """Every key of this installation; the first is made when there is none."""
    if given := settings.XUKE_DATA_KEYS:
        return _given(given)
    place = directory()
    found = _read(str(place), _stamp(place))
    return found or _made(place)


def directory() -> Path:
    """Where the keys lie when the environment brings none."""
    return Path(settings.XUKE_HOME) / "keys" / "data"


def add_key() -> int:
    """Make the next key; it seals from now on. Returns its number."""
    if settings.XUKE_DATA_KEYS:
        raise Unreadable("the keys come from XUKE_DATA_KEYS: add the next one there")
    place = directory()
    with _locked(place):
        number = max(_read_now(place), default=0) + 1
        _write(place, number)
    return number


def remove_key(number: int) -> None:
    """Forget a key that nothing is sealed with any more."""
    (directory() / f"{number:04d}.key").unlink(missing_ok=True)


@lru_cache(maxsize=4)
def _given(text: str) -> Keys:
    pairs = (each.strip().partition(":") for each in text.split(","))
    return {int(number): _decoded(key) for number, _, key in pairs}


def _decoded(text: str | bytes) -> bytes:
    key = base64.b64decode(text)
    if len(key) != 32:
        raise Unreadable("a data key has 32 bytes")
    return key


def _stamp(place: Path) -> int:
    """Changes when a key comes or goes: processes notice each other's."""
    try:
        return place.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


@lru_cache(maxsize=4)
def _read(place: str, stamp: int) -> Keys:
    return _read_now(Path(place)) if stamp else {}


def _read_now(place: Path) -> Keys:
    return {int(path.stem): _decoded(path.read_bytes()) for path in sorted(place.glob("*.key"))}


def _made(place: Path) -> Keys:
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(place):
        if not _read_now(place):
            _write(place, 1)
    return _read_now(place)


def _locked(place: Path) -> Any:
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = (place / ".lock").open("a")
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def _write(place: Path, number: int) -> None:
    """Written beside its place, flushed, renamed: after a crash there is a whole key or none."""
    beside = place / f".{number:04d}.new"
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(base64.b64encode(secrets.token_bytes(32)))
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(place / f"{number:04d}.key")


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """A text that is sealed in the database and plain in Python; empty stays empty."""

    def __init__(self, *args: Any, purpose: str = "", **kwargs: Any) -> None:
        self.purpose = purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "purpose": self.purpose}

    def _check_str_default_value(self) -> list[Any]:
        """In Python it is a text, so its default is one too."""
        return []

    def get_prep_value(self, value: Any) -> Any:
        return seal(value, self.purpose) if isinstance(value, str) and value else (b"" if value == "" else value)

    def from_db_value(self, value: Any, *_: Any) -> str | None:
        return None if value is None else unseal(bytes(value), self.purpose) if value else ""


class SealedJSONField(models.JSONField):
    """A JSON document in which the values of some keys, wherever they stand, are sealed in the database.

    `sealed` maps such a key to its purpose. A value that was written before it had to be sealed is read as it is.
    """

    def __init__(self, *args: Any, sealed: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        self.sealed = dict(sealed or {})
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "sealed": self.sealed}

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(self.closed(value), connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return self.opened(super().from_db_value(value, expression, connection))

    def closed(self, document: Any) -> Any:
        """The document as the database keeps it."""
        return self.each(document, lambda text, purpose: text if _opens(text, purpose) else seal_text(text, purpose))

    def opened(self, document: Any) -> Any:
        """The document as people read it."""
        return self.each(document, unseal_text)

    def each(self, document: Any, change: Callable[[str, str], str]) -> Any:
        """The document with every sealed place (its text, its purpose) changed."""
        if isinstance(document, list):
            return [self.each(item, change) for item in document]
        if not isinstance(document, dict):
            return document
        return {
            key: change(item, self.sealed[key])
            if key in self.sealed and isinstance(item, str)
            else self.each(item, change)
            for key, item in document.items()
        }
