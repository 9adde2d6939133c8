"""The frame around every page: which one, how large its type is, and what it says about this installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from xuke.foundation.journal import legal_day

BARE = "web/bare.html"
"""Needs no login, no navigation and no database."""
PUBLIC = "web/public.html"
_LAYOUTS = {"office": "web/office.html", "my": "web/applicant.html"}
_HOMES = {"office": ("回到等我办理", "/office/"), "my": ("回到我的首页", "/my/")}
_COUNTER = ("回到代办的申请", "/my/applications/")
"""Of an officer who files for a visitor at the counter: neither desk is open to them until they end it."""
_SIZES = ("large", "normal")
_YEAR = 365 * 24 * 3600
HOTLINE = "12315"
"""The national hotline of market supervision (12315热线)."""


@dataclass(frozen=True)
class Frame:
    """What the frame shows that does not depend on the page."""

    demo: bool
    large: bool
    size_url: str
    """The same page in the other size of type."""
    operator: str
    login_url: str
    logout_url: str
    hotline: str = HOTLINE


def stamp(request: HttpRequest) -> datetime:
    """Read the clock for this request, once: `request.now`, and the legal day it falls on, `request.today`."""
    now: datetime | None = getattr(request, "now", None)
    if now is None:
        now = timezone.now()
        request.now = now  # type: ignore[attr-defined]
        request.today = legal_day(now)  # type: ignore[attr-defined]
    return now


def today(request: HttpRequest | None) -> date | None:
    """The legal day of the request, or None outside the door."""
    return getattr(request, "today", None)


def of(request: HttpRequest | None) -> Frame:
    """The frame for a request; without one, the frame of a page that depends on nothing."""
    large = request is not None and size(request) == "large"
    return Frame(
        demo=settings.XUKE_DEMO,
        large=large,
        size_url=_in_size(request, "normal" if large else "large") if request else "",
        operator=settings.XUKE_PROVINCE,
        login_url=str(settings.LOGIN_URL),
        logout_url="/logout/",
    )


def size(request: HttpRequest) -> str:
    """The size of type: from the address, else remembered, else empty."""
    asked = request.GET.get("size", "")
    return asked if asked in _SIZES else request.COOKIES.get(_size_cookie(), "")


def remember_size(request: HttpRequest, response: HttpResponse) -> None:
    """Keep a size that was asked for in the address for a year. No personal data, so no consent is needed."""
    if (asked := request.GET.get("size", "")) in _SIZES:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(_size_cookie(), asked, max_age=_YEAR, samesite="Lax", secure=secure, httponly=True)
        if "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = "private, no-cache"  # What one person asked for is not kept for others.


def _size_cookie() -> str:
    return "__Host-size" if settings.SESSION_COOKIE_SECURE else "size"


def _in_size(request: HttpRequest, wanted: str) -> str:
    query = request.GET.copy()
    query["size"] = wanted
    return f"?{query.urlencode()}"


def layout(request: HttpRequest) -> str:
    """The frame that belongs to an address: officers', applicants', or the public one."""
    part = _part(request)
    return _LAYOUTS.get("my" if part == "office" and _at_counter(request) else part, PUBLIC)


def home(request: HttpRequest) -> tuple[str, str]:
    """Where an address belongs: words and address of the way back. Administrators read no cases."""
    if _part(request) in _HOMES and _at_counter(request):
        return _COUNTER
    if _part(request) == "office" and (desk := getattr(getattr(request, "actor", None), "desk", None)):
        label, url = desk
        return label, url
    return _HOMES.get(_part(request), ("回到首页", "/"))


def _at_counter(request: HttpRequest) -> bool:
    return bool(getattr(getattr(request, "actor", None), "counter", None))


def _part(request: HttpRequest) -> str:
    return request.path_info.split("/")[1] if "/" in request.path_info else ""
