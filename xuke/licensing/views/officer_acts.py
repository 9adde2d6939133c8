"""The steps of a case, a page each: what it needs, what follows from it, and the press of the button."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from xuke.accounts.officers import Officer
from xuke.catalogue.limits import time_limit
from xuke.documents.commands import Draft, rehearse
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted, Refused, StepNotOpen
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import (
    binding,
    buttons,
    clocks,
    commands,
    declared,
    gates,
    gating,
    permissions,
    queries,
    queries_joint,
    rules,
)
from xuke.licensing import forms_officer as forms
from xuke.licensing.commands.accepting import why_not_decline
from xuke.licensing.commands.steps import PAST, TOLD
from xuke.licensing.forms_joint import follow
from xuke.licensing.forms_officer import StepForm
from xuke.licensing.judging import visit_need
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure
from xuke.parties.doors import OfficerRequest, officer_view
from xuke.web import kept, refusals
from xuke.web.pages import go, page
from xuke.web.pieces import Link

StepView = Callable[[OfficerRequest, Application], HttpResponse]

PREVIEWED = frozenset(
    (
        "accept",
        "arrange_hearing",
        "ask_correction",
        "assign_verification",
        "begin_special_time",
        "cancel_licence",
        "decline_acceptance",
        "end_special_time",
        "extend",
        "grant",
        "grant_on_commitment",
        "prolong_pause",
        "reassign_verification",
        "record_report",
        "refuse",
        "resume",
        "suspend",
        "tell_hearing_right",
        "tell_not_competent",
        "tell_not_required",
        "tell_third_party",
        "terminate",
    )
)
"""Steps that issue a notice, which can be read before it is sent."""

# What every step does the same way ------------------------------------------------------------------------------------


Along = Callable[[Officer], Mapping[str, Any]]
"""What is read with a case in the same statement: annotations, on behalf of an officer."""


def step_page(verb: str, *along: Along) -> Callable[[StepView], Callable[..., HttpResponseBase]]:
    """The page of a step. Whoever opens it when it is not open, or not for them, reads why and finds the case.

    `along` says what the page wants read with the case.
    """

    def mark(view: StepView) -> Callable[..., HttpResponseBase]:
        @officer_view
        @wraps(view)
        def enter(request: OfficerRequest, id: UUID) -> HttpResponse:
            wanted = [each(request.actor) for each in along]
            application = queries.get(request.actor, id, **dict(ChainMap(*map(dict, wanted))))
            if request.method != "POST" and (refused := _why_closed(request, verb, application)):
                facts = page_facts(request, application, verb) | {"sentence": refused.sentence}
                title = "这一步现在不能办理" if refused.status == StepNotOpen.status else "您不能办理这一步"
                return page(request, "licensing/officer/closed.html", facts | {"title": title}, status=refused.status)
            return view(request, application)

        return enter

    return mark


def _why_closed(request: OfficerRequest, verb: str, application: Application) -> Refused | None:
    try:
        permissions.demand(request.actor, verb, application, today=request.today)
    except Refused as refused:
        return refused
    if reason := buttons.why_not(request.actor, application, verb):
        return NotPermitted(reason)
    early = buttons.why_not(request.actor, application, verb, today=request.today)
    return StepNotOpen(early) if early else None


def typed(request: OfficerRequest) -> Any:
    """What was sent, or None when the page was only opened."""
    return request.POST if request.method == "POST" else None


def carry_out(
    request: OfficerRequest,
    verb: str,
    form: StepForm,
    take: Callable[[], object],
    template: str,
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Take a step with what was typed and go on to the case; or back into the form, with what has to be changed.

    The command runs in a savepoint: what it did before it refused is undone, and the page can still be drawn. Whoever
    asks for a preview sees what the command would issue, and what they typed.
    """
    conflict: dict[str, Any] | None = None
    drafts: tuple[Draft, ...] | None = None
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid():
                drafts = _take_or_rehearse(request, take)
                if drafts is None:
                    return go(request, "officer-case", form.application.pk)
            else:
                permissions.demand(request.actor, verb, form.application, today=request.today)
                status = 422
        except Invalid as refused:
            refusals.onto(form, refused)
            status = refused.status
        except StepNotOpen:
            raise
        except Conflict as refused:
            conflict, status = _go_on_from_the_newest(request, verb, form, refused), refused.status
    said = {"form": form, "conflict": conflict, "drafts": drafts}
    facts = page_facts(request, form.application, verb) | said | dict(context or {})
    return page(request, f"licensing/officer/{template}.html", facts, status=status)


