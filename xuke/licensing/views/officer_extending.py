"""Pages of the one extension of a decision term: asking for it, approving it, saying no."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import binding, clocks, commands
from xuke.licensing.commands.extending import most_days
from xuke.licensing.forms_clocks import ExtensionForm
from xuke.licensing.forms_officer import ReasonForm, StepForm
from xuke.licensing.models import Application
from xuke.licensing.views.officer_acts import carry_out, step_page, typed
from xuke.parties.doors import OfficerRequest


def _by(request: OfficerRequest) -> dict[str, Any]:
    return {"by": request.actor, "now": request.now}


def _context(application: Application) -> dict[str, Any]:
    limit = binding.limit(application, "food.decision", on=application.accepted_on or application.saved_at.date())
    return {"limit": limit, "asked": application.extension}


@step_page("ask_extension")
def ask_extension(request: OfficerRequest, application: Application) -> HttpResponse:
    """Ask the head of the authority for more time."""
    form = ExtensionForm(application, most_days(application), typed(request))

    def take() -> None:
        commands.ask_extension(application=application, **form.cleaned_data, **_by(request))

    return carry_out(request, "ask_extension", form, take, "ask_extension", _context(application))


@step_page("extend")
def extend(request: OfficerRequest, application: Application) -> HttpResponse:
    """Approve, after a look at the reason and at the day on which the term ends then."""
    form = StepForm(application, typed(request))

    def take() -> None:
        commands.extend(application=application, **form.cleaned_data, **_by(request))

    running = clocks.running_of(application)
    calendar = current_calendar()
    longer = running and running.day(running.allowed + int(application.extension.get("days", 0)), calendar)
    return carry_out(request, "extend", form, take, "extend", _context(application) | {"longer": longer})


@step_page("decline_extension")
def decline_extension(request: OfficerRequest, application: Application) -> HttpResponse:
    """Do not approve."""
    form = ReasonForm(application, typed(request), label="不同意的理由", hint="审查人员会看到")

    def take() -> None:
        commands.decline_extension(application=application, **form.cleaned_data, **_by(request))

    return carry_out(request, "decline_extension", form, take, "decline_extension", _context(application))
