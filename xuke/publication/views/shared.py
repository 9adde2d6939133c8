"""What the public pages ask and answer alike."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest

from xuke.foundation.refusals import TooMany
from xuke.web import frame
from xuke.web.limits import Leaving, Place, Places, client_of, is_this_machine
from xuke.web.pages import for_everybody

__all__ = ["absolute", "for_everybody", "leaving", "place_in", "today"]
T = TypeVar("T")
LONGEST = 600.0
"""Seconds after which a list that is still being read is broken off."""


class Full(TooMany):
    """正在下载的人很多，或者您正在下载另一份。请等它完成，过一会儿再试。"""


def today(request: HttpRequest) -> date:
    """The legal day of the request."""
    frame.stamp(request)
    found = frame.today(request)
    assert found is not None
    return found


def absolute(path: str) -> str:
    """An address with the published server in front, as feeds and sitemaps need it, whatever name was asked for."""
    return f"{settings.XUKE_ADDRESS.rstrip('/')}{path}"


def place_in(places: Places, request: HttpRequest) -> Place:
    """A place for somebody who takes something large away; raises `Full` when there is none."""
    address = request.META.get("REMOTE_ADDR", "")
    place = places.take("" if is_this_machine(address) else client_of(request))
    if place is None:
        raise Full()
    return place


def leaving(pieces: Iterable[T], place: Place) -> Iterator[T]:
    """Pieces of an answer that hold a place until they have left."""
    return Leaving(iter(pieces), place, longest=LONGEST, clock=time.monotonic)
