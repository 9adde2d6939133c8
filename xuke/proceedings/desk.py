"""What waits for an enterprise on its desk: the cases against it, before everything else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.urls import reverse

from xuke.foundation.calendar import spoken, weekday
from xuke.foundation.journal import SHANGHAI
from xuke.licensing.todos import Todo
from xuke.parties.applicants import Applicant
from xuke.proceedings import queries
from xuke.proceedings.models import Proceeding
from xuke.web.pieces import Link

COMES_NEXT = {
    "hearing_requested": "您已要求听证，等机关通知时间和地点",
    "heard": "机关正在复核您的意见，随后提出处理意见",
    "proposed": "等机关作出决定",
}
"""What the holder waits for, where nothing is theirs to do."""


def todos(applicant: Applicant, *, today: date) -> Iterator[Todo]:
    """One for every case that is open against the enterprise and that it was told of."""
    for case in queries.open_against(applicant):
        yield _todo(case, today)


def _todo(case: Proceeding, today: date) -> Todo:
    licence = f" · 许可证{case.licence.number}" if case.licence else ""
    may_answer = case.state == "notified" and not case.statements and not _is_over(case.answer_by, today)
    hint = f"{case.authority.name}{licence}，{_next(case, today, may_answer=may_answer)}"
    button = Link("查看并答复" if may_answer else "查看", reverse("my-proceeding", args=[case.pk]), primary=may_answer)
    return Todo("gavel", _title(case), hint, case.life_state.title, button)


def _title(case: Proceeding) -> str:
    if case.state == "hearing_set":
        held = _held(case)
        return f"参加听证：{spoken(held.date())}（{weekday(held.date())}）{held:%H:%M}"
    act = "给予警告" if not case.of_kind.ends_licence else f"{case.of_kind.act}您的食品生产许可"
    return f"行政机关拟{act}"


def _held(case: Proceeding) -> datetime:
    return datetime.fromisoformat(case.hearing["held_at"]).astimezone(SHANGHAI)


def _is_over(day: date | None, today: date) -> bool:
    return day is not None and today > day


def _next(case: Proceeding, today: date, *, may_answer: bool) -> str:
    """What the holder can still do, or else what comes next."""
    if case.state == "hearing_set":
        return f"拟{case.of_kind.act}许可一案的听证，地点：{case.hearing['place']}"
    if case.state != "notified":
        return COMES_NEXT[case.state]
    if may_answer and case.answer_by is None:
        return "事先告知书送达以后可以陈述申辩"
    said = f"{_day(case.answer_by, today)}前可以陈述申辩" if may_answer else _said(case)
    asks = not (case.hearing or case.waived_at or case.hearing_by is None or _is_over(case.hearing_by, today))
    return f"{said}，{_day(case.hearing_by, today)}前可以要求听证" if asks else said


def _said(case: Proceeding) -> str:
    return "您已陈述申辩，期满以后机关复核" if case.statements else "陈述申辩的期限已满，等机关继续办理"


def _day(day: date | None, today: date) -> str:
    return spoken(day, today=today) if day else ""
