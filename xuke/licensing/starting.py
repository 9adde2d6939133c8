"""Which procedures a licence can go into today, until when, and what is said about one that came late."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from xuke.catalogue import switches
from xuke.catalogue.limits import TimeLimit, time_limit
from xuke.certificates.models import Licence
from xuke.foundation.calendar import DueDate, OutsideCalendar, same_day, spoken
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import gates_licence, renewing
from xuke.licensing.gates_licence import RENEWING
from xuke.licensing.models import Application
from xuke.licensing.procedures import PROCEDURES
from xuke.licensing.procedures.checking import day_at
from xuke.licensing.procedures.form import Procedure
from xuke.licensing.receiving import filed_on
from xuke.licensing.renewing import EARLY

SOON = 365
"""So many days before the end the page begins to count."""


@dataclass(frozen=True)
class Deadline:
    """The last day in time for an application, and the limit it follows from."""

    on: date
    provisional: bool
    limit: TimeLimit


def why_not_offered(which: Procedure, licence: Licence | None, *, today: date) -> str:
    """The reason a procedure is not offered at all, for a licence or without one; else an empty string."""
    if which.needs_licence and licence is None:
        return f"{which.title}要从一张许可证开始，请在“我的许可证”里选择。"
    division = licence.number[5:11] if licence else ""
    if which.switch and not switches.is_on(which.switch, division=division, on=today):
        return f"本地没有开通“{which.title}”。"
    return ""


def deadline(which: Procedure, day: date | None, *, today: date, division: str = "") -> Deadline | None:
    """The last day to apply in time, by the day that the procedure counts from; None where nothing is counted."""
    if which.window is None or day is None:
        return None
    limit = time_limit(which.window.limit, today, division=division)
    calendar = current_calendar()
    try:
        due: DueDate = (calendar.subtract if limit.direction == "before" else calendar.add)(day, limit.value)
    except OutsideCalendar:
        return None  # The form says what is wrong with that day.
    return Deadline(due.on, due.provisional, limit)


def renewal_deadline(which: Procedure, licence: Licence, *, today: date) -> Deadline | None:
    """Until when a licence is to be renewed (Measures art. 34); None for procedures that count from another day."""
    is_counted = which.window is not None and which.window.day == "licence.valid_to"
    return deadline(which, licence.valid_to if is_counted else None, today=today, division=licence.number[5:11])


def outlook(which: Procedure, licence: Licence, *, today: date) -> str:
    """How much time there is, in a sentence; empty where nothing has to be said."""
    due = renewal_deadline(which, licence, today=today)
    if due is None:
        return ""
    about, last = "（暂定）" if due.provisional else "", f"最晚{spoken_in_full(due.on)}"
    if today > due.on:
        return (
            f"应当在{spoken_in_full(due.on)}{about}以前申请。有效期内仍可以申请（待核实），"
            "但是届满时还没有决定的，许可证失效。"
        )
    left = (due.on - today).days
    if left > SOON:
        return f"{last}{about}申请。"
    return f"还有{left}天可以申请延续，{last}{about}。" if left else f"今天是申请延续的最后一天{about}。"


def early(which: Procedure, licence: Licence, *, today: date) -> str:
    """What is said where a renewal is begun long before the licence ends, in a sentence; else an empty string."""
    first = first_customary_day(licence.valid_to, today, division=licence.number[5:11])
    if which.kind not in RENEWING or licence.state != "in_force" or today >= first:
        return ""
    return f"按当地做法从{spoken(first)}起申请（待核实）；早申请也可以，但是新的有效期从决定之日起算。"


def first_customary_day(ends_on: date, on: date, *, division: str = "") -> date:
    """From when renewals are customarily applied for in a place; the law names no such day."""
    return same_day(ends_on, -time_limit(EARLY, on, division=division).value)


def soon_over(licence: Licence, *, today: date) -> str:
    """How long there is to renew a licence in force, once a year or less is left of it; else an empty string."""
    if licence.state != "in_force" or not today <= licence.valid_to <= today + timedelta(days=SOON):
        return ""
    renewal = next(each for each in PROCEDURES if each.kind == "renewal")
    return outlook(renewal, licence, today=today)


def spoken_in_full(day: date) -> str:
    """2026年11月19日: with the year, for days that are far away."""
    return f"{day.year}年{day.month}月{day.day}日"


def lateness(which: Procedure, application: Application, *, today: date) -> str:
    """What officers and applicant read beside an application that came late, or years early; else an empty string.

    It is taken all the same: the law says when to apply, and nothing of what follows when one is late. Silence, though,
    renews only what came in time (`renewing`).
    """
    if which.window is None:
        return ""
    filed = filed_on(application) or today
    due = deadline(which, day_at(application.form, which.window.day), today=filed)
    is_renewal = which.kind in RENEWING
    ends_on = day_at(application.form, "licence.valid_to") if is_renewal else None
    if due is not None and ends_on is not None:
        last = renewing.last_day(application, ends_on, on=filed)
        due = replace(due, on=last.on, provisional=last.provisional)
    if due is None or filed <= due.on:
        return _earliness(application, filed) if is_renewal and application.decided_on is None else ""
    last_day = f"{spoken(due.on, today=filed)}{'（暂定）' if due.provisional else ''}"
    how = "不在法定期限内" if is_renewal else "超过法定期限"
    then = "有效期届满时还没有决定的，不视为准予延续，逾期的其他后果待核实" if is_renewal else "逾期的后果待核实"
    return (
        f"应当在{last_day}以前提出，{spoken(filed, today=due.on)}提出，{how}（{due.limit.basis}）。仍予受理；{then}。"
    )


def _earliness(application: Application, filed: date) -> str:
    ends_on = day_at(application.form, "licence.valid_to")
    if ends_on is None:
        return ""
    number = str(application.form["licence"].get("number", ""))
    return gates_licence.early(number, ends_on, renewing.first_day(application, ends_on, on=filed), filed)
