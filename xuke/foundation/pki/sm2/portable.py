"""SM2 signatures (GB/T 32918.2) in plain Python: for machines whose OpenSSL lacks SM2, and to check the other provider.

Its time depends on the secret, so that a server that signs with a key worth stealing should have the other provider.
Checking signatures has no secret.
"""

from __future__ import annotations

import secrets
from functools import cache

from cryptography.hazmat.primitives import hashes

from xuke.foundation.pki.sm2 import encoding

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
BASE = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
"""The curve of GB/T 32918.5: y² = x³ + Ax + B over P; its base point has a prime order."""

Affine = tuple[int, int]
Point = tuple[int, int, int]
"""Jacobian coordinates: x/z², y/z³. A point with z = 0 is the one at infinity."""
INFINITY: Point = (1, 1, 0)
_STEP = 4
"""Bits of the multiplier taken at once."""
_ROWS = 256 // _STEP


def new_secret() -> int:
    """A secret key: 1 … order − 2 (GB/T 32918.1, 6.1)."""
    return 1 + secrets.randbelow(ORDER - 2)


def public_of(secret: int) -> bytes:
    """The uncompressed point that belongs to a secret."""
    if not 0 < secret < ORDER - 1:
        raise ValueError("not a secret of SM2")
    x, y = _affine(_base_times(secret))
    return b"\x04" + x.to_bytes(encoding.WIDTH, "big") + y.to_bytes(encoding.WIDTH, "big")


def read_point(point: bytes) -> Affine:
    """The coordinates of an uncompressed point; raises ValueError when it is not on the curve."""
    x, y = int.from_bytes(point[1 : 1 + encoding.WIDTH], "big"), int.from_bytes(point[1 + encoding.WIDTH :], "big")
    if len(point) != encoding.POINT or point[0] != 4 or not (x < P and y < P) or (y * y - x * x * x - A * x - B) % P:
        raise ValueError("not a point of the curve")
    return x, y


def sign(secret: int, message: bytes, *, identity: bytes) -> bytes:
    """The signature of a message by the holder of the secret."""
    digest = _digest(public_of(secret), message, identity)
    while (found := sign_digest(secret, digest, 1 + secrets.randbelow(ORDER - 1))) is None:
        pass
    return encoding.signature(*found)


def sign_digest(secret: int, digest: int, nonce: int) -> tuple[int, int] | None:
    """GB/T 32918.2, 6.1; nothing when the nonce is one of the few that do not do."""
    x, _ = _affine(_base_times(nonce))
    r = (digest + x) % ORDER
    s = pow(1 + secret, -1, ORDER) * (nonce - r * secret) % ORDER
    return (r, s) if r and s and r + nonce != ORDER else None


def verify(point: bytes, message: bytes, signature: bytes, *, identity: bytes) -> bool:
    """Whether the holder of the key to this point signed the message (GB/T 32918.2, 7.1)."""
    try:
        public = read_point(point)
        r, s = encoding.read_signature(signature)
    except ValueError:
        return False
    both = (r + s) % ORDER
    if not (0 < r < ORDER and 0 < s < ORDER and both):
        return False
    sum_of_both = _add(_times(both, public), _base_times(s))
    return bool(sum_of_both[2]) and (_digest(point, message, identity) + _affine(sum_of_both)[0]) % ORDER == r


def sm3(content: bytes) -> bytes:
    """The digest of GB/T 32905."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(content)
    return digest.finalize()


def _digest(point: bytes, message: bytes, identity: bytes) -> int:
    """The message together with who signs it under which curve (GB/T 32918.2, 5.5)."""
    curve = b"".join(value.to_bytes(encoding.WIDTH, "big") for value in (A, B, *BASE))
    who = sm3((8 * len(identity)).to_bytes(2, "big") + identity + curve + point[1:])
    return int.from_bytes(sm3(who + message), "big")


# --- the curve --------------------------------------------------------------------------------------------------------


def _double(point: Point) -> Point:
    x, y, z = point
    if not z:
        return point
    zz, yy = z * z % P, y * y % P
    xyy = x * yy % P
    slope = 3 * (x - zz) * (x + zz) % P
    doubled = (slope * slope - 8 * xyy) % P
    return doubled, (slope * (4 * xyy - doubled) - 8 * yy * yy) % P, 2 * y * z % P


def _add_affine(left: Point, right: Affine) -> Point:
    x, y, z = left
    if not z:
        return (*right, 1)
    zz = z * z % P
    across = (right[0] * zz - x) % P
    up = (right[1] * zz * z - y) % P
    if not across:
        return INFINITY if up else _double(left)
    square = across * across % P
    cube = square * across % P
    base = x * square % P
    summed = (up * up - cube - 2 * base) % P
    return summed, (up * (base - summed) - y * cube) % P, z * across % P


def _add(left: Point, right: Point) -> Point:
    return _add_affine(left, _affine(right)) if right[2] else left


def _affine(point: Point) -> Affine:
    inverse = pow(point[2], -1, P)
    square = inverse * inverse % P
    return point[0] * square % P, point[1] * square * inverse % P


def _multiples(point: Affine) -> list[Affine]:
    """The point once, twice, … up to the largest number of one step."""
    found: list[Point] = [(*point, 1)]
    while len(found) < (1 << _STEP) - 1:
        found.append(_add_affine(found[-1], point))
    return [_affine(one) for one in found]


def _times(number: int, point: Affine) -> Point:
    multiples, total = _multiples(point), INFINITY
    for row in reversed(range(_ROWS)):
        for _ in range(_STEP):
            total = _double(total)
        if digit := number >> row * _STEP & (1 << _STEP) - 1:
            total = _add_affine(total, multiples[digit - 1])
    return total


@cache
def _base_table() -> list[list[Affine]]:
    """For each step of the multiplier the multiples of the base point: no doubling is left to do."""
    rows, base = [], BASE
    for _ in range(_ROWS):
        rows.append(_multiples(base))
        base = _affine(_add_affine((*rows[-1][-1], 1), base))
    return rows


def _base_times(number: int) -> Point:
    total = INFINITY
    for row, multiples in enumerate(_base_table()):
        if digit := number >> row * _STEP & (1 << _STEP) - 1:
            total = _add_affine(total, multiples[digit - 1])
    return total
