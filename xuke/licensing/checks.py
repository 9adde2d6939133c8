"""What follows a licence: rectification of what the visit found, and the check after issue with its due day.

`order_for` is called in the transaction of the decision, so that no licence is born without the check it needs
(handbook 13.3, invariant 12).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from xuke.accounts.queries import path_serving
from xuke.catalogue import score_sheet
from xuke.catalogue.limits import TimeLimit
from xuke.certificates.models import Licence
from xuke.documents import commands as documents
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.calendar import DueDate
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import binding, rules
from xuke.licensing.commands.drafting import parties_of
from xuke.licensing.models import Application, PostIssueCheck, Rectification, Visit
from xuke.licensing.procedures import procedure
from xuke.licensing.rounds import found_sheet
from xuke.licensing.sheet import Sheet, note_of, plain, rule_items, sheet_name

PASS = "pass"  # noqa: S105 - a result


@dataclass(frozen=True)
class Wanted:
    """A check that a decision asks for."""

    kind: str
    limit: TimeLimit
    days: int


def order_for(
    application: Application, licence: Licence, *, today: date, by: Actor, now: datetime
) -> PostIssueCheck | None:
    """Order what follows a licence: the check after issue, and rectification where the visit found something.

    Called by what grants or renews, before its notice is issued. Asking again for the same case changes nothing.
    """
    visit = Visit.objects.filter(application=application, concluded_at__isnull=False).first()
    found = _to_rectify(application, visit) if visit else []
    place = daily_supervision(application)
    if visit and found and not Rectification.objects.filter(application=application).exists():
        _rectify(application, licence, visit, found, place, today=today, by=by, now=now)
    wanted = what_check(application, visited=visit is not None, today=today)
    if wanted is None or PostIssueCheck.objects.filter(application=application, kind=wanted.kind).exists():
        return None
    check = PostIssueCheck(
        application=application,
        licence=licence,
        kind=wanted.kind,
        ordered_on=today,
        due_on=after(today, wanted.days, wanted.limit.unit).on,
        basis=wanted.limit.basis,
        focus=found,
        enterprise_id=application.enterprise_id,
        authority_path=place,
    )
    check.save(force_insert=True)
    journal.record("check.ordered", subject=check, by=by, at=now, kind=check.kind, due_on=check.due_on)
    return check


def what_check(application: Application, *, visited: bool, today: date) -> Wanted | None:
    """Which check a favourable decision asks for: of a commitment, of an exemption, of what a visit found."""
    kind = procedure(application.procedure).kind
    if application.committed:
        limit = binding.limit(application, "food.commitment_check", on=today)
        policies = binding.commitment_policies(application, on=today).values()
        days = min((each.check_days for each in policies), default=limit.value)
        return Wanted(PostIssueCheck.COMMITMENT, limit, days)
    if kind in ("report", "cancellation", "reissue"):
        return None
    if visited or kind == "first":
        limit = binding.limit(application, "food.first_inspection", on=today)
        return Wanted(PostIssueCheck.AFTER_VISIT, limit, limit.value)
    if kind in ("renewal", "renewal_change") or application.proposal.get("no_visit"):
        limit = binding.limit(application, "food.exempt_renewal_check", on=today)
        return Wanted(PostIssueCheck.EXEMPT, limit, limit.value)
    return None


def after(day: date, count: int, unit: str) -> DueDate:
    """The last day of a period of working days, days or months after a day."""
    calendar = current_calendar()
    count_in = {"working_day": calendar.add, "day": calendar.days_after, "month": calendar.months_after}
    return count_in[unit](day, count)


def daily_supervision(application: Application) -> str:
    """The path of the daily supervision body: the authority nearest to the place of production."""
    division = str(application.form.get("site", {}).get("division_code", ""))
    nearest = path_serving(division) if division else ""
    return nearest if nearest.startswith(application.authority_path) else application.authority_path


def _to_rectify(application: Application, visit: Visit) -> list[dict[str, Any]]:
    """What a visit found to be only basically in order, of the varieties that passed."""
    passed = [key for key, one in visit.result.get("varieties", {}).items() if one["result"] == PASS]
    names = {row["key"]: row["name"] for row in application.varieties}
    name = sheet_name(visit.result)
    titles = {item.number: f"{item.label}{item.title}" for item in score_sheet.items(name)}
    seen: dict[tuple[int, str], dict[str, Any]] = {}
    sheet = found_sheet(visit)
    for key, number in _half_marks(sheet, passed, name):
        note = note_of(sheet, key, number)
        row = seen.setdefault((number, note), {"number": number, "title": titles[number], "note": note, "of": []})
        row["of"] = [*row["of"], names.get(key, "")]
    return [{**row, "of": "、".join(filter(None, row["of"]))} for row in seen.values()]


def _half_marks(sheet: Sheet, keys: list[str], name: str) -> Iterator[tuple[str, int]]:
    """Items with some points and not all, by variety."""
    whole = {item.number: (item.scores, item.most) for item in rule_items(name)}
    for key in keys:
        for number, mark in sorted(rules.marks_for(sheet, key).items()):
            scores, most = whole[number]
            if any(mark == plain(score) for score in scores if 0 < score < most):
                yield key, number


def _rectify(
    application: Application,
    licence: Licence,
    visit: Visit,
    found: list[dict[str, Any]],
    place: str,
    *,
    today: date,
    by: Actor,
    now: datetime,
) -> None:
    """Order rectification, counted from the decision that the notice comes with (handbook 4.2: after the licence;
    uncertain): between visit and decision the term may stand still for longer than a month."""
    assert application.authority is not None
    limit = binding.limit(application, "food.rectification", on=today)
    row = Rectification(
        application=application,
        licence=licence,
        items=found,
        due_on=after(today, limit.value, limit.unit).on,
        enterprise_id=application.enterprise_id,
        authority_path=place,
    )
    row.save(force_insert=True)
    journal.record(
        "rectification.ordered", subject=row, by=by, at=now, due_on=row.due_on, items=[each["title"] for each in found]
    )
    documents.issue(
        kind="rectification_notice",
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        content={
            **parties_of(application),
            "acceptance_number": application.acceptance_number,
            "visit_on": visit.day.isoformat(),
            "problems": [
                {"item": each["title"], "problem": each["note"] or "基本符合", "demand": "改正并保持"} for each in found
            ],
            "rectify_by": row.due_on.isoformat(),
            "basis": limit.basis,
        },
        by=by,
        now=now,
    )
