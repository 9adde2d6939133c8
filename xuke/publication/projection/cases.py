"""Cases as the public sees them, from applications and their journal: how far each is, and what was decided.

Of a case under way nobody learns who applied. A decision is announced with the name of the enterprise, without its
reasons. When something became public is read from the list of reactions that were carried out, so it is the same moment
however often these tables are written anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from xuke.foundation import divisions, journal
from xuke.foundation.journal import Event
from xuke.foundation.models.journal import Handled
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import clocks
from xuke.licensing import hearing as hearings
from xuke.licensing.models import Application
from xuke.publication.models import Announcement, Progress

HANDLER = "xuke.publication.handlers.publish_case"
"""The reaction that makes a step public; the moment it was carried out is when the step became public."""
STEPS = (
    "submitted",
    "told_not_required",
    "told_not_competent",
    "correction_offered",
    "correction_confirmed",
    "correction_declined",
    "correction_asked",
    "resubmitted",
    "accepted",
    "acceptance_declined",
    "review_begun",
    "verification_assigned",
    "verification_reassigned",
    "verification_concluded",
    "granted",
    "refused",
    "certificate_recorded",
    "retracted",
    "moved",
    "granted_on_commitment",
    "commitment_left",
    "deemed_accepted",
    "deemed_renewed",
    "report_recorded",
    "licence_cancelled",
    "suspended",
    "resumed",
    "terminated",
    "term_extended",
    "rules_rebound",
    "joint_opinion_given",
    "hearing_right_told",
    "hearing_requested",
    "hearing_request_taken",
    "hearing_waived",
    "hearing_arranged",
    "chair_recusal_asked",
    "chair_recusal_decided",
    "hearing_concluded",
    "special_time_begun",
    "special_time_ended",
    "pause_too_long",
    "pause_prolonged",
)
"""What the enterprise is told of. The office's own steps (claiming, drafting, scoring) are nobody else's business."""
ANNOUNCED = {
    "granted": "granted",
    "refused": "refused",
    "granted_on_commitment": "granted",
    "deemed_renewed": "granted",
}
"""Decisions that are announced, and as what: a promise and the silence of the authority grant as well."""
CLOSING = (
    *ANNOUNCED,
    "told_not_required",
    "told_not_competent",
    "acceptance_declined",
    "retracted",
    "report_recorded",
    "licence_cancelled",
    "terminated",
)
VERBS = tuple(f"application.{past}" for past in (*STEPS, "proposed", "returned_to_review"))
"""After these a case stands differently. That terms end on another day is told of many cases at once (`renew`)."""

VISIBLE_WITHIN = timedelta(hours=24)
"""A step that became public later than this after it happened was not visible in time."""
ANNOUNCED_WITHIN = 7
"""Working days in which a decision is to be public: the double publicity (双公示) of the credit platforms."""
BATCH = 500


def publish(*ids: UUID, now: datetime) -> None:
    """Write these cases as they are now. Runs as the system, which sees every case. A draft is nobody's business."""
    _publish(_locked().filter(pk__in=ids), now)


def publish_next(after: str, size: int) -> str:
    """Write the next cases after one, in the order of their keys; the last key, or "" when there were none.

    A step whose reaction has not been carried out yet stays what it is: on its way, and not public.
    """
    keys = _publish(_locked().filter(pk__gt=after or UUID(int=0))[:size], None)
    return str(keys[-1]) if keys else ""


def _locked() -> QuerySet[Application]:
    rows = Application.objects.select_for_update(no_key=True, of=("self",)).select_related("authority", "licence")
    return rows.filter(receipt_number__isnull=False).order_by("pk")


def _publish(cases: Iterable[Application], now: datetime | None) -> list[UUID]:
    """In a number of statements that does not depend on how many cases there are."""
    found = {case.stream: case for case in cases}
    shown, histories = _shown(found), journal.histories(list(found))
    progress: list[Progress] = []
    announced: list[Announcement] = []
    for stream, case in found.items():
        seen = _Seen(histories.get(stream, ()), shown, now)
        progress.append(_progress(case, seen))
        announced += _announcements(case, seen)
    _write(Progress, progress)
    _write(Announcement, announced)
    return [case.pk for case in found.values()]


_RENEW = """
    UPDATE publication_progress AS p SET due_on = a.due_on, due_provisional = a.due_provisional, changed_at = %s
    FROM licensing_application AS a WHERE a.id = ANY (%s::uuid[]) AND p.receipt_number = a.receipt_number
"""


def renew(ids: Sequence[str], at: datetime) -> None:
    """Terms end on another day, because the calendar has changed: say so of all these cases in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_RENEW, [at, list(ids)])


_MISSING = """
    SELECT a.id FROM licensing_application a
    LEFT JOIN publication_progress p ON p.receipt_number = a.receipt_number
    WHERE a.receipt_number IS NOT NULL AND a.submitted_at < %s
        AND (p.receipt_number IS NULL OR (p.closed_on IS NULL AND a.decided_on IS NOT NULL))
    LIMIT %s
