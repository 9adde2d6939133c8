"""Places in a list, for the next page: opaque, and good only for the list and the filters they were given with.

A cursor is a version, a seal and a position; the seal (HMAC) binds the position to the list. Whoever changes a filter,
takes a cursor from another list, or makes one up is told so, and never silently given the first page.
"""

from __future__ import annotations

import json
from base64 import b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence

from django.utils.crypto import constant_time_compare, salted_hmac

from xuke.publication.api.problems import INVALID_CURSOR, Mistake, Refusal

LONGEST = 400
_VERSION = b"\x01"
_SEAL = 16
_SALT = "xuke.publication.api.cursors"

Position = Sequence[str | int]


def write(scope: str, position: Position) -> str:
    """The cursor behind a position of a list. `scope` names the list and its filters."""
    payload = json.dumps(list(position), separators=(",", ":")).encode()
    return urlsafe_b64encode(_VERSION + _seal(scope, payload) + payload).decode().rstrip("=")


def read(scope: str, cursor: str) -> list[str | int]:
    """The position; refuses what was not given for this list."""
    packed = _unpacked(cursor)
    seal, payload = packed[1 : 1 + _SEAL], packed[1 + _SEAL :]
    if packed[:1] != _VERSION or not constant_time_compare(seal, _seal(scope, payload)):
        raise _refused("这个翻页位置不是给这份列表、这组条件的，或者已经失效。")
    position: list[str | int] = json.loads(payload)
    return position


def _unpacked(cursor: str) -> bytes:
    try:
        return b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (NotBase64, ValueError):
        raise _refused("这不是本接口给出的翻页位置。") from None


def _seal(scope: str, payload: bytes) -> bytes:
    bound = f"{len(scope)}:{scope}:".encode() + payload
    return salted_hmac(_SALT, bound, algorithm="sha256").digest()[:_SEAL]


def _refused(sentence: str) -> Refusal:
    detail = f"{sentence}请从第一页重新开始，或者原样使用上一页给出的next地址。"
    return Refusal(INVALID_CURSOR, detail, Mistake(sentence, parameter="cursor"))
