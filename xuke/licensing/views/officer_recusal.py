"""The head decides an applicant's request that somebody of the team stays away, before the visit."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse

from xuke.foundation.refusals import Invalid, NotPermitted
from xuke.licensing import commands, queries
from xuke.parties.doors import OfficerRequest, officer_view
from xuke.verifiers import queries as register
from xuke.verifiers.forms import DecideForm
from xuke.verifiers.permissions import why_not_decide
from xuke.verifiers.rules import GROUNDS
from xuke.web import refusals
from xuke.web.pages import go, page
from xuke.web.pieces import Link


@officer_view
def decide(request: OfficerRequest, id: UUID, recusal: UUID) -> HttpResponse:
    """The request, its reason, and the decision."""
    application = queries.get(request.actor, id)
    asked = register.request_about(application.stream, recusal)
    form = DecideForm(request.POST or None)
    status = 200
    why = why_not_decide(request.actor, asked)
    if request.method == "POST":
        if why:
            raise NotPermitted(why)
        status = 422
        try:
            if form.is_valid():
                with transaction.atomic():
                    commands.decide_team_recusal(
                        application=application, recusal=asked, by=request.actor, now=request.now, **form.cleaned_data
                    )
                return go(request, "officer-case", id)
        except Invalid as refused:
            refusals.onto(form, refused)
    context = {
        "application": application,
        "visit": queries.visit_of(application),
        "asked": asked,
        "ground": GROUNDS[asked.ground],
        "why": why,
        "form": form,
        "crumbs": (Link("等我办理", "/office/"), Link(application.enterprise.name, reverse("officer-case", args=[id]))),
        "today": request.today,
    }
    return page(request, "licensing/officer/recusal.html", context, status=status)
