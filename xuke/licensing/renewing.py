"""When silence renews a licence (Administrative Permit Law art. 50; Measures art. 34, 36). Asks, writes nothing.

Only an application that was filed in time binds the authority to decide before the licence ends. One that came late is
taken, and ends with the licence unless it was decided before (docs/decisions/0044). The last day in time is kept as it
stood on the day of filing: a holiday plan that is announced later takes nothing from whoever kept to it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from xuke.certificates.models import Licence
from xuke.foundation.calendar import DueDate, same_day
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import binding
from xuke.licensing.gates_licence import RENEWING
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure
from xuke.licensing.receiving import filed_on
from xuke.licensing.workflow import UNDECIDED

LIMIT, EARLY = "food.renewal_apply", "food.renewal_early"
TOLD = "renewal"
"""Where `application.rules` keeps the last day in time as it stood on the day of filing."""


def last_day(application: Application, ends_on: date, *, on: date) -> DueDate:
    """The last day on which the renewal of a licence that ends on a day is filed in time, by the rules of a day.

    Once it was filed, the later of the day that was told then and the one that today's calendar gives.
    """
    counted = _counted(application, ends_on, on=on)
    told = (application.rules or {}).get(TOLD)
    return counted if told is None else replace(counted, on=max(counted.on, date.fromisoformat(told["last_on"])))


def _counted(application: Application, ends_on: date, *, on: date) -> DueDate:
    return current_calendar().subtract(ends_on, binding.limit(application, LIMIT, on=on).value)


def as_told(application: Application, *, on: date) -> dict[str, Any]:
    """What is kept with the rules that bind a renewal filed on a day: the last day in time, as it stands that day."""
    if procedure(application.procedure).kind not in RENEWING or application.starts_from is None:
        return {}
    counted = _counted(application, application.starts_from.valid_to, on=on)
    return {TOLD: {"last_on": counted.on.isoformat(), "provisional": counted.provisional}}


def on_receipt(application: Application) -> dict[str, Any]:
    """The last day in time as the receipt says it."""
    told = application.rules.get(TOLD)
    return {"renew_by": told["last_on"], "renew_by_provisional": told["provisional"]} if told else {}


def first_day(application: Application, ends_on: date, *, on: date) -> date:
    """The first customary day to apply (当地做法, uncertain): the law names none, so nobody is held up before it."""
    return same_day(ends_on, -binding.limit(application, EARLY, on=on).value)


def is_in_time(application: Application, licence: Licence) -> bool:
    """Whether a renewal was filed in time, by the rules of the day on which it was filed."""
    filed = filed_on(application)
    return filed is not None and filed <= last_day(application, licence.valid_to, on=filed).on


def is_kept(application: Application, licence: Licence) -> bool:
    """Whether a licence goes on counting past its end, as long as this renewal waits for the authority.

    Not one that was noted as expired, or ended otherwise: nothing brings it back.
    """
    is_renewal = procedure(application.procedure).kind in RENEWING
    return is_renewal and licence.state == "in_force" and is_in_time(application, licence)


def is_renewed_by_law(application: Application, *, today: date) -> bool:
    """Whether the licence has ended without a decision on a renewal that was filed in time, and accepted."""
    if (
        application.state not in UNDECIDED
        or procedure(application.procedure).kind not in RENEWING
        or application.decided_on is not None
    ):
        return False
    licence = _of(application)
    return licence is not None and today > licence.valid_to and is_kept(application, licence)


def _of(application: Application) -> Licence | None:
    """The licence, as far as whoever asks may see it: an authority that is only asked for its opinion may not."""
    try:
        return application.starts_from
    except Licence.DoesNotExist:
        return None
