"""Pages of hearings: who is heard before the decision, and what was said."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from xuke.accounts import queries as accounts
from xuke.catalogue.limits import time_limit
from xuke.foundation import files
from xuke.foundation.refusals import NotFound
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import commands, forms_officer, hearing, permissions, queries
from xuke.licensing import forms_interruptions as forms
from xuke.licensing.commands import hearings, third_parties
from xuke.licensing.models import Application, ThirdParty
from xuke.licensing.views.officer_acts import carry_out, step_page, typed
from xuke.parties.doors import OfficerRequest, officer_view
from xuke.web.pages import page
from xuke.web.pieces import Link

SHOWN = 200
"""Hearings on one page: more than any territory has at once."""


def _by(request: OfficerRequest) -> dict[str, Any]:
    return {"by": request.actor, "now": request.now}


@step_page("tell_third_party")
def tell_third_party(request: OfficerRequest, application: Application) -> HttpResponse:
    """Tell somebody with a major interest."""
    form = forms.ThirdPartyForm(application, typed(request))

    def take() -> None:
        commands.tell_third_party(application=application, **form.cleaned_data, **_by(request))

    told = list(ThirdParty.objects.filter(application=application).order_by("pk"))
    context = {"told": told, "unserved": third_parties.unserved(application) if told else ()}
    return carry_out(request, "tell_third_party", form, take, "third_party", context)


@step_page("tell_third_party")
def hear_third_party(request: OfficerRequest, application: Application) -> HttpResponse:
    """Note what a third party said."""
    parties = list(ThirdParty.objects.filter(application=application).order_by("pk"))
    if not parties:
        raise NotFound("还没有告知过利害关系人。")
    form = forms.AnswerForm(application, parties, typed(request))

    def take() -> None:
        typed_in = form.cleaned_data
        said = {name: typed_in[name] for name in ("party", "answer", "waives")}
        commands.note_third_party(application=application, **said, **_by(request))

    called = {"heading": "记录利害关系人意见", "has_preview": False}
    return carry_out(request, "tell_third_party", form, take, "third_party_answer", called)


@step_page("tell_hearing_right")
def tell_hearing_right(request: OfficerRequest, application: Application) -> HttpResponse:
    """Tell the applicant that a hearing can be asked for."""
    label, hint = "拟作出的决定和理由", "例如：拟不予许可，理由是现场核查得分率低于85%"
    form = forms_officer.ReasonForm(application, typed(request), label=label, hint=hint)
    limit = time_limit("food.hearing_request", request.today)

    def take() -> None:
        commands.tell_hearing_right(
            application=application,
            matter=form.cleaned_data["reason"],
            revision=form.cleaned_data["revision"],
            **_by(request),
        )

    last, due = current_calendar().add(request.today, limit.value), application.due_on
    context = {"last": last, "limit": limit, "is_tight": due is not None and due <= last.on}
    return carry_out(request, "tell_hearing_right", form, take, "hearing_right", context)


@step_page("take_hearing_request")
def take_hearing_request(request: OfficerRequest, application: Application) -> HttpResponse:
    """Take a request that came on paper."""
    parties = list(ThirdParty.objects.filter(application=application).order_by("pk"))
    form = forms.HearingRequestForm(application, parties, typed(request))

    def take() -> None:
        commands.take_hearing_request(application=application, **form.cleaned_data, **_by(request))

    hold_by, limit = hearings.last_day_to_hold(application, request.today)
    return carry_out(
        request, "take_hearing_request", form, take, "hearing_request", {"hold_by": hold_by, "limit": limit}
    )


@step_page("arrange_hearing")
def arrange_hearing(request: OfficerRequest, application: Application) -> HttpResponse:
    """Call the hearing."""
    first, limit = hearings.first_day_to_hold(application, today=request.today)
    known = hearing.read(application.hearing)
    apart = {*permissions.review_hands(application), *known.kept_away}
    people = [each for each in accounts.colleagues(request.actor, today=request.today) if each.pk not in apart]
    last = hearings.last_day_to_call(application, today=request.today)
    form = forms.ArrangeForm(application, people, first, last, typed(request))

    def take() -> None:
        commands.arrange_hearing(application=application, **form.cleaned_data, **_by(request))

    context = {
        "first": first,
        "last": last,
        "limit": limit,
        "hearing": known,
        "others": hearings.third_parties(application),
    }
    return carry_out(request, "arrange_hearing", form, take, "arrange_hearing", context)


@step_page("conclude_hearing")
def conclude_hearing(request: OfficerRequest, application: Application) -> HttpResponse:
    """The chair writes down what was said."""
    form = forms.RecordForm(application, typed(request), files=request.FILES or None)

    def take() -> None:
        upload = request.FILES.get("paper")
        paper = (
            files.store(upload.chunks(), upload.name or "听证笔录", now=request.now, field="paper") if upload else None
        )
        commands.conclude_hearing(application=application, **(form.cleaned_data | {"paper": paper}), **_by(request))

    context = {"hearing": hearing.read(application.hearing), "unheard": hearings.why_unheard(application)}
    return carry_out(request, "conclude_hearing", form, take, "conclude_hearing", context)


@officer_view
def ahead(request: OfficerRequest) -> HttpResponse:
    """The hearings that go on in the territory: what has to be called, and what is called, the earliest day first."""
    rows = (
        queries.visible_to(request.actor).exclude(paused_for="").filter(hearing__standing__in=("requested", "arranged"))
    )
    cases = rows.select_related("enterprise", "authority").defer("form")[:SHOWN]
    found = [(case, hearing.read(case.hearing)) for case in cases]
    found.sort(key=lambda row: (row[1].held_on or row[1].hold_by or request.today, row[0].pk))
    context = {"rows": found, "today": request.today, "crumbs": (Link("等我办理", "/office/"),)}
    return page(request, "licensing/officer/hearings.html", context)
