"""What the reviewer does: begin, send verifiers, propose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from xuke.accounts import queries as accounts
from xuke.accounts.officers import Officer
from xuke.catalogue.limits import time_limit
from xuke.documents import commands as documents
from xuke.foundation import journal
from xuke.foundation.transactions import command
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import permissions, rules
from xuke.licensing.commands import joint
from xuke.licensing.commands.drafting import parties_of
from xuke.licensing.commands.steps import finish, open_step
from xuke.licensing.commands.wording import Wording
from xuke.licensing.judging import WHOLE, judged, visit_need
from xuke.licensing.models import Application, Visit
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.form import OPTIONAL

PASS, FAIL = "pass", "fail"


@command
def begin_review(*, application: Application, by: Officer, now: datetime, revision: int | None = None) -> Application:
    """Take the document review (材料审查) of an accepted application into one's own hands."""
    application, step = open_step("begin_review", application, by=by, revision=revision)
    if step is None:
        return application
    application.reviewed_by_id = by.user_id
    return finish(application, step, "reviewed_by", by=by, now=now)


@command
def assign_verification(
    *,
    application: Application,
    team: Sequence[int],
    leader: int,
    visit_on: date,
    by: Officer,
    now: datetime,
    observer: str = "",
    opinion: str = "",
    revision: int | None = None,
) -> Application:
    """End the document review and send at least two verifiers to the site (Measures art. 21).

    `team` holds user ids. The team has five working days; the applicant is told who comes and may ask for recusal.
    """
    application, step = open_step("assign_verification", application, by=by, revision=revision)
    if step is None:
        return application
    assert application.authority is not None
    today = journal.legal_day(now)
    wording = Wording()
    members = _team(by, team, leader, application, visit_on, wording)
    due = current_calendar().add(today, time_limit("food.verification", today).value)
    if not today <= visit_on <= due.on:
        wording.wrong(
            "visit_on", f"现场核查日期应当在今天到{due.on.month}月{due.on.day}日之间（接受任务之日起5个工作日内）。"
        )
    observer = wording.text("observer", observer, label="观察员", most=60)
    opinion = wording.text("opinion", opinion, label="材料审查意见", most=1000)
    wording.demand()
    application.verified_by = [member["user_id"] for member in members]
    Visit(
        application=application,
        team=members,
        observer=observer,
        visit_on=visit_on,
        assigned_at=now,
        due_on=due.on,
        enterprise_id=application.enterprise_id,
        authority_path=application.authority_path,
    ).save(force_insert=True)
    documents.issue(
        kind="verification_notice",
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        content={
            **parties_of(application),
            "acceptance_number": application.acceptance_number,
            "visit_on": visit_on.isoformat(),
            "address": application.form["site"]["production_address"],
            "team": [{key: member[key] for key in ("name", "credential", "leader")} for member in members],
            "observer": observer,
            "basis": time_limit("food.verification", today).basis,
        },
        by=by,
        now=now,
    )
    return finish(
        application,
        step,
        "verified_by",
        by=by,
        now=now,
        team=[member["name"] for member in members],
        visit_on=visit_on,
        opinion=opinion,
    )


def _team(
    by: Officer, team: Sequence[int], leader: int, application: Application, visit_on: date, wording: Wording
) -> list[dict[str, Any]]:
    known = {posting.user_id: posting for posting in accounts.verifiers(by, today=visit_on)}
    wanted = list(dict.fromkeys(team))
    if reason := rules.team_is_complete(members=len(wanted), leaders=int(leader in wanted)):
        wording.wrong("team", reason)
    if set(permissions.receipt_hands(application)) & set(wanted):
        wording.wrong("team", "受理人员不能参加同一件申请的核查。")
    if strangers := [person for person in wanted if person not in known]:
        wording.wrong("team", f"有{len(strangers)}人在核查当天不是本机关的核查人员，请重新选择。")
    if uncredentialed := [
        known[person].user.name for person in wanted if person in known and not known[person].credential
    ]:
        wording.wrong("team", f"{'、'.join(uncredentialed)}没有登记核查人员证件，不能参加核查。")
    wording.demand()
    return [
        {
            "user_id": person,
            "name": known[person].user.name,
            "credential": known[person].credential,
            "leader": person == leader,
        }
        for person in wanted
    ]