"""


def catch_up(now: datetime, *, most: int = 2_000) -> int:
    """Publish what no reaction published within ten minutes, late as it is: then it counts as late. How many cases."""
    with opened_for(EVERYTHING):
        rows = Application.objects.raw(_MISSING, [now - timedelta(minutes=10), most])
        ids = [row.pk for row in rows]
        for start in range(0, len(ids), BATCH):
            publish(*ids[start : start + BATCH], now=now)
    return len(ids)


def _write(model: type[Progress] | type[Announcement], rows: Sequence[Any]) -> None:
    key = model._meta.pk.name
    fields = [field.name for field in model._meta.concrete_fields if field.name != key]
    model._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=[key], update_fields=fields)


def _shown(cases: Iterable[str]) -> dict[int, datetime]:
    """When each step became public, by the number of its entry."""
    rows = Handled.objects.filter(handler=HANDLER, entry__stream__in=list(cases))
    return dict(rows.values_list("entry_id", "at"))


class _Seen:
    """The history of a case, and of each step that is public since when."""

    def __init__(self, events: Sequence[Event], shown: Mapping[int, datetime], now: datetime | None) -> None:
        self.events = events
        moments = [(event, shown.get(event.id, now)) for event in events if _past(event) in STEPS]
        self.told = [(event, moment) for event, moment in moments if moment is not None]

    def first(self, *pasts: str) -> tuple[Event, datetime] | None:
        """The first step of one of these kinds."""
        return next(((event, moment) for event, moment in self.told if _past(event) in pasts), None)


def _progress(case: Application, seen: _Seen) -> Progress:
    assert case.authority is not None and case.receipt_number is not None and case.received_on is not None
    closed = seen.first(*CLOSING)
    return Progress(
        receipt_number=case.receipt_number,
        acceptance_number=case.acceptance_number,
        procedure=case.procedure,
        state=case.state,
        authority=case.authority.name,
        steps=[_step(event, moment) for event, moment in seen.told],
        marks=[_mark(event) for event in seen.events if event.clock],
        received_on=case.received_on,
        due_on=case.due_on,
        due_provisional=case.due_provisional,
        licence_number=case.licence.number if case.licence else "",
        online=_submitted_online(seen.events),
        closed_on=closed[0].effective_on if closed else None,
        late_steps=sum(moment - event.at > VISIBLE_WITHIN for event, moment in seen.told),
        changed_at=seen.events[-1].at,
        **_hearing(case, is_closed=closed is not None),
    )


def _hearing(case: Application, *, is_closed: bool) -> dict[str, Any]:
    """The hearing that is called and that everybody may attend (art. 48); nothing of one behind closed doors."""
    held = hearings.read(case.hearing)
    if is_closed or held.closed or held.standing is not hearings.Standing.ARRANGED:
        return {"hearing_on": None, "hearing": {}}
    said = {"time": held.time, "place": held.place, "chair": held.chair}
    return {"hearing_on": held.held_on, "hearing": said}


def _step(event: Event, shown: datetime) -> dict[str, str]:
    return {"verb": _past(event), "on": event.effective_on.isoformat(), "shown": shown.isoformat()}


def _mark(event: Event) -> dict[str, Any]:
    return {"on": event.effective_on.isoformat(), "clock": event.clock, "days": event.facts.get("days", 0)}


def _past(event: Event) -> str:
    return event.verb.partition(".")[2]


def _submitted_online(events: Iterable[Event]) -> bool:
    """Whether the enterprise's own people submitted it; what an officer enters at the counter is not online."""
    return all(event.actor.startswith("applicant:") for event in events if _past(event) == "submitted")


def _announcements(case: Application, seen: _Seen) -> Iterator[Announcement]:
    """The decision, when there is one and it is public."""
    found = seen.first(*ANNOUNCED)
    if found is None:
        return
    decision, announced_at = found
    assert case.authority is not None
    rows = _varieties(case)
    numbers = [_category(row) for row in rows]
    division = case.form["site"]["division_code"]
    yield Announcement(
        id=decision.id,
        verb=ANNOUNCED[_past(decision)],
        acceptance_number=case.acceptance_number,
        holder=case.form["enterprise"]["producer_name"],
        uscc=case.form["enterprise"]["uscc"],
        title="、".join(dict.fromkeys(row["category"] for row in rows)),
        procedure=case.procedure,
        division=division,
        place=divisions.full_name(division, decision.effective_on),
        authority=case.authority.name,
        authority_path=case.authority_path,
        level=case.authority.level,
        category=next((_category(row) for row in rows if row.get("main")), numbers[0] if numbers else 0),
        categories=sorted(set(numbers)),
        decided_on=decision.effective_on,
        days=_days(seen.events, decision.effective_on),
        announced_at=announced_at,
        on_time=announced_in_time(decision.effective_on, journal.legal_day(announced_at)),
        licence_number=case.licence.number if case.licence else "",
    )


def _varieties(case: Application) -> list[dict[str, Any]]:
    """What the decision is about: the varieties granted, or everything that was refused."""
    granted = set(case.outcome.get("granted", ()))
    return [row for row in case.varieties if not granted or row["key"] in granted]


def _category(row: Mapping[str, Any]) -> int:
    digits = row["code"][:2]
    return int(digits) if digits.isdecimal() else 0


def _days(events: Sequence[Event], decided_on: date) -> int | None:
    """Working days that the decision took, as the statutory clock counts them: without pauses."""
    term = clocks.term(events, today=decided_on, clock=clocks.DECISION)
    return term.reading.used if term else None


def announced_in_time(decided_on: date, announced_on: date) -> bool:
    """Whether a decision became public within the days in which it has to."""
    return announced_on <= current_calendar().add(decided_on, ANNOUNCED_WITHIN).on
