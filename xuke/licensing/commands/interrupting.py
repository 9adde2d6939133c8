"""Going on after a suspension, or not; tests and expert reviews (Administrative Permit Law art. 45; 审查通则2022)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from xuke.accounts.officers import Officer
from xuke.documents import commands as documents
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.calendar import spoken
from xuke.foundation.transactions import command
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import binding
from xuke.licensing.commands.drafting import parties_of
from xuke.licensing.commands.pausing import go_on, pause, settle
from xuke.licensing.commands.steps import finish, open_step
from xuke.licensing.commands.term_ends import move_visit_end
from xuke.licensing.commands.visiting import prolonged, tell_of_visit
from xuke.licensing.commands.wording import Wording
from xuke.licensing.fit import why_unfit
from xuke.licensing.models import Application, Interruption, Visit
from xuke.licensing.rules import INTERRUPTIONS

ART_45 = "行政许可法第四十五条"
RULES_OF_REVIEW = "食品生产许可审查通则（2022版）"
SPECIAL = {"testing": "检验、检测、检疫、鉴定", "expert_review": "专家评审"}
"""What takes time that does not count, once the applicant was told how much (art. 45)."""
LONGEST_SPECIAL = timedelta(days=365)


@command
def resume(
    *,
    application: Application,
    reason: str,
    by: Officer,
    now: datetime,
    visit_on: date | None = None,
    revision: int | None = None,
) -> Application:
    """Go on with a suspended case (恢复): the decision term runs on from today. The applicant is told.

    Where a visit was under way, `visit_on` is its new day, unless the day that was told is still to come.
    """
    application, step = open_step("resume", application, by=by, revision=revision)
    if step is None:
        return application
    today = journal.legal_day(now)
    wording = Wording()
    reason = wording.text("reason", reason, label="恢复的理由", most=500, missing="请写明中止的原因怎样消除的。")
    visit = visit_under_way(application)
    day = _day_again(application, visit, visit_on, today, wording) if visit else None
    wording.demand()
    moved = _visit_again(application, visit, day, by, now) if visit and day else {}
    mark = go_on(application, "suspension", by=by, now=now, outcome=reason)
    finish(application, step, "paused_for", by=by, now=now, mark=mark, reason=reason, **moved)
    tell_of_term(
        application,
        "resumption_notice",
        by,
        now,
        resumed_on=today,
        due_on=application.due_on,
        provisional=application.due_provisional,
        reason=f"{reason}\n现场核查改在{_in_full(day)}进行。" if moved and day else reason,
        basis=RULES_OF_REVIEW,
    )
    return application


def visit_under_way(application: Application) -> Visit | None:
    """The visit that is to go on with the case, if there is one."""
    if application.state != "verification_assigned":
        return None
    return Visit.objects.select_for_update(no_key=True).filter(application=application, concluded_at=None).first()


def last_day_to_visit(application: Application, visit: Visit, *, today: date) -> date:
    """The last day for which a visit can be set out again: in its own term, from which the suspension is taken out.

    One that was broken off on site goes on within ten working days (审查通则2022). Where no day in time is left, a late
    one is better than none.
    """
    calendar = current_calendar()
    days = [prolonged(application, visit, today=today)]
    broken_off = Interruption.objects.filter(
        application=application, kind="suspension", ended_on=None, began_on__gte=visit.visit_on
    ).first()
    if broken_off is not None:
        limit = binding.limit(application, "food.visit_suspension", on=broken_off.began_on)
        days.append(calendar.add(broken_off.began_on, limit.value).on)
    late = calendar.add(today, binding.limit(application, "food.verification", on=today).value).on
    return min(days) if min(days) >= today else late


def _day_again(
    application: Application, visit: Visit, visit_on: date | None, today: date, wording: Wording
) -> date | None:
    """The day on which the team goes; a wrong one is noted. Whoever cannot go at all is replaced afterwards."""
    if visit_on is None:
        if visit.visit_on < today:
            wording.wrong("visit_on", f"原定{spoken(visit.visit_on, today=today)}的现场核查没有完成，请另定日期。")
        return visit.visit_on
    last = last_day_to_visit(application, visit, today=today)
    if not today <= visit_on <= last:
        wording.wrong(
            "visit_on",
            f"现场核查的日期应当在今天到{spoken(last, today=today)}之间（{RULES_OF_REVIEW}，中止的日子不计入）。",
        )
        return None
    team = [member["user_id"] for member in visit.team]
    if not why_unfit(application, visit, team, on=today, experts=True) and (
        reason := why_unfit(application, visit, team, on=visit_on, experts=True)
    ):
        wording.wrong("visit_on", f"这一天不行：{reason}")
    return visit_on


def _visit_again(application: Application, visit: Visit, day: date, by: Officer, now: datetime) -> dict[str, Any]:
    """Give the visit its days back and, where it is set out anew, its new day, and tell the applicant."""
    is_moved = day != visit.visit_on
    move_visit_end(visit, prolonged(application, visit, today=journal.legal_day(now)), now=now)
    visit.visit_on = day
    visit.save(update_fields=["visit_on", "due_on"])
    if not is_moved:
        return {}
    tell_of_visit(application, visit, by, now)
    return {"visit_on": day}


def _in_full(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


@command
def terminate(
    *, application: Application, reason: str, by: Officer, now: datetime, revision: int | None = None
) -> Application:
    """End a suspended case that cannot go on (终止); the applicant is told the reason and the remedies."""
    application, step = open_step("terminate", application, by=by, revision=revision, today=journal.legal_day(now))
    if step is None:
        return application
    wording = Wording()
    reason = wording.text("reason", reason, label="终止的理由", most=1000, missing="请写明为什么不能恢复办理。")
    wording.demand()
    settle(application, now=now)
    tell_of_term(application, "termination_notice", by, now, reason=reason, basis=RULES_OF_REVIEW)
    return finish(application, step, "paused_for", by=by, now=now, reason=reason)


@command
def begin_special_time(
    *,
    application: Application,
    kind: str,
    organisation: str,
    reason: str,
    until: date,
    by: Officer,
    now: datetime,
    revision: int | None = None,
) -> Application:
    """Begin a test or an expert review; the applicant is told in writing how long it takes (art. 45)."""
    application, step = open_step("begin_special_time", application, by=by, revision=revision)
    if step is None:
        return application
    today = journal.legal_day(now)
    wording = Wording()
    if kind not in SPECIAL:
        wording.wrong("kind", "请选择检验检测或者专家评审。")
    organisation = wording.text("organisation", organisation, label="承担的机构", most=100, missing="请写明由谁进行。")
    reason = wording.text("reason", reason, label="理由", most=1000, missing="请写明检验或者评审什么，为什么需要。")
    if not today < until <= today + LONGEST_SPECIAL:
        wording.wrong("until", "预计完成的日期应当在今天之后、一年之内。")
    wording.demand()
    mark = pause(application, kind, by=by, now=now, reason=reason, organisation=organisation, expected_until=until)
    days = current_calendar().days_between(today, until)
    tell_of_term(
        application,
        "special_time_notice",
        by,
        now,
        procedure=f"{SPECIAL[kind]}（{organisation}）",
        days=days,
        from_on=today,
        until_on=until,
        reason=reason,
        basis=ART_45,
    )
    return finish(
        application, step, "paused_for", by=by, now=now, mark=mark, reason=INTERRUPTIONS[kind], kind=kind, until=until
    )


@command
def end_special_time(
    *, application: Application, result: str, by: Officer, now: datetime, revision: int | None = None
) -> Application:
    """The test or the expert review is done: its result is noted, and the term runs on."""
    application, step = open_step("end_special_time", application, by=by, revision=revision)
    if step is None:
        return application
    today = journal.legal_day(now)
    wording = Wording()
    result = wording.text("result", result, label="结果", most=2000, missing="请写明检验或者评审的结果。")
    wording.demand()
    mark = go_on(application, *SPECIAL, by=by, now=now, outcome=result)
    finish(application, step, "paused_for", by=by, now=now, mark=mark, result=result)
    tell_of_term(
        application,
        "resumption_notice",
        by,
        now,
        resumed_on=today,
        due_on=application.due_on,
        provisional=application.due_provisional,
        reason=result,
        basis=ART_45,
    )
    return application


def tell_of_term(application: Application, kind: str, by: Actor, now: datetime, **content: Any) -> None:
    """Serve a notice about the term on the applicant; what is not known is left out."""
    assert application.authority is not None
    told = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in content.items()
        if value is not None
    }
    documents.issue(
        kind=kind,
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        content={**parties_of(application), "acceptance_number": application.acceptance_number, **told},
        by=by,
        now=now,
    )
