"""The papers of a visit: which there are, a look at them before they are made, and making them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from xuke.documents.commands import Draft, rehearse
from xuke.foundation.refusals import NotFound
from xuke.licensing import commands, queries
from xuke.licensing.commands.papers import made_of, takes_part, why_no_papers, why_not_papers
from xuke.parties.doors import OfficerRequest, officer_view
from xuke.web.pages import go, page
from xuke.web.pieces import Link


@officer_view
def papers(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Attendance, score sheets, report and list of a visit that is over."""
    application = queries.get(request.actor, id)
    visit = queries.visit_of(application)
    if visit is None:
        raise NotFound("这件申请没有现场核查。")

    def make() -> None:
        commands.file_visit_papers(application=application, by=request.actor, now=request.now)

    drafts: tuple[Draft, ...] = ()
    if request.method == "POST" and "preview" not in request.POST:
        make()
        return go(request, "officer-papers", id)
    if request.method == "POST":
        drafts = rehearse(make)
    made = made_of(request.actor, application)
    context = {
        "application": application,
        "visit": visit,
        "made": made,
        "is_part": takes_part(request.actor, application),
        "why_not": why_not_papers(request.actor, application, visit) or why_no_papers(visit, made),
        "drafts": drafts,
        "crumbs": (Link("等我办理", "/office/"), Link(application.title, reverse("officer-case", args=[id]))),
    }
    return page(request, "licensing/officer/papers.html", context)
