"""What every page of an administrator's step does the same way: a form, a command, the way on or what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse

from xuke.accounts.doors import OfficerRequest
from xuke.accounts.roles import Role
from xuke.foundation.refusals import Conflict, Invalid
from xuke.web import refusals
from xuke.web.pages import go, page
from xuke.web.pieces import Link

SEES = (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR)
"""Who sees authorities and people: both administrators, each keeping one of them, and the auditor, who keeps none."""


@dataclass(frozen=True)
class Act:
    """The page of a step: what it is called, where it belongs, what follows from it."""

    heading: str
    about: str
    press: str
    back: str
    """The address of what it is about."""
    crumb: Sequence[Link]
    after: Sequence[str] = ()
    """What follows, a sentence each."""
    risk: bool = False


def crumb(*links: Link, people: bool = False) -> list[Link]:
    """The way down to a page."""
    first = Link("人员", reverse("admin-people")) if people else Link("机构", reverse("admin-authorities"))
    return [first, *links]


def typed(request: OfficerRequest) -> Any:
    """What was sent, or None when the page was only opened."""
    return request.POST if request.method == "POST" else None


def carry_out(
    request: OfficerRequest,
    act: Act,
    form: Form,
    take: Callable[[], HttpResponse | None],
    context: Mapping[str, Any] | None = None,
    template: str = "accounts/admin/act.html",
) -> HttpResponse:
    """Take the step with what was typed and go on; or back into the form, with what has to be changed.

    The command runs in a savepoint: what it did before it refused is undone, and the page can still be drawn.
    """
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                with transaction.atomic():
                    answer = take()
                return answer or go(request, act.back)
        except Invalid as refused:
            refusals.onto(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
            status = refused.status
    return page(request, template, {"act": act, "form": form, **(context or {})}, status=status)
