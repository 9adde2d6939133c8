"""A signature of a case: what was signed, in the words of the page it was signed on, and whether it is right."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from xuke.accounts.officers import Officer
from xuke.foundation.files import path_of
from xuke.foundation.models import StoredFile
from xuke.foundation.refusals import NotFound
from xuke.licensing import commands, hearing, masks, queries, signed
from xuke.licensing.models import Application
from xuke.parties.applicants import Applicant
from xuke.parties.doors import ApplicantRequest, OfficerRequest, applicant_view, officer_view
from xuke.signatures import keys, package
from xuke.signatures import queries as signatures
from xuke.signatures.checking import SCAN
from xuke.signatures.models import Signature
from xuke.signatures.package import Package
from xuke.signatures.statement import NotAStatement, as_shown
from xuke.web.pages import download, page
from xuke.web.pieces import Link

ZIP = "application/zip"


@applicant_view
@require_safe
def mine(request: ApplicantRequest, pk: UUID, signature: UUID) -> HttpResponse:
    """What somebody of the enterprise signed."""
    application = queries.get(request.actor, pk)
    found = signatures.get(request.actor, application.stream, signature)
    context = _context(request.actor, application, found) | {
        "layout": "web/applicant.html",
        "crumbs": (
            Link("我的申请", reverse("my-applications")),
            Link("这件申请", reverse("my-application", args=[pk])),
        ),
        "package_url": reverse("my-signature-package", args=[pk, signature]),
        "scan_url": reverse("my-signature-scan", args=[pk, signature]) if SCAN in found.evidence else "",
    }
    return page(request, "licensing/signature.html", context)


@applicant_view
@require_safe
def my_package(request: ApplicantRequest, pk: UUID, signature: UUID) -> FileResponse:
    """The signature to take away."""
    application = queries.get(request.actor, pk)
    return _package(signatures.get(request.actor, application.stream, signature))


@officer_view
@require_safe
def of_office(request: OfficerRequest, id: UUID, signature: UUID) -> HttpResponse:
    """What the applicant signed, with telephone numbers hidden."""
    application = queries.get(request.actor, id)
    found = signatures.get(request.actor, application.stream, signature)
    context = _context(request.actor, application, found) | {
        "layout": "web/office.html",
        "crumbs": (Link(application.enterprise.name, reverse("officer-case", args=[id])),),
        "package_url": reverse("officer-signature-package", args=[id, signature]),
        "scan_url": reverse("officer-signature-scan", args=[id, signature]) if SCAN in found.evidence else "",
        "is_noted": True,
    }
    return page(request, "licensing/signature.html", context)


@officer_view
def office_package(request: OfficerRequest, id: UUID, signature: UUID) -> HttpResponse | FileResponse:
    """The signature to take away: everything in it is readable, so it is written down who took it."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("officer-signature", args=[id, signature]))
    application = queries.get(request.actor, id)
    found = signatures.get(request.actor, application.stream, signature)
    commands.read_statement(application=application, signature=str(found.pk), by=request.actor, now=request.now)
    return _package(found)


@applicant_view
@require_safe
def my_scan(request: ApplicantRequest, pk: UUID, signature: UUID) -> FileResponse:
    """The page that was signed by hand at the counter."""
    application = queries.get(request.actor, pk)
    return _scan(signatures.get(request.actor, application.stream, signature))


@officer_view
@require_safe
def office_scan(request: OfficerRequest, id: UUID, signature: UUID) -> FileResponse:
    """The page that was signed by hand at the counter."""
    application = queries.get(request.actor, id)
    return _scan(signatures.get(request.actor, application.stream, signature))


@applicant_view
@require_safe
def my_hearing_record(request: ApplicantRequest, pk: UUID) -> FileResponse:
    """The record of the hearing with the signatures of those who took part."""
    return _record(queries.get(request.actor, pk), request.GET.get("of", ""))


@officer_view
@require_safe
def office_hearing_record(request: OfficerRequest, id: UUID) -> FileResponse:
    """The record of the hearing with the signatures of those who took part."""
    return _record(queries.get(request.actor, id), request.GET.get("of", ""))


def _record(application: Application, of: str) -> FileResponse:
    """The newest record, or the one `of` an earlier hearing, by its digest."""
    kept = hearing.read(application.hearing)
    paper = of if any(of and of == each.paper for each in kept.before) else kept.paper
    stored = StoredFile.objects.filter(pk=paper).first()
    if stored is None:
        raise NotFound("这件申请没有签字的听证笔录。")
    return download(path_of(stored.digest), "听证笔录", stored.media_type)


def _scan(found: Signature) -> FileResponse:
    stored = StoredFile.objects.filter(pk=found.evidence.get(SCAN, "")).first()
    if stored is None:
        raise NotFound("这份签名没有纸质的签字页。")
    return download(path_of(stored.digest), "签字页", stored.media_type)


def _context(actor: Officer | Applicant, application: Application, found: Signature) -> dict[str, Any]:
    verdict = signed.with_files(signatures.verify(found), found, queries.materials(application))
    try:
        content = found.content
        shown = as_shown(content, hide=masks.phone if isinstance(actor, Officer) else None)
    except NotAStatement:
        shown = None
    return {"application": application, "signature": found, "verdict": verdict, "shown": shown}


def _package(found: Signature) -> FileResponse:
    content = package.pack(
        Package(found.record, found.statement, bytes(found.attestation)),
        platform=keys.public_keys().get(found.attested_by),
    )
    name = f"签名包 {found.signer_name} {found.signed_at:%Y%m%d} {found.digest[:8]}.zip"
    return download(content, name, ZIP)
