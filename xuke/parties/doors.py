"""Who may enter a view: officers, applicants, whoever is logged in. Strangers log in first and lose nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from xuke.accounts.officers import Officer
from xuke.foundation.refusals import NotFound, NotPermitted
from xuke.parties.applicants import Applicant
from xuke.web import kept

P = ParamSpec("P")
Answering = Callable[..., HttpResponseBase]


class OfficerRequest(HttpRequest):
    """A request of somebody who acts for an authority."""

    actor: Officer
    now: Any
    today: Any


class ApplicantRequest(HttpRequest):
    """A request of somebody who acts for an enterprise."""

    actor: Applicant
    now: Any
    today: Any


def officer_view(view: Callable[Concatenate[OfficerRequest, P], HttpResponseBase]) -> Answering:
    """A page of the officers' desk. An applicant is refused, a stranger logs in first."""

    @wraps(view)
    def enter(request: OfficerRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.actor is None:
            return to_login(request)
        if not isinstance(request.actor, Officer):
            raise NotPermitted("这是工作人员的页面。您现在以企业身份登录。")
        return view(request, *args, **kwargs)

    return enter


def applicant_view(
    view: Callable[Concatenate[ApplicantRequest, P], HttpResponseBase],
) -> Answering:
    """A page of an enterprise. An officer has no business there, a stranger logs in first."""

    @wraps(view)
    def enter(request: ApplicantRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.actor is None:
            return to_login(request)
        if not isinstance(request.actor, Applicant):
            raise NotFound("这是企业办事的页面。您现在以工作人员身份登录。")
        return view(request, *args, **kwargs)

    return enter


def member_view(view: Answering) -> Answering:
    """A page for anybody who is logged in, officer or applicant."""

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if getattr(request, "actor", None) is None:
            return to_login(request)
        return view(request, *args, **kwargs)

    return enter


def to_login(request: HttpRequest) -> HttpResponse:
    """The way to the login page and back. What was typed into a form comes along."""
    return kept.keep(request)
