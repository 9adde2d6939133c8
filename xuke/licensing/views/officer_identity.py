"""身份核对 on the case: whoever is named in it shares the name of a person who may not apply."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from xuke.accounts.officers import Officer
from xuke.licensing import gating, queries
from xuke.licensing.models import Application
from xuke.parties.commands.identity import CHECKS, why_not_check
from xuke.parties.doors import OfficerRequest, role_view
from xuke.parties.views.identity import checking
from xuke.web.pieces import Link


@role_view(*CHECKS)
@sensitive_post_parameters("number")
def check(request: OfficerRequest, id: UUID) -> HttpResponse:
    """The doubts about the people of a case, and the check of one."""
    application = queries.get(request.actor, id)
    url = reverse("officer-case", args=[id])
    number = application.acceptance_number or application.receipt_number
    crumbs = (Link("等我办理", "/office/"), Link(f"{application.enterprise.name} {number}", url))
    names = gating.staff(application.form)
    here = {"back": request.path, "path": application.authority_path}
    return checking(request, application.enterprise, names, **here, case_url=url, crumbs=crumbs)


def address(officer: Officer, application: Application) -> str:
    """Where an officer checks the identities of a case; empty where it is decided, or theirs to read only."""
    if application.decided_on is not None or why_not_check(officer):
        return ""
    return reverse("officer-identity", args=[application.pk])
