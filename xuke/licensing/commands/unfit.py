"""News about the people of a visit under way: the case hears that one of them no longer goes on with it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.transactions import command
from xuke.licensing.commands.steps import lock, note
from xuke.licensing.fit import why_unfit
from xuke.licensing.models import Application, Visit


@command
def tell_unfit(*, user: int | None, expert: str = "", by: Actor, now: datetime) -> int:
    """Tell the visits under way that somebody of the team does not go on, and why, or may again; how many were told.

    `expert` is the id of a technical expert in the register. The reviewer, who reads it in the case, has time to send
    another team before the day (Measures art. 21). Where nothing is new, nothing is told.
    """
    concerned = Q(visit__experts__contains=[{"id": expert}]) if expert else Q(pk=None)
    if user:
        concerned |= Q(verified_by__contains=[user])
    cases = Application.objects.filter(concerned, state="verification_assigned")
    return sum(_told(lock(application), user, expert, by, now) for application in cases)


def _told(application: Application, user: int | None, expert: str, by: Actor, now: datetime) -> bool:
    visit = Visit.objects.filter(application=application, concluded_at=None).first()
    if visit is None or application.state != "verification_assigned":
        return False
    members = [member for member in visit.team if member["user_id"] == user]
    visit.experts = [one for one in visit.experts if one["id"] == expert]
    person = next((one["name"] for one in (*members, *visit.experts)), "")
    users = [member["user_id"] for member in members]
    on = max(journal.legal_day(now), visit.visit_on)
    reason = why_unfit(application, visit, users, on=on, experts=True)
    if not person or reason == _said(application, person):
        return False
    note(application, "tell_unfit", by=by, now=now, person=person, reason=reason)
    return True


def _said(application: Application, person: str) -> str:
    """What the case was told of somebody last."""
    told = (event for event in journal.history(application.stream) if event.verb == "application.unfit_told")
    return next((str(event.facts["reason"]) for event in reversed([*told]) if event.facts["person"] == person), "")
