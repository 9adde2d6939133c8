"""The way in and out: headers on every answer, no upload over the limit, and the door in which a view runs.

Order in the settings: `SecurityHeaders` outermost; `UploadLimit` before anything that looks into the form; `Door` after
the session, CSRF and the middleware that finds out who acts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.http.response import HttpResponseBase

from xuke.foundation.refusals import Conflict, Refused, TooLarge
from xuke.foundation.transactions import is_busy, opened_for
from xuke.web import frame, refusals
from xuke.web.access import access_of
from xuke.web.uploads import largest, too_large

Answer = Callable[[HttpRequest], HttpResponse]
View = TypeVar("View", bound=Callable[..., HttpResponseBase])

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # Custom properties in style attributes carry data (a share, a legend's colour); style elements stay forbidden.
        "style-src-attr 'unsafe-inline'",
        # Tabler draws its ticks and arrows with data: images.
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HSTS = "max-age=31536000; includeSubDomains"
_DEBUG_PAGES = (404, 500)


class SecurityHeaders:
    """Headers on every answer, also on refusals and static files. A view that set its own (a download) keeps them."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.DEBUG and response.status_code in _DEBUG_PAGES:
            return response  # Django's technical pages bring their own styles.
        if place := getattr(request, "connects_to", ""):
            # A page whose script asks something else, such as the signing agent on the person's own machine.
            wider = POLICY.replace("connect-src 'self'", f"connect-src 'self' {place}")
            response.headers.setdefault("Content-Security-Policy", wider)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.SESSION_COOKIE_SECURE:
            response.headers.setdefault("Strict-Transport-Security", _HSTS)
        if getattr(request, "actor", None) and "Cache-Control" not in response.headers:
            # Asked again each time, yet kept for the way back, where the browser also keeps what was typed.
            response.headers["Cache-Control"] = "private, no-cache"
        return response


class UploadLimit:
    """A request body over the limit is answered at once, whatever the address, before a byte of it is read."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
            return refusals.turn_away(request, NoLength())
        if _length(request) > largest():
            return refusals.turn_away(request, too_large())
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Read the form now, where a form that turns out too large can still be answered in words."""
        try:
            _ = request.POST
        except RequestDataTooBig:
            return refusals.turn_away(
                request, TooLarge("填写的内容太多，没有接收。请删减后再提交，长的材料请作为文件上传。")
            )
        except TooLarge as refused:
            return refusals.turn_away(request, refused)
        except UnreadablePostError:
            return HttpResponse(status=400)  # Whoever sent it has gone; nobody reads this answer.
        return None


class NotThisWay(Refused):
    """这个地址不能直接打开。请回到原来的页面，从按钮办理。"""

    status = 405


class NoLength(Refused):
    """这次上传没有写明长度，没有接收。请用浏览器上传，或者让程序写明长度。"""

    status = 411


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def outside_the_door(view: View) -> View:
    """Mark a view that needs no database, or must write even when it refuses (counting failed logins)."""
    view.outside_the_door = True  # type: ignore[attr-defined]
    return view


class Door:
    """Every view runs in one transaction, in the scope of the person at the screen, with the clock read once.

    A refusal leaves the transaction first, which rolls it back, and is put into words after that: nothing is half done.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        frame.stamp(request)
        response = self.get_response(request)
        frame.remember_size(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse:
        """Run the view. Takes the place of Django calling it, so this middleware's hook has to be the last one."""
        if access_of(view) is None:
            raise ImproperlyConfigured(f"{request.path} does not say who may open it (xuke.web.access)")
        try:
            if getattr(view, "outside_the_door", False):
                return view(request, *args, **kwargs)
            response = _answered(request, view, args, kwargs)
        except Refused as refused:
            return refusals.answer(request, refused)
        except OperationalError as error:
            if not is_busy(error):
                raise
            request.was_busy = True  # type: ignore[attr-defined]
            return refusals.answer(request, Conflict("同事正在办理这件申请，请稍后再试。"))
        if isinstance(response, HttpResponseNotAllowed):
            return _not_this_way(request, response)
        return response


def _answered(
    request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> HttpResponse:
    """What the view says, when its transaction is over. An answer that nobody will send, because the transaction could
    not be committed, lets go of what it holds: a place among those who read a long list, a connection."""
    response = None
    try:
        with opened_for(refusals.scope_of(request)):
            response = view(request, *args, **kwargs)
            render = getattr(response, "render", None)
            response = render() if callable(render) else response
    except BaseException:
        if response is not None:
            response.close()
        raise
    return response


def _not_this_way(request: HttpRequest, response: HttpResponseNotAllowed) -> HttpResponse:
    """Words for Django's empty answer to somebody who opened the address of a button."""
    answer = refusals.answer(request, NotThisWay())
    answer["Allow"] = response["Allow"]
    return answer
