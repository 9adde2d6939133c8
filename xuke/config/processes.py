"""The processes of `xuke serve`: granian's, replaced one after the other without losing a request.

Granian gives each process a listening socket of its own, and what waits in the queue of one that closes is reset by the
kernel. Here all share one socket, made by us or handed over by systemd, so whoever connects is answered by whichever
process is there. A process is sent home only when its successor has said that it is ready, and first says farewell on
every connection it answers, so that nobody sends a request into a connection that is just being closed.
"""

from __future__ import annotations

import errno
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import DupFd, ForkingPickler
from pathlib import Path
from typing import Any

from granian._granian import SocketHolder
from granian.server.mp import MPServer, WorkerProcess
from prometheus_client.multiprocess import mark_process_dead

from xuke.config.unusable import Unusable

_log = logging.getLogger("_granian")
"""Granian's own, so that the story of a process is told in one place."""

FAREWELL = signal.SIGUSR1
"""Tells a process that it will be stopped: it answers on, and closes each connection after its answer."""
PLACE = "XUKE_SERVE_PLACE"
"""The environment variable that names the folder of ready files."""
FAREWELL_SECONDS = 1.0
START_WITHIN = 60.0
"""Seconds in which a new process says that it is ready, or the old one stays."""
QUEUE = 1_024
"""Connections that the kernel keeps while no process takes them."""
FAILED_STARTS = 3
"""Processes that died before they were ready, one after the other, after which we give up."""
FREED_WITHIN = 5.0
"""Seconds that the processes of a predecessor which was killed may need to notice it and let go of the address."""
_FIRST_HANDED_OVER = 3
"""Where systemd's sockets begin (sd_listen_fds)."""


def ready_file(place: Path, pid: int) -> Path:
    """The file by whose existence a process says that it is ready."""
    return place / f"ready-{pid}"


def say_ready() -> None:
    """Say to whoever has started this process that it can answer; and end when that one is gone, however it went."""
    if place := os.environ.get(PLACE):
        ready_file(Path(place), os.getpid()).touch()
    if parent := multiprocessing.parent_process():
        threading.Thread(target=_follow, args=(parent,), name="follow", daemon=True).start()


