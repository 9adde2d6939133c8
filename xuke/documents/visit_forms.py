"""The forms of a visit that are tables: attendance, score sheet, report, list of materials.

Whoever has visited calls `documents.issue(kind="score_record", content={**parties, **score_record(…)}, …)`. The parties
(applicant, uscc, contact, item, products, receipt_number) come from the application.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from xuke.catalogue import score_sheet

NOT_APPLICABLE = "na"
"""The mark of an item that does not apply, as the sheet of a visit keeps it."""


@dataclass(frozen=True)
class Member:
    """One of the team."""

    name: str
    credential: str = ""
    leader: bool = False


@dataclass(frozen=True)
class VisitFacts:
    """What every form says about the visit."""

    visit_on: date
    address: str
    team: tuple[Member, ...]
    acceptance_number: str = ""
    observer: str = ""
    applicant_signed: str = ""
    """What stands for the applicant's signature, or that it was refused and why (Measures art. 21)."""

    @property
    def content(self) -> dict[str, Any]:
        return {**asdict(self), "visit_on": self.visit_on.isoformat(), "team": [asdict(each) for each in self.team]}


@dataclass(frozen=True)
class Attendee:
    """Somebody at a meeting. `signed` is empty on a sheet that is to be signed by hand."""

    name: str
    unit: str
    duty: str
    signed: str = ""


@dataclass(frozen=True)
class Meeting:
    """首次会议 or 末次会议."""

    name: str
    held_at: str
    """In words, such as 2026年9月30日9:00."""
    place: str
    attendees: tuple[Attendee, ...]


def meeting_record(visit: VisitFacts, meetings: Sequence[Meeting]) -> dict[str, Any]:
    """The content of 现场核查首末次会议签到表."""
    rows = [{**asdict(each), "attendees": [asdict(one) for one in each.attendees]} for each in meetings]
    return {**visit.content, "meetings": rows}


@dataclass(frozen=True)
class Mark:
    """What was given for an item: points as the sheet keeps them, or `NOT_APPLICABLE`, and what was found."""

    score: str
    note: str = ""

    @property
    def points(self) -> Decimal | None:
        """None where it does not count: not applicable, or not scored."""
        return Decimal(self.score) if self.score not in ("", NOT_APPLICABLE) else None


def score_record(
    visit: VisitFacts,
    marks: Mapping[int, Mark],
    *,
    verdict: str,
    variety: str = "",
    rule: score_sheet.ScoreRule | None = None,
) -> dict[str, Any]:
    """The content of 现场核查评分记录表: the items of the sheet with their marks by part, sums and rate.

    Items that do not apply leave the total. Whether it was passed is what the rules of licensing said
    (`verdict`), by the rule that bound the case.
    """
    name = rule.sheet if rule else score_sheet.NEWEST
    items = score_sheet.items(name)
    parts = []
    for part in score_sheet.parts(name):
        own = [item for item in items if item.part == part.code]
        given, most = _sums(own, marks)
        rows = [
            {
                "number": item.label,
                "title": item.title,
                "content": item.explanation,
                "score": _shown(marks.get(item.number)),
                "note": marks[item.number].note if item.number in marks else "",
            }
            for item in own
        ]
        parts.append(
            {"name": f"{part.number}　{part.title}", "score": _plain(given), "full": _plain(most), "rows": rows}
        )
    total, full = _sums(items, marks)
    return {
        **visit.content,
        "variety": variety,
        "parts": parts,
        "total": _plain(total),
        "full": _plain(full),
        "rate": f"{total / full * 100:.1f}%" if full else "—",
        "verdict": verdict,
        **({"pass_rule": rule.words} if rule else {}),
    }


def _sums(items: Sequence[score_sheet.SheetItem], marks: Mapping[int, Mark]) -> tuple[Decimal, Decimal]:
    """Points given and points to be had, over the items that count."""
    counted = [(item.most, points) for item in items if (points := marks.get(item.number, Mark("")).points) is not None]
    return sum((points for _, points in counted), Decimal()), sum((most for most, _ in counted), Decimal())


def _shown(mark: Mark | None) -> str:
    if mark is None or not mark.score:
        return ""
    return "不适用" if mark.points is None else _plain(mark.points)


def _plain(value: Decimal) -> str:
    """3, 0.5: without zeros that say nothing."""
    return format(value.normalize(), "f") if value else "0"


@dataclass(frozen=True)
class Found:
    """The conclusion for one variety."""

    code: str
    name: str
    detail: str
    result: str
    rate: str = ""


def verification_report(
    visit: VisitFacts,
    varieties: Sequence[Found],
    *,
    conclusion: str,
    problems: Sequence[tuple[str, str]] = (),
    rectify_by: date | None = None,
    basis: str = "食品生产许可管理办法（2020年）第二十一条",
) -> dict[str, Any]:
    """The content of 现场核查报告. `problems` are pairs of an item of the sheet and what was found there."""
    return {
        **visit.content,
        "varieties": [asdict(each) for each in varieties],
        "problems": [{"item": item, "problem": problem} for item, problem in problems],
        "conclusion": conclusion,
        "rectify_by": rectify_by.isoformat() if rectify_by else "",
        "basis": basis,
    }


@dataclass(frozen=True)
class Paper:
    """One paper of the visit's file."""

    name: str
    pages: int = 0
    note: str = ""


def material_list(
    visit: VisitFacts, papers: Sequence[Paper], *, handed_by: str = "", handed_to: str = ""
) -> dict[str, Any]:
    """The content of 核查材料清单."""
    rows = [asdict(each) for each in papers]
    return {**visit.content, "materials": rows, "handed_by": handed_by, "handed_to": handed_to}
