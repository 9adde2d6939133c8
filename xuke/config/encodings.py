"""Answers made smaller on their way: which form a browser takes, and which answers may be made smaller at all. Pure.

An answer that belongs to a session is never compressed: its length would tell somebody who lets the victim's browser
ask again and again what a secret in it is (BREACH, CVE-2013-3587). Without a cookie there is no such secret.
"""

from __future__ import annotations

import gzip
from functools import lru_cache

import brotli  # type: ignore[import-untyped]

SMALLEST = 1_000
"""Bytes below which it is not worth it."""
_TYPES = (
    "text/",
    "application/json",
    "application/ld+json",
    "application/problem+json",
    "application/feed+json",
    "application/atom+xml",
    "application/xml",
    "image/svg+xml",
)


@lru_cache(maxsize=256)
def chosen(accepted: str) -> str:
    """The best encoding that Accept-Encoding allows: ``br``, ``gzip`` or none (RFC 9110, 12.5.3)."""
    allowed = {}
    for entry in accepted[:1_000].split(","):
        name, _, rest = entry.partition(";")
        allowed[name.strip().lower()] = _weight(rest)
    return next((name for name in ("br", "gzip") if allowed.get(name, 0) > 0), "")


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def is_compressible(content_type: str, length: int) -> bool:
    """Whether an answer of this kind gets much smaller."""
    return length >= SMALLEST and content_type.startswith(_TYPES)


def compressed(encoding: str, body: bytes, *, kept: bool = False) -> bytes:
    """The body in an encoding; what is kept for many is worth more effort."""
    if encoding == "br":
        return bytes(brotli.compress(body, mode=brotli.MODE_TEXT, quality=5 if kept else 4))
    return gzip.compress(body, compresslevel=6 if kept else 4, mtime=0)
