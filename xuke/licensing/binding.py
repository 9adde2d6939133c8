"""Which rules bind a case: the editions that applied when it was filed, accepted or is decided."""

from __future__ import annotations

from datetime import date

from xuke.catalogue.limits import TimeLimit, time_limit
from xuke.licensing.models import Application


def limit(application: Application, id: str, *, on: date) -> TimeLimit:
    """The time limit that binds this case on a day."""
    return time_limit(id, on)
