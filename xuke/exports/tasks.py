"""The background job of exports. It waits in a line of its own, so that no certificate waits behind a long list."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from xuke.exports import making
from xuke.exports.models import TASK
from xuke.foundation.jobs import REPORTS

_log = logging.getLogger(__name__)

AGAIN = RetryStrategy(max_attempts=6, exponential_wait=3, retry_exceptions=(OperationalError, InterfaceError, OSError))
"""For the database or the disk being away for a while: for about twenty minutes. Somebody waits for a list and can ask
for it anew, so no attempt is made hours later."""


@app.task(name=TASK, queue=REPORTS, retry=AGAIN, pass_context=True)
def make_file(context: JobContext, export: str) -> None:
    """Make the file of an export. When that fails for good, whoever waits for it is told."""
    try:
        making.make_aside(UUID(export), timezone.now)
    except Exception as problem:
        _log.warning("export %s was not made: %r", export, problem)
        if AGAIN.get_retry_decision(exception=problem, job=context.job) is None:
            making.give_up(UUID(export), timezone.now)
        raise
