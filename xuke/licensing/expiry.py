"""Until when a new licence is valid: five years from the decision (食品安全法实施条例 art. 15), and how it is written.

The law names no last day: most certificates end on the day before the anniversary, some on the anniversary itself. A
province says which with a switch, once; whoever reads the day before it is decided reads that this is uncertain.
"""

from __future__ import annotations

from datetime import date

from xuke.catalogue.limits import time_limit
from xuke.foundation.calendar import valid_until
from xuke.licensing import binding
from xuke.licensing.models import Application

ON_ANNIVERSARY = "food.expiry_on_anniversary"


def last_day(application: Application, *, on: date) -> date:
    """The last day of a licence that is granted or renewed on a day."""
    years = time_limit("food.validity", on).value
    return valid_until(on, years, on_anniversary=binding.switch(application, ON_ANNIVERSARY, on=on))
