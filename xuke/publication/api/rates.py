"""How often one client may ask, and what each question costs. Each process counts for itself.

The figures are told in the header fields of draft-ietf-httpapi-ratelimit-headers: `RateLimit-Policy` with every answer,
`RateLimit` with what is left where the answer is made for this client alone and kept by nobody.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from django.conf import settings
from django.http import HttpRequest

from xuke.web.limits import Buckets, client_of, is_this_machine

NAME = "api"
BULK, FILE, ONE = 50.0, 10.0, 1.0


@dataclass(frozen=True, slots=True)
class Taken:
    """What a question came to: the seconds to wait, 0 when it is answered, and the header fields that tell."""

    wait: float
    policy: str = ""
    left: str = ""


def take(request: HttpRequest) -> Taken:
    """Count one question of a client."""
    buckets = _buckets(*settings.XUKE_API_RATE)
    if buckets is None or is_this_machine(request.META.get("REMOTE_ADDR", "")):
        return Taken(0.0)  # Or a proxy here that nobody has introduced: not everybody at once.
    client, now = client_of(request), time.monotonic()
    wait = buckets.take(client, cost(request), now)
    left, full_in = buckets.left(client, now)
    return Taken(
        wait,
        f'"{NAME}";q={int(buckets.burst)};w={ceil(buckets.burst / buckets.rate)}',
        f'"{NAME}";r={int(left)};t={ceil(full_in)}',
    )


def cost(request: HttpRequest) -> float:
    """How many questions this one counts for."""
    if request.method != "POST":
        return ONE
    return FILE if request.path_info.endswith("/file") else BULK


@lru_cache(maxsize=2)
def _buckets(rate: float, burst: float) -> Buckets | None:
    return Buckets(rate=rate, burst=burst) if rate else None
