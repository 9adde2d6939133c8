"""Nobody hammers the public addresses that cost a search: who asks too often is told when to ask again.

Stands before sessions and transactions, so that turning somebody away costs next to nothing. Pages kept in memory are
answered before it and cost nobody anything.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from math import ceil

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from xuke.foundation.refusals import Refused
from xuke.web import refusals
from xuke.web.limits import Buckets, Places, client_of, is_this_machine

Answer = Callable[[HttpRequest], HttpResponse]

ADDRESSES = (
    "/licences/",
    "/verify/",
    "/progress/",
    "/V/",
    "/announcements/",
    "/openness/",
    "/guide/",
    "/laws/",
    "/data/",
    "/sitemap",
)
"""Where everybody may ask, and each question is a search or the reading of a file."""
UPLOAD = 5.0
"""Tokens that a form costs: a file to examine."""
COSTS = (
    (re.compile(r"/openness/.+"), 40.0),  # The cases of a year.
    (re.compile(r"/data/.+"), 40.0),  # The whole register.
    (re.compile(r"/sitemap-\d+\.xml"), 10.0),  # Thousands of licences.
    (re.compile(r"/(?:licences|announcements)/feed\..+"), 3.0),  # Fifty entries.
)
"""Tokens that other addresses cost; every other question costs one."""
AT_ONCE = 4
"""Questions that one client has answered at the same time by one process: half of its threads as a rule."""
_PROCESS = 1_000
"""All together there are never more than there are threads."""


class TooOften(Refused):
    """您的网络在短时间内查询得太多了。请稍等片刻再查；需要批量查询的，请使用数据接口。"""

    status = 429


class Throttle:
    """Counts what each client asks of the public addresses. Stands after `TrustedProxy`, which says who that is."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        rate, burst = settings.XUKE_PUBLIC_RATE
        self._buckets = Buckets(rate=rate, burst=burst) if rate else None
        self._places = Places(most=_PROCESS, each=AT_ONCE)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = next((each for each in ADDRESSES if request.path_info.startswith(each)), "")
        if self._buckets is None or not address:
            return self.get_response(request)
        if is_this_machine(request.META.get("REMOTE_ADDR", "")):
            return self.get_response(request)  # Or a proxy here that nobody has introduced: not everybody at once.
        client = client_of(request)
        place = self._places.take(client)
        if place is None:
            return _turned_away(request, address, wait=1)
        try:
            wait = self._buckets.take(client, _cost(request), time.monotonic())
            return _turned_away(request, address, wait=ceil(wait)) if wait else self.get_response(request)
        finally:
            place.close()


def _turned_away(request: HttpRequest, address: str, *, wait: int) -> HttpResponse:
    response = refusals.turn_away(request, TooOften())
    response["Retry-After"] = str(wait)
    response["Cache-Control"] = "no-store"
    request.throttled_at = address  # type: ignore[attr-defined]
    return response


def _cost(request: HttpRequest) -> float:
    """How many tokens a request costs."""
    if request.method == "POST":
        return UPLOAD
    return next((tokens for kind, tokens in COSTS if kind.fullmatch(request.path_info)), 1.0)
