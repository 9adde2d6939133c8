"""Lines on standard error."""

from __future__ import annotations

import logging
import re

from xuke.config.logs import Lines


def line(message: str, *arguments: object, exc_info: object = None) -> str:
    record = logging.LogRecord("xuke.web", logging.ERROR, "", 1, message, arguments, exc_info)  # type: ignore[arg-type]
    return Lines().format(record)


def test_a_line_begins_with_its_moment_and_its_zone() -> None:
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00 ERROR xuke\.web Not found$", line("Not found"))


def test_nobody_writes_a_line_of_their_own() -> None:
    forged = "/my/\n2026-11-22T10:00:00.000+08:00 ERROR xuke.web all is well\r\x1b[2J\u2028"
    first, second = line("Not found: %s", forged).split("\n")
    assert first.endswith("/my/")
    assert second == "    2026-11-22T10:00:00.000+08:00 ERROR xuke.web all is well\\x0d\\x1b[2J\\x2028"


def test_a_traceback_is_indented_under_its_line() -> None:
    try:
        raise ValueError("a\nb")
    except ValueError as error:
        told = line("broken", exc_info=(type(error), error, error.__traceback__))
    assert all(each.startswith("    ") for each in told.split("\n")[1:])
