"""Each request has a number, is counted and, where somebody wants to read that, leaves one line.

The number is the proxy's when a proxy of ours gives one, else a new one. It stands in the answer's ``X-Request-ID``, in
every log line and journal entry of the request, and on the page of an error. The line says how long which page took
with which status, by the name of the page: no address, no query, nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from django.http import HttpRequest, HttpResponse

from xuke.config import metrics
from xuke.foundation import request_ids
from xuke.identity.proxies import came_through_proxy

Answer = Callable[[HttpRequest], HttpResponse]
HEADER = "X-Request-ID"
ROUTE = "xuke.route"
"""Where the WSGI environment says which page it was, for whoever keeps the answer."""
STATIC, NOWHERE = "static", "none"
_access = logging.getLogger("xuke.access")


class Observed:
    """Stands right behind `TrustedProxy`, which says whether a proxy of ours speaks, and around everything else."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        with request_ids.entered(_id_of(request)):
            response = self.get_response(request)
            response.headers[HEADER] = request_ids.current()
            route, seconds = route_of(request), perf_counter() - began
            request.META[ROUTE] = route
            metrics.answered(route=route, method=request.method or "", status=response.status_code, seconds=seconds)
            if getattr(request, "was_busy", False):
                metrics.BUSY.inc()
            if address := getattr(request, "throttled_at", ""):
                metrics.TOO_OFTEN.labels(address).inc()
            line(method=request.method or "", route=route, status=response.status_code, seconds=seconds)
        return response


def _id_of(request: HttpRequest) -> str:
    given = request.META.get("HTTP_X_REQUEST_ID", "") if came_through_proxy(request) else ""
    return request_ids.accepted(given) or request_ids.new()


def route_of(request: HttpRequest) -> str:
    """The name of the page; for an address that is none of ours, one name for all."""
    if match := request.resolver_match:
        return match.view_name or NOWHERE
    return STATIC if request.path_info.startswith("/static/") else NOWHERE


def line(*, method: str, route: str, status: int, seconds: float, kept: bool = False) -> None:
    """One line of the access log."""
    if not _access.isEnabledFor(logging.INFO):
        return
    said = {"method": metrics.method_label(method), "route": route, "status": status, "ms": round(seconds * 1000, 1)}
    _access.info(
        "%s %s %s %s ms%s", said["method"], route, status, said["ms"], " kept" if kept else "",
        extra={"said": said | ({"kept": True} if kept else {})},
    )  # fmt: skip


async def as_job(call_next: Callable[[], Awaitable[Any]], context: Any, worker: object) -> Any:
    """Whatever a background job writes belongs to that job: a middleware of the worker."""
    with request_ids.entered(request_ids.of_job(context.job.id)):
        return await call_next()
