"""The applicant about a visit: asks that somebody stays away, reports what was put right."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse

from xuke.foundation import files
from xuke.foundation.refusals import Invalid, NotFound
from xuke.licensing import binding, commands, queries, queries_checks
from xuke.licensing import sheet as sheets
from xuke.licensing.commands.checking import why_over
from xuke.licensing.commands.confirming import why_not_confirm, why_not_from_here
from xuke.licensing.commands.recusing import why_not_recuse
from xuke.licensing.forms_checks import ReportForm
from xuke.licensing.forms_visits import RecusalRequestForm
from xuke.licensing.models import Application, Visit
from xuke.licensing.procedures import procedure
from xuke.licensing.rounds import confirmed_by_applicant, to_verify
from xuke.parties.doors import ApplicantRequest, applicant_view
from xuke.verifiers import queries as register
from xuke.verifiers.rules import GROUNDS
from xuke.web import refusals
from xuke.web.numbers import whole
from xuke.web.pages import go, page
from xuke.web.uploads import readable


@applicant_view
def recusal(request: ApplicantRequest, pk: UUID) -> HttpResponse:
    """Who comes, what was asked and decided, and the form to ask that somebody stays away."""
    application = queries.get(request.actor, pk)
    visit = queries.visit_of(application)
    form = RecusalRequestForm(visit, request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                with transaction.atomic():
                    commands.request_team_recusal(
                        application=application, by=request.actor, now=request.now, **form.cleaned_data
                    )
                return go(request, "my-recusal", pk)
        except Invalid as refused:
            refusals.onto(form, refused)
    context = {
        "application": application,
        "procedure": procedure(application.procedure).title,
        "number": application.acceptance_number or application.receipt_number,
        "visit": visit,
        "form": form,
        "asked": [(one, GROUNDS[one.ground]) for one in register.requests_about(application.stream)],
        "reason": why_not_recuse(application, visit),
        "today": request.today,
    }
    return page(request, "licensing/applicant/recusal.html", context, status=status)


@applicant_view
def sheet(request: ApplicantRequest, pk: UUID) -> HttpResponse:
    """What the team wrote down on site, to be checked and confirmed before the visit ends."""
    application = queries.get(request.actor, pk)
    visit = queries.visit_of(application)
    if request.method == "POST":
        shown = whole(request.POST.get("shown", ""))
        commands.confirm_sheet(application=application, by=request.actor, now=request.now, shown=shown)
        return go(request, "my-sheet", pk)
    context = {
        "application": application,
        "procedure": procedure(application.procedure).title,
        "number": application.acceptance_number or application.receipt_number,
        "visit": visit,
        "reason": why_not_confirm(application, visit) or why_not_from_here(request.actor),
        "accounts": _accounts(application, visit, request.today) if visit else (),
        "confirmed": confirmed_by_applicant(visit) if visit else None,
        "today": request.today,
    }
    return page(request, "licensing/applicant/sheet.html", context)


def _accounts(application: Application, visit: Visit, today: date) -> tuple[sheets.Account, ...]:
    rule = binding.rule_of_visit(application, visit, on=today)
    return sheets.accounts(visit.sheet, to_verify(application, visit), rule)


@applicant_view
def rectification(request: ApplicantRequest, pk: UUID) -> HttpResponse:
    """What the visit found to be put right, by when, and the report of the enterprise."""
    application = queries.get(request.actor, pk)
    found = queries_checks.rectification_of(application)
    if found is None:
        raise NotFound("这件申请没有需要整改的问题。")
    form = ReportForm(request.POST or None, request.FILES or None, initial={"report": found.report})
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                upload = form.cleaned_data["file"]
                name = readable(str(upload.name or "")) if upload else ""
                with transaction.atomic():
                    file = files.store(upload.chunks(), name, now=request.now, field="file") if upload else None
                    commands.report_rectification(
                        rectification=found,
                        report=form.cleaned_data["report"],
                        file=file,
                        file_name=name,
                        by=request.actor,
                        now=request.now,
                    )
                return go(request, "my-rectification", pk)
        except Invalid as refused:
            refusals.onto(form, refused)
    context = {
        "application": application,
        "number": application.acceptance_number or application.receipt_number,
        "rectification": found,
        "over": why_over(found.licence),
        "form": form,
        "today": request.today,
    }
    return page(request, "licensing/applicant/rectification.html", context, status=status)
