"""What the worker does for the public pages from time to time: catch up, count, write the register down as a file."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from xuke.foundation.journal import legal_day
from xuke.publication.models import PublicFigure
from xuke.publication.projection import cases, figures, register, whole

CATCH_UP_EVERY = timedelta(minutes=10)
WHOLE_EVERY = timedelta(hours=20)
"""Once a day, and a little earlier each day rather than later."""


def keep_figures() -> None:
    """Count what is due; each figure in a transaction of its own."""
    for name in figures.due(timezone.now()):
        figures.count(name, now=timezone.now(), timer=time.monotonic)


def catch_up() -> None:
    """Publish cases that no reaction has published, so that the figures count them as late instead of not at all; and
    licences of which an order takes effect today."""
    now = timezone.now()
    if _is_older("catch_up", CATCH_UP_EVERY):
        began = time.monotonic()
        count = {"cases": cases.catch_up(now), "licences": register.catch_up(legal_day(now))}
        figures.note("catch_up", count, now=now, seconds=time.monotonic() - began)


def write_whole_register() -> None:
    """Write the whole register into a file that everybody may download, once a day."""
    if _is_older(whole.NAME, WHOLE_EVERY) or not whole.exists(Path(settings.XUKE_HOME)):
        now, began = timezone.now(), time.monotonic()
        if made := whole.write(Path(settings.XUKE_HOME), now=now):
            figures.note(whole.NAME, made, now=now, seconds=time.monotonic() - began)


def _is_older(name: str, age: timedelta) -> bool:
    known = PublicFigure.objects.filter(name=name).first()
    return known is None or timezone.now() - known.counted_at >= max(
        age, timedelta(seconds=figures.COST * known.seconds)
    )
