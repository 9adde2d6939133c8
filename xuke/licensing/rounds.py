"""The rounds of a visit: one begins when a team is sent; the one before is kept with what it found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from xuke.accounts.models import Authority
from xuke.licensing import rules, teams
from xuke.licensing.judging import whole
from xuke.licensing.models import Application, Visit
from xuke.licensing.sheet import note_of
from xuke.licensing.teams import Candidates

NOT_POSSIBLE, POSTPONED = "not_possible", "postponed"
AGAIN = (NOT_POSSIBLE, POSTPONED)
"""Results of a round that another round can still change."""


@dataclass(frozen=True)
class Round:
    """One time that a team was sent: who went when, what they were to verify, what they wrote down and found."""

    number: int
    team: list[dict[str, Any]]
    experts: list[dict[str, str]]
    observer: str
    visit_on: date
    entrusted_name: str
    varieties: list[str]
    """Keys of what it was to verify; empty for everything."""
    sheet: dict[str, Any]
    result: dict[str, Any]
    concluded_at: datetime | None
    visited_on: date | None = None
    confirmed: tuple[dict[str, Any], ...] = ()
    applicant_signed: bool | None = None
    signing_note: str = ""

    @property
    def day(self) -> date:
        """The day on which the team was there, as far as it is known."""
        return self.visited_on or self.visit_on

    def result_of(self, key: str) -> str:
        """What it found of a variety; of one that it did not see, that it could not."""
        return str(self.result.get("varieties", {}).get(key, {}).get("result", NOT_POSSIBLE))


def rounds(visit: Visit) -> tuple[Round, ...]:
    """Every round, the one under way or concluded last at the end."""
    before: list[Round] = []
    for row in visit.earlier:
        was_left = left_of(before[-1].result) if before and before[-1].concluded_at else []
        before.append(_read(row, was_left))
    return (*before, _now(visit))


def _read(row: dict[str, Any], was_left: list[str]) -> Round:
    """A round as it was kept; those that were kept without what they were to verify had what was left."""
    concluded = row["concluded_at"]
    return Round(
        number=row["round"],
        team=row["team"],
        experts=row["experts"],
        observer=row["observer"],
        visit_on=date.fromisoformat(row["visit_on"]),
        entrusted_name=row["entrusted_name"],
        varieties=row.get("varieties", was_left),
        sheet=row["sheet"],
        result=row["result"],
        concluded_at=datetime.fromisoformat(concluded) if concluded else None,
        visited_on=_day(row.get("visited_on")),
        confirmed=tuple(row.get("confirmed", ())),
        applicant_signed=row.get("applicant_signed"),
        signing_note=row.get("signing_note", ""),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _now(visit: Visit) -> Round:
    return Round(
        number=visit.round,
        team=visit.team,
        experts=visit.experts,
        observer=visit.observer,
        visit_on=visit.visit_on,
        entrusted_name=visit.entrusted_name,
        varieties=visit.varieties,
        sheet=visit.sheet,
        result=visit.result,
        concluded_at=visit.concluded_at,
        visited_on=visit.visited_on,
        confirmed=tuple(visit.confirmed),
        applicant_signed=visit.applicant_signed,
        signing_note=visit.signing_note,
    )


def found_sheet(visit: Visit) -> dict[str, Any]:
    """What was written down of each variety in the round that judged it, as a sheet: no other round's marks are laid
    on it, and its own are not lost."""
    return {"varieties": {key: _marks_for(one.sheet, key) for one, keys in judged(visit) for key in keys}}


def judged(visit: Visit) -> Iterator[tuple[Round, tuple[str, ...]]]:
    """Every round that was concluded, with the keys of what it judged itself."""
    known: set[str] = set()
    for one in rounds(visit):
        found = one.result.get("varieties", {}) if one.concluded_at else ()
        keys = tuple(key for key in found if key not in known and one.result_of(key) not in AGAIN)
        known.update(keys)
        if one.concluded_at:
            yield one, keys


def _marks_for(sheet: dict[str, Any], key: str) -> dict[str, dict[str, str]]:
    marks = rules.marks_for(sheet, key)
    return {str(number): {"score": mark, "note": note_of(sheet, key, number)} for number, mark in marks.items()}


@dataclass(frozen=True)
class Sent:
    """A team as it was chosen and judged."""

    members: list[dict[str, Any]]
    experts: list[dict[str, str]]
    entrusted: Authority | None
    candidates: Candidates


def unconfirmed(visit: Visit) -> list[str]:
    """Who of the team has not confirmed the sheet as it stands. The leader does so by ending the visit."""
    done = {row["user_id"] for row in visit.confirmed if not row["applicant"]}
    return [each["name"] for each in visit.team if not each["leader"] and each["user_id"] not in done]


def confirmed_by_applicant(visit: Visit | Round) -> dict[str, Any] | None:
    """Who confirmed the sheet as it stands for the applicant, and when; None when nobody has."""
    return next((row for row in visit.confirmed if row["applicant"]), None)


def why_not_of_team(user: int, visit: Visit | None) -> str:
    """The reason somebody marks nothing in this round, though perhaps in an earlier one, or an empty string."""
    members = {member["user_id"] for member in visit.team} if visit else set()
    return "" if user in members else "您不在这次的核查组里，评分由这次派出的核查人员填写。"


def why_not_again(visit: Visit | None) -> str:
    """The reason no other team is sent, or an empty string."""
    if visit is None:
        return "还没有派出核查组。"
    if visit.concluded_at and not left_to_verify(visit):
        return "现场核查已经结束，全部品种都有结论，不能再次核查。"
    return ""


def left_to_verify(visit: Visit) -> list[str]:
    """Keys of what the round that was concluded could not verify."""
    return left_of(visit.result)


def left_of(result: dict[str, Any]) -> list[str]:
    """Keys of what a result leaves to another round."""
    return [key for key, found in result.get("varieties", {}).items() if found["result"] in AGAIN]


def to_verify(application: Application, visit: Visit | Round) -> list[dict[str, Any]]:
    """The varieties of a round; the application as a whole where nothing is judged by itself."""
    rows = application.varieties or [whole(application)]
    return [row for row in rows if not visit.varieties or row["key"] in visit.varieties]


def begin(visit: Visit, sent: Sent, *, observer: str, visit_on: date, due_on: date, now: datetime) -> None:
    """A round begins: nobody has been there yet.

    After a round that was concluded the sheet is empty: what is verified now was not seen before. Of a team that is
    replaced the marks stay of those who go again, and of nobody else.
    """
    again = {member["user_id"] for member in sent.members}
    left = {} if visit.concluded_at else _marks_of(visit.sheet, again, visit.team)
    if left != visit.sheet:  # Nobody confirms it from a page that showed more.
        visit.sheet, visit.sheet_revision = left, visit.sheet_revision + 1
    visit.team, visit.experts, visit.observer = sent.members, sent.experts, observer
    visit.visit_on, visit.due_on, visit.assigned_at = visit_on, due_on, now
    visit.visited_on, visit.confirmed = None, []
    visit.entrusted_to = sent.entrusted.path if sent.entrusted else ""
    visit.entrusted_name = sent.entrusted.name if sent.entrusted else ""
    visit.concluded_at = visit.concluded_by = None
    visit.applicant_signed, visit.signing_note = None, ""
    visit.draw = _draw(visit, sent)


def _marks_of(sheet: dict[str, Any], users: set[int], team: list[dict[str, Any]] | None) -> dict[str, Any]:
    """The marks that these people gave. Marks from before accounts were kept with them name somebody of the team."""
    named = {member["name"]: member["user_id"] for member in team or ()}

    def of(marks: dict[str, Any]) -> dict[str, Any]:
        return {no: mark for no, mark in marks.items() if mark.get("user", named.get(mark.get("by"))) in users}

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
        "varieties": visit.varieties,
        "visited_on": visit.visited_on.isoformat() if visit.visited_on else None,
        "confirmed": visit.confirmed,
        "applicant_signed": visit.applicant_signed,
        "signing_note": visit.signing_note,
        "draw": visit.draw,
        "why_again": reason,
    }
