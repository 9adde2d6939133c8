"""What the verifiers do on site: score, conclude (现场核查, Measures art. 21; 审查通则2022)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from xuke.accounts.officers import Officer
from xuke.catalogue import score_sheet
from xuke.catalogue.score_sheet import ScoreRule
from xuke.foundation import journal
from xuke.foundation.calendar import spoken
from xuke.foundation.models import StoredFile
from xuke.foundation.refusals import Invalid, NotPermitted, Problem, StepNotOpen
from xuke.foundation.transactions import command
from xuke.licensing import binding, permissions, rules
from xuke.licensing.commands.steps import finish, lock, note, open_step
from xuke.licensing.commands.wording import Wording
from xuke.licensing.fit import demand_fit
from xuke.licensing.models import Application, SignedSheet, Visit
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.food.comparing import added_rows
from xuke.licensing.rounds import (
    NOT_POSSIBLE,
    POSTPONED,
    confirmed_by_applicant,
    to_verify,
    unconfirmed,
    why_not_of_team,
)
from xuke.licensing.rules import Item
from xuke.licensing.sheet import may_be_left_out, note_of, plain, rule_items


@command
def score(
    *,
    application: Application,
    marks: Mapping[str, Mapping[str, str]],
    by: Officer,
    now: datetime,
    variety: str = "",
) -> Visit:
    """Save marks of the sheet: by item number a ``score`` (3, 1, 0, na …) and a ``note``.

    Marks count for all varieties, or for one when `variety` names it. Saving again replaces the same items only, so
    that two verifiers with two phones, or one phone back from a cellar, lose nothing of each other's.
    """
    application = lock(application)
    visit = _visit_to_score(application, by)
    today = journal.legal_day(now)
    demand_fit(application, visit, [by.user_id], on=today)
    items = {str(item.number): item for item in rule_items(binding.score_rule(application, on=today).sheet)}
    if variety and variety not in {row["key"] for row in application.varieties}:
        raise Invalid(Problem("variety", "这件申请没有这个品种。"))
    if variety and variety not in {row["key"] for row in to_verify(application, visit)}:
        raise Invalid(Problem("variety", "这个品种以前已经核查，这次不再评分。"))
    wording = Wording()
    is_new = something_new(application)
    clean = {
        str(number): _mark(
            items.get(str(number)), str(number), mark, by, wording, is_new, where=(variety, application.varieties)
        )
        for number, mark in marks.items()
    }
    wording.demand()
    sheet = dict(visit.sheet)
    if variety:
        own = dict(sheet.get("varieties", {}))
        own[variety] = {**own.get(variety, {}), **clean}
        sheet["varieties"] = own
    else:
        sheet["common"] = {**sheet.get("common", {}), **clean}
    if not _says_the_same(visit.sheet, sheet):
        visit.confirmed = []  # It was another sheet that they confirmed, and that others read.
        visit.sheet_revision += 1
    visit.sheet = sheet
    visit.visited_on = visit.visited_on or max(today, visit.visit_on)
    visit.save(update_fields=["sheet", "sheet_revision", "visited_on", "confirmed"])
    note(application, "score", by=by, now=now, items=sorted(clean, key=int), variety=variety)
    return visit


def _says_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether every mark and note is the same, whoever wrote it down."""

    def of(level: Mapping[str, Mapping[str, Any]]) -> set[tuple[str, str, str]]:
        return {(number, mark.get("score", ""), mark.get("note", "")) for number, mark in level.items()}

    keys = {*one.get("varieties", {}), *other.get("varieties", {})}
    levels = [(one.get("common", {}), other.get("common", {}))]
    levels += [(one.get("varieties", {}).get(key, {}), other.get("varieties", {}).get(key, {})) for key in keys]
    return all(of(before) == of(after) for before, after in levels)


def _mark(
    item: Item | None,
    number: str,
    mark: Mapping[str, str],
    by: Officer,
    wording: Wording,
    is_new: bool,
    *,
    where: tuple[str, list[dict[str, Any]]],
) -> dict[str, Any]:
    if item is None:
        wording.wrong("marks", f"评分表没有第{number[:20]}项。")
        return {}
    value, scores = str(mark.get("score", "")), [*map(plain, item.scores)]
    if value == rules.NOT_APPLICABLE and not may_be_left_out(item.always and is_new, *where):
        wording.wrong(f"marks.{number}", f"第{number}项首次申请和新增类别都要核查，不能评为不适用。")
    elif value and value not in (*scores, rules.NOT_APPLICABLE):
        wording.wrong(f"marks.{number}", f"第{number}项只能评{'、'.join(scores)}或者不适用。")
    said = wording.text(f"marks.{number}", mark.get("note", ""), label=f"第{number}项的说明", most=1000)
    return {"score": value, "note": said, "by": by.name, "user": by.user_id}


