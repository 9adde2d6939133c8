"""What people sent and what they were told, written outside the database and flushed before anything goes on."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SENT, ACKNOWLEDGED, LOST, REFUSED = "sent", "acknowledged", "lost", "refused"
"""A request left; it was answered as promised; no answer came, or a failure; it was answered with a refusal."""
BEGUN, ENDED = "begun", "ended"
"""A story."""


Deed = tuple[str, str, str]
"""Stream, verb, and what it was done with."""


@dataclass(frozen=True)
class Line:
    """One line of the ledger."""

    what: str
    stream: str
    verb: str = ""
    """The verb of the command, such as ``accept``."""
    about: str = ""
    """What it was done with, such as the digest of a file."""
    note: str = ""


class Ledger:
    """Appends lines, each on the disk before the call returns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()

    def write(self, what: str, stream: str, verb: str = "", about: str = "", note: str = "") -> None:
        """Write a line down."""
        line = json.dumps([round(time.perf_counter(), 3), what, stream, verb, about, note], ensure_ascii=False) + "\n"
        with self._lock:
            os.write(self._handle, line.encode())
            os.fsync(self._handle)
            self.counts[what] += 1

    def close(self) -> None:
        """Nothing more is written."""
        os.close(self._handle)


def read(path: Path) -> list[Line]:
    """All lines, in order."""
    rows = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    return [Line(*row[1:]) for row in rows]


def count(lines: Iterable[Line], what: str) -> Counter[Deed]:
    """How often something was written of each deed."""
    return Counter((line.stream, line.verb, line.about) for line in lines if line.what == what and line.verb)
