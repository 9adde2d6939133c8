"""身份核对: somebody shares the name of a person who may not apply, and an officer looks at their card."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.debug import sensitive_post_parameters

from xuke.foundation.refusals import Conflict, Invalid
from xuke.parties import commands
from xuke.parties.commands.identity import CHECKS
from xuke.parties.doors import OfficerRequest, role_view
from xuke.parties.forms_identity import IdentityForm, NamesakeForm
from xuke.parties.models import Enterprise
from xuke.parties.permissions import why_not_of_place
from xuke.parties.queries_bans import ban, namesakes
from xuke.web import refusals
from xuke.web.pages import page


@role_view(*CHECKS)
@sensitive_post_parameters("number")
def counter(request: OfficerRequest) -> HttpResponse:
    """At the counter: by the code of the enterprise and the name that its applicant was told."""
    asked = request.GET if "uscc" in request.GET else None
    find = NamesakeForm(asked)
    if not find.is_valid():
        return page(request, "parties/identity.html", {"find": find}, status=422 if asked else 200)
    uscc = find.cleaned_data["uscc"].strip().upper()
    enterprise = Enterprise.objects.filter(uscc=uscc).first()
    if enterprise is None:
        find.add_error("uscc", "没有这家企业，请核对统一社会信用代码。")
        return page(request, "parties/identity.html", {"find": find}, status=422)
    if reason := why_not_of_place(request.actor, enterprise):
        find.add_error("uscc", reason)
        return page(request, "parties/identity.html", {"find": find}, status=422)
    names = [find.cleaned_data["name"]] if find.cleaned_data["name"] else []
    return checking(request, enterprise, names, back=request.get_full_path(), find=find)


def checking(
    request: OfficerRequest, enterprise: Enterprise, names: Iterable[str], *, back: str, path: str = "", **context: Any
) -> HttpResponse:
    """The page of the doubts about an enterprise and the `names` its application gives, and the check of one; `path`
    is where the case lies."""
    found = namesakes(enterprise, names, on=request.today)
    form, status = IdentityForm(found, request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        try:
            if form.is_valid():
                _check(request, enterprise, form, path)
                return HttpResponseRedirect(back)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
        except Invalid as refused:
            refusals.onto(form, refused)
        status = 422
    facts = {"enterprise": enterprise, "found": found, "form": form, "today": request.today, **context}
    return page(request, "parties/identity.html", facts, status=status)


def _check(request: OfficerRequest, enterprise: Enterprise, form: IdentityForm, path: str) -> None:
    with transaction.atomic():
        commands.check_identity(
            ban=ban(form.chosen[0]),
            enterprise=enterprise,
            case_path=path,
            by=request.actor,
            now=request.now,
            **form.words(),
        )