def _take_or_rehearse(request: OfficerRequest, take: Callable[[], object]) -> tuple[Draft, ...] | None:
    """Take the step; or only show the notices that it would issue, when that is what was asked."""
    if "preview" in request.POST:
        return rehearse(take)
    with transaction.atomic():
        take()
    return None


def _go_on_from_the_newest(request: OfficerRequest, verb: str, form: StepForm, refused: Conflict) -> dict[str, Any]:
    """Somebody was faster. When the step is still open, the form stays and can be sent again after a look at the case;
    else the refusal stands."""
    form.application = queries.get(request.actor, form.application.pk)
    if permissions.why_not(request.actor, verb, form.application, today=request.today):
        raise refused
    form.rebase()
    return refusals.describe(request, refused, kept.typed(request))


_MOMENTS = {
    "accept": gates.ACCEPT,
    "grant": gates.DECIDE,
    "cancel_licence": gates.DECIDE,
    "grant_on_commitment": gates.COMMIT,
}
"""Steps before which the gates are asked: what is in the way is told before anybody presses the button."""


def page_facts(request: OfficerRequest, application: Application, verb: str) -> dict[str, Any]:
    """What every page of a step shows of the case."""
    number = application.acceptance_number or application.receipt_number
    return {
        "heading": _heading(application, verb),
        "has_preview": verb in PREVIEWED,
        "today": request.today,
        "application": application,
        "reading": clocks.of_row(application, today=request.today),
        "crumbs": (
            Link("等我办理", "/office/"),
            Link(f"{application.enterprise.name} {number}", reverse("officer-case", args=[application.pk])),
        ),
        "case_url": reverse("officer-case", args=[application.pk]),
        "closed": gating.closed(application, _MOMENTS[verb], today=request.today) if verb in _MOMENTS else (),
        "remarks": declared.remarks(application, today=request.today),
    }


def _heading(application: Application, verb: str) -> str:
    """What the step is called, in the words of the procedure: 准予延续."""
    act = procedure(application.procedure).act
    return {"grant": f"准予{act}", "refuse": f"不予{act}"}.get(verb) or TOLD[PAST[verb]]


def pressed(request: OfficerRequest, form: StepForm) -> dict[str, Any]:
    """Who acts, when, and on which state of the case."""
    return {"by": request.actor, "now": request.now, "revision": form.cleaned_data["revision"]}


def _press(request: OfficerRequest, id: UUID, take: Callable[..., object]) -> HttpResponse:
    """A step that asks nothing: a button. Opening its address leads to the case."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("officer-case", args=[id]))
    application = queries.get(request.actor, id)
    form = StepForm(application, request.POST)
    if not form.is_valid():
        raise Conflict()
    take(application=application, **pressed(request, form))
    return go(request, "officer-inbox") if request.POST.get("back") == "list" else go(request, "officer-case", id)


@officer_view
def claim(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Take the case into one's own hands."""
    return _press(request, id, commands.claim)


