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


TOO_SLOW_HEADERS = [
    ("content-type", "text/html; charset=utf-8"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
]


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


class Served:
    """A WSGI application behind a waiting room."""

    def __init__(self, application: Wsgi, *, threads: int, largest: int) -> None:
        self._application, self._largest = application, largest
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="web")

    async def __rsgi__(self, scope: Scope, line: Line) -> None:
        """Answer one request."""
        loop = asyncio.get_running_loop()
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            length = length_of(scope)
            if 0 < length <= self._largest:
                try:
                    received = await receive(line, body)
                except TooSlow:
                    line.response_bytes(408, TOO_SLOW_HEADERS, TOO_SLOW)
                    return
                if received < length:
                    line.response_bytes(400, [], b"")  # Whoever sent it has gone; nobody reads this answer.
                    return
            answer = await loop.run_in_executor(self._threads, self._ask, scope, body)
        if answer.rest is None:
            line.response_bytes(answer.status, answer.headers, answer.begin)
            return
        try:
            stream = line.response_stream(answer.status, answer.headers)
            chunk = answer.begin
            while chunk:
                await stream.send_bytes(chunk)
                chunk = await loop.run_in_executor(self._threads, next, answer.rest, b"")
        finally:
            await loop.run_in_executor(self._threads, answer.close)

    def _ask(self, scope: Scope, body: Any) -> Answer:
        """Run the application until its answer is complete, or too long to be held as a whole."""
        said: list[tuple[int, Headers]] = []

        def start(status: str, headers: Headers, _: object = None) -> None:
            said.append((int(status.split(" ", 1)[0]), headers))

        body.seek(0)
        pieces = self._application(environ_of(scope, body), start)
        close = getattr(pieces, "close", lambda: None)
        begin, rest = io.BytesIO(), iter(pieces)
        try:
            for piece in rest:
                begin.write(piece)
                if begin.tell() > IN_MEMORY:
                    return Answer(*said[-1], begin.getvalue(), filter(None, rest), close)
        except BaseException:
            close()
            raise
        close()
        return Answer(*said[-1], begin.getvalue(), None, close)


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
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
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
        environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value
    return environ
