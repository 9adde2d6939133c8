"""The working calendar of this installation: announced plans, and over them the days that authorities decided."""

from __future__ import annotations

import time
from dataclasses import dataclass

from xuke.foundation.calendar import Override, WorkingCalendar
from xuke.foundation.models import CalendarDay

FRESH_SECONDS = 60.0
"""A decision about a day reaches every process within this time."""


@dataclass(frozen=True)
class _Kept:
    calendar: WorkingCalendar
    read_at: float


_kept: _Kept | None = None


def current() -> WorkingCalendar:
    """The calendar as of the last minute. At most one statement a minute and process."""
    global _kept
    now = time.monotonic()
    if _kept is None or now - _kept.read_at >= FRESH_SECONDS:
        _kept = _Kept(_read(_kept.calendar if _kept else WorkingCalendar()), now)
    return _kept.calendar


def forget() -> None:
    """Read the table again at the next call: after deciding about a day, and between tests."""
    global _kept
    _kept = None


def _read(known: WorkingCalendar) -> WorkingCalendar:
    """A calendar with the decided days of the table; the known one, with its laid-out years, when nothing changed."""
    rows = CalendarDay.objects.values_list("date", "is_workday", "name", "source")
    overrides = {day: Override(is_workday, name, source) for day, is_workday, name, source in rows}
    return known if overrides == known.overrides else WorkingCalendar(overrides)
