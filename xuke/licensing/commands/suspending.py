"""Suspending a case (中止): on which ground, on whose word, and for how long in all (审查通则2022; handbook 2.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from xuke.accounts.officers import Officer
from xuke.catalogue.limits import TimeLimit
from xuke.foundation import files, journal
from xuke.foundation.calendar import spoken
from xuke.foundation.models import StoredFile
from xuke.foundation.transactions import command
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import binding
from xuke.licensing.commands.interrupting import RULES_OF_REVIEW, tell_of_term
from xuke.licensing.commands.pausing import pause
from xuke.licensing.commands.steps import finish, open_step
from xuke.licensing.commands.wording import Wording
from xuke.licensing.models import Application, Message
from xuke.licensing.pauses import pauses, suspended_days

GROUNDS = {
    "force_majeure": "不可抗力",
    "outage": "停电、停水等，不能继续核查",
    "investigation": "申请人因涉嫌食品安全违法被立案调查",
    "applicant": "申请人书面申请",
    "other": "其他依法应当中止的情形",
}
"""Why a case is suspended (审查通则2022; handbook 2.5, uncertain)."""
BOUNDED = tuple(ground for ground in GROUNDS if ground != "investigation")
"""Grounds that pass: they last ten working days at most, all of them together, and the applicant asked for it."""


@dataclass(frozen=True)
class Room:
    """How long a case may still be suspended for something that passes."""

    limit: TimeLimit
    used: int
    """Working days of all suspensions before, as far as they did not count in the term."""
    last: date | None
    """The last day of another one; None where nothing is left."""


def room(application: Application, *, today: date) -> Room:
    """What is left of the longest time for which a case may be suspended: all suspensions count, not each anew."""
    limit, calendar = binding.limit(application, "food.suspension", on=today), current_calendar()
    used = suspended_days(pauses(journal.history(application.stream), today=today), BOUNDED, calendar)
    left = limit.value - used
    return Room(limit, used, calendar.add(today, left).on if left > 0 else None)


@command
def suspend(
    *,
    application: Application,
    ground: str,
    reason: str,
    until: date | None,
    paper: StoredFile | None = None,
    paper_name: str = "",
    message: int | None = None,
    by: Officer,
    now: datetime,
    revision: int | None = None,
) -> Application:
    """Suspend the case: the decision term stands still until it is resumed. The applicant is told.

    `until` is when it is expected to go on; where something passes by itself, within ten working days in all. It is
    suspended on the applicant's word: `paper` is the scan of what they wrote, `message` what they said in the thread.
    """
    application, step = open_step("suspend", application, by=by, revision=revision)
    if step is None:
        return application
    today = journal.legal_day(now)
    wording = Wording()
    reason = wording.text("reason", reason, label="事实和理由", most=1000, missing="请写明中止的事实和理由。")
    if ground not in GROUNDS:
        wording.wrong("ground", "请选择中止的情形。")
    if until is not None and until <= today:
        wording.wrong("until", "预计恢复的日期应当在今天之后。")
    if ground in BOUNDED:
        _demand_room(room(application, today=today), ground, until, today, wording)
    evidence = _evidence(application, ground, paper, paper_name, message, wording)
    wording.demand()
    if paper is not None:
        files.keep_for(paper.digest, application.stream)
    said = f"{GROUNDS[ground]}：{reason}"
    mark = pause(application, "suspension", by=by, now=now, reason=said, expected_until=until)
    tell_of_term(
        application, "suspension_notice", by, now, reason=said, from_on=today, until_on=until, basis=RULES_OF_REVIEW
    )
    return finish(
        application,
        step,
        "paused_for",
        by=by,
        now=now,
        mark=mark,
        reason=said,
        ground=ground,
        until=until,
        **evidence,
    )


def _demand_room(left: Room, ground: str, until: date | None, today: date, wording: Wording) -> None:
    """What passes has a day, and all suspensions together no more than the limit."""
    used = f"，已经用了{left.used}个" if left.used else ""
    most = f"因{GROUNDS[ground]}中止的，合计最长{left.limit.value}个工作日{used}"
    if left.last is None:
        wording.wrong("ground", f"{most}，不能再中止（{left.limit.basis}）。")
    elif until is None:
        wording.wrong("until", "请填写预计恢复的日期。")
    elif until > left.last:
        wording.wrong("until", f"{most}，到{spoken(left.last, today=today)}（{left.limit.basis}）。")


def _evidence(
    application: Application,
    ground: str,
    paper: StoredFile | None,
    name: str,
    message: int | None,
    wording: Wording,
) -> dict[str, Any]:
    """What the journal keeps of the word on which a case is suspended."""
    if message is not None and not messages_of(application).filter(pk=message).exists():
        wording.wrong("message", "请选择申请人在这件申请里的消息。")
    if paper is not None:
        return {"digest": paper.digest, "paper": name[-120:] or "书面申请"}
    if message is not None:
        return {"message": message}
    if ground in BOUNDED:
        wording.wrong("paper", "请上传申请人的书面申请（扫描件），或者选择申请人说明情况的消息。")
    return {}


def messages_of(application: Application) -> Any:
    """What the applicant wrote about the case, newest first."""
    return Message.objects.filter(application=application, from_office=False).order_by("-pk")
