"""What the public pages ask and answer alike."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.http import HttpRequest

from xuke.web import frame
from xuke.web.pages import for_everybody

__all__ = ["absolute", "for_everybody", "today"]


def today(request: HttpRequest) -> date:
    """The legal day of the request."""
    frame.stamp(request)
    found = frame.today(request)
    assert found is not None
    return found


def absolute(path: str) -> str:
    """An address with the published server in front, as feeds and sitemaps need it, whatever name was asked for."""
    return f"{settings.XUKE_ADDRESS.rstrip('/')}{path}"
