"""The web's processes are replaced while people work; a web that was killed leaves nothing behind."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from xuke.tests.served import free_port, running, wait_for


class Visitors:
    """Three people who ask all the time: one keeps the connection, the others open a new one each time."""

    def __init__(self, port: int) -> None:
        self.port, self.answers = port, Counter[str]()
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._visit, args=(keeps,)) for keeps in (True, False, False)]

    def __enter__(self) -> Visitors:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def _visit(self, keeps: bool) -> None:
        browser = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while not self.stopping.wait(0.02):
            try:
                browser.request("GET", "/login/")
                answer = browser.getresponse()
                answer.read()
                self.answers[str(answer.status)] += 1
                if not keeps:
                    browser.close()
            except (OSError, http.client.HTTPException) as problem:
                self.answers[repr(problem)] += 1
                browser.close()
        browser.close()


def processes_of(main: int) -> set[int]:
    """The processes that serve."""
    children = {int(child) for child in Path(f"/proc/{main}/task/{main}/children").read_text().split()}
    return {child for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()}


def until(what, seconds=30.0):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_reload_loses_no_request_and_a_killed_web_leaves_the_address_free(committed_db):
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    words = ("serve", "--port", str(port), "--workers", "1", "--threads", "2")
    with running(*words, address=address) as web:
        wait_for(address, web)
        old = processes_of(web.pid)
        with closing(socket.create_connection(("127.0.0.1", port))) as slow, Visitors(port) as visitors:
            slow.sendall(b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\na")
            web.send_signal(signal.SIGHUP)
            until(lambda: processes_of(web.pid) - old)
            time.sleep(1)  # Somebody is being served by the old process all the while.
            slow.sendall(b"b")
            assert slow.recv(30).startswith(b"HTTP/1.1 403")
            until(lambda: not processes_of(web.pid) & old)
            time.sleep(0.5)
        assert set(visitors.answers) == {"200"}, visitors.answers
        assert visitors.answers["200"] > 20
        web.kill()
        web.wait()
        until(lambda: not listens(port), 10)


def test_another_server_demands_what_xuke_serve_demands(committed_db):
    environ = {**os.environ, "DATABASE_URL": committed_db.owner, "DJANGO_SETTINGS_MODULE": "xuke.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", "import xuke.config.wsgi"], env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode
    assert "不受行级安全约束" in done.stderr
