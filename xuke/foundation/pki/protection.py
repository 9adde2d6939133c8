"""Private keys under a PIN: PKCS#8 with PBES2 (RFC 8018), for keys of every family, those of SM2 too.

We write AES-256 with PBKDF2-HMAC-SHA256, as `openssl pkcs8 -topk8` does, and read the SM4 and SM3 that Chinese software
writes as well.
"""

from __future__ import annotations

import secrets

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from xuke.foundation.pki import der, oids
from xuke.foundation.pki.pem import reading

ROUNDS = 600_000
"""What OWASP asks of PBKDF2 with SHA-256 (ASVS 5.0, appendix C); a tenth of a second."""
MOST_ROUNDS = 10_000_000
"""More is not caution but an attempt to keep us busy."""
_BLOCK = 16
_DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {
    oids.HMAC_SHA1: hashes.SHA1,
    oids.HMAC_SHA256: hashes.SHA256,
    oids.HMAC_SHA384: hashes.SHA384,
    oids.HMAC_SHA512: hashes.SHA512,
    oids.HMAC_SM3: hashes.SM3,
}
_CIPHERS: dict[str, tuple[type[CipherAlgorithm], int]] = {
    oids.AES128_CBC: (algorithms.AES, 16),
    oids.AES192_CBC: (algorithms.AES, 24),
    oids.AES256_CBC: (algorithms.AES, 32),
    oids.SM4_CBC: (algorithms.SM4, 16),
}


class WrongPin(Exception):
    """口令不正确。"""

    def __init__(self) -> None:
        super().__init__("口令不正确。")


def protect(content: bytes, pin: str, *, rounds: int = ROUNDS) -> bytes:
    """EncryptedPrivateKeyInfo around a PrivateKeyInfo."""
    salt, start = secrets.token_bytes(16), secrets.token_bytes(_BLOCK)
    key = _derive(pin, salt, rounds, oids.HMAC_SHA256, 32)
    padder = padding.PKCS7(8 * _BLOCK).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
    hidden = encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()
    digest = der.sequence(der.object_identifier(oids.HMAC_SHA256), der.null())
    derivation = der.sequence(
        der.object_identifier(oids.PBKDF2), der.sequence(der.octets(salt), der.integer(rounds), digest)
    )
    cipher = der.sequence(der.object_identifier(oids.AES256_CBC), der.octets(start))
    scheme = der.sequence(der.object_identifier(oids.PBES2), der.sequence(derivation, cipher))
    return der.sequence(scheme, der.octets(hidden))


def expose(content: bytes, pin: str) -> bytes:
    """The PrivateKeyInfo inside. Raises Unreadable for what it cannot open at all, WrongPin for the rest."""
    with reading("加密的私钥（PKCS#8，PBES2）"):
        scheme, hidden = der.items(der.read_whole(content, der.SEQUENCE).content)
        name, parameters = der.items(scheme.content)
        derivation, cipher = der.items(parameters.content)
        if der.dotted(name) != oids.PBES2 or hidden.tag != der.OCTETS:
            raise der.NotDER("not PBES2")
        cipher_name, start = der.items(cipher.content)
        algorithm, width = _CIPHERS[der.dotted(cipher_name)]
        key = _read_derivation(derivation, pin, width)
        decryptor = Cipher(algorithm(key), modes.CBC(start.content)).decryptor()  # type: ignore[call-arg]
        padded = decryptor.update(hidden.content) + decryptor.finalize()
    unpadder = padding.PKCS7(8 * _BLOCK).unpadder()
    try:
        exposed = unpadder.update(padded) + unpadder.finalize()
        der.read_whole(exposed, der.SEQUENCE)
    except ValueError:
        raise WrongPin from None
    return exposed


def _read_derivation(derivation: der.Element, pin: str, width: int) -> bytes:
    """The key of the cipher, by PBKDF2 with the parameters written in the file."""
    name, parameters = der.items(derivation.content)
    salt, rounds, *further = der.items(parameters.content)
    count = der.natural(rounds)
    if der.dotted(name) != oids.PBKDF2 or salt.tag != der.OCTETS or not 0 < count <= MOST_ROUNDS:
        raise der.NotDER("not PBKDF2")
    digest = oids.HMAC_SHA1
    for element in further:
        if element.tag == der.SEQUENCE:
            digest = der.dotted(next(der.items(element.content)))
        elif der.natural(element) != width:
            raise der.NotDER("the length of the key does not fit the cipher")
    return _derive(pin, salt.content, count, digest, width)


def _derive(pin: str, salt: bytes, rounds: int, digest: str, width: int) -> bytes:
    return PBKDF2HMAC(algorithm=_DIGESTS[digest](), length=width, salt=salt, iterations=rounds).derive(pin.encode())
