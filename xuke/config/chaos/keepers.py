"""Whoever starts again what died, as systemd would: the web, each worker, and the embedded database."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from xuke.config import embedded

PAUSE = 0.1
"""Seconds between a death and the next start, systemd's own default."""
_LOOK = 0.05


class Service:
    """One `xuke` command, started again whenever it ends. What it leaves behind is killed with it, as a unit's is."""

    def __init__(self, name: str, command: tuple[str, ...], *, log: Path, is_ready: Callable[[Service], bool]) -> None:
        self.name, self._command, self._log, self._is_ready = name, command, log, is_ready
        self.process: subprocess.Popen[bytes] | None = None
        self.ready = threading.Event()
        self.began_at = 0
        """Where this start's lines begin in the log."""
        self.starts: list[float] = []
        """Seconds from a death to being ready again."""
        self.first_start = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=name, daemon=True)

    def start(self) -> None:
        """Begin to keep it alive."""
        self._thread.start()

    def said(self) -> str:
        """What this start has written so far."""
        with self._log.open("rb") as file:
            file.seek(self.began_at)
            return file.read().decode(errors="replace")

    def everything_said(self) -> str:
        """What all its starts have written."""
        return self._log.read_text("utf-8", errors="replace")

    def stop(self) -> None:
        """Ask it to end, and let it stay dead."""
        self._stopping.set()
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self._thread.join(30)
        self._clear()

    def _keep(self) -> None:
        down_since, first = time.monotonic(), True
        while not self._stopping.is_set():
            self._spawn()
            if self._await_ready():
                took = time.monotonic() - down_since
                if first:
                    self.first_start, first = took, False
                else:
                    self.starts.append(took)
                assert self.process is not None
                self.process.wait()
                down_since = time.monotonic()
            self.ready.clear()
            self._clear()
            self._stopping.wait(PAUSE)

    def _spawn(self) -> None:
        self.began_at = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "xuke.config.cli", *self._command],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "XUKE_LOG": "INFO", "XUKE_LOG_FORMAT": "text"},
            )

    def _await_ready(self) -> bool:
        assert self.process is not None
        while self.process.poll() is None:
            if self._is_ready(self):
                self.ready.set()
                return True
            time.sleep(_LOOK)
        return False

    def _clear(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def answers(port: int) -> bool:
    """Whether the web answers a page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class Database:
    """The embedded server, started again whenever it is gone. Other commands that start may be faster."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.cluster = embedded.cluster_of(home)
        self.starts: list[float] = []
        self.failures: list[str] = []
        """Starts that failed, such as those on a full disk."""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="database", daemon=True)

    def start(self) -> None:
        """Begin to keep it alive."""
        self._thread.start()

    def stop(self) -> None:
        """Let it be."""
        self._stopping.set()
        self._thread.join(180)

    @property
    def postmaster(self) -> int:
        """The number of the server's first process, 0 when there is none."""
        try:
            first, *_ = (self.cluster.data / "postmaster.pid").read_text().splitlines()
            return int(first) if self.cluster.is_running() else 0
        except (FileNotFoundError, ValueError):
            return 0

    def _keep(self) -> None:
        down_since = 0.0
        while not self._stopping.wait(_LOOK):
            if self.cluster.is_running():
                continue
            down_since = down_since or time.monotonic()
            try:
                embedded.ensure_running(self._home)
            except Exception as problem:  # Whatever it was: the next attempt is what a supervisor would make.
                self.failures.append(str(problem).splitlines()[0][:200])
                continue
            self.starts.append(time.monotonic() - down_since)
            down_since = 0.0
