"""Who may enter a view: officers, applicants, whoever is logged in. Strangers log in first and lose nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from xuke.accounts.doors import OfficerRequest, officer_view, role_view, to_login
from xuke.accounts.models import User
from xuke.foundation.refusals import NotFound, NotPermitted
from xuke.parties.applicants import Applicant
from xuke.web.access import Access, Audience, declare

__all__ = [
    "ApplicantRequest",
    "OfficerRequest",
    "applicant_view",
    "member_view",
    "officer_view",
    "person_view",
    "role_view",
    "to_login",
]

AT_COUNTER = ("/my/applications/", "/my/licences/", "/my/notices/", "/my/counter/", "/notices/")
"""What an officer opens for a visitor: who acts for the enterprise, and how, is its own business."""
P = ParamSpec("P")
Answering = Callable[..., HttpResponseBase]


class ApplicantRequest(HttpRequest):
    """A request of somebody who acts for an enterprise."""

    actor: Applicant
    now: Any
    today: Any


def applicant_view(
    view: Callable[Concatenate[ApplicantRequest, P], HttpResponseBase],
) -> Answering:
    """A page of an enterprise. An officer has no business there, a stranger logs in first."""

    @wraps(view)
    def enter(request: ApplicantRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.actor is None:
            return _turned_away(request)
        if not isinstance(request.actor, Applicant):
            raise NotFound("这是企业办事的页面。您现在以工作人员身份登录。")
        if request.actor.counter and not request.path.startswith(AT_COUNTER):
            raise NotPermitted("窗口代办只办理申请、许可证和文书。企业的其他事项由企业自己在网上办理。")
        return view(request, *args, **kwargs)

    return declare(enter, Access(Audience.APPLICANT))


def member_view(view: Answering) -> Answering:
    """A page for anybody who is logged in, officer or applicant."""

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if getattr(request, "actor", None) is None:
            return _turned_away(request)
        return view(request, *args, **kwargs)

    return declare(enter, Access(Audience.MEMBER))


def _turned_away(request: HttpRequest) -> HttpResponseBase:
    """A stranger logs in and loses nothing. Whoever is logged in and sends a form from a page that was opened while
    they still acted for somebody is told that they do no longer; by looking they are led to whom they may act for."""
    if isinstance(request.user, User) and request.method == "POST":
        raise NotPermitted(
            "您现在不能代表这家企业办事：授权已经结束，或者还没有生效。刚才的内容没有保存。需要继续办理的，请法定代表人重新授权。",
            basis="民法典第一百七十三条",
        )
    return to_login(request)


def person_view(view: Answering) -> Answering:
    """A page about oneself, for anybody who is logged in, even somebody who acts for nobody."""

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return to_login(request)
        return view(request, *args, **kwargs)

    return declare(enter, Access(Audience.PERSON))
