"""Coming in and going out: one login page for everybody, whoever they act for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from xuke.accounts.forms import LoginForm
from xuke.web import kept
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
        return _show(request, LoginForm())
    if "username" not in request.POST:
        return _show(request, LoginForm())  # A form that waits to be sent again came along; nothing was typed here yet.
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    user = auth.authenticate(request, **form.cleaned_data)
    if user is None:
        return _show(request, form, sentence=WRONG, status=422)
    auth.login(request, user)
    return kept.resume(request) if kept.is_carried(request) else go(request, _wanted(request))


@outside_the_door
def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """What django-axes answers after too many wrong passwords. A form that waits to be sent again stays on the page."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    sentence = (
        f"密码连续输错{settings.AXES_FAILURE_LIMIT}次，这个登录名在这里暂停登录{minutes}分钟。"
        "到时再试；忘记密码的，请联系本单位管理员或者受理窗口。"
    )
    return _show(
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


def _show(request: HttpRequest, form: LoginForm, *, sentence: str = "", status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "sentence": sentence,
        "can_register": settings.XUKE_REGISTRATION,
        "next": request.POST.get("next", request.GET.get("next", "")),
    }
    return page(request, "accounts/login.html", context, status=status)


def _wanted(request: HttpRequest) -> str:
    """Where somebody wanted to go before logging in, if it is the path of a page of ours."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    is_path = wanted.startswith("/") and not wanted.startswith("//")
    ours = is_path and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else str(settings.LOGIN_REDIRECT_URL)


def _way_on(request: HttpRequest) -> str:
    """For somebody who is logged in already. Whoever acts for nobody is told so, and not sent back and forth."""
    return _wanted(request) if getattr(request, "actor", None) else str(settings.LOGIN_REDIRECT_URL)
