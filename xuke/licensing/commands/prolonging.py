"""Telling a later day for a suspension, a test or an expert review that takes longer (Permit Law art. 45)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from xuke.accounts.officers import Officer
from xuke.foundation import journal
from xuke.foundation.calendar import spoken
from xuke.foundation.transactions import command
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing.commands.interrupting import (
    ART_45,
    LONGEST_SPECIAL,
    RULES_OF_REVIEW,
    SPECIAL,
    tell_of_term,
)
from xuke.licensing.commands.pausing import settle, stands_still
from xuke.licensing.commands.steps import finish, open_step
from xuke.licensing.commands.suspending import BOUNDED, room
from xuke.licensing.commands.wording import Wording
from xuke.licensing.models import Application, Interruption
from xuke.licensing.pauses import pauses


@command
def prolong_pause(
    *,
    application: Application,
    until: date,
    reason: str,
    by: Officer,
    now: datetime,
    revision: int | None = None,
) -> Application:
    """Tell the applicant a later day, in a notice of its own; a term that runs again already stands still from today.

    A hearing has the twenty working days of the law and no others.
    """
    application, step = open_step("prolong_pause", application, by=by, revision=revision)
    if step is None:
        return application
    today, kind = journal.legal_day(now), application.paused_for
    settle(application, now=now)
    running = Interruption.objects.get(application=application, kind=kind, ended_on=None)
    wording = Wording()
    reason = wording.text("reason", reason, label="理由", most=1000, missing="请写明为什么还需要时间。")
    last = last_day(application, today=today)
    if until <= max(today, running.expected_until or today):
        wording.wrong("until", "新的日期应当在今天和原来告知的日期之后。")
    elif last is None or until > last:
        most = f"最迟{spoken(last, today=today)}" if last else "合计的期限已经用完，不能再推迟"
        wording.wrong("until", f"{most}（{ART_45 if kind in SPECIAL else RULES_OF_REVIEW}）。")
    wording.demand()
    mark = "" if stands_still(application) else "decision.pause"
    running.expected_until = until
    running.save(update_fields=["expected_until"])
    _tell(application, running, reason, by, now, from_on=today if mark else running.began_on)
    return finish(application, step, by=by, now=now, mark=mark, reason=reason, kind=kind, until=until)


def last_day(application: Application, *, today: date) -> date | None:
    """The last day that can be told for the interruption that goes on; None where nothing is left of its time."""
    if application.paused_for in SPECIAL:
        return today + LONGEST_SPECIAL
    found = pauses(journal.history(application.stream), today=today)
    running = next((each for each in reversed(found) if each.kind == "suspension" and not each.ended_on), None)
    if running is None or running.ground not in BOUNDED:
        return today + LONGEST_SPECIAL
    left, calendar = room(application, today=today), current_calendar()
    days = left.limit.value - left.used - running.days(calendar, upto=today)
    return calendar.add(today, days).on if days > 0 else None


def _tell(
    application: Application, running: Interruption, reason: str, by: Officer, now: datetime, *, from_on: date
) -> None:
    until = running.expected_until
    assert until is not None
    content: dict[str, Any] = {"from_on": from_on, "until_on": until, "reason": f"{running.reason}\n{reason}"}
    if running.kind not in SPECIAL:
        tell_of_term(application, "suspension_notice", by, now, basis=RULES_OF_REVIEW, **content)
        return
    tell_of_term(
        application,
        "special_time_notice",
        by,
        now,
        procedure=f"{SPECIAL[running.kind]}（{running.organisation}）",
        days=current_calendar().days_between(from_on, until),
        basis=ART_45,
        **content,
    )
