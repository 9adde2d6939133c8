"""Coming in and going out: one login page for everybody, whoever they act for and however they prove who they are."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from xuke.accounts.backends import person_called
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.identity import entering, passkeys, queries, sessions, ways
from xuke.identity.forms import LoginForm
from xuke.identity.rules import Means
from xuke.web import frame
from xuke.web.access import public_view
from xuke.web.middleware import outside_the_door
from xuke.web.pages import go, page

WRONG = "登录名或者密码不对。请检查大小写和输入法后再试。"
"""One sentence for both, so that nobody can find out which login names exist."""


@public_view
@outside_the_door
@never_cache
@sensitive_post_parameters("password")
def log_in(request: HttpRequest) -> HttpResponse:
    """The login page. Failed attempts are written even when they are refused, so no transaction is opened around it."""
    if request.method != "POST":
        if request.user.is_authenticated:
            return go(request, _way_on(request))
        return show(request, LoginForm())
    if "username" not in request.POST:
        return show(request, LoginForm())  # A form that waits to be sent again came along; nothing was typed here yet.
    form = LoginForm(request.POST)
    if not form.is_valid():
        return show(request, form, status=422)
    name, now = form.cleaned_data["username"], frame.stamp(request)
    if reason := _why_wait(request, name):
        return show(request, form, sentence=reason, status=429)
    user = auth.authenticate(request, **form.cleaned_data)
    if user is None:
        is_locked = getattr(request, "axes_locked_out", False)
        reason = "连续输错密码，暂停登录" if is_locked else "登录名或者密码不对"
        entering.refuse(
            request, means=Means.PASSWORD, reason=reason, login_name=name, user=person_called(name), wrong=not is_locked
        )
        return show(request, form, sentence=WRONG, status=422)
    return entering.admit(request, user, means=Means.PASSWORD, strong=False, now=now)


def _why_wait(request: HttpRequest, login_name: str) -> str:
    """The reason why this password is not looked at now: somebody tries many names, or one from everywhere."""
    user = person_called(login_name)
    with opened_for(EVERYTHING):
        reason = queries.why_wait(
            address=sessions.address(request),
            name_mark=entering.name_mark(login_name),
            user_id=user.pk if user else None,
            now=frame.stamp(request),
        )
    if reason:
        entering.refuse(request, means=Means.PASSWORD, reason=reason, login_name=login_name, user=user, wrong=False)
    return reason


@public_view
@outside_the_door
def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """What django-axes answers after too many wrong passwords. A form that waits to be sent again stays on the page."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    sentence = (
        f"密码连续输错{settings.AXES_FAILURE_LIMIT}次，这个登录名在这里暂停登录{minutes}分钟。"
        "到时再试；忘记密码的，请联系本单位管理员或者受理窗口。"
    )
    return show(
        request, LoginForm(initial={"username": request.POST.get("username", "")}), sentence=sentence, status=429
    )


@public_view
@outside_the_door
def log_out(request: HttpRequest) -> HttpResponse:
    """Leave. Only by pressing the button, so that a foreign link cannot throw anybody out.

    Pages are kept for the way back, with what was typed; whoever leaves takes them along, so that going back shows
    nothing to the next person at this machine.
    """
    response = go(request, "/")
    if request.method == "POST":
        auth.logout(request)
        response["Clear-Site-Data"] = '"cache"'
    return response


def show(request: HttpRequest, form: LoginForm | None = None, *, sentence: str = "", status: int = 200) -> HttpResponse:
    """The login page with every way in; `sentence` says why the last one led nowhere."""
    context = {
        "form": form or LoginForm(),
        "sentence": sentence,
        "can_register": settings.XUKE_REGISTRATION,
        "ways": ways.at_login(request),
        "passkeys_work": passkeys.site_of(request) is not None,
        "next": request.POST.get("next", request.GET.get("next", "")),
    }
    return page(request, "identity/login.html", context, status=status)


def _way_on(request: HttpRequest) -> str:
    """For somebody who is logged in already. Whoever acts for nobody is told so, and not sent back and forth."""
    wanted = entering.wanted_page(request) if getattr(request, "actor", None) else ""
    return wanted or str(settings.LOGIN_REDIRECT_URL)
