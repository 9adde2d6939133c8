"""Who acts in a request: an officer through postings, an applicant through a mandate, or nobody.

Read anew for every request, so that a role or a mandate taken away acts at once on an open page.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.http import HttpRequest, HttpResponse

from xuke.accounts.models import User
from xuke.accounts.officers import Officer
from xuke.accounts.queries import officer_from
from xuke.foundation.journal import legal_day
from xuke.identity import sessions
from xuke.parties import queries
from xuke.parties.applicants import Applicant
from xuke.parties.models import Enterprise
from xuke.web import frame
from xuke.web.numbers import whole

ACTING = "acting"
"""Session key: ``authority:12`` or ``enterprise:7``, the capacity a person with several has chosen."""

COUNTER = "counter"
"""Session key: the visit to the counter in whose name an officer files."""

Answer = Callable[[HttpRequest], HttpResponse]


class WhoActs:
    """Puts `request.actor` on every request: an `Officer`, an `Applicant`, or None."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        frame.stamp(request)
        request.actor = actor_of(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def actor_of(request: HttpRequest) -> Officer | Applicant | None:
    """The actor a request's session makes today; at most one statement more than the session and its user.

    Whoever has to read what was done to their account, owes a password of their own, or as an officer a second factor,
    acts for nobody until then.
    """
    user = request.user
    if not isinstance(user, User) or sessions.owes_reading(request) or sessions.owes_password(request):
        return None
    today = legal_day(frame.stamp(request))
    kind, chosen = chosen_of(request)
    if kind != "enterprise":
        postings = getattr(user, "held_postings", None) or []
        if officer := officer_from(postings, user, today=today, authority=chosen):
            return None if sessions.owes_factor(request) else _at_counter(request, officer, today)
    enterprise = Enterprise(pk=chosen) if kind == "enterprise" and chosen is not None else None
    return queries.applicant(user, today=today, enterprise=enterprise)


def chosen_of(request: HttpRequest) -> tuple[str, int | None]:
    """The kind and number of the capacity that a person with several has chosen."""
    kind, _, number = str(request.session.get(ACTING, "")).partition(":")
    return kind, whole(number)


def _at_counter(request: HttpRequest, officer: Officer, today: date) -> Officer | Applicant:
    """The officer, or the visitor for whom the officer files at the counter, while that lasts."""
    visit = whole(str(request.session.get(COUNTER, "")))
    if visit is None:
        return officer
    return queries.at_counter(officer, visit, today=today) or officer
