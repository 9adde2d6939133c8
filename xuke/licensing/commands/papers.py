"""The papers of a visit (现场核查文书): attendance, score sheets, report, list, made of what the team wrote down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from xuke.accounts.officers import HANDS, Officer
from xuke.documents import commands as documents
from xuke.documents import queries as notices
from xuke.documents.models import Notice
from xuke.documents.visit_forms import (
    Attendee,
    Found,
    Mark,
    Meeting,
    Member,
    Paper,
    VisitFacts,
    material_list,
    meeting_record,
    score_record,
    verification_report,
)
from xuke.foundation import journal
from xuke.foundation.calendar import spoken
from xuke.foundation.refusals import NotPermitted, StepNotOpen
from xuke.foundation.transactions import command
from xuke.licensing import rules
from xuke.licensing.commands.drafting import parties_of
from xuke.licensing.commands.steps import lock
from xuke.licensing.models import Application, Visit
from xuke.licensing.rounds import Round, confirmed_by_applicant, rounds, to_verify
from xuke.licensing.sheet import kept_rule, note_of, rule_items, sheet_name

KINDS = ("meeting_record", "score_record", "verification_report", "material_list")
RESULTS = {"pass": "通过", "fail": "未通过", "not_possible": "无法进行", "postponed": "推迟核查"}


@command
def file_visit_papers(*, application: Application, by: Officer, now: datetime) -> list[Notice]:
    """Make the papers of every round that is over and has none. They go on the file of the authority.

    Nobody was at a sheet that was not signed: the attendance is printed to be signed by hand.
    """
    application = lock(application)
    visit = Visit.objects.filter(application=application).first()
    if reason := why_not_papers(by, application, visit):
        raise NotPermitted(reason)
    assert visit is not None and application.authority is not None
    if closed := why_no_papers(visit, made_of(by, application)):
        raise StepNotOpen(closed)
    return [
        documents.issue(
            kind=kind,
            about=application.stream,
            authority=application.authority,
            enterprise=application.enterprise,
            content={**parties_of(application), **content, "round": one.number},
            by=by,
            now=now,
        )
        for one in _without_papers(visit, made_of(by, application))
        for kind, content in _contents(application, one)
    ]


def why_not_papers(by: Officer, application: Application, visit: Visit | None) -> str:
    """The reason this officer does not make the papers, or nothing: the team does, and whoever handles cases there."""
    went = {member["user_id"] for one in rounds(visit) for member in one.team} if visit else set()
    if by.user_id in went or (by.authority_path == application.authority_path and by.roles & HANDS):
        return ""
    return "核查文书由核查组成员或者受理机关的办案人员出具。"


def why_no_papers(visit: Visit | None, made: list[Notice]) -> str:
    """The reason there is nothing to be made now, or nothing."""
    if visit is None or not any(one.concluded_at for one in rounds(visit)):
        return "现场核查还没有结束，结束以后才能出具核查文书。"
    if not _without_papers(visit, made):
        return "这次核查的文书已经出具，在“文书”里可以查看和下载。"
    return ""


def _without_papers(visit: Visit, made: list[Notice]) -> list[Round]:
    """The rounds that are over and have no papers yet, oldest first."""
    over = [one for one in rounds(visit) if one.concluded_at]
    have = {paper.content.get("round") or _last_before(paper.issued_at, over) for paper in made}
    return [one for one in over if one.number not in have]


def _last_before(moment: datetime, over: list[Round]) -> int:
    """The round that papers without a number belong to: the last that was over when they were made."""
    return max((one.number for one in over if one.concluded_at and one.concluded_at <= moment), default=0)


def made_of(by: Officer, application: Application) -> list[Notice]:
    """The papers that were made of the visits of a case."""
    if takes_part(by, application):
        return notices.on_file(application.stream, KINDS)
    return [notice for notice in notices.about(by, application.stream) if notice.kind in KINDS]


def takes_part(by: Officer, application: Application) -> bool:
    """Whether this officer's place only takes part in a case that another handles: a visit entrusted to it."""
    is_own = application.authority_path.startswith(by.authority_path)
    return not is_own and any(path.startswith(by.authority_path) for path in application.shared_with)


def _contents(application: Application, visit: Round) -> Iterator[tuple[str, dict[str, Any]]]:
    """Kind and content of each paper, the list of them last."""
    facts = _facts(application, visit)
    papers: list[Paper] = []
    made = [("meeting_record", meeting_record(facts, _meetings(application, visit)))]
    made += [("score_record", sheet) for sheet in _sheets(application, visit, facts)]
    made.append(("verification_report", _report(application, visit, facts)))
    for kind, content in made:
        papers.append(Paper(_TITLES[kind], note=str(content.get("variety", ""))))
        yield kind, content
    leader = next((member["name"] for member in visit.team if member["leader"]), "")
    yield "material_list", material_list(facts, papers, handed_by=leader)


