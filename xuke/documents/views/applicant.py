"""How the enterprise wants to be served: its consent to electronic service."""

from __future__ import annotations

from django.http import HttpResponse

from xuke.documents import commands, queries
from xuke.parties.doors import ApplicantRequest, applicant_view
from xuke.parties.models import Enterprise
from xuke.parties.permissions import why_not_power
from xuke.parties.rules import SIGN
from xuke.web.pages import go, page
from xuke.web.pieces import Link


@applicant_view
def service(request: ApplicantRequest) -> HttpResponse:
    """What the enterprise agreed to, since when, and the button to agree or to take it back."""
    enterprise = Enterprise(pk=request.actor.enterprise_id)
    untick = ""
    if request.method == "POST":
        if request.POST.get("act") == "withdraw":
            commands.withdraw_consent(enterprise=enterprise, by=request.actor, now=request.now)
            return go(request, "my-service")
        if request.POST.get("agreed"):
            commands.give_consent(enterprise=enterprise, by=request.actor, now=request.now)
            return go(request, "my-service")
        untick = "请先勾选“我已阅读并同意”。"
    consent = queries.consent_of(request.actor)
    context = {
        "consent": consent,
        "is_open": consent is not None and consent.withdrawn_at is None,
        "why_not": why_not_power(request.actor, SIGN),
        "missing": untick,
        "crumbs": (Link("文书与消息", "/my/notices/"),),
    }
    return page(request, "documents/my_service.html", context, status=422 if untick else 200)
