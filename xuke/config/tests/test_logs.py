"""Lines on standard error."""

from __future__ import annotations

import json
import logging
import re

from xuke.config.logs import Json, Lines
from xuke.foundation import request_ids


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


def test_a_line_names_the_request_it_belongs_to() -> None:
    with request_ids.entered("0192-request"):
        assert " ERROR xuke.web [0192-request] Not found" in line("Not found")
    assert " ERROR xuke.web Not found" in line("Not found")


def test_a_program_reads_one_object_per_line_and_nobody_writes_another() -> None:
    record = logging.LogRecord("xuke.web", logging.INFO, "", 1, "%s", ('/my/\n{"level":"x"}\u2028\x85\x1b"',), None)
    record.said = {"route": "case", "status": 200, "ms": 1.5}
    with request_ids.entered("job:7"):
        text = Json().format(record)
    assert text.isprintable()
    said = json.loads(text)
    assert said["message"] == '/my/\n{"level":"x"}\u2028\x85\x1b"'
    assert (said["request"], said["route"], said["ms"], said["level"]) == ("job:7", "case", 1.5, "INFO")
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00$", said["at"])


def test_a_program_is_told_the_traceback_in_the_same_object() -> None:
    try:
        raise ValueError("材料")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "broken", (), (type(error), error, error.__traceback__))
    assert "ValueError: 材料" in json.loads(Json().format(record))["exception"]
