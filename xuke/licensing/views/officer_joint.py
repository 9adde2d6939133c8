"""Pages of joint review and of decisions on a promise: what other levels are asked, what they say, what is decided."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse

from xuke.catalogue.food import subcategory
from xuke.foundation.refusals import NotFound
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import binding, clocks, commands, queries_joint
from xuke.licensing.commands.committing import check_by
from xuke.licensing.forms_joint import OpinionForm
from xuke.licensing.forms_officer import ReasonForm, StepForm
from xuke.licensing.judging import judged
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.food.goods import COMMITMENTS
from xuke.licensing.views.officer_acts import carry_out, step_page, typed
from xuke.parties.doors import OfficerRequest, officer_view
from xuke.web.pages import page

LATELY = timedelta(days=90)
"""How long opinions that were given stay on the page."""


@officer_view
def joint(request: OfficerRequest) -> HttpResponse:
    """What this authority is asked by others, and what it answered lately."""
    found = queries_joint.asked_of(request.actor, since=request.today - LATELY)
    waiting = [each for each in found if each.is_open]
    context = {
        "today": request.today,
        "waiting": waiting,
        "over": [each for each in found if not each.is_open],
        "can_answer": request.actor.has("reviewer"),
    }
    return page(request, "licensing/officer/joint.html", context)


@officer_view
def commitments(request: OfficerRequest) -> HttpResponse:
    """What was accepted with a letter of commitment and waits for a decision at once, the oldest term first."""
    found = queries_joint.promised_to(request.actor)
    context = {
        "today": request.today,
        "rows": [(each, clocks.of_row(each, today=request.today)) for each in found],
        "can_decide": request.actor.has("decider"),
    }
    return page(request, "licensing/officer/commitments.html", context)


@step_page("give_joint_opinion")
def give_joint_opinion(request: OfficerRequest, application: Application) -> HttpResponse:
    """Say for each of one's own categories whether it may be licensed."""
    asked = queries_joint.asked_about(application, of=request.actor)
    if asked is None:
        raise NotFound("没有找到向本机关征求意见的联合审查。")
    form = OpinionForm(application, asked, typed(request))

    def take() -> None:
        commands.give_joint_opinion(
            application=application,
            results=form.results,
            opinion=form.cleaned_data["opinion"],
            by=request.actor,
            now=request.now,
            revision=form.cleaned_data["revision"],
        )

    rows = [row for row in application.varieties if row["code"] in asked.codes]
    context = {
        "asked": asked,
        "rows": rows,
        "names": [known.name for code in asked.codes if (known := subcategory(code))],
        "limit": binding.limit(application, "food.joint_opinion", on=request.today),
    }
    return carry_out(request, "give_joint_opinion", form, take, "joint_opinion", context)


@step_page("leave_commitment")
def leave_commitment(request: OfficerRequest, application: Application) -> HttpResponse:
    """Send what was filed on a promise to the ordinary review, with the reason."""
    form = ReasonForm(
        application,
        typed(request),
        label="为什么不宜当场决定",
        hint="申请人和审查人员都能看到，例如：需要现场核实的设备",
    )

    def take() -> None:
        commands.leave_commitment(application=application, by=request.actor, now=request.now, **form.cleaned_data)

    return carry_out(request, "leave_commitment", form, take, "leave_commitment", {"heading": "转入一般程序"})


@step_page("grant_on_commitment")
def grant_on_commitment(request: OfficerRequest, application: Application) -> HttpResponse:
    """Grant on the applicant's promise, after a look at what was promised and what is in the way."""
    form = StepForm(application, typed(request))

    def take() -> None:
        commands.grant_on_commitment(
            application=application, by=request.actor, now=request.now, revision=form.cleaned_data["revision"]
        )

    context = {
        "rows": judged(application),
        "promises": COMMITMENTS,
        "check_by": check_by(application, today=request.today),
        "which": procedure(application.procedure),
        "issue_due": current_calendar().add(
            request.today, binding.limit(application, "food.issue", on=request.today).value
        ),
    }
    return carry_out(request, "grant_on_commitment", form, take, "commitment", context)