def _visit_to_score(application: Application, by: Officer) -> Visit:
    if application.state != "verification_assigned":
        raise StepNotOpen("现场核查已经结束，评分不能再改。")
    permissions.demand(by, "conclude_verification", application)
    visit = Visit.objects.get(application=application)
    if reason := why_not_of_team(by.user_id, visit):
        raise NotPermitted(reason)
    return visit


@command
def conclude_verification(
    *,
    application: Application,
    applicant_signed: bool,
    signing_note: str = "",
    not_possible: str = "",
    postponed: Mapping[str, str] | None = None,
    visited_on: date | None = None,
    signed_sheet: StoredFile | None = None,
    signed_name: str = "",
    by: Officer,
    now: datetime,
    revision: int | None = None,
) -> Application:
    """End the visit: the leader signs for the team, the applicant signs or the refusal is noted (Measures art. 21).

    The result is per variety. `not_possible` gives the reason when the visit could not be carried out: every variety
    then counts as not verified. `postponed` gives it for single varieties, which another round verifies. `visited_on`
    is the day on which the team was there, if not that of the first mark: the register is asked for that day.

    Every other member, and the applicant where they signed, has confirmed the sheet as it stands (`confirm_sheet`); or
    `signed_sheet` is the scan of what they signed on paper. A visit that was not possible has no sheet to be signed.
    """
    application, step = open_step("conclude_verification", application, by=by, revision=revision)
    if step is None:
        return application
    visit = Visit.objects.get(application=application)
    if not any(member["leader"] and member["user_id"] == by.user_id for member in visit.team):
        raise NotPermitted("由核查组组长结束核查（组长负责制）。")
    today = journal.legal_day(now)
    if early := why_too_early(visit, today=today):
        raise StepNotOpen(early)
    rule, wording = binding.score_rule(application, on=today), Wording()
    visit.visited_on = _day_there(visit, visited_on, today, wording)
    demand_fit(application, visit, [member["user_id"] for member in visit.team], on=visit.visited_on, experts=True)
    unsigned = "" if applicant_signed else "申请人没有签字的，请注明情况。"
    signing_note = wording.text("signing_note", signing_note, label="签字情况", most=500, missing=unsigned)
    reason = wording.text("not_possible", not_possible, label="无法进行的原因", most=300)
    later = _postponed(application, visit, postponed or {}, wording)
    if not reason and signed_sheet is None:
        _demand_confirmed(visit, applicant_signed, wording)
    results = (
        _not_possible(application, visit, reason) if reason else _results(application, visit, later, rule, wording)
    )
    wording.demand()
    if signed_sheet is not None:
        _file_signed(application, visit, signed_sheet, signed_name, by, now)
        results["paper"] = signed_name
    visit.result = results
    visit.concluded_at, visit.concluded_by_id = now, by.user_id
    visit.applicant_signed, visit.signing_note = applicant_signed, signing_note
    visit.save(
        update_fields=["visited_on", "result", "concluded_at", "concluded_by", "applicant_signed", "signing_note"]
    )
    outcome = {key: found["result"] for key, found in results["varieties"].items()}
    return finish(
        application, step, by=by, now=now, results=outcome, signed=applicant_signed, visited_on=visit.visited_on
    )


def _demand_confirmed(visit: Visit, applicant_signed: bool, wording: Wording) -> None:
    """Two verifiers at the least were there and stand for the sheet, and so does the applicant who signed (Measures
    art. 21; Administrative Permit Law art. 34)."""
    paper = "或者上传签字的评分记录表"
    if missing := "、".join(unconfirmed(visit)):
        wording.wrong("signed_sheet", f"{missing}还没有核对确认评分，请在评分页面确认，{paper}。")
    if applicant_signed and confirmed_by_applicant(visit) is None:
        wording.wrong("applicant_signed", f"申请人还没有在网上核对确认评分，请申请人确认，{paper}。")


def _file_signed(
    application: Application, visit: Visit, file: StoredFile, name: str, by: Officer, now: datetime
) -> None:
    SignedSheet(
        application=application,
        round=visit.round,
        file=file,
        name=name[:200],
        filed_at=now,
        filed_by=by.label,
        enterprise_id=application.enterprise_id,
        authority_path=application.authority_path,
    ).save(force_insert=True)


