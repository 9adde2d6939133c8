"""One case as the applicant follows it: how it stands, what to do now, the receipt, the papers, taking it back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.urls import reverse

from xuke.documents import queries as documents
from xuke.foundation import files
from xuke.foundation.models import StoredFile
from xuke.foundation.refusals import Invalid
from xuke.licensing import clocks, commands, pauses, permissions, progress, queries, signed
from xuke.licensing.commands.checking import why_over
from xuke.licensing.commands.confirming import why_not_confirm, why_not_from_here
from xuke.licensing.commands.drafting import EDITABLE
from xuke.licensing.commands.recusing import why_not_recuse
from xuke.licensing.forms_applicant import RetractionForm
from xuke.licensing.models import Application
from xuke.licensing.overview import overview
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.food.comparing import changes
from xuke.licensing.queries_applicant import material
from xuke.licensing.rounds import confirmed_by_applicant
from xuke.licensing.workflow import LIFE
from xuke.parties.doors import ApplicantRequest, applicant_view
from xuke.web import refusals
from xuke.web.buttons import Button, Kind
from xuke.web.numbers import whole
from xuke.web.pages import download, go, page
from xuke.web.pieces import Link

_CLOCK_NOTES = {"correction_requested": "您补正期间不计时；重新提交之后，受理时限重新计算。"}
"""What the clock's account does not say by itself."""


@applicant_view
def case(request: ApplicantRequest, pk: UUID) -> HttpResponse:
    """The case page. A draft has none yet: it leads to its form."""
    application = queries.get(request.actor, pk)
    if application.state == LIFE.initial:
        return go(request, "my-form", pk, _first_section(application))
    events = queries.history(application)
    notices = documents.about(request.actor, application.stream)
    today = request.today
    context = _head(application) | {
        "term": clocks.term(events, today=today, application=application),
        "is_running": clocks.of_row(application, today=today) is not None,
        "clock_note": _CLOCK_NOTES.get(application.state, ""),
        "changes": changes(application.form),
        "stops": progress.stops(application, today=today),
        "turn": progress.turn(application, today=today),
        "happenings": progress.happenings(events, notices, act=procedure(application.procedure).act),
        "notices": list(reversed(notices)),
        "signed": signed.of_case(request.actor, application, events),
        "asks": _asks(application),
        "hearing": pauses.asked(request.actor, application, today=today),
        "pauses": pauses.pauses(events, today=today),
        "buttons": _buttons(request, application),
        "today": today,
    }
    return page(request, "licensing/applicant/case.html", context)


def _head(application: Application) -> dict[str, Any]:
    title = procedure(application.procedure).title
    return {
        "application": application,
        "procedure": title,
        "number": application.acceptance_number or application.receipt_number,
        "crumbs": (Link("我的申请", reverse("my-applications")),),
    }


def _asks(application: Application) -> dict[str, Any]:
    """What the applicant is asked now, if anything: a fragment of the page for each way of asking."""
    if application.state == "correcting_on_spot":
        return {"template": "licensing/applicant/_spot_correction.html"}
    if application.state == "correction_requested":
        url = reverse("my-form", args=[application.pk, _first_section(application)])
        return {"template": "licensing/applicant/_corrections.html", "url": url}
    return {}


def _first_section(application: Application) -> str:
    return procedure(application.procedure).asked(application.form)[0].name


def _buttons(request: ApplicantRequest, application: Application) -> tuple[Button, ...]:
    reason = permissions.why_not(request.actor, "retract", application)
    url = reverse("my-retract", args=[application.pk])
    hint = "决定作出之前都可以撤回；撤回后可以重新申请。"
    return (
        *_about_the_visit(request, application),
        Button("撤回申请", url, reason=reason, kind=Kind.RISK, hint=hint, needs_form=True),
    )


def _about_the_visit(request: ApplicantRequest, application: Application) -> Iterator[Button]:
    """What can be said about a visit: before it, that somebody should stay away; after it, what was put right."""
    if not why_not_recuse(application, queries.visit_of(application)):
        hint = "核查人员与企业有利害关系的，在核查之前申请，由机关负责人决定。"
        yield Button("申请核查人员回避", reverse("my-recusal", args=[application.pk]), hint=hint, needs_form=True)
    visit = queries.visit_of(application)
    if visit and not why_not_confirm(application, visit) and not confirmed_by_applicant(visit):
        hint = "核查组评完以后，请对照现场核对；确认后相当于在评分记录表上签字。"
        url, reason = reverse("my-sheet", args=[application.pk]), why_not_from_here(request.actor)
        yield Button("核对现场核查评分", url, reason=reason, hint=hint, needs_form=True)
    rectification = getattr(application, "rectification", None)
    if rectification is not None and not why_over(rectification.licence):
        hint = f"{rectification.due_on.month}月{rectification.due_on.day}日前改正并报告。"
        label = "看整改" if rectification.confirmed_on else "报告整改"
        yield Button(label, reverse("my-rectification", args=[application.pk]), hint=hint, needs_form=True)


