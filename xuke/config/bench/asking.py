"""Asking the product's own pages in this process: how long an answer took on the server, its CPU and its statements."""

from __future__ import annotations

import html
import io
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.utils import timezone

from xuke.accounts.models import User
from xuke.config.bench.measure import cpu_of_trees
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.identity import sessions

ALIASES = ("default", "public", "reports")
_NEXT = re.compile(r'href="([^"]*[?&;](?:after|cursor|page)=[^"]*)"')
_CONTROL = ("SET ", "BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SELECT set_config(", "SELECT 1")
"""What opens and closes doors is no statement of a page."""


@dataclass(frozen=True)
class Answer:
    """One answer, and what it cost."""

    path: str
    status: int
    seconds: float
    cpu: float
    """Of this process; the database's own is measured over many answers."""
    statements: tuple[str, ...]
    body: str
    headers: dict[str, str]

    @property
    def next(self) -> str | None:
        """The way to the page after this one, where it has one."""
        found = [html.unescape(address) for address in _NEXT.findall(self.body)]
        return found[-1] if found else None


class Visitor:
    """Somebody at a browser, in this process: the whole of the web application, without a network."""

    def __init__(self, login_name: str = "") -> None:
        self._handler = _handler()
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={_session(login_name)}" if login_name else ""

    def ask(self, address: str, accept: str = "text/html") -> Answer:
        """Get a page."""
        parts = urlsplit(address)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": unquote(parts.path).encode().decode("latin-1"),
            "QUERY_STRING": parts.query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": urlsplit(settings.XUKE_ADDRESS).netloc or "127.0.0.1",
            "HTTP_ACCEPT": accept,
            "HTTP_COOKIE": self.cookie,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if not self.cookie:
            del environ["HTTP_COOKIE"]
        heard: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], problem: Any = None, /) -> Callable[[bytes], object]:
            heard.update(status=int(status[:3]), headers=dict(headers))
            return io.BytesIO().write

        with _counting() as statements:
            cpu, began = time.process_time(), time.perf_counter()
            answer = self._handler(environ, start)
            body = b"".join(answer)
            seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
            if hasattr(answer, "close"):
                answer.close()
        text = body.decode(errors="replace")
        return Answer(address, heard["status"], seconds, cpu, tuple(statements), text, heard["headers"])

    def leaf(self, address: str, pages: int) -> Iterator[Answer]:
        """The pages from this one on, as somebody leafs through them."""
        path = urlsplit(address).path
        following: str | None = address
        for _ in range(pages):
            if following is None:
                return
            answer = self.ask(following)
            yield answer
            following = answer.next and (f"{path}{answer.next}" if answer.next.startswith("?") else answer.next)


_known: list[WSGIHandler] = []


def _handler() -> WSGIHandler:
    if not _known:
        _known.append(WSGIHandler())
    return _known[0]


def _session(login_name: str) -> str:
    with opened_for(EVERYTHING):
        user = User.objects.get(login_name=login_name)
        store = sessions.begin(user, means="password", strong=True, now=timezone.now())
    assert store.session_key is not None
    return store.session_key


@contextmanager
def _counting() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(_CONTROL):
            seen.append(sql)
        return execute(sql, params, many, context)

    with ExitStack() as stack:
        for alias in ALIASES:
            stack.enter_context(connections[alias].execute_wrapper(note))
        yield seen


@dataclass
class Series:
    """Many answers to one kind of question."""

    name: str
    answers: list[Answer] = field(default_factory=list)

    @property
    def milliseconds(self) -> list[float]:
        return [answer.seconds * 1000 for answer in self.answers]

    def at(self, percent: int) -> float:
        """The time at a percentile, in milliseconds."""
        return percentile(self.milliseconds, percent)

    def facts(self) -> dict[str, object]:
        """What the figure's details say of it."""
        return {
            "p50_ms": round(self.at(50), 1),
            "p95_ms": round(self.at(95), 1),
            "cpu_ms": round(statistics.mean(answer.cpu for answer in self.answers) * 1000, 1),
            "statements": max(len(answer.statements) for answer in self.answers),
            "asked": len(self.answers),
        }


def percentile(values: Sequence[float], percent: int) -> float:
    """The value below which so many per cent lie."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


@dataclass(frozen=True)
class Measured:
    """Series that were asked in turns, and what the database used for all of them."""

    series: tuple[Series, ...]
    database_ms: float
    """CPU of the server for one answer, on average."""

    def together(self, percent: int) -> float:
        """A percentile over all answers."""
        return percentile([time for series in self.series for time in series.milliseconds], percent)

    @property
    def worst(self) -> float:
        """The largest p95 of a series: no kind of question may be slow."""
        return max(series.at(95) for series in self.series)

    @property
    def most_statements(self) -> int:
        return max(len(answer.statements) for series in self.series for answer in series.answers)


def in_turns(questions: dict[str, Callable[[], Answer]], rounds: int) -> Measured:
    """Ask every question once a round, after one round that is not counted; every answer must be 200."""
    for ask in questions.values():
        ask()
    series = {name: Series(name) for name in questions}
    backends = own_backends()
    before = cpu_of_trees(backends)
    for _ in range(rounds):
        for name, ask in questions.items():
            answer = ask()
            if answer.status != 200:
                raise SystemExit(f"{answer.path}：{answer.status}，指标无效。")
            # Pages that nobody reads again would only make this process's garbage slower to find than a server's.
            series[name].answers.append(replace(answer, body=""))
    spent = cpu_of_trees(backends) - before
    return Measured(tuple(series.values()), round(spent * 1000 / (rounds * len(questions)), 2))


def own_backends() -> list[int]:
    """The processes of the server that answer this one."""
    found = []
    for alias in ALIASES:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            found.append(int(cursor.fetchone()[0]))
    return found


# --- what the database does for a page --------------------------------------------------------------------------------


def counting(statements: Iterable[str], big: Sequence[str]) -> list[str]:
    """The statements that count rows of a big table: lists tell how many without counting them.

    A count of at most so many rows, taken from a subquery with a LIMIT, is bounded and none of these.
    """
    tables = "|".join(map(re.escape, big))
    counted = re.compile(rf"""\bcount\s*\([^()]*\)[^()]*\bfrom\s+"?(?:{tables})\b""", re.IGNORECASE)
    return [statement for statement in statements if counted.search(statement)]
