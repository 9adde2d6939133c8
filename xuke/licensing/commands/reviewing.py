"""What the reviewer does: begin, send verifiers, propose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from xuke.accounts.officers import Officer
from xuke.foundation.journal import legal_day
from xuke.foundation.transactions import command
from xuke.licensing import declared, hearing
from xuke.licensing.commands import joint
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
    on_record: str = "",
    by: Officer,
    now: datetime,
    revision: int | None = None,
) -> Application:
    """Propose a decision, with an opinion: pass or fail for each variety, or for the application as a whole.

    A variety that did not pass the visit cannot be proposed to pass. A failed one needs a reason; the visit's own
    reason stands when none is given. Where the visit may be left out and was, `no_visit` says why, and
    `nothing_against` that no failed sampling, accident, complaint or rectification is open (审查通则2022): that is for
    what this system cannot know. What it knows itself lets nothing pass without a visit.
    After a hearing, `on_record` says what is made of its record; the decision repeats it (art. 48).
    """
    application, step = open_step("propose", application, by=by, revision=revision)
    if step is None:
        return application
    wording = Wording()
    opinion = wording.text("opinion", opinion, label="审查意见", most=2000, missing="请写明审查意见。")
    proposed, why = _proposed(application, _found(application), results or {}, reasons or {}, wording)
    waived = _waived(application, no_visit, nothing_against, wording)
    if waived and PASS in proposed.values():
        for known in declared.why_not_spared(by, application, today=legal_day(now)):
            wording.wrong("no_visit", known)
    adopted = _adopted(application, on_record, wording)
    wording.demand()
    application.proposal = {
        "opinion": opinion,
        "results": proposed,
        "reasons": why,
        "by": by.label,
        "at": now.isoformat(),
        **({"no_visit": waived} if waived else {}),
        **({"on_record": adopted} if adopted else {}),
    }
    return finish(application, step, "proposal", by=by, now=now, results=proposed)


def follows_hearing(application: Application) -> bool:
    """Whether a hearing was held, so that the opinion has to say what is made of its record (art. 48(2))."""
    return hearing.read(application.hearing).standing is hearing.Standing.HELD


def _adopted(application: Application, said: str, wording: Wording) -> str:
    if not follows_hearing(application):
        return ""
    return wording.text("on_record", said, label="听证意见的采纳情况", most=2000, missing=WHY_RECORD)


WHY_RECORD = "举行过听证的，请写明听证笔录里的意见采纳了哪些；没有采纳的，写明理由（行政许可法第四十八条）。"


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
