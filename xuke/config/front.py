"""What is answered before a thread is taken: whether we are well, the figures, and public pages that were just made.

Runs in the event loop of each process, so nothing here waits for the database: what does, has a thread of its own.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Any, Protocol

from xuke.config import health, metrics, observing
from xuke.config.page_cache import Headers, Kept, Key, PageCache
from xuke.foundation import request_ids

Said = tuple[int, Headers, bytes]
Making = asyncio.Future[None]

ALIVE, READY, FIGURES = "/healthz", "/readyz", "/metrics"
LONGEST_ADDRESS = 2_000
"""Characters of an address whose page is kept; a longer one is nobody's bookmark."""
WAIT_FOR_OTHERS = 10.0
"""Seconds that somebody waits for a page that is being made for somebody else."""
_FORWARDED = ("x-forwarded-for", "x-forwarded-host", "forwarded", "x-real-ip", "x-xuke-proxy", "via")
_PLAIN: Headers = [("cache-control", "no-store"), ("x-content-type-options", "nosniff")]
_OWN_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})


class Scope(Protocol):
    """What granian tells about a request."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    headers: Any


class Made(Protocol):
    """An answer of the application."""

    status: int
    headers: Headers
    begin: bytes
    route: str


class Front:
    """The answers of one process that need no page to be made."""

    def __init__(
        self,
        pages: PageCache,
        *,
        reasons: Callable[[], list[str]] = list,
        token: str = "",
        is_ours: Callable[[str, str], bool] = lambda address, secret: False,
    ) -> None:
        self._pages, self._token, self._is_ours = pages, token, is_ours
        self._apart = ThreadPoolExecutor(1, thread_name_prefix="operator")
        self._readiness = health.Readiness(reasons, self._apart)
        self._making: dict[Key, Making] = {}

    def farewell(self) -> None:
        """From now on nobody should send us requests."""
        self._readiness.is_stopping = True

    # --- for those who operate us -------------------------------------------------------------------------------------

    async def operators(self, scope: Scope) -> Said | None:
        """The answer to a service manager, a load balancer or Prometheus; None for everybody else."""
        if scope.path not in (ALIVE, READY, FIGURES) or scope.method not in ("GET", "HEAD"):
            return None
        if scope.path == ALIVE:
            return 200, [*_PLAIN, ("content-type", "text/plain")], b"ok\n"
        if scope.path == READY:
            reasons = await self._readiness.reasons()
            return 503 if reasons else 200, [*_PLAIN, ("content-type", "application/json")], health.body(reasons)
        if not self._may_read_figures(scope):
            return None  # The application says that there is no such page.
        told = await asyncio.get_running_loop().run_in_executor(self._apart, metrics.exposition)
        return 200, [*_PLAIN, ("content-type", metrics.CONTENT_TYPE)], told

    def _may_read_figures(self, scope: Scope) -> bool:
        """With a token whoever has it; without one only this machine, asked directly and by a name of its own."""
        headers = scope.headers
        if self._token:
            given = (headers.get("authorization") or "").removeprefix("Bearer ")
            return hmac.compare_digest(given.encode(), self._token.encode())
        host = (headers.get("host") or "").lower()
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        return _is_loopback(client_of(scope)) and name in _OWN_NAMES and not any(map(headers.get, _FORWARDED))

    # --- pages that were just made ------------------------------------------------------------------------------------

    def key(self, scope: Scope) -> Key | None:
        """Under what the page would be kept; None when this request can neither be answered with one nor leave one."""
        headers = scope.headers
        if scope.method not in ("GET", "HEAD") or headers.get("cookie") or headers.get("authorization"):
            return None
        if headers.get("content-length") or len(scope.path) + len(scope.query_string) > LONGEST_ADDRESS:
            return None
        host, told = headers.get("host") or "", headers.get("x-forwarded-proto") or ""
        return (host[:200], scope.scheme, told[:10], scope.path, scope.query_string)

    async def kept(self, key: Key, scope: Scope) -> tuple[Said | None, Making | None]:
        """The page, if it is there or somebody is just making it. Else None, and the promise to say when it is made."""
        if page := self._pages.find(key, scope.headers, now=time.monotonic()):
            return self._given(page, scope, "hit"), None
        if scope.method == "HEAD" or self._pages.is_passing(key):
            return None, None
        if (making := self._making.get(key)) is None:
            promise = self._making[key] = asyncio.get_running_loop().create_future()
            return None, promise
        await asyncio.wait((making,), timeout=WAIT_FOR_OTHERS)
        if page := self._pages.find(key, scope.headers, now=time.monotonic()):
            return self._given(page, scope, "joined"), None
        return None, None

    def is_made(self, key: Key, promise: Making) -> None:
        """Tell those who wait that the page was made, or that there is none to keep."""
        if self._making.get(key) is promise:
            del self._making[key]
        if not promise.done():
            promise.set_result(None)

    def keep(self, key: Key, scope: Scope, answer: Made) -> Said | None:
        """Keep the application's answer if it may be kept; what to say then."""
        if scope.method != "GET" or answer.status != 200:
            return None
        page = self._pages.keep(
            key, scope.headers, status=answer.status, headers=answer.headers, body=answer.begin,
            now=time.monotonic(), route=answer.route,
        )  # fmt: skip
        if page is None:
            return None
        metrics.PAGES_KEPT.labels("made").inc()
        metrics.PAGE_BYTES.set(self._pages.bytes)
        own = [pair for pair in answer.headers if pair[0] == observing.HEADER]
        status, headers, body = page.answer(scope.headers, now=page.made)
        return status, [*headers, *own], body

    def _given(self, page: Kept, scope: Scope, how: str) -> Said:
        began = time.perf_counter()
        status, headers, body = page.answer(scope.headers, now=time.monotonic(), head=scope.method == "HEAD")
        request_id = self._id_of(scope)
        metrics.PAGES_KEPT.labels(how).inc()
        metrics.answered_from_memory(route=page.route, method=scope.method, status=status)
        with request_ids.entered(request_id):
            observing.line(
                method=scope.method, route=page.route, status=status, seconds=time.perf_counter() - began, kept=True
            )
        return status, [*headers, (observing.HEADER, request_id)], body

    def _id_of(self, scope: Scope) -> str:
        """As `observing` does it: the proxy's number only when it is our proxy that says it."""
        given = request_ids.accepted(scope.headers.get("x-request-id") or "")
        if given and self._is_ours(client_of(scope), scope.headers.get("x-xuke-proxy") or ""):
            return given
        return request_ids.new()


def client_of(scope: Scope) -> str:
    """The address at the other end of the connection."""
    return scope.client.rpartition(":")[0].strip("[]")


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
