"""A thread that does a few small things every second, for as long as the process lives."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType

from django.db import close_old_connections, connections

_log = logging.getLogger(__name__)

Work = Callable[[], object]


@dataclass
class _Beat:
    """One thing to do, and when it is its turn again."""

    work: Work
    next_at: float = 0.0
    failures: int = 0


class EverySecond:
    """Calls each function about once a second, one after the other, in a thread of its own.

    One that fails is logged and left alone for 2, 4, 8 … seconds, at most `longest`; the others go on. After a failure
    the database connection is closed, so that the next attempt finds a new one.
    """

    def __init__(self, functions: Iterable[Work], *, seconds: float = 1.0, longest: float = 30.0) -> None:
        self._beats = [_Beat(function) for function in functions]
        self._seconds, self._longest = seconds, longest
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin. Once only."""
        self._thread.start()

    def stop(self, timeout: float | None = None) -> bool:
        """Let the function that is running finish, then end; false when it did not within `timeout` seconds."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def __enter__(self) -> EverySecond:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, mistake: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                began = time.monotonic()
                for beat in self._beats:
                    if beat.next_at <= began and not self._stopping.is_set():
                        self._do(beat)
                self._stopping.wait(max(0.0, self._seconds - (time.monotonic() - began)))
        finally:
            connections.close_all()

    def _do(self, beat: _Beat) -> None:
        close_old_connections()
        try:
            beat.work()
        except Exception:
            beat.failures += 1
            pause = min(self._seconds * 2 ** min(beat.failures, 20), self._longest)
            beat.next_at = time.monotonic() + pause
            _log.exception("%s failed; again in %s s", _name(beat.work), pause)
            connections.close_all()
        else:
            if beat.failures:
                _log.warning("%s works again after %s failures", _name(beat.work), beat.failures)
            beat.failures = 0


def _name(work: Work) -> str:
    return getattr(work, "__qualname__", repr(work))
