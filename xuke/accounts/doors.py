"""Who may enter an officers' page: those who read cases, or those with one of certain roles."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from xuke.accounts.officers import READERS, TITLES, Officer, Role
from xuke.foundation.refusals import NotPermitted
from xuke.web import kept
from xuke.web.access import Access, Audience, declare

P = ParamSpec("P")
Answering = Callable[..., HttpResponseBase]


class OfficerRequest(HttpRequest):
    """A request of somebody who acts for an authority."""

    actor: Officer
    now: Any
    today: Any


View = Callable[Concatenate[OfficerRequest, P], HttpResponseBase]


def role_view(*roles: Role) -> Callable[[View[P]], Answering]:
    """A page for officers with one of these roles. A stranger logs in first and loses nothing."""
    needed = frozenset(roles)

    def decorate(view: View[P]) -> Answering:
        @wraps(view)
        def enter(request: OfficerRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.actor is None:
                return to_login(request)
            if not isinstance(request.actor, Officer):
                raise NotPermitted("这是工作人员的页面。您现在以企业身份登录。")
            if not request.actor.roles & needed:
                raise NotPermitted(why_not_open(request.actor, needed))
            return view(request, *args, **kwargs)

        return declare(enter, Access(Audience.OFFICER, needed))

    return decorate


def officer_view(view: View[P]) -> Answering:
    """A page of the officers' desk, for everybody who reads cases."""
    return role_view(*READERS)(view)


def why_not_open(officer: Officer, needed: frozenset[Role]) -> str:
    """The sentence for an officer whose roles do not open a page."""
    if needed == READERS:
        return f"您的岗位是{officer.titles}，不查看办件。"
    titles = "、".join(TITLES[role] for role in Role if role in needed)
    return f"这个页面由{titles}人员使用，您的岗位是{officer.titles}。"


def to_login(request: HttpRequest) -> HttpResponse:
    """The way to the login page and back. What was typed into a form comes along."""
    return kept.keep(request)
