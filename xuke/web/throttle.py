"""Nobody hammers the public addresses that cost a search: who asks too often is told when to ask again.

Stands before sessions and transactions, so that turning somebody away costs next to nothing. Pages kept in memory are
answered before it and cost nobody anything.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from xuke.foundation.refusals import Refused
from xuke.web import refusals
from xuke.web.limits import Buckets, client_of, is_this_machine

Answer = Callable[[HttpRequest], HttpResponse]

ADDRESSES = ("/licences/", "/verify/", "/progress/", "/V/", "/announcements/", "/openness/", "/data/", "/sitemap")
"""Where everybody may ask, and each question is a search or the reading of a file."""
UPLOAD = 5.0
"""Tokens that a form costs: a file to examine."""
DOWNLOAD = 40.0
"""Tokens that a list to take away costs: the cases of a year."""
_LISTS = "/openness/"


class TooOften(Refused):
    """您的网络在短时间内查询得太多了。请稍等片刻再查；需要批量查询的，请使用数据接口。"""

    status = 429


class Throttle:
    """Counts what each client asks of the public addresses. Stands after `TrustedProxy`, which says who that is."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        rate, burst = settings.XUKE_PUBLIC_RATE
        self._buckets = Buckets(rate=rate, burst=burst) if rate else None

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = next((each for each in ADDRESSES if request.path_info.startswith(each)), "")
        if self._buckets is None or not address:
            return self.get_response(request)
        if is_this_machine(request.META.get("REMOTE_ADDR", "")):
            return self.get_response(request)  # Or a proxy here that nobody has introduced: not everybody at once.
        wait = self._buckets.take(client_of(request), _cost(request), time.monotonic())
        if not wait:
            return self.get_response(request)
        response = refusals.turn_away(request, TooOften())
        response["Retry-After"] = str(ceil(wait))
        response["Cache-Control"] = "no-store"
        request.throttled_at = address  # type: ignore[attr-defined]
        return response


def _cost(request: HttpRequest) -> float:
    """How many tokens a request costs."""
    if request.method == "POST":
        return UPLOAD
    return DOWNLOAD if request.path_info.startswith(_LISTS) and request.path_info != _LISTS else 1.0
