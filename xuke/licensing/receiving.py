"""Which authority receives an application, why it of all, and on which day it counts as received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xuke.accounts.models import Authority
from xuke.accounts.queries import authority_of
from xuke.foundation.journal import legal_day
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import binding
from xuke.licensing.destination import destination
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure

BY_LICENCE = "食品生产许可管理办法（2020年）第三十二条、第三十四条、第四十条：向原发证的市场监督管理部门提出"


OFF_DAY = "food.off_day_filing"
"""The switch by which a place counts what is filed on a day off from the next working day on; uncertain in law."""


@dataclass(frozen=True)
class Receiver:
    """Where an application goes."""

    authority: Authority | None
    """None where the place has no authority that works with this system."""
    basis: str


def receiver(application: Application, *, on: date) -> Receiver | None:
    """The authority that is to accept a form as it stands; None while the form does not say enough."""
    if procedure(application.procedure).needs_licence and application.starts_from is not None:
        return Receiver(application.starts_from.authority, BY_LICENCE)
    where = destination(application.form, on=on)
    return Receiver(authority_of(where.seat), where.basis) if where and where.seat else None


def received_on(application: Application, *, today: date) -> date:
    """The legal day on which what is filed today counts as received: the clock of the authority runs from it."""
    if not binding.switch(application, OFF_DAY, on=today):
        return today
    return current_calendar().on_or_after(today).on


def filed_on(application: Application) -> date | None:
    """The day on which it reached the system: whether it came in time is asked of that, whenever it counts from."""
    return legal_day(application.submitted_at) if application.submitted_at else application.received_on


def counted_later(application: Application, *, today: date) -> date | None:
    """The day from which the office counts what is filed today, where that is a later one."""
    day = received_on(application, today=today)
    return day if day != today else None
