"""Between a request and its view: no session beyond its limits, and first what somebody owes their own account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from xuke.identity import sessions
from xuke.web import frame
from xuke.web.access import Audience, access_of
from xuke.web.pages import go

Answer = Callable[[HttpRequest], HttpResponse]
_OPEN = (Audience.PUBLIC, Audience.PERSON)
"""What somebody may open who owes something: what everybody may, and their own account."""


class Limits:
    """Ends a session whose time is up. Stands after Django's authentication and before whoever asks who acts."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sessions.keep_limits(request, frame.stamp(request))
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Lead whoever has to take a password of their own, or to add a second factor, to the page for it."""
        access = access_of(view)
        is_open = access is None or access.audience in _OPEN
        if is_open or getattr(request, "actor", None):
            return None
        owed = sessions.owes(request)
        return go(request, owed) if owed else None
