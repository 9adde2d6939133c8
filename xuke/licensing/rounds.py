"""The rounds of a visit: one begins when a team is sent; the one before is kept with what it found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from xuke.accounts.models import Authority
from xuke.licensing import teams
from xuke.licensing.judging import whole
from xuke.licensing.models import Application, Visit
from xuke.licensing.teams import Candidates

NOT_POSSIBLE, POSTPONED = "not_possible", "postponed"
AGAIN = (NOT_POSSIBLE, POSTPONED)
"""Results of a round that another round can still change."""


@dataclass(frozen=True)
class Sent:
    """A team as it was chosen and judged."""

    members: list[dict[str, Any]]
    experts: list[dict[str, str]]
    entrusted: Authority | None
    candidates: Candidates


def why_not_again(visit: Visit | None) -> str:
    """The reason no other team is sent, or an empty string."""
    if visit is None:
        return "还没有派出核查组。"
    if visit.concluded_at and not left_to_verify(visit):
        return "现场核查已经结束，全部品种都有结论，不能再次核查。"
    return ""


def left_to_verify(visit: Visit) -> list[str]:
    """Keys of what the round that was concluded could not verify."""
    return [key for key, found in visit.result.get("varieties", {}).items() if found["result"] in AGAIN]


def to_verify(application: Application, visit: Visit) -> list[dict[str, Any]]:
    """The varieties of this round; the application as a whole where nothing is judged by itself."""
    rows = application.varieties or [whole(application)]
    return [row for row in rows if not visit.varieties or row["key"] in visit.varieties]


def begin(visit: Visit, sent: Sent, *, observer: str, visit_on: date, due_on: date, now: datetime) -> None:
    """A round begins: nobody has been there yet. Marks stay of those who go again, and of nobody else."""
    visit.sheet = _marks_of(visit.sheet, {member["name"] for member in sent.members})
    visit.team, visit.experts, visit.observer = sent.members, sent.experts, observer
    visit.visit_on, visit.due_on, visit.assigned_at = visit_on, due_on, now
    visit.entrusted_to = sent.entrusted.path if sent.entrusted else ""
    visit.entrusted_name = sent.entrusted.name if sent.entrusted else ""
    visit.concluded_at = visit.concluded_by = None
    visit.applicant_signed, visit.signing_note = None, ""
    visit.draw = _draw(visit, sent)


def _marks_of(sheet: dict[str, Any], names: set[str]) -> dict[str, Any]:
    def of(marks: dict[str, Any]) -> dict[str, Any]:
        return {number: mark for number, mark in marks.items() if mark.get("by") in names}

    own = {key: of(marks) for key, marks in sheet.get("varieties", {}).items()}
    found = {"common": of(sheet.get("common", {})), "varieties": {key: marks for key, marks in own.items() if marks}}
    return {name: marks for name, marks in found.items() if marks}


def _draw(visit: Visit, sent: Sent) -> dict[str, Any]:
    """The draw that stood on the page, with what it was made on, beside the team that goes."""
    drawn = sent.candidates.drawn
    proposed = teams.proposal(visit.application, sent.candidates)
    return {
        "seed": proposed.seed,
        "excluded": list(drawn[-1].excluded) if drawn else [],
        "facts": sent.candidates.frozen(),
        "proposed": list(proposed.team),
        "chosen": [member["verifier"] for member in sent.members],
    }


def kept(visit: Visit, reason: str) -> dict[str, Any]:
    """A round as it is kept when another one begins."""
    return {
        "round": visit.round,
        "team": visit.team,
        "experts": visit.experts,
        "observer": visit.observer,
        "visit_on": visit.visit_on.isoformat(),
        "entrusted_name": visit.entrusted_name,
        "concluded_at": visit.concluded_at.isoformat() if visit.concluded_at else None,
        "sheet": visit.sheet,
        "result": visit.result,
        "draw": visit.draw,
        "why_again": reason,
    }
