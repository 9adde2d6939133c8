"""`xuke serve` and its like as processes of their own, with an environment of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PATIENCE = 60
"""Seconds for a process to start or to stop."""


@contextmanager
def running(*words: str, address: str, **environ: str) -> Iterator[subprocess.Popen[bytes]]:
    """`xuke …` in a session of its own, stopped the way Ctrl-C does, or by force."""
    environment = {**os.environ, "XUKE_ADDRESS": address, "DJANGO_SETTINGS_MODULE": "xuke.config.settings", **environ}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "xuke.config.cli", *words], env=environment, start_new_session=True
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=PATIENCE)


@contextmanager
def site(**environ: str) -> Iterator[str]:
    """The address of `xuke serve`, on the database of the tests."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    words = ("serve", "--port", str(port), "--workers", "1", "--threads", "4")
    with running(*words, address=address, **environ) as process:
        wait_for(address, process)
        yield address


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Until it answers."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, "xuke serve did not start; it said why above"
        with suppress(OSError), urllib.request.urlopen(f"{address}/login/", timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError("xuke serve does not answer")
