"""The holder's page: what is intended and why, until when one is heard, and the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from xuke.documents import queries as documents
from xuke.foundation import files
from xuke.foundation.files import path_of
from xuke.foundation.models import StoredFile
from xuke.foundation.refusals import Invalid, NotFound
from xuke.parties.doors import ApplicantRequest, applicant_view
from xuke.proceedings import acts, commands, forms, permissions, queries
from xuke.proceedings.buttons import of_holder
from xuke.proceedings.models import Proceeding
from xuke.proceedings.views import pieces
from xuke.web import refusals
from xuke.web.pages import download, go, page
from xuke.web.pieces import Link

HOME = Link("我的首页", "/my/")
VERBS = {"answer": "answer", "ask-hearing": "ask_hearing", "waive": "waive", "give-up-hearing": "give_up_hearing"}
"""The holder's steps by the last part of their address."""


@applicant_view
def proceedings(request: ApplicantRequest) -> HttpResponse:
    """Every case against the enterprise that it was told of."""
    context = {"rows": queries.of_enterprise(request.actor), "crumbs": (HOME,), "today": request.today}
    return page(request, "proceedings/applicant/list.html", context)


@applicant_view
def proceeding(request: ApplicantRequest, id: UUID) -> HttpResponse:
    """One case against the enterprise."""
    case = queries.get(request.actor, id)
    return _page(request, case)


def _page(
    request: ApplicantRequest, case: Proceeding, *, answering: Any = None, asking: Any = None, status: int = 200
) -> HttpResponse:
    notices = documents.about(request.actor, case.stream)
    context = {
        "case": case,
        "crumbs": (HOME, Link("针对本企业的案件", "/my/proceedings/")),
        "open": of_holder(case),
        "reasons": _reasons(request, case),
        "answering": answering or forms.StatementForm(case),
        "asking": asking or forms.HearingRequestForm(case),
        "statements": pieces.statements(case, "my-proceeding-statement"),
        "hearing": pieces.hearing(case),
        "effective_on": pieces.effective_day(case),
        "bans": pieces.banned(case),
        "consequences": acts.consequences(case, on=request.today),
        "notices": notices,
        "happenings": pieces.happenings(queries.history(case), notices, reader=request.actor),
        "today": request.today,
    }
    return page(request, "proceedings/applicant/case.html", context, status=status)


def _reasons(request: ApplicantRequest, case: Proceeding) -> dict[str, str]:
    """Why a step that is the holder's cannot be taken by this person, or any more."""
    return {verb: permissions.why_not(request.actor, verb, case, today=request.today) for verb in of_holder(case)}


@applicant_view
def step(request: ApplicantRequest, id: UUID, slug: str) -> HttpResponse:
    """The holder answers, asks for a hearing, or gives either up."""
    verb = VERBS.get(slug)
    if verb is None:
        raise NotFound("没有这一步，地址可能写错了。")
    if request.method != "POST":
        return HttpResponseRedirect(reverse("my-proceeding", args=[id]))
    case = queries.get(request.actor, id)
    form = _form(request, verb, case)
    try:
        if form.is_valid():
            with transaction.atomic():
                _take(request, verb, form)
            return go(request, "my-proceeding", id)
        permissions.demand(request.actor, verb, case, today=request.today)
    except Invalid as refused:
        refusals.onto(form, refused)
    given = {"answering" if verb == "answer" else "asking": form}
    return _page(request, case, status=422, **given)


def _form(request: ApplicantRequest, verb: str, case: Proceeding) -> forms.StepForm:
    if verb == "answer":
        form = forms.StatementForm(case, request.POST)
        form.files = request.FILES
        return form
    return forms.HearingRequestForm(case, request.POST) if verb == "ask_hearing" else forms.StepForm(case, request.POST)


def _take(request: ApplicantRequest, verb: str, form: forms.StepForm) -> None:
    words = form.words()
    if (upload := words.pop("file", None)) is not None:
        words |= {"file": files.store(upload.chunks(), upload.name, now=request.now), "name": upload.name}
    act: Callable[..., Proceeding] = getattr(commands, verb)
    act(proceeding=form.proceeding, by=request.actor, now=request.now, **words)


@applicant_view
def statement(request: ApplicantRequest, id: UUID, place: int) -> FileResponse:
    """A file that the enterprise itself sent."""
    case = queries.get(request.actor, id)
    rows = [row for row in case.statements if row.get("file")]
    if place >= len(rows):
        raise NotFound("没有找到这份材料，它可能属于另一件案件。")
    row = rows[place]
    return download(path_of(row["file"]), row["name"], StoredFile.objects.get(pk=row["file"]).media_type)