_TITLES = {
    "meeting_record": "现场核查首末次会议签到表",
    "score_record": "现场核查评分记录表",
    "verification_report": "现场核查报告",
}


def _facts(application: Application, visit: Round) -> VisitFacts:
    signed = _signature(application, visit)
    return VisitFacts(
        visit_on=visit.day,
        address=str(application.form.get("site", {}).get("production_address", "")),
        team=tuple(Member(member["name"], member["credential"], leader=member["leader"]) for member in visit.team),
        acceptance_number=application.acceptance_number,
        observer=visit.observer,
        applicant_signed="；".join(filter(None, (signed, visit.signing_note))),
    )


def _signature(application: Application, visit: Round) -> str:
    """What stands for the applicant's signature."""
    if not visit.applicant_signed:
        return "没有签字"
    if said := confirmed_by_applicant(visit):
        day = spoken(journal.legal_day(datetime.fromisoformat(said["at"])))
        return f"{said['name']}{day}在网上核对确认"
    return f"{application.form['enterprise']['contact_name']}已签字"


def _meetings(application: Application, visit: Round) -> tuple[Meeting, ...]:
    """Who is asked to sign at both meetings: the team, its experts, the observer, the applicant."""
    assert application.authority is not None
    office, firm = visit.entrusted_name or application.authority.name, parties_of(application)
    people = [
        *(Attendee(member["name"], office, "组长" if member["leader"] else "组员") for member in visit.team),
        *(Attendee(expert["name"], expert.get("unit", ""), "技术专家") for expert in visit.experts),
        *([Attendee(visit.observer, "负责日常监督管理的部门", "观察员")] if visit.observer else []),
        Attendee(firm["contact"], firm["applicant"], "申请人代表"),
        *(Attendee("", firm["applicant"], duty) for duty in ("食品安全管理人员", "食品安全专业技术人员")),
    ]
    held = spoken(visit.day)
    return tuple(Meeting(name, held, "生产场所", tuple(people)) for name in ("首次会议", "末次会议"))


def _sheets(application: Application, visit: Round, facts: VisitFacts) -> Iterator[dict[str, Any]]:
    """One sheet for all varieties; one each where they were marked apart. None where nobody could verify."""
    rows = [row for row in to_verify(application, visit) if visit.result_of(row["key"]) in ("pass", "fail")]
    common = "全部品种" if len(rows) >= len(application.varieties) else "、".join(map(_named, rows))
    is_apart = bool(visit.sheet.get("varieties"))
    for row in rows if is_apart else rows[:1]:
        marks = rules.marks_for(visit.sheet, row["key"])
        noted = {number: Mark(mark, note_of(visit.sheet, row["key"], number)) for number, mark in marks.items()}
        name = _named(row) if is_apart else common
        verdict, rule = RESULTS[visit.result_of(row["key"])], kept_rule(visit.result)
        yield score_record(facts, noted, verdict=verdict, variety=name, rule=rule)


def _named(row: dict[str, Any]) -> str:
    return f"{row['code']} {row['name']}（{row['detail']}）"


def _report(application: Application, visit: Round, facts: VisitFacts) -> dict[str, Any]:
    rows = to_verify(application, visit)
    found = [
        Found(row["code"], row["name"], row["detail"], RESULTS[visit.result_of(row["key"])], _rate(visit, row["key"]))
        for row in rows
    ]
    results = dict.fromkeys(one.result for one in found)
    conclusion = next(iter(results)) if len(results) == 1 else "各品种结论不同，见上表"
    return verification_report(
        facts, found, problems=_problems(rows, visit), conclusion=conclusion, rectify_by=_rectify_by(application)
    )


def _problems(rows: list[dict[str, Any]], visit: Round) -> list[tuple[str, str]]:
    """Items that are not wholly in order, with what was noted; the same finding of several varieties once."""
    items = {item.number: item for item in rule_items(sheet_name(visit.result))}
    found: dict[tuple[str, str], None] = {}
    for row in rows:
        for number, mark in sorted(rules.marks_for(visit.sheet, row["key"]).items()):
            item = items[number]
            if mark not in (rules.NOT_APPLICABLE, format(item.most.normalize(), "f")):
                said = note_of(visit.sheet, row["key"], number) or "基本符合要求"
                found[(f"{number} {item.title}", said)] = None
    return list(found)


def _rectify_by(application: Application) -> date | None:
    asked = getattr(application, "rectification", None)
    return asked.due_on if asked else None


def _rate(visit: Round, key: str) -> str:
    rate = visit.result.get("varieties", {}).get(key, {}).get("rate")
    return f"{float(rate):.1%}" if rate else "—"
