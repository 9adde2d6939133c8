"""Pages of lists by keyset: no totals, no page numbers; the next page is an address that one follows."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from xuke.publication.api import cursors
from xuke.publication.api.cursors import Position


class Place:
    """Where somebody is in a list. `scope` names the list and its filters; a cursor is good for no other."""

    def __init__(self, scope: str, cursor: str) -> None:
        self.scope, self.cursor = scope, cursor

    def after(self) -> list[str | int] | None:
        """The position the page begins behind; None at the beginning. Refuses what was not given for this list."""
        return cursors.read(self.scope, self.cursor) if self.cursor else None

    def next(self, request: HttpRequest, response: HttpResponse, last: Position | None) -> str | None:
        """The address of the page behind the last row shown, in a Link header too (RFC 8288); None at the end."""
        if last is None:
            return None
        asked = [(name, value) for name, values in request.GET.lists() for value in values if name != "cursor"]
        address = f"{request.path}?{urlencode([*asked, ('cursor', cursors.write(self.scope, last))])}"
        response["Link"] = f'<{address}>; rel="next"'
        return address
