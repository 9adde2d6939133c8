"""The web application as granian runs it: bodies arrive first, then a thread answers, then the answer leaves.

A WSGI server reads the body in the thread that answers, so a dozen connections that send a byte every few seconds hold
up every page. Here they wait in the event loop, which costs next to nothing; the few threads, each with its connection
to the database, get requests that are complete, and are free again when the answer is.
"""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

from xuke.config import metrics, observing, processes
from xuke.config.encodings import chosen, compressed, is_compressible
from xuke.config.front import Front, Scope, client_of
from xuke.config.page_cache import Key, PageCache
from xuke.foundation import request_ids

Headers = list[tuple[str, str]]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

GRACE, SLOWEST = 20.0, 10_000
"""Seconds a body may take in any case, and bytes that must have come for every further second."""
IN_MEMORY = 1_000_000
"""Bytes of a body, or of an answer, beyond which it is not held in memory as a whole."""
TOO_SLOW = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>网络太慢</title>'
    "<h1>网络太慢，没有接收完</h1><p>这次提交传得太慢，没有保存。请换一个网络，或者压缩文件后再试一次。</p></html>"
).encode()


AT_ONCE = ("X-Accel-Buffering", "no")
"""What an answer says that leaves as it is made, from its first piece on; nginx understands it too."""
BROKEN_OFF = "\r\n!!! 下载中断，以上内容不完整，请重新下载。\r\n".encode()
"""The last line of a list that could not be finished."""

