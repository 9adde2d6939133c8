"""Serving notices, for officers: what waits for service, recording how it was served, the 送达回证."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import FileResponse, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from xuke.catalogue.limits import time_limit
from xuke.documents import commands, queries
from xuke.documents.forms import CorrectionForm, ServiceForm
from xuke.documents.models import Notice
from xuke.documents.service import ANNOUNCEMENT_LIMIT, BY_HAND, CHANNELS
from xuke.foundation import files
from xuke.foundation.models import StoredFile
from xuke.foundation.refusals import Conflict, Invalid, NotFound, Problem, TooLarge
from xuke.parties.doors import OfficerRequest, officer_view
from xuke.web import refusals
from xuke.web.numbers import whole
from xuke.web.pages import download, go, page
from xuke.web.pieces import Link
from xuke.web.uploads import readable

LISTED = 200
"""Rows of each list; the oldest come first, so the rest comes up as these are done."""
LATE_AFTER = 10
"""Days after which a notice that waits is marked: decisions are served within ten days (Permit Law art. 44)."""
UNREAD_AFTER = timedelta(days=3)
"""How long an enterprise may leave a notice unopened before the officer is reminded."""


@dataclass(frozen=True)
class Waiting:
    """A notice that somebody has to serve."""

    notice: Notice
    days: int
    """Since it was issued."""
    is_late: bool


@officer_view
@require_safe
def waiting(request: OfficerRequest) -> HttpResponse:
    """What the officer's authority has issued and not served, and what was served electronically and lies unopened."""
    rows = [_waiting(notice, request.today) for notice in queries.not_served(request.actor)[:LISTED]]
    unread = list(queries.unread(request.actor, before=request.now - UNREAD_AFTER)[:LISTED])
    context = {"waiting": rows, "unread": unread, "most": LISTED, "late_after": LATE_AFTER}
    return page(request, "documents/waiting.html", context)


def _waiting(notice: Notice, today: date) -> Waiting:
    days = (today - notice.issued_on).days
    return Waiting(notice, days, days > LATE_AFTER)


@officer_view
def serve(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Choose the channel, then write down the proof it asks for."""
    found = queries.get(request.actor, id)
    commands.demand_may_serve(request.actor, found)
    channel = next((one for one in BY_HAND if one.name == request.GET.get("channel")), None)
    context = {
        "notice": found,
        "crumbs": (Link("待送达", "/office/service/"), Link(f"{found.title} {found.number}", f"/notices/{id}/")),
        "channels": BY_HAND,
        "channel": channel,
        "announcement": time_limit(ANNOUNCEMENT_LIMIT, request.today),
    }
    if channel is None:
        return page(request, "documents/serve.html", context)
    form = ServiceForm(channel, *_typed(request))

    def take() -> None:
        commands.record_service(notice=found, proof=form.proof, file=_kept(request), by=request.actor, now=request.now)

    return _write_down(request, found, form, take, context)


@officer_view
def correct(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Put right what was written down about a service: the same fields, filled, and why they are wrong."""
    found = queries.get(request.actor, id)
    commands.demand_may_serve(request.actor, found)
    recorded = queries.proof_of(found)
    if recorded is None:
        raise Conflict("没有登记过其他方式的送达，没有可以更正的。电子送达由平台记录，不能更正。")
    channel = CHANNELS[next((one.name for one in BY_HAND if one.name == request.GET.get("channel")), recorded.channel)]
    form = CorrectionForm(channel, recorded, *_typed(request))
    context = {
        "notice": found,
        "crumbs": (Link(f"{found.title} {found.number}", f"/notices/{id}/"),),
        "channels": [one for one in BY_HAND if one != channel],
        "channel": channel,
        "recorded": recorded,
        "announcement": time_limit(ANNOUNCEMENT_LIMIT, request.today),
    }

    def take() -> None:
        commands.correct_service(
            notice=found,
            proof=form.proof,
            reason=form.cleaned_data["reason"],
            file=_kept(request),
            by=request.actor,
            now=request.now,
        )

    return _write_down(request, found, form, take, context)


def _typed(request: OfficerRequest) -> tuple[Any, ...]:
    return (request.POST, request.FILES) if request.method == "POST" else ()


def _write_down(
    request: OfficerRequest, notice: Notice, form: ServiceForm, take: Callable[[], None], context: dict[str, Any]
) -> HttpResponse:
    """Do it and go back to the notice; or the form again, with what has to be changed at its fields."""
    if form.is_valid():
        try:
            with transaction.atomic():
                take()
        except Invalid as refused:
            refusals.onto(form, refused)
        except TooLarge as refused:
            form.add_error("file", refused.sentence)
        else:
            return go(request, "notice", id=notice.pk)
    return page(request, "documents/serve.html", context | {"form": form}, status=422 if form.errors else 200)


def _kept(request: OfficerRequest) -> StoredFile | None:
    """The page or picture that came along, examined and put away."""
    upload = request.FILES.get("file")
    if upload is None:
        return None
    if isinstance(upload, list):
        raise Invalid(Problem("file", "一次上传一个文件。"))
    name = readable(str(upload.name or "")) or "签收页"
    return files.store(upload.chunks(), name, now=request.now)


@officer_view
@require_POST
def certify(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Make the 送达回证 of an electronic service."""
    found = queries.get(request.actor, id)
    record = commands.certify_service(notice=found, by=request.actor, now=request.now)
    return go(request, "notice", id=record.pk)


@officer_view
@require_safe
def proof(request: OfficerRequest, id: UUID) -> FileResponse:
    """The signed page, the postal receipt or the picture that proves a service.

    That which counts, or `of` a number that of the first record (0) or of what corrected it.
    """
    found = queries.get(request.actor, id)
    written = queries.services_of(found)
    if (which := request.GET.get("of")) is not None:
        number = whole(which, most=len(written) - 1)
        written = [] if number is None else [written[number]]
    service = written[-1] if written else None
    if service is None or service.file is None:
        raise NotFound("这份文书的送达没有附件。")
    return download(
        files.path_of(service.file.digest), f"{found.title} {found.number} 送达证明", service.file.media_type
    )
