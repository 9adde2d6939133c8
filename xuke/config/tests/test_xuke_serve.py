"""`xuke serve`: pages stay quick while others send slowly; an installation that is not safe is not served."""

from __future__ import annotations

import asyncio
import http.client
import io
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from types import SimpleNamespace

import pytest
from django.db import connections

from xuke.config import installation, serving
from xuke.config.serving import Served, TooSlow, environ_of, receive
from xuke.config.unusable import Unusable


def xuke(*words, **environment):
    """Run the command line and wait for its end."""
    return subprocess.run(
        [sys.executable, "-m", "xuke.config.cli", *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def port(committed_db):
    """Where the product is served, by one process with two threads."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ("serve", "--port", str(port), "--workers", "1", "--threads", "2")
    with subprocess.Popen([sys.executable, "-m", "xuke.config.cli", *words], stdout=subprocess.DEVNULL) as process:
        try:
            for _ in range(300):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield port
        finally:
            process.terminate()


def test_twelve_who_send_a_byte_now_and_then_hold_up_nobody(port):
    address = ("127.0.0.1", port)
    head = "POST /verify/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    with ExitStack() as held:
        dripping = [held.enter_context(socket.create_connection(address)) for _ in range(12)]
        for connection in dripping:
            connection.sendall(f"{head}Content-Length: 1000\r\n\r\na=".encode())
        for path in ("/", "/login/", "/verify/"):
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=15)) as browser:
                browser.request("GET", path)
                answer = browser.getresponse()
                answer.read()
                assert answer.status == 200
            for connection in dripping:
                connection.sendall(b"b")
        for connection in dripping:
            connection.setblocking(False)
            with pytest.raises(BlockingIOError):
                connection.recv(1)


def test_a_page_has_its_address_its_query_its_cookies_and_its_body(port):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=15)) as browser:
        browser.request("POST", "/login/?next=%2Fmy%2F", b"username=x")
        answer = browser.getresponse()
        answer.read()
        assert answer.status == 403  # Without a token.
    with socket.create_connection(("127.0.0.1", port)) as large:
        large.sendall(b"POST /verify/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99000000\r\n\r\n")
        assert large.recv(30).startswith(b"HTTP/1.1 413")


# --- the waiting room -------------------------------------------------------------------------------------------------


class Pieces:
    """A connection whose pieces come with pauses."""

    def __init__(self, *pieces, pause=0.0):
        self.pieces, self.pause, self.said = pieces, pause, []

    async def __aiter__(self):
        for piece in self.pieces:
            await asyncio.sleep(self.pause)
            yield piece

    def response_bytes(self, *said):
        self.said.append(said)

    def response_stream(self, status, headers):
        self.said.append((status, headers))
        return self

    async def send_bytes(self, data):
        self.said.append(data)


def scope(method="POST", path="/", **headers):
    items = [(name.replace("__", "-"), value) for name, value in headers.items()]
    named = SimpleNamespace(get=dict(items).get, items=lambda: items)
    where = {"server": "127.0.0.1:80", "client": "[::1]:9", "scheme": "http", "http_version": "1.1"}
    return SimpleNamespace(method=method, path=path, query_string="", headers=named, **where)


def test_a_body_that_never_ends_is_given_up(monkeypatch):
    monkeypatch.setattr(serving, "GRACE", 0.05)
    with pytest.raises(TooSlow):
        asyncio.run(receive(Pieces(*[b"a"] * 1000, pause=0.01), io.BytesIO()))
    with pytest.raises(TooSlow):
        asyncio.run(receive(Pieces(b"a", pause=60), io.BytesIO()))


def test_a_large_body_may_take_long_as_long_as_it_comes(monkeypatch):
    monkeypatch.setattr(serving, "GRACE", 1.0)
    body = io.BytesIO()
    assert asyncio.run(receive(Pieces(*[b"a" * 100_000] * 10, pause=0.15), body)) == 1_000_000
    assert body.tell() == 1_000_000


def echo(environ, start):
    start("200 OK", [("content-type", "text/plain")])
    return [environ["wsgi.input"].read()]


def ask(application, line, request):
    asyncio.run(Served(application, threads=1, largest=100).__rsgi__(request, line))
    return line.said


def test_whoever_is_too_slow_is_told_so_on_a_page(monkeypatch):
    monkeypatch.setattr(serving, "GRACE", 0.01)
    ((status, _, page),) = ask(echo, Pieces(b"a", pause=1), scope(content__length="2"))
    assert status == 408
    assert "网络太慢" in page.decode()


def test_a_body_that_breaks_off_never_reaches_the_application():
    assert ask(echo, Pieces(b"a"), scope(content__length="2")) == [(400, [], b"")]
    assert ask(echo, Pieces(b"ab"), scope(content__length="2"))[0][2] == b"ab"


def test_a_body_over_the_limit_is_not_waited_for():
    assert ask(echo, Pieces(b"a" * 101), scope(content__length="101"))[0][2] == b""


def test_a_long_answer_leaves_piece_by_piece_and_is_closed(monkeypatch):
    monkeypatch.setattr(serving, "IN_MEMORY", 3)

    class Long(list):
        closed = 0

        def close(self):
            self.closed += 1

    pieces = Long([b"ab", b"cd", b"", b"ef"])

    def application(environ, start):
        start("206 Partial Content", [])
        return pieces

    assert ask(application, Pieces(), scope("GET")) == [(206, []), b"abcd", b"ef"]
    assert pieces.closed == 1


def test_an_answer_that_leaves_as_it_is_made_leaves_with_its_first_piece():
    line, left = Pieces(), []

    def rows():
        yield b"heading"
        left.append(list(line.said))
        yield b"rows"

    def application(environ, start):
        start("200 OK", [("Content-Type", "text/csv"), serving.AT_ONCE])
        return rows()

    ask(application, line, scope("GET"))
    assert left[0][-1] == b"heading"
    assert line.said[-1] == b"rows"


def test_a_list_that_breaks_off_says_so_in_its_last_line(monkeypatch):
    monkeypatch.setattr(serving, "IN_MEMORY", 3)

    def rows():
        yield b"ab,cd\r\n"
        yield b"ef,"
        raise OSError("the database went away")

    def application(environ, start):
        start("200 OK", [("content-type", "text/csv; charset=utf-8")])
        return rows()

    line = Pieces()
    with pytest.raises(OSError, match="went away"):
        ask(application, line, scope("GET"))
    assert line.said[-1] == serving.BROKEN_OFF and "不完整" in serving.BROKEN_OFF.decode()


def test_the_request_as_the_application_sees_it():
    with tempfile.TemporaryFile() as body:
        environ = environ_of(scope(path="/许可/", x__real="1", x_real="2", content__type="a/b"), body)
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/许可/"
    typed = environ_of(SimpleNamespace(**{**vars(scope(x__name="许")), "query_string": "q=食品"}), None)
    assert [typed[key].encode("latin-1").decode() for key in ("QUERY_STRING", "HTTP_X_NAME")] == ["q=食品", "许"]
    assert (environ["REMOTE_ADDR"], environ["CONTENT_TYPE"], environ["HTTP_X_REAL"]) == ("::1", "a/b", "1")
    twice = SimpleNamespace(get={}.get, items=lambda: [("cookie", "a=1"), ("cookie", "b=2")])
    assert environ_of(SimpleNamespace(**{**vars(scope()), "headers": twice}), None)["HTTP_COOKIE"] == "a=1; b=2"


# --- not like this ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [["serve", "--port", "1"], ["worker"], ["prepare"]])
def test_a_role_that_owns_the_tables_is_refused(command, committed_db):
    done = xuke(*command, DATABASE_URL=committed_db.owner)
    assert done.returncode == 2
    assert "数据库角色 xuke_owner 不受行级安全约束" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_superuser_is_refused_too(committed_db):
    done = xuke("worker", "--until-idle", DATABASE_URL=committed_db.admin)
    assert (done.returncode, "数据库角色 postgres 不受行级安全约束" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("command", "role"), [(["serve", "--port", "1"], "xuke_app"), (["worker", "--until-idle"], "xuke_owner")]
)
def test_public_pages_that_would_see_everything_are_refused(command, role, committed_db):
    done = xuke(*command, DATABASE_PUBLIC_URL={"xuke_app": committed_db.app, "xuke_owner": committed_db.owner}[role])
    assert (done.returncode, f"公开页面以数据库角色 {role} 连接，应为 xuke_public" in done.stderr) == (2, True)
    assert "请把 DATABASE_PUBLIC_URL 的用户改为 xuke_public" in done.stderr


def test_reports_are_read_as_the_role_of_the_web(committed_db):
    connections["reports"].close()
    connections["reports"] = connections["public"]
    try:
        with pytest.raises(Unusable, match="导出和报表以数据库角色 xuke_public 连接，应为 xuke_app"):
            installation.demand_walls()
    finally:
        del connections["reports"]


@pytest.mark.parametrize("variable", ["DATABASE_OWNER_URL", "DATABASE_PUBLIC_URL"])
def test_one_address_alone_is_refused(variable, committed_db):
    done = xuke("prepare", **{variable: ""})
    assert (done.returncode, f"还要设置 {variable}" in done.stderr) == (2, True)


@pytest.mark.parametrize("command", [["serve", "--port", "1"], ["worker"]])
def test_the_demonstrations_key_signs_nothing_that_does_not_say_so(command, committed_db):
    done = xuke(*command, XUKE_DEMO="0")
    assert (done.returncode, "目前只能用演示密钥签章" in done.stderr) == (2, True)
