"""Signing: the page shows exactly what is signed, the person chooses a way, and with the signature it is submitted.

The views open their doors themselves: a wrong password is written down although nothing is submitted, and what changed
meanwhile is shown on this page instead of a refusal.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from xuke.foundation import files
from xuke.foundation.refusals import Conflict, Invalid, NotFound
from xuke.foundation.transactions import opened_for
from xuke.identity import passkeys
from xuke.licensing import commands, permissions, queries, statements
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure
from xuke.licensing.views.applicant_step import Step
from xuke.parties import rules
from xuke.parties.doors import ApplicantRequest, applicant_view
from xuke.signatures import asking, confirming, proofs, standing
from xuke.signatures.proofs import Proof
from xuke.signatures.records import Means
from xuke.signatures.refusals import NotThisMeans, SignatureRefused, SignedSomethingElse
from xuke.signatures.statement import Kind, Statement, as_shown
from xuke.web.middleware import outside_the_door
from xuke.web.numbers import whole
from xuke.web.pages import go, page
from xuke.web.pieces import Link

TAKES = {"submit": commands.submit, "resubmit": commands.resubmit, "confirm_correction": commands.confirm_correction}


@applicant_view
@outside_the_door
@never_cache
@sensitive_post_parameters("password", "code")
def sign(request: ApplicantRequest, pk: UUID) -> HttpResponse:
    """The statement and the ways to sign it; with a signature, the submission."""
    if request.method == "POST":
        return _take(request, pk)
    with opened_for(request.actor.scope):
        application = _read(request, pk)
        verb = statements.verb_of(application)
        return _show(request, application, verb) if verb else go(request, "my-application", pk)


def _take(request: ApplicantRequest, pk: UUID) -> HttpResponse:
    with opened_for(request.actor.scope):
        application = queries.get(request.actor, pk)
        verb = statements.verb_of(application)
    if not verb:
        return go(request, _afterwards(request), pk)
    try:
        proof = _proof(request)
        if isinstance(proof, confirming.Refused):
            return _again(request, pk, proof.sentence, status=proof.status)
        revision = whole(request.POST.get("revision", ""))
        with opened_for(request.actor.scope):
            TAKES[verb](application=application, proof=proof, by=request.actor, now=request.now, revision=revision)
    except SignatureRefused as refused:
        return _again(request, pk, refused.sentence, status=refused.status)
    except SignedSomethingElse as changed:
        return _again(request, pk, changed.sentence, changed=changed.changed, status=changed.status)
    except Conflict as conflict:
        if not conflict.who:
            raise
        return _again(request, pk, _who_changed(conflict), status=conflict.status)
    return go(request, _afterwards(request), pk)


def _proof(request: ApplicantRequest) -> Proof | confirming.Refused:
    """What was brought to sign with."""
    means = request.POST.get("means", "")
    if means == Means.CERTIFICATE:
        return proofs.by_certificate(request.POST)
    if means == Means.PASSKEY:
        site = passkeys.site_of(request)
        if site is None:
            raise NotThisMeans
        return proofs.by_passkey(request.POST, site)
    if means == Means.CONFIRMATION:
        return confirming.confirm(request, request.now)
    if means == Means.PAPER:
        return _on_paper(request)
    raise NotThisMeans("请选择一种签名的方式。")


def _on_paper(request: ApplicantRequest) -> Proof | confirming.Refused:
    """The scanned page that the visitor signed at the counter."""
    shown, scan = proofs.shown_in(request.POST), request.FILES.get("scan")
    if scan is None:
        return confirming.Refused("请上传来访人签过字的扫描件。", 422)
    try:
        with opened_for(request.actor.scope):
            stored = files.store(scan.chunks(), scan.name or "签字页", now=request.now, field="scan")
    except Invalid as refused:
        return confirming.Refused(refused.problems[0].message, 422)
    return proofs.ByPaper(scan=stored.digest, **shown)


def _afterwards(request: ApplicantRequest) -> str:
    return "my-application" if request.POST.get("kind") == Kind.SPOT_CORRECTION else "my-submitted"


def _who_changed(conflict: Conflict) -> str:
    return f"{conflict.who}在您看过之后{conflict.what}。没有提交，填好的都保存着。请看过现在的内容，再签一次。"


def _again(
    request: ApplicantRequest, pk: UUID, sentence: str, *, changed: tuple[str, ...] = (), status: int
) -> HttpResponse:
    """The page as it is now, with what was the matter. What could not be signed any more leads to the case."""
    with opened_for(request.actor.scope):
        application = _read(request, pk)
        verb = statements.verb_of(application)
        if not verb:
            return go(request, _afterwards(request), pk)
        return _show(request, application, verb, sentence=sentence, changed=changed, status=status)


def _read(request: ApplicantRequest, pk: UUID) -> Application:
    """The application, with what the person has to sign with."""
    return queries.get(request.actor, pk, **asking.along(request))


def _show(
    request: ApplicantRequest,
    application: Application,
    verb: str,
    *,
    sentence: str = "",
    changed: tuple[str, ...] = (),
    status: int = 200,
) -> HttpResponse:
    which = procedure(application.procedure)
    facts = standing.read(request.actor, today=request.today)
    here = Step(request, application, which.sections[-1])
    is_whole = verb != "confirm_correction"
    if is_whole and here.problems:
        return go(request, here.url(check="1"))
    statement = statements.compose(
        verb,
        application,
        signer=standing.signer(facts),
        authority=here.authority if verb == "submit" else application.authority,
        today=request.today,
        filed=[one for one in here.materials if one.superseded_at is None] if is_whole else (),
    )
    reason = permissions.why_not(request.actor, verb, application) or rules.why_not_sign(facts)
    others = () if changed else _changes(request, statement)
    context = {
        **_words(verb),
        "application": application,
        "procedure": which.title,
        "crumbs": (Link("我的申请", reverse("my-applications")),),
        "back": here.url() if is_whole else reverse("my-application", args=[application.pk]),
        "statement": statement,
        "shown": as_shown(statement),
        "seen": proofs.marks_as_text(statement.marks),
        "ways": None if reason else _ways(request, application),
        "reason": reason,
        "sentence": sentence,
        "changed": changed or others,
        "others": others,
        "today": request.today,
    }
    return page(request, "licensing/applicant/sign.html", context, status=status)


def _ways(request: ApplicantRequest, application: Any) -> asking.Ways:
    return asking.ways(request, has_passkey=application.has_passkey, has_code=application.has_code)


def _changes(request: ApplicantRequest, statement: Statement) -> tuple[str, ...]:
    """What is other than on the page that was signed, when one was."""
    if request.method != "POST" or "seen" not in request.POST:
        return ()
    try:
        return statement.changes_since(proofs.shown_in(request.POST)["seen"])
    except SignatureRefused:
        return ()


def _words(verb: str) -> dict[str, Any]:
    """What the page calls it."""
    if verb == "confirm_correction":
        return {"heading": "确认当场更正", "act": "签名并确认更正"}
    if verb == "resubmit":
        return {"heading": "签名，重新提交", "act": "签名并重新提交"}
    return {"heading": "签名，提交申请", "act": "签名并提交"}


# --- what agent and device are asked ----------------------------------------------------------------------------------


@applicant_view
@never_cache
def message(request: ApplicantRequest, pk: UUID, digest: str) -> HttpResponse:
    """What the signing agent signs. Says nothing that the page does not; what counts is asked when it comes back."""
    return _asked(request, pk, asking.for_certificate(digest))


@applicant_view
@never_cache
def passkey_options(request: ApplicantRequest, pk: UUID, digest: str) -> HttpResponse:
    """What the browser asks the device."""
    return _asked(request, pk, asking.for_passkey(request, digest))


def _asked(request: ApplicantRequest, pk: UUID, facts: dict[str, Any]) -> HttpResponse:
    if request.method != "POST":
        raise NotFound("这个地址由签名的页面使用。")
    queries.get(request.actor, pk)  # Nobody asks about what is not theirs.
    return JsonResponse(facts)
