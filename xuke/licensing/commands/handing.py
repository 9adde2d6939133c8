"""Passing a case on: to a colleague by whoever has it, or by the supervisor; one, or many at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from xuke.accounts import queries as accounts
from xuke.accounts.officers import Officer, Role
from xuke.foundation import journal
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted, Problem
from xuke.foundation.transactions import command
from xuke.licensing import permissions
from xuke.licensing.commands.steps import is_repeat, lock, note, use_glass
from xuke.licensing.commands.wording import Wording
from xuke.licensing.models import REVIEWED, Application
from xuke.licensing.workflow import LIFE

MOST_AT_ONCE = 500


def supervises(officer: Officer, application: Application) -> bool:
    """Whether the officer leads the people of the authority that has the case."""
    return officer.has(Role.SUPERVISOR) and officer.authority_id == application.authority_id


def why_not_hand_over(officer: Officer, application: Application) -> str:
    """The reason this officer may not pass the case on, or an empty string."""
    if reason := permissions.why_not_officer_at_all(officer):
        return reason
    if application.life_state.final:
        return "这件申请已经办结，不用转交。"
    if supervises(officer, application):
        return ""
    holder = holder_of(application)
    if holder is None:
        return "没有人领取这件申请，同事可以自己领取；需要指定给谁的，由本机关监督人员分派。"
    return "" if officer.acts_for(holder) else "这件申请在同事手里，由他本人或者本机关监督人员转交。"


def holder_of(application: Application) -> int | None:
    """Who has the case in hand: whoever claimed it, or whose review it is."""
    return application.claimed_by_id or (application.reviewed_by_id if application.state in REVIEWED else None)


def why_not_take(colleague: Officer, application: Application) -> str:
    """The reason a colleague may not go on with the case, or an empty string: roles and the separation of hands."""
    free = Application(
        authority_id=application.authority_id,
        state=application.state,
        procedure=application.procedure,
        accepted_by_id=application.accepted_by_id,
        received_by=application.received_by,
        examined_by=application.examined_by,
        considered_by=application.considered_by,
        verified_by=application.verified_by,
        proposal=application.proposal,
        hearing=application.hearing,
        hearing_chair_id=application.hearing_chair_id,
        glass=application.glass,
    )
    facts = permissions.facts_of(application)
    reasons = [
        permissions.why_not_this_person(colleague, step, free)
        for step in LIFE.open_from(application.state)
        if step.role not in ("applicant", "system", "verifier", "chair")
        and step.target != step.source
        and not step.why_not(facts)
    ]
    if not reasons:
        return f"现在的状态是“{application.life_state.title}”，没有等工作人员办理的事项。"
    return "" if "" in reasons else reasons[0]


@command
def hand_over(
    *,
    application: Application,
    to: int,
    reason: str,
    by: Officer,
    now: datetime,
    revision: int | None = None,
) -> Application:
    """Pass a case to a colleague (转交), or as the supervisor assign it (改派). A review goes with it.

    `to` is a user id. Whoever reviewed before stays one of the review's hands.
    """
    application = lock(application)
    if is_repeat(application, "hand_over", by=by, revision=revision):
        return application
    if why := why_not_hand_over(by, application):
        raise NotPermitted(why)
    wording = Wording()
    reason = wording.text("reason", reason, label="原因", most=500, missing="请写明为什么转交。")
    people = {one.user_id: one for one in accounts.colleagues_at_work(by, today=journal.legal_day(now))}
    if to not in people:
        wording.wrong("to", "请选择本机关的同事。")
    elif to == holder_of(application):
        wording.wrong("to", f"这件申请已经在{people[to].name}手里。")
    elif why := why_not_take(people[to], application):
        wording.wrong("to", f"{people[to].name}不能接手：{why}")
    wording.demand()
    return _give(application, people[to], by=by, now=now, reason=reason)


def _give(application: Application, to: Officer, *, by: Officer, now: datetime, **facts: Any) -> Application:
    fields = ["claimed_by", "claimed_at"]
    application.claimed_by_id, application.claimed_at = to.user_id, now
    if application.state in REVIEWED and application.reviewed_by_id not in (None, to.user_id):
        known = {*application.examined_by, application.reviewed_by_id}
        application.examined_by = sorted(filter(None, known))
        application.reviewed_by_id = to.user_id
        fields += ["examined_by", "reviewed_by", *use_glass(application, now=now)]
    return note(application, "hand_over", *fields, by=by, now=now, to=to.name, to_id=to.user_id, **facts)


@command
def hand_out(
    *, lines: Sequence[tuple[UUID, int, int]], by: Officer, now: datetime
) -> tuple[list[Application], list[tuple[Application, str]]]:
    """Hand out many cases by a plan that the supervisor has seen: rows of case, person and the revision shown.

    Returns what was handed out, and what was not because somebody was faster, with the reason. Nothing else is held up.
    """
    if not by.has(Role.SUPERVISOR):
        raise NotPermitted("批量分派由本机关监督人员办理。")
    if not 0 < len(lines) <= MOST_AT_ONCE:
        raise Invalid(Problem("lines", f"一次分派1到{MOST_AT_ONCE}件。"))
    people = {one.user_id: one for one in accounts.colleagues_at_work(by, today=journal.legal_day(now))}
    given: list[Application] = []
    left: list[tuple[Application, str]] = []
    # One order of locks for everybody who hands out at the same time.
    for id, person, revision in sorted(lines):
        application = lock(Application(pk=id))
        if why := _why_not_hand_out(application, people.get(person), revision, by):
            left.append((application, why))
        else:
            given.append(_give(application, people[person], by=by, now=now, reason="批量分派"))
    return given, left


def _why_not_hand_out(application: Application, to: Officer | None, revision: int, by: Officer) -> str:
    if to is None:
        return "这位同事现在不在本机关办案。"
    if not supervises(by, application):
        return "这件申请由其他机关承办。"
    if application.claimed_by_id is not None:
        return "已经有同事领取。"
    try:
        is_repeat(application, "hand_over", by=by, revision=revision)
    except Conflict as conflict:
        return conflict.sentence
    return why_not_take(to, application)
