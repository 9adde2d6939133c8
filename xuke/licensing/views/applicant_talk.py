"""Messages between an applicant and the authority that has the case."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from xuke.foundation.refusals import Invalid
from xuke.licensing import commands, queries, queries_together
from xuke.licensing.commands.talking import why_not_write
from xuke.licensing.forms_together import TalkForm
from xuke.licensing.procedures import procedure
from xuke.parties.doors import ApplicantRequest, applicant_view
from xuke.web import refusals
from xuke.web.pages import go, page


@applicant_view
def talk(request: ApplicantRequest, pk: UUID) -> HttpResponse:
    """What was written, and a place to write."""
    application = queries.get(request.actor, pk)
    form = TalkForm(request.POST or None, label="发消息给受理机关", hint="补正、撤回等请在申请页面办理，消息不能代替")
    if form.is_valid():
        try:
            commands.send_message(
                application=application, text=form.cleaned_data["text"], by=request.actor, now=request.now
            )
            return go(request, "my-talk", pk)
        except Invalid as refused:
            refusals.onto(form, refused)
    context = {
        "application": application,
        "procedure": procedure(application.procedure).title,
        "number": application.acceptance_number or application.receipt_number,
        "messages": queries_together.messages(application),
        "form": form,
        "no_message": why_not_write(request.actor, application),
        "today": request.today,
    }
    shown = page(request, "licensing/applicant/talk.html", context, status=422 if form.errors else 200)
    if application.unread_by_applicant and request.method == "GET":
        commands.read_messages(application=application, by=request.actor, now=request.now)
    return shown
