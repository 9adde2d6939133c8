"""The applicant asks for a hearing, or goes without one (Administrative Permit Law art. 47)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from xuke.catalogue.limits import time_limit
from xuke.foundation.refusals import Invalid
from xuke.licensing import commands, hearing, permissions, queries
from xuke.licensing.forms_interruptions import AskForHearingForm
from xuke.licensing.procedures import procedure
from xuke.licensing.views.applicant_case import paper_of
from xuke.parties.doors import ApplicantRequest, applicant_view
from xuke.web import refusals
from xuke.web.numbers import whole
from xuke.web.pages import go, page


@applicant_view
def ask(request: ApplicantRequest, pk: UUID) -> HttpResponse:
    """What is intended, until when a hearing can be asked for, and the two answers."""
    application = queries.get(request.actor, pk)
    form = AskForHearingForm(request.POST or None)
    if form.is_valid():
        how = {"by": request.actor, "now": request.now, "revision": whole(request.POST.get("revision", ""))}
        try:
            if request.POST.get("answer") == "waive":
                commands.waive_hearing(application=application, paper=paper_of(request), **how)
            else:
                commands.request_hearing(application=application, reason=form.cleaned_data["reason"], **how)
            return go(request, "my-application", pk)
        except Invalid as refused:
            refusals.onto(form, refused)
    context = {
        "application": application,
        "procedure": procedure(application.procedure).title,
        "number": application.acceptance_number or application.receipt_number,
        "form": form,
        "reason": permissions.why_not(request.actor, "request_hearing", application, today=request.today),
        "may_waive": not permissions.why_not(request.actor, "waive_hearing", application, today=request.today),
        "hearing": hearing.read(application.hearing),
        "limit": time_limit("food.hearing_request", request.today),
    }
    return page(request, "licensing/applicant/hearing.html", context, status=422 if form.errors else 200)