TOO_SLOW_HEADERS = [
    ("content-type", "text/html; charset=utf-8"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
]


class Stream(Protocol):
    """An answer that leaves piece by piece."""

    async def send_bytes(self, data: bytes) -> None: ...


class Line(Protocol):
    """The connection: the body comes in, one answer goes out."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...
    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...
    def response_stream(self, status: int, headers: Headers) -> Stream: ...


class TooSlow(Exception):
    """The body did not arrive in time."""


@dataclass
class Answer:
    """What the application said; `rest` is what has not been asked of it yet."""

    status: int
    headers: Headers
    begin: bytes
    rest: Iterator[bytes] | None
    close: Callable[[], None]
    route: str = ""
    """The name of the page."""


class Served:
    """A WSGI application behind a waiting room, with public pages kept beside it (`front.Front`)."""

    def __init__(self, application: Wsgi, *, threads: int, largest: int, front: Front | None = None) -> None:
        self._application, self._largest = application, largest
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="web")
        self._front = front or Front(PageCache(most=0))
        self.is_stopping = False

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Say that this process is ready, and listen for being told that it will be stopped."""
        loop.add_signal_handler(processes.FAREWELL, self.farewell)
        processes.say_ready()

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """End, now that everybody has their answer."""
        self._threads.shutdown()
        processes.end()

    def farewell(self) -> None:
        """Go on answering, and close each connection with its answer: whoever asks next asks the successor."""
        self.is_stopping = True
        self._front.farewell()

    async def __rsgi__(self, scope: Scope, line: Line) -> None:
        """Answer one request."""
        if said := await self._front.operators(scope):
            self._say(line, scope, *said)
            return
        key = self._front.key(scope)
        if key is None:
            await self._apply(scope, line)
            return
        said, promise = await self._front.kept(key, scope)
        if said:
            self._say(line, scope, *said)
            return
        try:
            await self._apply(scope, line, key)
        finally:
            if promise:
                self._front.is_made(key, promise)

    async def _apply(self, scope: Scope, line: Line, key: Key | None = None) -> None:
        """Let the application answer; with a key, keep what it says for others when it may be kept."""
        loop = asyncio.get_running_loop()
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            length = length_of(scope)
            if 0 < length <= self._largest:
                try:
                    received = await receive(line, body)
                except TooSlow:
                    self._say(line, scope, 408, TOO_SLOW_HEADERS, TOO_SLOW)
                    return
                if received < length:
                    line.response_bytes(400, [], b"")  # Whoever sent it has gone; nobody reads this answer.
                    return
            with metrics.IN_FLIGHT.track_inprogress():
                answer = await loop.run_in_executor(self._threads, self._ask, scope, body)
        if answer.rest is None:
            if key and (said := self._front.keep(key, scope, answer)):
                self._say(line, scope, *said)
                return
            self._say(line, scope, *smaller(scope, answer))
            return
        request_id = next((value for name, value in answer.headers if name == observing.HEADER), "")
        stream = line.response_stream(answer.status, self._with_farewell(answer.headers, scope))
        try:
            chunk = answer.begin
            while chunk:
                await stream.send_bytes(chunk)
                chunk = await loop.run_in_executor(self._threads, _next_within, request_id, answer.rest)
        except Exception:
            # The connection ends as if all were said. A list that can be read line by line says itself that it is not.
            if dict(answer.headers).get("content-type", "").startswith("text/csv"):
                await stream.send_bytes(BROKEN_OFF)
            raise
        finally:
            await loop.run_in_executor(self._threads, answer.close)

    def _say(self, line: Line, scope: Scope, status: int, headers: Headers, body: bytes) -> None:
        line.response_bytes(status, self._with_farewell(headers, scope), body)

    def _with_farewell(self, headers: Headers, scope: Scope) -> Headers:
        if not self.is_stopping or scope.http_version.startswith("2"):
            return headers
        return [*headers, ("connection", "close")]

    def _ask(self, scope: Scope, body: Any) -> Answer:
        """Run the application until its answer is complete, or too long to be held as a whole."""
        said: list[tuple[int, Headers]] = []

        def start(status: str, headers: Headers, _: object = None) -> None:
            said.append((int(status.split(" ", 1)[0]), headers))

        body.seek(0)
        environ = environ_of(scope, body)
        pieces = self._application(environ, start)
        close = getattr(pieces, "close", lambda: None)
        route = environ.get(observing.ROUTE, "")
        begin, rest = io.BytesIO(), iter(pieces)
        try:
            for piece in rest:
                begin.write(piece)
                if begin.tell() > IN_MEMORY or (piece and AT_ONCE in said[-1][1]):
                    return Answer(*said[-1], begin.getvalue(), filter(None, rest), close, route)
        except BaseException:
            close()
            raise
        close()
        return Answer(*said[-1], begin.getvalue(), None, close, route)


def _next_within(request_id: str, rest: Iterator[bytes]) -> bytes:
    """The next piece of an answer, made as part of the request that asked for it."""
    with request_ids.entered(request_id):
        return next(rest, b"")


def smaller(scope: Scope, answer: Answer) -> tuple[int, Headers, bytes]:
    """The answer, compressed where the client likes that and there is no session in it to be betrayed by its length."""
    headers = answer.headers
    named = {name.lower(): value for name, value in headers}
    encoding = chosen(scope.headers.get("accept-encoding") or "")
    if (
        not encoding
        or scope.method not in ("GET", "HEAD")
        or scope.headers.get("cookie")
        or scope.headers.get("authorization")
        or "content-encoding" in named
        or "no-transform" in named.get("cache-control", "")
        or answer.status in (206, 304)
        or not is_compressible(named.get("content-type", ""), len(answer.begin))
    ):
        return answer.status, headers, answer.begin
    body = compressed(encoding, answer.begin)
    kept = [(name, value) for name, value in headers if name.lower() not in ("content-length", "vary", "etag")]
    vary = ", ".join(filter(None, (named.get("vary", ""), "Accept-Encoding")))
    kept += [("vary", vary), ("content-encoding", encoding), ("content-length", str(len(body)))]
    if etag := named.get("etag"):
        kept.append(("etag", etag if etag.startswith("W/") else f"W/{etag}"))
    return answer.status, kept, body


def length_of(scope: Scope) -> int:
    """How long the body says it is. One that does not say, or is too long, is refused without reading it."""
    try:
        return int(scope.headers.get("content-length") or 0)
    except ValueError:
        return 0


async def receive(line: Line, body: Any) -> int:
    """Take the body in, as long as it comes fast enough; how many bytes there were."""
    loop = asyncio.get_running_loop()
    began, received, pieces = loop.time(), 0, aiter(line)
    while True:
        try:
            async with asyncio.timeout_at(began + GRACE + received / SLOWEST):
                piece = await anext(pieces)
        except StopAsyncIteration:
            return received
        except TimeoutError:
            raise TooSlow from None
        received += len(piece)
        body.write(piece)


def environ_of(scope: Scope, body: Any) -> dict[str, Any]:
    """The request as WSGI (PEP 3333) wants it: texts hold bytes, each as the character of its number."""
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": _as_bytes(scope.path),
        "QUERY_STRING": _as_bytes(scope.query_string),
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": client_of(scope),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        if "_" in name:
            continue  # It would pass for another, such as the one that a proxy in front sets.
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        joint = "; " if key == "HTTP_COOKIE" else ","
        value = value if max(value, default="") <= "\xff" else _as_bytes(value)
        environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value
    return environ


def _as_bytes(text: str) -> str:
    """Letters that somebody typed into an address or a header as they are, without percent signs, too."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")
