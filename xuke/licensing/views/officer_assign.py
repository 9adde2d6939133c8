"""Sending a team to the site: the draw with everybody who was left out and why, the choice, the redraw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from xuke.accounts.models import Authority
from xuke.foundation.refusals import Invalid
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import binding, commands, forms_visits, permissions, queries, teams
from xuke.licensing.models import Application
from xuke.licensing.rounds import left_to_verify, to_verify
from xuke.licensing.teams import Candidates
from xuke.licensing.views.officer_acts import carry_out, step_page, typed
from xuke.parties.doors import OfficerRequest, officer_view
from xuke.verifiers.rules import TeamProposal
from xuke.web import refusals
from xuke.web.pages import go, page
from xuke.web.pieces import Link


@dataclass(frozen=True)
class Asked:
    """For which day and which authority a team is wanted, and who could go."""

    on: date
    last: date
    last_is_provisional: bool
    places: list[Authority]
    place: Authority | None
    found: Candidates
    proposal: TeamProposal

    @property
    def query(self) -> str:
        """The same question in an address."""
        place = {"entrust": self.place.code} if self.place else {}
        return "?" + urlencode({"visit_on": self.on.isoformat(), **place})


def _asked(request: OfficerRequest, application: Application) -> Asked:
    data = request.POST if request.method == "POST" else request.GET
    limit = binding.limit(application, "food.verification", on=request.today)
    last = current_calendar().add(request.today, limit.value)
    on = _day(data.get("visit_on", ""), request.today, last.on)
    places = teams.below(application)
    code = data.get("entrusted_to", "") or data.get("entrust", "")
    place = next((each for each in places if each.code == code), None)
    if place is not None and teams.why_not_entrust(application, place):
        place = None
    found = teams.candidates(application, on=on, authority=place)
    return Asked(on, last.on, last.provisional, places, place, found, teams.proposal(application, found))


def _day(text: str, first: date, last: date) -> date:
    """The day that was asked for, if a visit may take place on it; else the next working day."""
    try:
        wanted = date.fromisoformat(text)
    except ValueError:
        wanted = None
    if wanted is not None and first <= wanted <= last:
        return wanted
    return current_calendar().add(first, 1).on


def _context(application: Application, asked: Asked, today: date) -> dict[str, Any]:
    names = {one.id: one.name for one in asked.found.people}
    special = teams.why_not_entrust(application, asked.places[0]) if asked.places else ""
    return {
        "asked": asked,
        "last": asked.last,
        "last_is_provisional": asked.last_is_provisional,
        "limit": binding.limit(application, "food.verification", on=today),
        "drawn_names": [names[id] for id in asked.proposal.team],
        "drawn_leader": names.get(asked.proposal.leader, ""),
        "left_out": [(names[id], reasons) for id, reasons in asked.proposal.left_out],
        "why_not_entrust": special,
        "visit": queries.visit_of(application),
        "today": today,
    }


@step_page("assign_verification")
def assign_verification(request: OfficerRequest, application: Application) -> HttpResponse:
    """Send a team to the site."""
    return _send(request, application, "assign_verification", forms_visits.AssignForm)


@step_page("reassign_verification")
def reassign_verification(request: OfficerRequest, application: Application) -> HttpResponse:
    """Send another team, or the same a second time."""
    return _send(request, application, "reassign_verification", forms_visits.ReassignForm)


def _send(
    request: OfficerRequest, application: Application, verb: str, kind: type[forms_visits.AssignForm]
) -> HttpResponse:
    asked = _asked(request, application)
    form = kind(
        application,
        asked.found,
        asked.proposal,
        (request.today, asked.last),
        typed(request),
        entrusted_to=asked.place.code if asked.place else "",
    )

    def take() -> None:
        getattr(commands, verb)(application=application, by=request.actor, now=request.now, **form.cleaned_data)

    context = _context(application, asked, request.today)
    visit = context["visit"]
    if verb == "reassign_verification" and visit and visit.concluded_at:
        keys = left_to_verify(visit)
        context["left"] = [row for row in to_verify(application, visit) if row["key"] in keys]
    people = [one for one in asked.found.people if one.id in asked.proposal.team]
    hidden = {"visit_on": asked.on, "entrust": asked.place.code if asked.place else ""}
    context["redraw"] = forms_visits.RedrawForm(people, initial=hidden)
    context["redraw_url"] = reverse("officer-redraw", args=[application.pk])
    return carry_out(request, verb, form, take, "assign", context)


@officer_view
def redraw(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Draw once more, with the reason. Opening the address leads back to the page of the team."""
    application = queries.get(request.actor, id)
    name = "officer-reassign" if application.verified_by else "officer-assign"
    back = reverse(name, args=[id])
    if request.method != "POST":
        return go(request, back)
    verb = "reassign_verification" if application.verified_by else "assign_verification"
    permissions.demand(request.actor, verb, application, today=request.today)
    asked = _asked(request, application)
    form = forms_visits.RedrawForm(asked.found.people, request.POST)
    status = 422
    try:
        if form.is_valid():
            commands.redraw_team(
                application=application,
                visit_on=asked.on,
                reason=form.cleaned_data["reason"],
                excluded=form.cleaned_data["excluded"],
                entrusted_to=asked.place.code if asked.place else "",
                by=request.actor,
                now=request.now,
            )
            return go(request, back + asked.query)
    except Invalid as refused:
        refusals.onto(form, refused)
        status = refused.status
    crumbs = (Link("派出核查组", back + asked.query),)
    context = {"application": application, "form": form, "crumbs": crumbs, "back": back + asked.query}
    return page(request, "licensing/officer/redraw.html", context, status=status)
