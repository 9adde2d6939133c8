"""What the figures are made of: percentiles, leafing, counting statements, a load generator, the parts of a page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat
from pathlib import Path

import pytest

from xuke.config.bench import asking, weight
from xuke.config.bench.asking import Answer, Measured, Series, percentile
from xuke.config.bench.load import load
from xuke.config.bench.million import standing


def answer(body: str = "", *, seconds: float = 0.01, statements: tuple[str, ...] = ()) -> Answer:
    return Answer("/licences/", 200, seconds, 0.002, statements, body, {})


def test_the_slowest_kind_of_question_is_the_figure() -> None:
    quick = Series("quick", [answer(seconds=0.010)] * 20)
    slow = Series("slow", [answer(seconds=0.010)] * 10 + [answer(seconds=0.090, statements=("a", "b"))] * 10)
    measured = Measured((quick, slow), 1.0)
    assert measured.worst == pytest.approx(90)
    assert measured.together(50) == pytest.approx(10)
    assert measured.most_statements == 2
    assert percentile([7.0], 95) == 7.0


def test_a_visitor_leafs_by_the_last_way_on() -> None:
    page = '<a href="?q=a&amp;before=x">上一页</a><a href="?q=%E9%A3%9F&amp;after=abc">下一页</a>'
    assert answer(page).next == "?q=%E9%A3%9F&after=abc"
    assert answer("<a href='/'>首页</a>").next is None


def test_only_counts_of_big_tables_are_told() -> None:
    asked = (
        'SELECT COUNT(*) AS "__count" FROM "licensing_application" WHERE true',
        'SELECT count(*) FROM "exports_listexport"',
        'SELECT "licensing_application"."id" FROM "licensing_application" LIMIT 21',
        "SELECT coalesce(sum(n), 0) FROM licensing_opencount",
        "SELECT count(*) FROM licensing_application WHERE state = 'accepted'",
        "SELECT 1 FROM (SELECT 1 FROM licensing_application LIMIT 9) AS few",
    )
    assert asking.counting(asked, ["licensing_application"]) == [asked[0], asked[4]]


def test_a_count_that_is_bounded_is_not_one_of_a_big_table() -> None:
    bounded = "SELECT count(*) FROM (SELECT FROM licensing_application LIMIT 1000) AS some"
    assert asking.counting([bounded], ["licensing_application"]) == []


def test_the_parts_of_a_page_are_what_a_browser_loads() -> None:
    page = (
        '<link rel="stylesheet" href="/static/a.css"><link rel="alternate" href="/feed.atom">'
        '<script defer src="/static/b.js"></script><img alt="" src="/static/c.svg"><a href="/d/">d</a>'
    )
    assert weight.parts_in(page) == ["/static/a.css", "/static/b.js", "/static/c.svg"]


class Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        content = b"x" * 3_000
        self.send_response(200 if self.path == "/there/" else 404)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name the library gave it
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_the_load_counts_every_answer_once(port: int) -> None:
    loaded = load(port, iter(["/there/"] * 20 + ["/not/"] * 5), seconds=5, connections=3)
    assert loaded.statuses == {200: 20, 404: 5}
    assert loaded.count == 25
    assert loaded.bytes > 25 * 3_000


def test_the_load_ends_in_time(port: int) -> None:
    loaded = load(port, repeat("/there/"), seconds=0.2, connections=2)
    assert 0.2 <= loaded.seconds < 2


def test_a_register_of_another_edition_or_size_is_built_anew(tmp_path: Path) -> None:
    assert not standing.stands(tmp_path, 2_000)
    (tmp_path / standing.MARK).write_text(f'{{"edition": "{standing.edition()}", "made": {{"licences": 2000}}}}')
    assert standing.stands(tmp_path, 2_000)
    assert not standing.stands(tmp_path, 3_000)
    (tmp_path / standing.MARK).write_text('{"edition": "older", "made": {"licences": 2000}}')
    assert not standing.stands(tmp_path, 2_000)
