"""What apps above add to an applicant's desk: named in the settings, because the page lies below them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def todos(applicant: Any, *, today: date) -> Iterator[Any]:
    """What waits for an applicant, of every app that has something; the most pressing first."""
    for name in settings.XUKE_DESK:
        yield from import_string(name)(applicant, today=today)
