"""Who enters the pages of one's own account: whoever is logged in; to change something, whoever proved it lately."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from xuke.accounts.models import User
from xuke.accounts.persons import Person
from xuke.foundation.transactions import opened_for
from xuke.identity import queries, rules, sessions
from xuke.web import frame, kept
from xuke.web.access import Access, Audience, declare
from xuke.web.middleware import outside_the_door
from xuke.web.pages import go

View = Callable[..., HttpResponse]
CONFIRM = "/account/confirm/"


def self_of(request: HttpRequest) -> Person:
    """The person at the screen, acting for nobody but themselves."""
    user = user_of(request)
    return Person(user.pk, user.name)


def user_of(request: HttpRequest) -> User:
    """The user of a request that a door of this module let in."""
    assert isinstance(request.user, User)
    return request.user


def own_page(view: View) -> View:
    """A page about oneself that opens its doors itself, because it writes down what it refuses."""

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not isinstance(request.user, User):
            return kept.keep(request)
        return view(request, *args, **kwargs)

    return declare(outside_the_door(never_cache(enter)), Access(Audience.PERSON))


def own_view(view: View) -> View:
    """A page about oneself, in the scope of that person and of nothing they act for."""

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with opened_for(self_of(request).scope):
            return view(request, *args, **kwargs)

    return own_page(enter)


def fresh_page(view: View) -> View:
    """A page that changes how one logs in, or where, and opens its doors itself: for whoever proved who they are within
    ten minutes. Others do so first and lose nothing they typed."""

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if sessions.is_fresh(request, frame.stamp(request)) and not _lacks_factor(request):
            return view(request, *args, **kwargs)
        if request.method != "POST":
            return go(request, f"{CONFIRM}?{urlencode({'next': request.get_full_path()})}")
        facts: dict[str, object] = {"token": kept.pack(kept.typed(request)), "confirm": CONFIRM}
        return kept.whole_page(request, "identity/stale.html", facts, status=401)

    return own_page(enter)


def _lacks_factor(request: HttpRequest) -> bool:
    """Whether a session on one factor belongs to somebody who has another, got since it began."""
    proof = sessions.proof_in(request.session)
    if proof is None or proof.strong:
        return False
    besides = rules.Means.PLATFORM if rules.Means.PLATFORM in proof.means.split("+") else ""
    with opened_for(self_of(request).scope):
        return queries.has_factor(user_of(request), frame.stamp(request), besides=besides)


def fresh_view(view: View) -> View:
    """The same, in the scope of that person."""

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with opened_for(self_of(request).scope):
            return view(request, *args, **kwargs)

    return fresh_page(enter)
