"""How SM2 keys and signatures are written (GM/T 0009, RFC 5480, RFC 5915)."""

from __future__ import annotations

from xuke.foundation.pki import der, oids

WIDTH = 32
"""Octets of a coordinate."""
POINT = 1 + 2 * WIDTH
"""Octets of an uncompressed point, its 0x04 in front."""
ALGORITHM = der.sequence(der.object_identifier(oids.EC_PUBLIC_KEY), der.object_identifier(oids.SM2_CURVE))


def signature(r: int, s: int) -> bytes:
    """SEQUENCE of the two numbers."""
    return der.sequence(der.integer(r), der.integer(s))


def read_signature(content: bytes) -> tuple[int, int]:
    """The two numbers of a signature; raises NotDER unless it is written in the one right way."""
    r, s = der.items(der.read_whole(content, der.SEQUENCE).content)
    return der.natural(r), der.natural(s)


def public_key(point: bytes) -> bytes:
    """SubjectPublicKeyInfo."""
    return der.sequence(ALGORITHM, der.bits(point))


def private_key(secret: int, point: bytes = b"") -> bytes:
    """PrivateKeyInfo (PKCS#8) around an ECPrivateKey, in which the public point may be left out."""
    public = [der.tagged(1, der.bits(point))] if point else []
    inner = der.sequence(der.integer(1), der.octets(secret.to_bytes(WIDTH, "big")), *public)
    return der.sequence(der.integer(0), ALGORITHM, der.octets(inner))


def read_private_key(content: bytes) -> int:
    """The secret number in a PrivateKeyInfo of SM2; raises NotDER for anything else."""
    version, algorithm, inner, *_ = der.items(der.read_whole(content, der.SEQUENCE).content)
    if der.natural(version) > 1 or algorithm.whole != ALGORITHM:
        raise der.NotDER("not a key of SM2")
    one, secret, *_ = der.items(der.read_whole(inner.content, der.SEQUENCE).content)
    if der.natural(one) != 1 or secret.tag != der.OCTETS or len(secret.content) != WIDTH:
        raise der.NotDER("not a private key of SM2")
    return int.from_bytes(secret.content, "big")
