"""Carrying out what the plan says. Each fault picks its victim by the plan's own choice and says what it struck."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psycopg

from xuke.config.bench.measure import children_of
from xuke.config.chaos import clocks, disks
from xuke.config.chaos.clocks import Clock
from xuke.config.chaos.keepers import Database, Service
from xuke.config.chaos.plan import Fault
from xuke.config.chaos.proxy import Line

T = TypeVar("T")

FULL_FOR = 2.0, 5.0
"""Seconds for which a disk is full."""
_CONNECTIONS = (
    "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY pid"
)


@dataclass
class Scene:
    """What can be struck."""

    web: Service
    workers: tuple[Service, ...]
    database: Database
    line: Line
    admin: str
    """How an administrator reaches the database."""
    files: Path
    home: Path
    clock: Clock | None

    def strike(self, fault: Fault) -> str:
        """Do it; what was struck, or "" when there was nothing to strike at this moment."""
        try:
            return _FAULTS[fault.kind](self, fault.choice)
        except (ProcessLookupError, psycopg.Error, _Nobody):
            return ""  # It died of the fault before.


class _Nobody(Exception):
    """There is no victim."""


def _one(of: Sequence[T], choice: float) -> T:
    if not of:
        raise _Nobody
    return of[int(choice * len(of))]


def _web_worker(scene: Scene, choice: float) -> str:
    if scene.web.process is None:
        raise _Nobody
    main = scene.web.process.pid
    # Helpers of Python's multiprocessing, which serve nothing, are children too.
    return _kill(_one([pid for pid in children_of(main) if b"spawn_main" in _words(pid)], choice))


def _web_main(scene: Scene, choice: float) -> str:
    return _kill_service(scene.web)


def _worker(scene: Scene, choice: float) -> str:
    return _kill_service(_one(scene.workers, choice))


def _backend(scene: Scene, choice: float) -> str:
    pid = _one(children_of(_running(scene)), choice)
    what = _words(pid).decode(errors="replace").strip("\0 ")
    return f"{_kill(pid)} {what}"


def _postmaster(scene: Scene, choice: float) -> str:
    return _kill(_running(scene))


def _immediate(scene: Scene, choice: float) -> str:
    return _kill(_running(scene), signal.SIGQUIT)


def _cut(scene: Scene, choice: float) -> str:
    if not (cut := scene.line.cut()):
        raise _Nobody
    return f"{cut} connections"


def _terminate(scene: Scene, choice: float) -> str:
    with psycopg.connect(scene.admin, connect_timeout=2, autocommit=True) as connection:
        pids = [pid for (pid,) in connection.execute(_CONNECTIONS)]
        pid = _one(pids, choice)
        connection.execute("SELECT pg_terminate_backend(%s)", [pid])
    return f"connection {pid}"


def _files_full(scene: Scene, choice: float) -> str:
    return _fill(scene.files, choice)


def _disk_full(scene: Scene, choice: float) -> str:
    return _fill(scene.home, choice)


def _clock(scene: Scene, choice: float) -> str:
    assert scene.clock is not None
    seconds = clocks.AHEAD if scene.clock.offset <= 0 or choice < 0.3 else clocks.BACK
    scene.clock.jump(seconds)
    return f"{seconds:+d} s, now {scene.clock.offset:+d} s"


_FAULTS: dict[str, Callable[[Scene, float], str]] = {
    "web_worker": _web_worker,
    "web_main": _web_main,
    "worker": _worker,
    "backend": _backend,
    "postmaster": _postmaster,
    "immediate": _immediate,
    "cut": _cut,
    "terminate": _terminate,
    "files_full": _files_full,
    "disk_full": _disk_full,
    "clock": _clock,
}


def _kill(pid: int, what: signal.Signals = signal.SIGKILL) -> str:
    os.kill(pid, what)
    return f"process {pid}"


def _kill_service(service: Service) -> str:
    if service.process is None or service.process.poll() is not None:
        raise _Nobody
    return _kill(service.process.pid)


def _running(scene: Scene) -> int:
    if not (pid := scene.database.postmaster):
        raise _Nobody
    return pid


def _fill(place: Path, choice: float) -> str:
    seconds = FULL_FOR[0] + choice * (FULL_FOR[1] - FULL_FOR[0])
    with disks.full(place) as taken:
        time.sleep(seconds)
    return f"{taken // 1_000_000} MB for {seconds:.1f} s"


def _words(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""
