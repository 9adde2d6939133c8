"""Why a job may fail for good while everything dies: a full disk, a database that was away. Nothing else excuses it.
No Django."""

from __future__ import annotations

import re

EXPECTED = {
    "磁盘写满": re.compile(r"No space left on device|\bDiskFull\b|\[Errno 28\]"),
    "数据库连接中断": re.compile(
        r"\b(?:OperationalError|InterfaceError|AdminShutdown|CrashShutdown|CannotConnectNow)\b"
        r".*(?:connection|terminat|shutting down|starting up|recovery mode)",
        re.IGNORECASE,
    ),
}
"""What is expected, by its name, and how the last line of such a traceback begins."""

_RECORD = re.compile(r"^\S.*(?:\n[ \t].*|\n(?=\n))*", re.MULTILINE)
"""One record of the log: what follows a line break is indented (`xuke.config.logs.Lines`)."""
_EXCEPTION = re.compile(r"^ {4}((?:[A-Za-z_]\w*\.)+[A-Z]\w*|[A-Z]\w*(?:Error|Exception))(?::.*)?$", re.MULTILINE)
"""The line that names an exception; lines of the code that raised it are indented further."""


def problem(said: str, job: int) -> str:
    """The exception with which a job ended for good, as the log of its worker has it; "" when it says nothing."""
    ending = re.compile(rf"\[{job}\]\(.*ended with status: Error, lasted")
    records = [record[0] for record in _RECORD.finditer(said) if ending.search(record[0].partition("\n")[0])]
    raised = [found[0].strip() for found in _EXCEPTION.finditer(records[-1])] if records else []
    # The queue of jobs wraps whatever the database said in an exception of its own.
    told = [each for each in raised if not each.startswith("procrastinate.exceptions.ConnectorException")] or raised
    return told[-1][:300] if told else ""


def excuse(problem: str) -> str:
    """The name of the expected reason; "" when the problem is none."""
    return next((name for name, said in EXPECTED.items() if said.search(problem)), "")
