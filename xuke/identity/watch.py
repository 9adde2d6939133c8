"""After the answer: what somebody was refused stands in the journal, and the answer stays what it is."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from xuke.accounts.models import User
from xuke.accounts.persons import Person
from xuke.foundation.actors import Actor
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.identity import proxies, sessions
from xuke.identity.actors import STRANGER
from xuke.identity.commands import access
from xuke.web import frame
from xuke.web.refusals import Trespass

Answer = Callable[[HttpRequest], HttpResponse]
_log = logging.getLogger(__name__)
_PRETENDED = "NotBelieved"
_LONGEST = 200
_SHOWN = 6
"""Of a text in an address: enough of a number of ours to know it again, too little of a code to use it."""


class Watch:
    """Writes down what somebody was refused: a page of others, a form without its token, a header that pretends.

    It does so when the refused transaction is over and the answer is made, in a transaction of its own, and whatever
    goes wrong there is ours to mend: the answer stays what it is. Pages that nobody was refused cost nothing.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        trespass: Trespass | None = getattr(request, "trespass", None)
        if trespass and trespass.is_form:
            _write_down("access.form_refused", request, trespass)
        elif trespass and _who(request) is not STRANGER:
            _write_down("access.refused", request, trespass)
        if proxies.pretended(request):
            _write_down("access.header_refused", request, Trespass(_PRETENDED, response.status_code))
        return response


def _write_down(verb: str, request: HttpRequest, trespass: Trespass) -> None:
    who = _who(request)
    try:
        with opened_for(EVERYTHING):
            access.note_refused(
                verb=verb,
                method=_plain(request.method or "")[:10],
                path=_path(request),
                status=trespass.status,
                refusal=trespass.refusal,
                address=sessions.address(request),
                origin=_plain(request.headers.get("Origin", "")) if trespass.is_form else "",
                headers=list(proxies.pretended(request)),
                user_id=getattr(who, "user_id", None),
                by=who,
                now=frame.stamp(request),
            )
    except Exception:  # Whatever it is: somebody was refused, and stays so.
        _log.exception("A refusal is not in the journal: %s %s", verb, who.code)


def _who(request: HttpRequest) -> Actor:
    """Whoever acts, or is at least logged in, or a stranger."""
    if actor := getattr(request, "actor", None):
        known: Actor = actor
        return known
    user = getattr(request, "user", None)
    return Person(user.pk, user.name) if isinstance(user, User) else STRANGER


def _path(request: HttpRequest) -> str:
    """The address without its query. Texts in it, which may be codes or numbers of people, are cut; of an address that
    is none of ours nothing is kept."""
    if (match := request.resolver_match) is None:
        return ""
    path = request.path
    for value in match.kwargs.values():
        if isinstance(value, str) and len(value) > _SHOWN:
            path = path.replace(value, f"{value[:_SHOWN]}…")
    return _plain(path)


def _plain(text: str) -> str:
    """What can be kept of a text from outside."""
    return "".join(each for each in text[:_LONGEST] if each.isprintable())
