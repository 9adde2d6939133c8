"""Background jobs in our own database: a job commits with the change that caused it, or not at all."""

from __future__ import annotations

import logging
from typing import Any

from django.db import InterfaceError, OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from xuke.foundation import request_ids

_log = logging.getLogger(__name__)

URGENT, SOON, LATER = 20, 10, 0
"""Priorities. Certificates go before notices, because a right that was granted must be shown; notices are readable as
pages at once and only their files wait."""

PROMPT, REPORTS = "default", "reports"
"""The lines in which jobs wait: what people wait for; long lists, which one worker makes one after the other."""

TRANSIENT = RetryStrategy(
    max_attempts=10, exponential_wait=3, retry_exceptions=(OperationalError, InterfaceError, OSError)
)
"""For the database, the disk or the keys being away for a while: again after 3 seconds, then 9, 27 … for about a day.
Anything else would fail the same way again, so it fails at once and stays in the list of failed jobs."""


def defer(task: str, *, priority: int = LATER, lock: str | None = None, **arguments: Any) -> None:
    """Order a job in the running transaction. Jobs with the same `lock` run one after the other."""
    number = app.configure_task(task, priority=priority, lock=lock).defer(**arguments)
    # With the number of the request in front of it: what the job writes is found from the request that ordered it.
    _log.info("%s ordered: %s", request_ids.of_job(number), task)
