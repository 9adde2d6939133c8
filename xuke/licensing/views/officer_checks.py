"""What follows a licence, for the daily supervision: checks that are due, one check, rectification."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.forms import Form
from django.http import FileResponse, HttpResponse
from django.urls import reverse

from xuke.documents.commands import Draft, rehearse
from xuke.foundation.files import path_of
from xuke.foundation.refusals import Invalid, NotFound, NotPermitted
from xuke.licensing import commands, forms_checks, queries_checks
from xuke.licensing.commands.checking import last_day_again, why_not_supervise, why_over
from xuke.parties.doors import OfficerRequest, officer_view
from xuke.web import refusals
from xuke.web.numbers import whole
from xuke.web.pages import download, go, page
from xuke.web.pieces import Link

CRUMBS = (Link("证后检查", "/office/checks/"),)


@officer_view
def checks(request: OfficerRequest) -> HttpResponse:
    """The checks that are due in the officer's territory, and rectification that is waited for."""
    over = request.GET.get("state") == "over"
    number = min(max(whole(request.GET.get("page", "")) or 1, 1), 10_000)
    part = queries_checks.checks(request.actor, over=over, page=number)
    here, state = reverse("officer-checks"), "state=over&" if over else ""
    context = {
        "part": part,
        "over": over,
        "rectifications": [] if over else queries_checks.rectifications(request.actor),
        "late": queries_checks.count_late(request.actor, today=request.today),
        "next_url": f"{here}?{state}page={number + 1}" if part.has_more else "",
        "previous_url": f"{here}?{state}page={number - 1}" if number > 1 else "",
        "range": f"第{number}页",
        "officer": request.actor,
        "today": request.today,
    }
    return page(request, "licensing/officer/checks.html", context)


@officer_view
def check(request: OfficerRequest, id: UUID) -> HttpResponse:
    """One check: what it looks at first, and its result."""
    found = queries_checks.check(request.actor, id)
    form = forms_checks.CheckForm(found, request.POST or None)

    def take() -> object:
        return commands.record_check(check=found, by=request.actor, now=request.now, **form.cleaned_data)

    over = why_over(found.licence)
    why = over or why_not_supervise(request.actor, found.authority_path)
    context = {"check": found, "rectification": queries_checks.rectification_beside(found), "why": why, "over": over}
    return _carry_out(request, form, take, "check", context)


@officer_view
def rectification(request: OfficerRequest, id: UUID) -> HttpResponse:
    """What was to be put right, what the enterprise reports, and the confirmation."""
    found = queries_checks.rectification(request.actor, id)
    last = last_day_again(found, request.today)
    form = forms_checks.ConfirmForm(request.today + timedelta(days=1), last, request.POST or None)

    def take() -> object:
        return commands.confirm_rectification(
            rectification=found, by=request.actor, now=request.now, **form.cleaned_data
        )

    why = why_over(found.licence) or why_not_supervise(request.actor, found.authority_path)
    context = {"rectification": found, "why": why, "last": last}
    return _carry_out(request, form, take, "rectification", context)


@officer_view
def rectification_file(request: OfficerRequest, id: UUID) -> FileResponse:
    """The file that came with a report."""
    found = queries_checks.rectification(request.actor, id)
    if found.file is None:
        raise NotFound("企业没有上传文件。")
    return download(path_of(found.file.digest), found.file_name, found.file.media_type)


def _carry_out(
    request: OfficerRequest, form: Form, take: Callable[[], object], template: str, context: dict[str, Any]
) -> HttpResponse:
    status = 200
    drafts: tuple[Draft, ...] | None = None
    if request.method == "POST":
        if context["why"]:
            raise NotPermitted(context["why"])
        status = 422
        try:
            if form.is_valid():
                if "preview" not in request.POST:
                    with transaction.atomic():
                        take()
                    return go(request, request.path)
                drafts, status = rehearse(take), 200
        except Invalid as refused:
            refusals.onto(form, refused)
    facts = {"form": form, "drafts": drafts, "crumbs": CRUMBS, "today": request.today, **context}
    return page(request, f"licensing/officer/{template}.html", facts, status=status)
