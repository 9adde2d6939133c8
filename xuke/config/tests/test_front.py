"""What the event loop answers by itself: health, figures, and pages that were just made."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest

from xuke.config import metrics, serving
from xuke.config.front import Front
from xuke.config.page_cache import PageCache
from xuke.config.serving import Served

PAGE = "<p>宜昌稻花香食品有限公司</p>".encode() * 100


class Line:
    """A connection that remembers what was said."""

    def __init__(self) -> None:
        self.said: tuple[int, list[tuple[str, str]], bytes] = (0, [], b"")

    async def __aiter__(self) -> Any:
        return
        yield

    def response_bytes(self, *said: Any) -> None:
        self.said = said  # type: ignore[assignment]

    @property
    def headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.said[1]}


def asking(path: str, method: str = "GET", query: str = "", client: str = "203.0.113.9:5", **headers: str) -> Any:
    named = {"host": "127.0.0.1:8000"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return SimpleNamespace(
        method=method, path=path, query_string=query, client=client, server="127.0.0.1:80", scheme="http",
        http_version="1.1", headers=SimpleNamespace(get=named.get, items=named.items),
    )  # fmt: skip


class Site:
    """Pages that may be kept for ten seconds, and how often one was made."""

    def __init__(self, control: str = "public, s-maxage=10", pause: float = 0.0, **more: str) -> None:
        self.made, self.control, self.pause, self.more = 0, control, pause, more

    def __call__(self, environ: Any, start: Any) -> list[bytes]:
        self.made += 1
        time.sleep(self.pause)
        headers = [
            ("Content-Type", "text/html"),
            ("Cache-Control", self.control),
            ("X-Request-ID", f"made-{self.made}"),
        ]
        environ["xuke.route"] = "home"
        start("200 OK", headers + [(name.replace("_", "-"), value) for name, value in self.more.items()])
        return [PAGE]


def ask(site: Site, *requests: Any, at_once: bool = False, front: Front | None = None) -> list[Line]:
    served = Served(site, threads=4, largest=100, front=front or Front(PageCache()))

    async def run() -> list[Line]:
        lines = [Line() for _ in requests]
        if at_once:
            await asyncio.gather(*(served.__rsgi__(*pair) for pair in zip(requests, lines, strict=True)))
        else:
            for pair in zip(requests, lines, strict=True):
                await served.__rsgi__(*pair)
        return lines

    return asyncio.run(run())


# --- pages ------------------------------------------------------------------------------------------------------------


def test_a_page_is_made_once_for_everybody_who_asks_in_the_same_moment() -> None:
    site = Site(pause=0.1)
    lines = ask(site, *[asking("/")] * 20, at_once=True)
    assert site.made == 1
    assert {line.said[2] for line in lines} == {PAGE}
    assert len({line.headers["x-request-id"] for line in lines}) == 20  # Each request keeps a number of its own.


def test_whoever_has_a_session_gets_a_page_of_their_own() -> None:
    site = Site()
    first, mine, again, *_ = ask(
        site, asking("/"), asking("/", cookie="sessionid=x"), asking("/", accept_encoding="br"),
        asking("/", authorization="Bearer x"), asking("/", method="POST"), asking("/", query="q=1"),
    )  # fmt: skip
    assert site.made == 5
    assert (first.headers["age"], again.headers["content-encoding"], again.headers["age"]) == ("0", "br", "0")
    assert "age" not in mine.headers


def test_pages_that_cannot_be_kept_wait_for_nobody() -> None:
    site = Site(control="private", pause=0.1)
    began = time.monotonic()
    ask(site, asking("/"), *[asking("/")] * 4)  # The first tells that it cannot be kept.
    assert site.made == 5
    began = time.monotonic()
    ask(site, *[asking("/")] * 4, at_once=True)
    assert time.monotonic() - began < 0.35  # Once one after the other, never four times.


def test_a_page_that_fails_leaves_nobody_waiting() -> None:
    class Failing(Site):
        def __call__(self, environ: Any, start: Any) -> list[bytes]:
            super().__call__(environ, start)
            raise RuntimeError("no page")

    site = Failing(pause=0.05)
    front = Front(PageCache())
    served = Served(site, threads=4, largest=100, front=front)

    async def run() -> list[Any]:
        return await asyncio.gather(*(served.__rsgi__(asking("/"), Line()) for _ in range(3)), return_exceptions=True)

    assert all(isinstance(each, RuntimeError) for each in asyncio.run(run()))
    assert front._making == {}


def test_a_session_is_never_compressed_and_a_public_page_is() -> None:
    site = Site(control="private")
    lines = ask(site, asking("/", accept_encoding="gzip"), asking("/", accept_encoding="gzip", cookie="sessionid=x"))
    public, session = lines
    assert public.headers["content-encoding"] == "gzip"
    assert public.headers["vary"] == "Accept-Encoding"
    assert public.headers["content-length"] == str(len(public.said[2]))
    assert "content-encoding" not in session.headers
    assert session.said[2] == PAGE


def test_after_the_farewell_each_connection_is_closed_with_its_answer() -> None:
    served = Served(Site(), threads=1, largest=100)
    before, after = Line(), Line()

    async def run() -> None:
        await served.__rsgi__(asking("/"), before)
        served.farewell()
        await served.__rsgi__(asking("/"), after)

    asyncio.run(run())
    assert "connection" not in before.headers
    assert after.headers["connection"] == "close"


# --- health -----------------------------------------------------------------------------------------------------------


def test_alive_asks_nobody_and_ready_asks_once_a_second() -> None:
    asked = []

    def reasons() -> list[str]:
        asked.append(threading.current_thread().name)
        return ["database"]

    site = Site()
    lines = ask(site, *[asking("/healthz")] * 3, *[asking("/readyz")] * 30, front=Front(PageCache(), reasons=reasons))
    assert [line.said[0] for line in lines] == [200] * 3 + [503] * 30
    assert json.loads(lines[-1].said[2]) == {"ready": False, "reasons": ["database"]}
    assert (len(asked), site.made) == (1, 0)


def test_whoever_is_about_to_stop_is_not_ready_and_still_alive() -> None:
    front = Front(PageCache())
    front.farewell()
    alive, ready = ask(Site(), asking("/healthz"), asking("/readyz"), front=front)
    assert (alive.said[0], ready.said[0], json.loads(ready.said[2])["reasons"]) == (200, 503, ["stopping"])


# --- figures ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "request_", "allowed"),
    [
        ("", asking("/metrics", client="127.0.0.1:9"), True),
        ("", asking("/metrics", client="[::1]:9", host="localhost"), True),
        ("", asking("/metrics"), False),
        ("", asking("/metrics", client="127.0.0.1:9", x_forwarded_for="203.0.113.9"), False),
        ("", asking("/metrics", client="127.0.0.1:9", host="licence.example"), False),
        ("secret", asking("/metrics", authorization="Bearer secret"), True),
        ("secret", asking("/metrics", authorization="Bearer 错"), False),
        ("secret", asking("/metrics", client="127.0.0.1:9"), False),
    ],
)
def test_figures_are_for_this_machine_or_for_whoever_has_the_token(
    token: str, request_: Any, allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "exposition", lambda: b"figures")
    site = Site(control="private")
    (line,) = ask(site, request_, front=Front(PageCache(), token=token))
    assert (line.said[2] == b"figures", site.made) == (allowed, 0 if allowed else 1)


def test_a_long_address_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site()
    ask(site, *[asking("/", query="q=" + "a" * 3_000)] * 2)
    assert site.made == 2
    monkeypatch.setattr(serving, "IN_MEMORY", 10)
    site = Site()
    assert Front(PageCache()).key(asking("/", method="POST")) is None
