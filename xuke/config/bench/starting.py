"""Start-up after everything was killed under load: the database recovers, the web answers that it is ready."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from itertools import cycle
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connections

from xuke.config.bench.commands import postmaster
from xuke.config.bench.load import load
from xuke.config.bench.measure import Figure
from xuke.config.bench.running import await_port, free_port
from xuke.config.bench.sealing import Load
from xuke.publication.models import PublishedLicence

TARGET_S = 10.0
TURNS = 3
RATE, SECONDS = 400.0, 6.0
"""Entries written a second, for how long, before the kill."""


def start_up_after_kill() -> Figure:
    """The slowest of some turns: load, kill -9 of web and database, start, time until /readyz says yes."""
    turns = [_turn() for _ in range(TURNS)]
    slowest = max(turns)
    return Figure(
        "start_up_after_kill",
        round(slowest, 2),
        "s from the start of `xuke serve` until /readyz answers 200",
        TARGET_S,
        slowest <= TARGET_S,
        {"turns_s": [round(turn, 2) for turn in turns], "entries_per_second_before": RATE},
    )


def _turn() -> float:
    numbers = list(PublishedLicence.objects.using("public").order_by("number").values_list("number", flat=True)[:2000])
    port = free_port()
    web = _serve(port)
    await_port(port)
    server = postmaster()
    writing = threading.Thread(target=_write, daemon=True)
    reading = threading.Thread(target=_read, args=[port, numbers], daemon=True)
    writing.start()
    reading.start()
    time.sleep(SECONDS)
    os.kill(server, signal.SIGKILL)
    os.killpg(web.pid, signal.SIGKILL)
    web.wait()
    writing.join(60)
    reading.join(60)
    connections.close_all()
    began = time.perf_counter()
    web = _serve(port)
    try:
        _await_ready(port)
        return time.perf_counter() - began
    finally:
        web.send_signal(signal.SIGINT)
        web.wait(30)


def _serve(port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "xuke.config.cli", "serve", "--port", str(port)],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "XUKE_HOME": str(Path(settings.XUKE_HOME))},
    )


def _write() -> None:
    """Until the database is gone."""
    with suppress(DatabaseError):
        Load(RATE, SECONDS * 2).run()


def _read(port: int, numbers: list[str]) -> None:
    with suppress(OSError):
        load(port, cycle(f"/licences/{number}/" for number in numbers), seconds=SECONDS * 2, connections=4)


def _await_ready(port: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            asked.request("GET", "/readyz")
            if asked.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
    raise SystemExit("网页服务没有启动起来。")