def _day_there(visit: Visit, said: date | None, today: date, wording: Wording) -> date:
    """The day on which the team was on site: not before the day the applicant was told, and not still to come."""
    day = said or visit.day
    if not visit.visit_on <= day <= today:
        wording.wrong("visited_on", f"到场核查的日期应当在{spoken(visit.visit_on, today=today)}到今天之间。")
        wording.demand()
    return day


def why_too_early(visit: Visit, *, today: date) -> str:
    """The reason a visit cannot be ended yet: nobody has been there. Else an empty string."""
    return "" if today >= visit.visit_on else f"核查定在{spoken(visit.visit_on, today=today)}，还没有到场，不能结束。"


def something_new(application: Application) -> bool:
    """Whether products are applied for that were not made before: then the test report of trial products is verified
    too (Measures art. 21)."""
    kind = procedure(application.procedure).kind
    return kind == "first" or (kind in ("change", "renewal_change") and bool(added_rows(application.form)))


def _found_before(visit: Visit) -> dict[str, Any]:
    """What earlier rounds found and this one does not verify again."""
    if not visit.varieties:
        return {}
    return {key: one for key, one in visit.result.get("varieties", {}).items() if key not in visit.varieties}


def _postponed(
    application: Application, visit: Visit, reasons: Mapping[str, str], wording: Wording
) -> dict[str, dict[str, Any]]:
    """Varieties that are left to another round, with the reason; not all of them: then the visit was not possible."""
    rows = to_verify(application, visit)
    if unknown := reasons.keys() - {row["key"] for row in rows}:
        wording.wrong("postponed", f"这次核查没有品种{'、'.join(sorted(unknown))}。")
    if reasons and len(reasons) >= len(rows):
        wording.wrong("postponed", "全部品种都没有核查的，请写无法进行的原因。")
    later = {}
    for key, reason in reasons.items():
        said = wording.text(
            f"postponed.{key}", reason, label="推迟的原因", most=300, missing="请写明这个品种为什么推迟核查。"
        )
        later[key] = {"result": POSTPONED, "reason": "", "why": said, "zeros": []}
    return later


def _results(
    application: Application, visit: Visit, later: Mapping[str, dict[str, Any]], rule: ScoreRule, wording: Wording
) -> dict[str, Any]:
    items = rule_items(rule.sheet)
    found: dict[str, Any] = {**_found_before(visit), **later}
    missing: list[int] = []
    undescribed: list[int] = []
    for row in to_verify(application, visit):
        if row["key"] in later:
            continue
        marks = rules.marks_for(visit.sheet, row["key"])
        scored = rules.score(items, marks, rule)
        missing += scored.unscored
        unfit = [number for number, mark in marks.items() if mark == rules.NOT_APPLICABLE]
        undescribed += [number for number in (*scored.zeros, *unfit) if not note_of(visit.sheet, row["key"], number)]
        found[row["key"]] = {
            "result": "pass" if scored.passed else "fail",
            "points": str(scored.points),
            "most": str(scored.most),
            "rate": f"{scored.rate:.4f}",
            "zeros": list(scored.zeros),
            "reason": _why_failed(scored),
        }
    if missing:
        wording.wrong("marks", f"还有{len(set(missing))}项没有评分，评完{len(items)}项才能结束核查。")
    if undescribed:
        numbers = "、".join(str(number) for number in sorted(set(undescribed)))
        wording.wrong("marks", f"评为“不符合”“不适用”的第{numbers}项请写明事实和理由。")
    return {"varieties": found, "rule": asdict(rule)}


def _why_failed(scored: rules.Score) -> str:
    if scored.passed:
        return ""
    reasons = []
    if scored.zeros and scored.rule.zero_fails:
        items = {item.number: f"{item.label}{item.title}" for item in score_sheet.items(scored.rule.sheet)}
        reasons.append(f"现场核查不符合要求：{'、'.join(items[number] for number in scored.zeros)}")
    if not scored.is_high_enough:
        reasons.append(f"现场核查得分率{scored.rate:.1%}，低于{scored.rule.pass_percent}%")
    return "；".join(reasons)


def _not_possible(application: Application, visit: Visit, reason: str) -> dict[str, Any]:
    nothing = {"result": NOT_POSSIBLE, "reason": f"现场核查无法进行：{reason}", "zeros": []}
    keys = [row["key"] for row in to_verify(application, visit)]
    return {"not_possible": reason, "varieties": {**_found_before(visit), **dict.fromkeys(keys, nothing)}}