def end() -> None:
    """End this process without taking the interpreter apart: a thread of granian's would find it gone, and abort."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _follow(parent: BaseProcess) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def listening(address: str, port: int) -> socket.socket:
    """The socket everybody shares: the one systemd holds for us, or a new one."""
    if os.environ.get("LISTEN_PID") == str(os.getpid()) and os.environ.get("LISTEN_FDS", "0") != "0":
        return socket.socket(fileno=_FIRST_HANDED_OVER)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    until = time.monotonic() + FREED_WITHIN
    while True:
        try:
            return socket.create_server((address, port), family=family, backlog=QUEUE)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > until:
                raise Unusable(f"不能在 {address}:{port} 上监听：{error.strerror}。") from None
        time.sleep(0.1)


def _into_another_process(holder: Any) -> tuple[Any, tuple[Any, ...]]:
    """A socket is sent to a process that is being started by its descriptor, not by its number."""
    number, is_unix, queue = holder.__getstate__()
    return _taken_over, (DupFd(number), is_unix, queue)


def _taken_over(descriptor: Any, is_unix: bool, queue: int) -> Any:
    return SocketHolder(descriptor.detach(), is_unix, queue)  # type: ignore[call-arg]


class Processes(MPServer):
    """Granian's processes on one shared socket. `place` is a folder in which they say that they are ready."""

    def __init__(self, target: str, *, place: Path, grace: int, **options: Any) -> None:
        super().__init__(target, workers_kill_timeout=grace, respawn_failed_workers=True, **options)
        self._place = place
        self._socket: socket.socket | None = None
        self._failed_starts = 0

    def _init_shared_socket(self) -> None:
        self._socket = listening(self.bind_addr, self.bind_port)
        self._sso = None
        self._ssp = None
        self._shd: Any = SocketHolder(self._socket.fileno(), False, QUEUE)  # type: ignore[call-arg]

    def _drop_shared_socket(self) -> None:
        """Stop listening ourselves; the processes do as each ends, and systemd keeps what is its own."""
        if self._socket:
            self._socket.close()

    def _respawn_workers(self, workers: list[int], spawn_target: Any, target_loader: Any, delay: float = 0) -> None:
        """Replace processes one after the other. One whose successor does not start stays."""
        for index in workers:
            if self.interrupt_signal or self._is_hopeless(index):
                return
            old = self.wrks[index]
            new = self._spawn_worker(idx=index, target=spawn_target, callback_loader=target_loader)
            new.interrupt_by_parent = old.inner.is_alive()  # Should it die before it is ready, nobody needs another.
            new.start()  # type: ignore[no-untyped-call]
            if old.inner.is_alive() and not self._becomes_ready(new):
                _log.error("Process %s stays: the one in its place did not start", old.inner.pid)
                self._end([new])
                return
            new.interrupt_by_parent = False
            self.wrks[index] = new
            self._end([old])
        self._metrics.incr_spawn(len(workers))

    def _is_hopeless(self, index: int) -> bool:
        """Whether one process after the other dies before it is ready: then we end, and whoever started us is told.

        One that was ready and was killed is replaced at once, however often. (Granian goes by time: five seconds.)
        """
        dead = self.wrks[index].inner
        if dead.is_alive() or (dead.pid and ready_file(self._place, dead.pid).exists()):
            self._failed_starts = 0
            return False
        self._failed_starts += 1
        if self._failed_starts < FAILED_STARTS:
            return False
        _log.error("The processes do not start")
        self.interrupt_signal = True
        self.interrupt_children.append(index)
        self.main_loop_interrupt.set()
        return True

    def _stop_workers(self) -> None:
        self._end(self.wrks)
        self.wrks.clear()

    def _becomes_ready(self, worker: WorkerProcess) -> bool:
        until = time.monotonic() + START_WITHIN
        file = ready_file(self._place, worker.inner.pid)
        while time.monotonic() < until and worker.inner.is_alive() and not self.interrupt_signal:
            if file.exists():
                return True
            time.sleep(0.02)
        # Told to stop meanwhile: it is as good as ready, and ended with the others.
        return self.interrupt_signal

    def _end(self, workers: list[WorkerProcess]) -> None:
        """Say farewell, stop, and after the grace kill; whoever waits for an answer has it by then."""
        alive = [worker for worker in workers if worker.inner.is_alive()]
        for worker in alive:
            worker.interrupt_by_parent = True
            if ready_file(self._place, worker.inner.pid).exists():
                os.kill(worker.inner.pid, FAREWELL)
        if alive:
            time.sleep(FAREWELL_SECONDS)
        for worker in alive:
            worker.inner.terminate()
        until = time.monotonic() + (self.workers_kill_timeout or 0)
        for worker in alive:
            # Looked at, not joined: a thread of granian's joins it already, and of two only one is told of the end.
            while worker.inner.is_alive() and time.monotonic() < until:
                time.sleep(0.01)
            if worker.inner.is_alive():
                _log.warning("Process %s is killed: it did not finish in time", worker.inner.pid)
                worker.inner.kill()
        for worker in workers:
            self._forget(worker.inner)

    def _forget(self, process: BaseProcess) -> None:
        """What a process that has ended leaves behind."""
        if process.pid:
            ready_file(self._place, process.pid).unlink(missing_ok=True)
            mark_process_dead(process.pid)  # type: ignore[no-untyped-call]


def fresh_interpreters() -> None:
    """Start each process with an interpreter of its own, which reads the code as it is now: a reload is an update."""
    multiprocessing.set_start_method("spawn", force=True)
    ForkingPickler.register(SocketHolder, _into_another_process)
