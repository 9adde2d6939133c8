"""What the public pages answer alike: kept for a few seconds for everybody, and a day that was typed."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from xuke.web import frame

SECONDS = 5
"""A page that many people look at is made once in this time."""

R = TypeVar("R", bound=HttpResponseBase)


def for_everybody(request: HttpRequest, response: R, *, seconds: int = SECONDS) -> R:
    """Let caches keep an answer for a moment, unless it was made for somebody: a page with a name on it is theirs."""
    kept = f"public, max-age=0, s-maxage={seconds}"
    response.headers["Cache-Control"] = "private, no-cache" if request.COOKIES else kept
    return response


def today(request: HttpRequest) -> date:
    """The legal day of the request."""
    frame.stamp(request)
    found = frame.today(request)
    assert found is not None
    return found


def absolute(path: str) -> str:
    """An address with the published server in front, as feeds and sitemaps need it, whatever name was asked for."""
    return f"{settings.XUKE_ADDRESS.rstrip('/')}{path}"
