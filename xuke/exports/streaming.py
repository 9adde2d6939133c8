"""A list as an answer that leaves while it is being read: for programs, and for officers who do not want to wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from xuke.accounts.officers import Officer
from xuke.exports.reading import Reading
from xuke.exports.writing import csv_pieces
from xuke.foundation.refusals import TooMany

AT_ONCE = 2
"""Lists that leave one process at the same time."""
LONGEST = 600.0
"""Seconds after which a list that is still being read is cut off: its connection belongs to everybody."""
_PERSONS = 7_302
"""The class of advisory locks that let each person read one list at a time, whichever process answers."""
_places = threading.BoundedSemaphore(AT_ONCE)


class Full(TooMany):
    """正在直接下载清单的人很多，请过一会儿再试，或者用“导出”在后台生成。"""


class OneAtATime(TooMany):
    """您正在直接下载另一份清单，请等它完成再下载这一份。"""


class CsvStream:
    """The bytes of a list. Whoever has one closes it; the answer does when it is sent or broken off."""

    def __init__(self, reading: Reading, officer: Officer) -> None:
        self._reading, self._closed = reading, False
        if not _places.acquire(blocking=False):
            raise Full()
        try:
            if not reading.hold(_PERSONS, officer.user_id % 2**31):
                raise OneAtATime()
            reading.open()
        except BaseException:
            self.close()
            raise
        self._pieces = csv_pieces(reading.pieces())
        self._until = time.monotonic() + LONGEST

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if time.monotonic() > self._until:
            raise TimeoutError("a list was read too slowly")
        piece, _ = next(self._pieces)
        return piece

    def close(self) -> None:
        """Give the connection and the place back, once."""
        if not self._closed:
            self._closed = True
            self._reading.close()
            _places.release()
