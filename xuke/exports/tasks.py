"""The background job of exports. It waits in a line of its own, so that no certificate waits behind a long list."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from xuke.exports import making
from xuke.foundation.jobs import REPORTS, TRANSIENT


@app.task(name="exports.make", queue=REPORTS, retry=TRANSIENT)
def make_file(export: str) -> None:
    """Make the file of an export."""
    making.make_aside(UUID(export), timezone.now)
