"""Pages of interruptions and hearings: what stops the decision term, and who is heard before the decision."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.views.decorators.http import require_safe

from xuke.catalogue.limits import time_limit
from xuke.foundation import files
from xuke.foundation.models import StoredFile
from xuke.foundation.refusals import NotFound
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import commands, forms_officer, queries
from xuke.licensing import forms_interruptions as forms
from xuke.licensing.commands.interrupting import last_day_to_visit
from xuke.licensing.commands.prolonging import last_day
from xuke.licensing.commands.suspending import messages_of, room
from xuke.licensing.models import Application, Interruption
from xuke.licensing.pauses import pauses
from xuke.licensing.views.officer_acts import carry_out, step_page, typed
from xuke.parties.doors import OfficerRequest, officer_view
from xuke.web.pages import download
from xuke.web.uploads import readable

SHOWN = 5
"""Messages of the applicant that are offered as their word: the newest."""


def _by(request: OfficerRequest) -> dict[str, Any]:
    return {"by": request.actor, "now": request.now}


@step_page("suspend")
def suspend(request: OfficerRequest, application: Application) -> HttpResponse:
    """Suspend the case."""
    form = forms.SuspendForm(application, messages_of(application)[:SHOWN], typed(request), request.FILES or None)

    def take() -> None:
        given = dict(form.cleaned_data)
        upload = given.pop("paper")
        name = readable(str(upload.name or "")) if upload else ""
        paper = files.store(upload.chunks(), name, now=request.now, field="paper") if upload else None
        commands.suspend(application=application, paper=paper, paper_name=name, **given, **_by(request))

    return carry_out(request, "suspend", form, take, "suspend", {"room": room(application, today=request.today)})


@officer_view
@require_safe
def evidence(request: OfficerRequest, id: UUID, digest: str) -> FileResponse:
    """The file on which a case was suspended."""
    application = queries.get(request.actor, id)
    found = next(
        (each for each in pauses(queries.history(application), today=request.today) if each.digest == digest), None
    )
    stored = StoredFile.objects.filter(pk=digest).first() if found else None
    if found is None or stored is None:
        raise NotFound("没有找到这份文件。")
    return download(files.path_of(stored.digest), found.paper, stored.media_type)


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


@step_page("prolong_pause")
def prolong(request: OfficerRequest, application: Application) -> HttpResponse:
    """Tell a later day."""
    form = forms.ProlongForm(application, typed(request))

    def take() -> None:
        commands.prolong_pause(application=application, **form.cleaned_data, **_by(request))

    context = _running(application) | {"last": last_day(application, today=request.today)}
    return carry_out(request, "prolong_pause", form, take, "prolong", context)


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
