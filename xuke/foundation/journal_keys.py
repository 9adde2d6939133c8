"""The key with which this installation signs the heads of its journal: Ed25519, made once, replaceable.

`XUKE_HOME/keys/journal/signing.pem` (0600) is the key of today; `public/<key id>.pem` are the public keys of all times,
by which old heads are checked for ever. A private key that was replaced is gone: nobody can sign the past again. They
are not in the database, because whoever rules the database must not be able to sign.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings

PublicKeys = Mapping[str, Ed25519PublicKey]
"""Public keys by key id."""


def directory() -> Path:
    """Where this installation keeps the keys of its journal."""
    return Path(settings.XUKE_HOME) / "keys" / "journal"


def key_id_of(key: Ed25519PublicKey) -> str:
    """The fingerprint: SHA-256 of the DER public key, as ``openssl pkey -pubin -outform DER | sha256sum`` tells it."""
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


@dataclass(frozen=True)
class SigningKey:
    """The private key and its id."""

    private: Ed25519PrivateKey
    key_id: str

    @classmethod
    def of(cls, private: Ed25519PrivateKey) -> SigningKey:
        return cls(private, key_id_of(private.public_key()))

    def sign(self, content: bytes) -> bytes:
        """64 bytes."""
        return self.private.sign(content)


def signing_key(place: Path | None = None) -> SigningKey:
    """The key of today; made when the installation has none."""
    place = place or directory()
    return _read(place) or _install(place, replace=False)


def rotate(place: Path | None = None) -> SigningKey:
    """Put a new key in place of the present one, whose public half is kept. Later heads name the new key."""
    return _install(place or directory(), replace=True)


def public_keys(place: Path | None = None) -> PublicKeys:
    """Every key that ever signed here, by id. A file whose name is not the fingerprint of its content is no key."""
    place = place or directory()
    keys: dict[str, Ed25519PublicKey] = {}
    for path in sorted((place / "public").glob("*.pem")):
        key = _public(path.read_bytes())
        if key is not None and key_id_of(key) == path.stem:
            keys[path.stem] = key
    if today := _read(place):
        keys[today.key_id] = today.private.public_key()
    return keys


def is_signed(keys: PublicKeys, *, key_id: str, content: bytes, signature: bytes) -> bool:
    """Whether the key of that id is ours and signed this content."""
    key = keys.get(key_id)
    if key is None:
        return False
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _public(pem: bytes) -> Ed25519PublicKey | None:
    try:
        key = load_pem_public_key(pem)
    except ValueError:
        return None
    return key if isinstance(key, Ed25519PublicKey) else None


def _read(place: Path) -> SigningKey | None:
    try:
        pem = (place / "signing.pem").read_bytes()
    except FileNotFoundError:
        return None
    private = load_pem_private_key(pem, password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise TypeError(f"{place / 'signing.pem'} is not an Ed25519 key")
    return SigningKey.of(private)


def _install(place: Path, *, replace: bool) -> SigningKey:
    """Make a key under a lock. The public half is on disk before the private one can sign anything."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    (place / "public").mkdir(exist_ok=True)
    with _locked(place):
        present = _read(place)
        if present and not replace:
            return present
        if present:
            _publish(place, present)
        new = SigningKey.of(Ed25519PrivateKey.generate())
        _publish(place, new)
        pem = new.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _write(place / "signing.pem", pem, mode=0o600)
    return new


def _publish(place: Path, key: SigningKey) -> None:
    pem = key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _write(place / "public" / f"{key.key_id}.pem", pem, mode=0o644)


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    with (place / ".lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _write(path: Path, content: bytes, *, mode: int) -> None:
    """Write beside its place, flush to disk, rename: after a crash there is the old file or the new one."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
