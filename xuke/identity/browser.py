"""A cookie that tells one browser from another on the way in, before anybody is known.

What somebody begins at the login page (a departure to the identity platform, a challenge to sign) is finished by the
same browser or not at all. No script and no other site reads the cookie, and it outlives the login, at which sessions
and CSRF tokens change: two tabs do not disturb each other.
"""

from __future__ import annotations

import re
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_SHAPE = re.compile(r"[\w-]{43}", re.ASCII)


def name() -> str:
    """What the cookie is called; over https, so that no neighbour of our host name can set it."""
    return "__Host-entering" if settings.SESSION_COOKIE_SECURE else "entering"


def known(request: HttpRequest) -> str:
    """The mark of a browser that has begun something here, or an empty string."""
    found = request.COOKIES.get(name(), "")
    return found if _SHAPE.fullmatch(found) else ""


def marked(request: HttpRequest, response: HttpResponse, mark: str) -> HttpResponse:
    """The response, leaving the mark in the browser until it is closed."""
    if mark != known(request):
        response.set_cookie(name(), mark, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


def mark_of(request: HttpRequest) -> str:
    """The mark this browser has, or a new one, which `marked` then leaves."""
    return known(request) or secrets.token_urlsafe(32)
