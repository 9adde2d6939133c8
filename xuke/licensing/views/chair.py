"""The chair of a hearing is asked to stay away, and the head decides (Administrative Permit Law art. 48(3))."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse

from xuke.foundation.refusals import Invalid, NotPermitted
from xuke.licensing import commands, hearing, permissions, queries
from xuke.licensing.commands.chairing import why_not_ask, why_not_decide
from xuke.licensing.forms_interruptions import ChairRecusalForm, DecideChairForm
from xuke.licensing.models import Application, ThirdParty
from xuke.licensing.procedures import procedure
from xuke.parties.doors import ApplicantRequest, OfficerRequest, applicant_view, officer_view
from xuke.web import refusals
from xuke.web.forms import PlainForm
from xuke.web.pages import go, page
from xuke.web.pieces import Link


@applicant_view
def ask(request: ApplicantRequest, pk: UUID) -> HttpResponse:
    """Who chairs, what was asked and decided, and the form to ask that they stay away."""
    application = queries.get(request.actor, pk)
    form = ChairRecusalForm(request.POST or None)

    def take() -> None:
        commands.ask_chair_recusal(application=application, by=request.actor, now=request.now, **form.cleaned_data)

    if request.method == "POST" and _done(form, take):
        return go(request, "my-chair-recusal", pk)
    held = hearing.read(application.hearing)
    context = {
        "application": application,
        "procedure": procedure(application.procedure).title,
        "number": application.acceptance_number or application.receipt_number,
        "hearing": held,
        "mine": [each for each in held.recusals if each.who == application.enterprise.name],
        "form": form,
        "reason": why_not_ask(application) or _already(held, application),
        "today": request.today,
    }
    return page(request, "licensing/applicant/chair_recusal.html", context, status=_status(form))


def _already(held: hearing.Hearing, application: Application) -> str:
    mine = any((each.chair, each.who) == (held.chair_id, application.enterprise.name) for each in held.recusals)
    return f"您已经申请过{held.chair}回避，同一个主持人只能申请一次。" if mine else ""


@officer_view
def decide(request: OfficerRequest, id: UUID) -> HttpResponse:
    """What is asked of the chair: the head decides it; the reviewer writes down what a third party asks on paper."""
    application = queries.get(request.actor, id)
    held = hearing.read(application.hearing)
    why = why_not_decide(request.actor, application, held, today=request.today)
    parties = _who_may_ask(request, application)
    form: PlainForm = ChairRecusalForm(request.POST or None, parties=parties)
    if not why:
        form = DecideChairForm(request.POST or None)

    def take() -> None:
        act = commands.ask_chair_recusal if why else commands.decide_chair_recusal
        act(application=application, by=request.actor, now=request.now, **form.cleaned_data)

    if request.method == "POST":
        if why and not parties:
            raise NotPermitted(why)
        if _done(form, take):
            return go(request, "officer-chair-recusal", id)
    context = {
        "application": application,
        "hearing": held,
        "why": why,
        "parties": parties,
        "form": form,
        "today": request.today,
        "crumbs": (Link("等我办理", "/office/"), Link(application.enterprise.name, reverse("officer-case", args=[id]))),
    }
    return page(request, "licensing/officer/chair_recusal.html", context, status=_status(form))


def _who_may_ask(request: OfficerRequest, application: Application) -> list[ThirdParty]:
    """The third parties whose paper this officer writes down: none where it is another's business, or too late."""
    today = request.today
    if why_not_ask(application) or permissions.why_not(request.actor, "tell_third_party", application, today=today):
        return []
    return list(ThirdParty.objects.filter(application=application).order_by("pk"))


def _done(form: PlainForm, take: Callable[[], object]) -> bool:
    """Whether what was typed was taken; what has to be changed is told in the form."""
    try:
        if form.is_valid():
            with transaction.atomic():
                take()
            return True
    except Invalid as refused:
        refusals.onto(form, refused)
    return False


def _status(form: PlainForm) -> int:
    return 422 if form.is_bound and form.errors else 200
