"""Pages of interruptions and hearings: what stops the decision term, and who is heard before the decision."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse

from xuke.catalogue.limits import time_limit
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import commands, forms_officer, queries
from xuke.licensing import forms_interruptions as forms
from xuke.licensing.commands.interrupting import last_day_to_visit, longest_suspension
from xuke.licensing.models import Application, Interruption
from xuke.licensing.views.officer_acts import carry_out, step_page, typed
from xuke.parties.doors import OfficerRequest


def _by(request: OfficerRequest) -> dict[str, Any]:
    return {"by": request.actor, "now": request.now}


@step_page("suspend")
def suspend(request: OfficerRequest, application: Application) -> HttpResponse:
    """Suspend the case."""
    last, limit = longest_suspension(application, today=request.today)
    form = forms.SuspendForm(application, typed(request))

    def take() -> None:
        commands.suspend(application=application, **form.cleaned_data, **_by(request))

    return carry_out(request, "suspend", form, take, "suspend", {"last": last, "limit": limit})


@step_page("resume")
def resume(request: OfficerRequest, application: Application) -> HttpResponse:
    """Go on with a suspended case."""
    visit = queries.visit_of(application) if application.state == "verification_assigned" else None
    form = forms.ResumeForm(application, visit, request.today, typed(request))

    def take() -> None:
        commands.resume(application=application, **form.cleaned_data, **_by(request))

    last = last_day_to_visit(application, visit, today=request.today) if visit else None
    context = _running(application) | {"visit": visit, "last": last}
    return carry_out(request, "resume", form, take, "resume", context)


@step_page("terminate")
def terminate(request: OfficerRequest, application: Application) -> HttpResponse:
    """End a suspended case that cannot go on."""
    form = forms_officer.ReasonForm(application, typed(request), label="终止的理由", hint="写进终止许可程序通知书")

    def take() -> None:
        commands.terminate(application=application, **form.cleaned_data, **_by(request))

    return carry_out(request, "terminate", form, take, "terminate", _running(application) | _remedies(request.today))


def _remedies(today: date) -> dict[str, Any]:
    calendar = current_calendar()
    return {
        "reconsideration_until": calendar.days_after(today, time_limit("remedy.reconsideration", today).value),
        "litigation_until": calendar.months_after(today, time_limit("remedy.litigation", today).value),
    }


def _running(application: Application) -> dict[str, Any]:
    """The interruption that goes on."""
    running = Interruption.objects.filter(application=application, kind=application.paused_for, ended_on=None)
    return {"running": running.first()}


@step_page("begin_special_time")
def begin_special_time(request: OfficerRequest, application: Application) -> HttpResponse:
    """Begin a test or an expert review."""
    form = forms.SpecialTimeForm(application, typed(request))

    def take() -> None:
        commands.begin_special_time(application=application, **form.cleaned_data, **_by(request))

    return carry_out(request, "begin_special_time", form, take, "special_time")


@step_page("end_special_time")
def end_special_time(request: OfficerRequest, application: Application) -> HttpResponse:
    """A test or an expert review is done."""
    form = forms.ResultForm(application, typed(request))

    def take() -> None:
        commands.end_special_time(application=application, **form.cleaned_data, **_by(request))

    return carry_out(request, "end_special_time", form, take, "end_special_time", _running(application))
