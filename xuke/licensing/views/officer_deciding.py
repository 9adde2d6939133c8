"""The pages on which something is decided, or recorded without a decision: what follows from it, and the button."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import OuterRef
from django.http import HttpResponse

from xuke.accounts.officers import Officer
from xuke.certificates.queries import newest_content
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import binding, commands, declared, expiry
from xuke.licensing import forms_officer as forms
from xuke.licensing.commands import outcomes
from xuke.licensing.commands.deciding import why_ended
from xuke.licensing.forms_officer import StepForm
from xuke.licensing.judging import is_whole
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure
from xuke.licensing.views import officer_pieces as pieces
from xuke.licensing.views.officer_acts import carry_out, pressed, remedies, step_page, typed
from xuke.parties.doors import OfficerRequest


def _certificate(officer: Officer) -> dict[str, Any]:
    return {"printed": newest_content(OuterRef("starts_from"))}


@step_page("grant", declared.along, _certificate)
def grant(request: OfficerRequest, application: Application) -> HttpResponse:
    """Grant, after a look at the decision as it will read."""
    form = forms.GrantForm(application, typed(request))

    def take() -> None:
        basis = form.cleaned_data.get("full_term_basis", "")
        commands.grant(application=application, full_term_basis=basis, **pressed(request, form))

    return carry_out(request, "grant", form, take, "grant", _grant_preview(application, request.today))


def _grant_preview(application: Application, today: date) -> dict[str, Any]:
    """What the decision will say. The number itself is only given with the decision, so that none is lost."""
    which, opinion = procedure(application.procedure), pieces.opinion(application)
    passed = opinion.passed if opinion else ()
    main = next((row for row in passed if row["main"]), passed[0] if passed else None)
    division = application.form["site"]["division_code"]
    licence = application.starts_from if which.needs_licence else None
    foreseen = outcomes.foresee(application, passed, printed=_printed(application))
    kept = licence is not None and which.kind in ("change", "reissue")
    return {
        "opinion": opinion,
        "which": which,
        "starts_from": licence,
        "changes": foreseen.changes,
        "stands": foreseen.rows if licence and not is_whole(application) else (),
        "number_begins": f"SC{main['category_code']}{division}" if main and licence is None else "",
        "main": main if licence is None else None,
        "valid_to": licence.valid_to if licence and kept else expiry.last_day(application, on=today),
        "kept": kept,
        "basis": which.basis,
        "issue_due": current_calendar().add(today, binding.limit(application, "food.issue", on=today).value),
    }


def _printed(application: Application) -> list[dict[str, Any]]:
    """The product rows on the certificate as it is now, read along with the case."""
    content = getattr(application, "printed", None) or {}
    return list(content.get("product_details", ()))


@step_page("cancel_licence")
def cancel_licence(request: OfficerRequest, application: Application) -> HttpResponse:
    """Cancel the licence as its holder asks."""
    form = StepForm(application, typed(request))
    context = {
        "opinion": pieces.opinion(application),
        "starts_from": application.starts_from,
        "reason": why_ended(application),
        "basis": procedure(application.procedure).basis,
    }

    def take() -> None:
        commands.cancel_licence(application=application, **pressed(request, form))

    return carry_out(request, "cancel_licence", form, take, "cancel_licence", context)


@step_page("record_report")
def record_report(request: OfficerRequest, application: Application) -> HttpResponse:
    """Record a report: what it changes of the duplicate, before and after."""
    form = forms.RecordForm(application, typed(request))
    context = {"starts_from": application.starts_from, "changes": outcomes.foresee(application, []).changes}

    def take() -> None:
        commands.record_report(application=application, remark=form.cleaned_data["remark"], **pressed(request, form))

    return carry_out(request, "record_report", form, take, "record_report", context)


@step_page("refuse")
def refuse(request: OfficerRequest, application: Application) -> HttpResponse:
    """Refuse, with reasons, basis and remedies."""
    form = forms.RefusalForm(application, typed(request))
    which = procedure(application.procedure)
    context = {"opinion": pieces.opinion(application), "basis": which.basis, "act": which.act} | remedies(
        application, request.today
    )

    def take() -> None:
        commands.refuse(application=application, reason=form.cleaned_data["reason"], **pressed(request, form))

    return carry_out(request, "refuse", form, take, "refuse", context)


@step_page("return_to_review")
def return_to_review(request: OfficerRequest, application: Application) -> HttpResponse:
    """Send the case back to its reviewer with a question."""
    form = forms.ReasonForm(
        application, typed(request), label="要查清的问题", hint="审查人员会看到这段话，决定时限不停"
    )

    def take() -> None:
        commands.return_to_review(application=application, reason=form.cleaned_data["reason"], **pressed(request, form))

    return carry_out(request, "return_to_review", form, take, "return")
