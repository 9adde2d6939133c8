"""How lines on standard error look: one record begins at the left, with its moment and zone, and nothing else does."""

from __future__ import annotations

import logging
import re
from datetime import datetime
from zoneinfo import ZoneInfo

_CHINA = ZoneInfo("Asia/Shanghai")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


class Lines(logging.Formatter):
    """What follows a line break is indented and control characters are spelt out: nobody who types a line break into an
    address writes a record of their own (log injection)."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {message}", style="{")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's name
        """The moment with its offset (ISO 8601)."""
        return datetime.fromtimestamp(record.created, _CHINA).isoformat(timespec="milliseconds")

    def format(self, record: logging.LogRecord) -> str:
        """The record, with a traceback when there is one."""
        return _UNSEEN.sub(lambda found: f"\\x{ord(found[0]):02x}", super().format(record)).replace("\n", "\n    ")