def _found(application: Application) -> dict[str, Any]:
    """What visit and joint review found for each thing judged; where nobody went, nothing speaks against any."""
    rows = judged(application)
    visit = Visit.objects.filter(application=application).first()
    found = _all_pass(application, rows) if visit is None else dict(visit.result["varieties"])
    against = joint.failed(application)
    for row in application.varieties if against else ():
        if reason := against.get(row["code"]):
            found[row["key"]] = {"result": FAIL, "reason": reason, "joint": reason}
    if any(row["key"] == WHOLE for row in rows):
        failed = [each for each in found.values() if each["result"] != PASS]
        found[WHOLE] = failed[0] if failed else {"result": PASS, "reason": ""}
    return found


def _all_pass(application: Application, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {row["key"]: {"result": PASS, "reason": ""} for row in (*rows, *application.varieties)}


@command
def propose(
    *,
    application: Application,
    opinion: str,
    results: Mapping[str, str] | None = None,
    reasons: Mapping[str, str] | None = None,
    no_visit: str = "",
    nothing_against: bool = False,
    by: Officer,
    now: datetime,
    revision: int | None = None,
) -> Application:
    """Propose a decision, with an opinion: pass or fail for each variety, or for the application as a whole.

    A variety that did not pass the visit cannot be proposed to pass. A failed one needs a reason; the visit's own
    reason stands when none is given. Where the visit may be left out and was, `no_visit` says why, and
    `nothing_against` that no failed sampling, accident, complaint or rectification is open (审查通则2022).
    """
    application, step = open_step("propose", application, by=by, revision=revision)
    if step is None:
        return application
    wording = Wording()
    opinion = wording.text("opinion", opinion, label="审查意见", most=2000, missing="请写明审查意见。")
    proposed, why = _proposed(application, _found(application), results or {}, reasons or {}, wording)
    waived = _waived(application, no_visit, nothing_against, wording)
    wording.demand()
    application.proposal = {
        "opinion": opinion,
        "results": proposed,
        "reasons": why,
        "by": by.label,
        "at": now.isoformat(),
        **({"no_visit": waived} if waived else {}),
    }
    return finish(application, step, "proposal", by=by, now=now, results=proposed)


def may_leave_out(application: Application) -> bool:
    """Whether the reviewer has to say why nobody went to the site: it was possible, not demanded, and nobody did."""
    return visit_need(application).need == OPTIONAL and not Visit.objects.filter(application=application).exists()


def _waived(application: Application, reason: str, nothing_against: bool, wording: Wording) -> str:
    """Why there was no visit, in words for the notice; empty where there was one, or nothing to see."""
    if not may_leave_out(application):
        return ""
    reason = wording.text("no_visit", reason, label="不再现场核查的理由", most=500, missing=WHY_NOT)
    if not nothing_against:
        wording.wrong(
            "nothing_against", "抽检不合格、发生事故、有未处理完的投诉或者整改的，应当现场核查。没有的请勾选。"
        )
    return reason


WHY_NOT = "不再现场核查的，请写明理由（食品生产许可管理办法（2020年）第三十七条）；否则请派出核查组。"


def _proposed(
    application: Application,
    visited: Mapping[str, Any],
    results: Mapping[str, str],
    reasons: Mapping[str, str],
    wording: Wording,
) -> tuple[dict[str, str], dict[str, str]]:
    """Pass or fail for each thing that is judged, and why the failed ones fail."""
    proposed, why = {}, {}
    act = procedure(application.procedure).act
    for row in judged(application):
        key, product = row["key"], f"{row['name']}（{row['detail']}）" if row["detail"] else row["name"]
        wanted = results.get(key, visited[key]["result"])
        if wanted == PASS and visited[key]["result"] != PASS:
            said = visited[key].get("joint", "")
            why_not = f"：{said.rstrip('。')}" if said else "没有通过现场核查"
            wording.wrong(f"results.{key}", f"{product}{why_not}，不能建议准予。")
        proposed[key] = PASS if wanted == PASS else FAIL
        if proposed[key] == FAIL:
            said = wording.text(f"reasons.{key}", reasons.get(key, ""), label=f"{product}的理由", most=500)
            why[key] = said or visited[key]["reason"]
            if not why[key]:
                wording.wrong(f"reasons.{key}", f"建议不予{act}{product}的，请写明理由。")
    if unknown := results.keys() - proposed.keys():
        wording.wrong("results", f"这件申请没有品种{'、'.join(sorted(unknown))}。")
    return proposed, why