@officer_view
def release(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Give it back to the pool."""
    return _press(request, id, commands.release)


@officer_view
def begin_review(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Take the review."""
    return _press(request, id, commands.begin_review)


# Handling a receipt ---------------------------------------------------------------------------------------------------


@step_page("accept", declared.along)
def accept(request: OfficerRequest, application: Application) -> HttpResponse:
    """Accept, after a look at the day on which the decision will be due."""
    form = StepForm(application, typed(request))

    def take() -> None:
        commands.accept(application=application, **pressed(request, form))

    return carry_out(request, "accept", form, take, "accept", _acceptance(application, request.today))


def _acceptance(application: Application, today: date) -> dict[str, Any]:
    """The day on which acceptance takes effect, and the decision term that it starts."""
    told_by = application.due_on or today
    day = rules.acceptance_day(received_on=_received_on(application, told_by), told_by=told_by, today=today)
    limit = binding.limit(application, "food.decision", on=day)
    return {"day": day, "is_late": day != today, "due": current_calendar().add(day, limit.value), "limit": limit}


def _received_on(application: Application, told_by: date) -> date:
    """The day of the last receipt. After a correction, a whole term before the day on which the answer is due."""
    if application.state == "resubmitted" or application.received_on is None:
        return current_calendar().subtract(told_by, binding.limit(application, "food.acceptance", on=told_by).value).on
    return application.received_on


@step_page("ask_correction")
def ask_correction(request: OfficerRequest, application: Application) -> HttpResponse:
    """The one list of what has to be corrected; rows can be added without a script."""
    form = forms.CorrectionForm(application, typed(request))
    context = {"names": forms.correctable(procedure(application.procedure))}
    if form.adds_rows:
        facts = page_facts(request, application, "ask_correction") | {"form": form, "is_growing": True} | context
        return page(request, "licensing/officer/ask_correction.html", facts)

    def take() -> None:
        commands.ask_correction(application=application, items=form.rows.items, **pressed(request, form))

    return carry_out(request, "ask_correction", form, take, "ask_correction", context)


@step_page("offer_correction")
def offer_correction(request: OfficerRequest, application: Application) -> HttpResponse:
    """Small errors, to be corrected once the applicant agrees."""
    form = forms.SpotCorrectionForm(application, typed(request))

    def take() -> None:
        commands.offer_correction(application=application, rows=form.rows, **pressed(request, form))

    return carry_out(request, "offer_correction", form, take, "offer_correction")


@step_page("decline_acceptance")
def decline_acceptance(request: OfficerRequest, application: Application) -> HttpResponse:
    """Do not accept: what the law bars, or what leaves items of the first list open."""
    barred = gating.why_declined(application, today=request.today)
    if request.method != "POST" and (reason := why_not_decline(application, barred)):
        facts = page_facts(request, application, "decline_acceptance") | {"sentence": reason}
        title = "这一步现在不能办理"
        return page(request, "licensing/officer/closed.html", facts | {"title": title}, status=StepNotOpen.status)
    form = forms.DeclineForm(application, typed(request), is_barred=bool(barred))

    def take() -> None:
        typed_in = form.cleaned_data
        commands.decline_acceptance(
            application=application, missing=typed_in["missing"], reason=typed_in["reason"], **pressed(request, form)
        )

    context = remedies(application, request.today) | {"barred": barred}
    return carry_out(request, "decline_acceptance", form, take, "decline", context)


@step_page("tell_not_required")
def tell_not_required(request: OfficerRequest, application: Application) -> HttpResponse:
    """Tell the applicant that this needs no licence."""
    hint = "写明为什么不需要取得许可，例如：属于食用农产品初级加工"
    form = forms.ReasonForm(application, typed(request), hint=hint)

    def take() -> None:
        commands.tell_not_required(
            application=application, reason=form.cleaned_data["reason"], **pressed(request, form)
        )

    return carry_out(request, "tell_not_required", form, take, "not_required", remedies(application, request.today))


@step_page("tell_not_competent")
def tell_not_competent(request: OfficerRequest, application: Application) -> HttpResponse:
    """Tell the applicant which authority is competent."""
    form = forms.NotCompetentForm(application, typed(request))

    def take() -> None:
        typed_in = form.cleaned_data
        commands.tell_not_competent(
            application=application,
            reason=typed_in["reason"],
            competent=typed_in["competent"],
            **pressed(request, form),
        )

    return carry_out(request, "tell_not_competent", form, take, "not_competent", remedies(application, request.today))


# Review ---------------------------------------------------------------------------------------------------------------


@step_page("propose", declared.along)
def propose(request: OfficerRequest, application: Application) -> HttpResponse:
    """An opinion and a result for each variety."""
    form = forms.ProposalForm(application, queries.visit_of(application), typed(request))
    answers = queries_joint.of_case(application)
    follow(form, application, answers)

    def take() -> None:
        commands.propose(
            application=application,
            opinion=form.cleaned_data["opinion"],
            results=form.results,
            reasons=form.reasons,
            **form.said_besides,
            **pressed(request, form),
        )

    closed = declared.why_visited(application, today=request.today)
    context = {"need": visit_need(application), "must_see": closed, "joint": answers}
    return carry_out(request, "propose", form, take, "propose", context)


def remedies(application: Application, today: date) -> dict[str, Any]:
    """Until when the applicant can ask for reconsideration or sue, if the notice is served today."""
    calendar = current_calendar()
    return {
        "reconsideration_until": calendar.days_after(today, time_limit("remedy.reconsideration", today).value),
        "litigation_until": calendar.months_after(today, time_limit("remedy.litigation", today).value),
    }
