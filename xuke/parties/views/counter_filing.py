"""Filing for a visitor at the counter: begin with the document, act on the enterprise's own pages, end."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.debug import sensitive_post_parameters

from xuke.accounts.officers import Officer, Role
from xuke.accounts.queries import officer_from
from xuke.foundation import files
from xuke.foundation.refusals import Invalid
from xuke.foundation.transactions import opened_for
from xuke.parties import commands
from xuke.parties.doors import ApplicantRequest, OfficerRequest, applicant_view, role_view
from xuke.parties.forms_counter import CounterVisitForm
from xuke.parties.middleware import COUNTER, chosen_of
from xuke.parties.models import CounterVisit
from xuke.web import refusals
from xuke.web.middleware import outside_the_door
from xuke.web.pages import go, page


@role_view(Role.ACCEPTOR)
@sensitive_post_parameters("document_number")
def begin(request: OfficerRequest) -> HttpResponse:
    """Write down who came for whom, and go on to the enterprise's applications in their name."""
    form = CounterVisitForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            visit = _begun(form, request)
        except Invalid as refused:
            refusals.onto(form, refused)
        else:
            request.session[COUNTER] = str(visit.pk)
            return go(request, "my-applications")
    path = request.actor.authority_path
    today = CounterVisit.objects.filter(authority_path=path, begun_on=request.today).select_related("enterprise")
    context = {"form": form, "visits": list(today.order_by("-pk")[:50]), "today": request.today}
    return page(request, "parties/counter_filing.html", context, status=422 if form.errors else 200)


def _begun(form: CounterVisitForm, request: OfficerRequest) -> CounterVisit:
    typed = dict(form.cleaned_data)
    upload = typed.pop("authorisation")
    scan = files.store(upload.chunks(), upload.name, now=request.now, field="authorisation") if upload else None
    return commands.begin_counter_visit(**typed, authorisation=scan, by=request.actor, now=request.now)


@applicant_view
@outside_the_door
def end(request: ApplicantRequest) -> HttpResponse:
    """End the visit and be an officer again."""
    if request.method != "POST":
        return go(request, "my-applications")
    counter = request.actor.counter
    request.session.pop(COUNTER, None)
    if counter is None:
        return go(request, "my-desk")
    officer = _officer(request)
    if officer is not None:
        with opened_for(officer.scope):
            commands.end_counter_visit(visit=counter.visit, by=officer, now=request.now)
    return go(request, "officer-counter-filing")


def _officer(request: ApplicantRequest) -> Officer | None:
    """The officer behind the visitor, in the place they chose to act for: that is where the visit is."""
    _, place = chosen_of(request)
    postings = getattr(request.user, "held_postings", None) or []
    return officer_from(postings, request.user, today=request.today, authority=place)  # type: ignore[arg-type]
