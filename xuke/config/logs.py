"""How lines on standard error look: one record begins at the left, with its moment and zone, and nothing else does.

For people by default; ``XUKE_LOG_FORMAT=json`` writes one JSON object per line for programs. Both name the request or
job a line belongs to (`xuke.foundation.request_ids`).
"""

from __future__ import annotations

import json
import logging
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from xuke.foundation import request_ids

_CHINA = ZoneInfo("Asia/Shanghai")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


class Lines(logging.Formatter):
    """What follows a line break is indented and control characters are spelt out: nobody who types a line break into an
    address writes a record of their own (log injection)."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {of}{message}", style="{")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's name
        """The moment with its offset (ISO 8601)."""
        return _moment(record)

    def format(self, record: logging.LogRecord) -> str:
        """The record, with a traceback when there is one."""
        request_id = request_ids.current()
        record.of = f"[{request_id}] " if request_id else ""
        return _UNSEEN.sub(lambda found: f"\\x{ord(found[0]):02x}", super().format(record)).replace("\n", "\n    ")


class Json(logging.Formatter):
    """One JSON object per record: ``at``, ``level``, ``logger``, ``message``, ``request``, ``exception``, and what the
    record says in figures (``extra={"said": {…}}``). A string of JSON holds no line break, so nobody forges a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        facts: dict[str, Any] = {
            "at": _moment(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := request_ids.current():
            facts["request"] = request_id
        facts |= getattr(record, "said", {})
        if record.exc_info:
            facts["exception"] = self.formatException(record.exc_info)
        text = json.dumps(facts, ensure_ascii=False, default=str)
        return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


FORMATS = {"text": "xuke.config.logs.Lines", "json": "xuke.config.logs.Json"}
"""What XUKE_LOG_FORMAT may be."""


def of_granian(form: str) -> dict[str, Any] | None:
    """The configuration of granian's own lines, so that a program reads them too; none where people read."""
    if form != "json":
        return None
    return {
        "formatters": {"line": {"()": FORMATS["json"]}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": {"_granian": {"handlers": ["console"], "level": "INFO", "propagate": False}},
    }


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, _CHINA).isoformat(timespec="milliseconds")