@applicant_view
def submitted(request: ApplicantRequest, pk: UUID) -> HttpResponse:
    """What happened, the receipt number, what happens by which day."""
    application = queries.get(request.actor, pk)
    if application.submitted_at is None:
        return go(request, "my-application", pk)
    notices = documents.about(request.actor, application.stream)
    forms = [notice for notice in notices if notice.kind == "application_form"]
    events = queries.history(application)
    sent = [event for event in events if event.verb in ("application.submitted", "application.resubmitted")]
    context = _head(application) | {
        "receipt": next((notice for notice in notices if notice.kind == "receipt"), None),
        "form": forms[-1] if forms else None,
        "sent": sent[-1],
        "is_again": len(sent) > 1,
        "is_report": procedure(application.procedure).is_recorded,
        "is_waiting": application.state in ("submitted", "resubmitted", "correcting_on_spot"),
        "today": request.today,
    }
    return page(request, "licensing/applicant/submitted.html", context)


@applicant_view
def content(request: ApplicantRequest, pk: UUID) -> HttpResponse:
    """The application as it was filed: everything typed, and the files."""
    application = queries.get(request.actor, pk)
    materials = queries.materials(application)
    context = _head(application) | {
        "sections": overview(application, materials, on=request.today),
        "can_edit": application.state in EDITABLE,
        "today": request.today,
    }
    return page(request, "licensing/applicant/content.html", context)


@applicant_view
def material_file(request: ApplicantRequest, pk: UUID, material_pk: UUID) -> FileResponse:
    """A file of the application, to download."""
    found = material(request.actor, pk, material_pk)
    return download(files.path_of(found.file.digest), found.name, found.file.media_type)


@applicant_view
def answer_correction(request: ApplicantRequest, pk: UUID) -> HttpResponse:
    """Leave the form as it is; to confirm the correction that the acceptor offers leads to its signature."""
    if request.method != "POST":
        return go(request, "my-application", pk)
    application = queries.get(request.actor, pk)
    if request.POST.get("answer") == "confirm":
        return go(request, "my-sign", pk)
    commands.decline_correction(application=application, by=request.actor, now=request.now, revision=_revision(request))
    return go(request, "my-application", pk)


@applicant_view
def retract(request: ApplicantRequest, pk: UUID) -> HttpResponse:
    """Take the application back, with the reason."""
    application = queries.get(request.actor, pk)
    form = RetractionForm(request.POST or None)
    if form.is_valid():
        try:
            commands.retract(
                application=application,
                by=request.actor,
                now=request.now,
                paper=paper_of(request),
                revision=_revision(request),
                **form.cleaned_data,
            )
            return go(request, "my-application", pk)
        except Invalid as refused:
            refusals.onto(form, refused)
    reason = permissions.why_not(request.actor, "retract", application)
    context = _head(application) | {"form": form, "reason": reason}
    return page(request, "licensing/applicant/retract.html", context, status=422 if form.errors else 200)


@applicant_view
def discard(request: ApplicantRequest, pk: UUID) -> HttpResponse:
    """Give up a draft, after asking once."""
    application = queries.get(request.actor, pk)
    if request.method == "POST":
        commands.discard(application=application, by=request.actor, now=request.now)
        return go(request, "my-desk")
    if application.state != LIFE.initial:
        return go(request, "my-application", pk)
    return page(request, "licensing/applicant/discard.html", _head(application) | {"today": request.today})


def paper_of(request: ApplicantRequest) -> StoredFile | None:
    """The scan of what a visitor signed at the counter, when one came along."""
    scan = request.FILES.get("paper") if request.actor.counter else None
    return files.store(scan.chunks(), scan.name or "书面申请", now=request.now, field="paper") if scan else None


def _revision(request: ApplicantRequest) -> int | None:
    """The state that the page showed, as it was sent along."""
    return whole(request.POST.get("revision", ""))
