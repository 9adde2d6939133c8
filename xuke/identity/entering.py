"""Coming in: the one place through which every way of logging in ends, well or badly.

A way in proves who somebody is and calls `admit`, or does not and calls `refuse`. Both write down what happened,
whatever becomes of the request afterwards, so views that call them stand outside the door.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme

from xuke.accounts.backends import person
from xuke.accounts.models import User
from xuke.accounts.persons import Person
from xuke.foundation import vault
from xuke.foundation.journal import legal_day
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.identity import queries, rules, sessions
from xuke.identity.actors import STRANGER
from xuke.identity.commands import attempts
from xuke.identity.commands import sessions as ending
from xuke.web import frame, kept
from xuke.web.pages import go

_log = logging.getLogger("xuke.refused")
"""What an hour brings beyond the bound of the journal stands here only."""
_ON_THE_WAY = "on_the_way"
_CARRIED, _WANTED = "carried", "wanted"


@dataclass(frozen=True)
class OnTheWay:
    """Somebody who has proved one factor and owes another. Stands in a session that is nobody's yet."""

    user_id: int
    means: str
    at: str

    def is_over(self, now: datetime) -> bool:
        """Whether it took too long to bring the second factor."""
        return now - datetime.fromisoformat(self.at) > rules.ON_THE_WAY


def admit(
    request: HttpRequest,
    user: User,
    *,
    means: str,
    strong: bool,
    now: datetime,
    wanted: str = "",
    carried: str = "",
) -> HttpResponse:
    """Let somebody in who proved who they are by `means`; the answer leads them on.

    The session gets a new key. Whoever has a second factor is asked for it first, unless what they brought is as good
    as two (`strong`), or they were asked already and the platform is theirs to answer with. An officer who must have
    one and has none comes in only as far as the page that adds one. A form that waits to be sent again
    (`xuke.web.kept`) is shown afterwards, else the page that was wanted. Both travel with the request or in the
    session; a way in that kept them elsewhere meanwhile gives them as `carried` and `wanted`.
    """
    wanted, carried = wanted or _wanted(request), carried or _carried(request)
    if not strong and (first := _first(request, user, means, now)):
        means, strong = f"{first}+{means}", True
    if not strong and _has_factor(user, means, now):
        request.session.flush()
        request.session[_ON_THE_WAY] = {"user_id": user.pk, "means": means, "at": now.isoformat()}
        _put_by(request, wanted=wanted, carried=carried)
        return go(request, "second-factor")
    _enter(request, user, means=means, strong=strong, now=now)
    if owed := sessions.owes(request):
        _put_by(request, wanted=wanted, carried=carried)
        return go(request, owed)
    return _go_on(request, wanted=wanted, carried=carried)


def go_on(request: HttpRequest) -> HttpResponse | None:
    """Lead on somebody who came in as far as their own account and owed it something; None if nothing waits."""
    if owed := sessions.owes(request):
        return go(request, owed)
    wanted, carried = request.session.pop(_WANTED, ""), _opened(request.session.pop(_CARRIED, ""))
    return _go_on(request, wanted=wanted, carried=carried) if wanted or carried else None


def _go_on(request: HttpRequest, *, wanted: str, carried: str) -> HttpResponse:
    if carried:
        return kept.resume(request, carried)
    return go(request, ours(request, wanted) or str(settings.LOGIN_REDIRECT_URL))


def _first(request: HttpRequest, user: User, means: str, now: datetime) -> str:
    """By what an officer who now comes from the platform is on the way already; empty if by nothing else."""
    found = on_the_way(request, now)
    if found is None or found[0].pk != user.pk or not user.serves or means != rules.Means.PLATFORM:
        return ""
    return found[1].means if found[1].means != means else ""


def _has_factor(user: User, means: str, now: datetime) -> bool:
    with opened_for(EVERYTHING):
        return queries.has_factor(user, now, besides=means)


def _enter(request: HttpRequest, user: User, *, means: str, strong: bool, now: datetime) -> None:
    """A session under a new key, with nothing in it from before, and a line in the journal."""
    known = user if hasattr(user, "held_postings") else person(user.pk) or user
    request.session.flush()
    auth.login(request, known, backend=sessions.BACKEND)
    sessions.prove(request, means=means, strong=strong, now=now)
    with opened_for(EVERYTHING):
        attempts.note_entrance(
            user=known,
            means=means,
            strong=strong,
            address=sessions.address(request),
            agent=sessions.agent(request),
            by=Person(known.pk, known.name),
            now=now,
        )
        if queries.untold(known.pk):
            # Whoever else came in meanwhile, by what was given away, is out again.
            me, mine = Person(known.pk, known.name), sessions.digest_of(request)
            ending.end_sessions(user=known, besides=mine, by=me, now=now)
            sessions.note_untold(request)


def refuse(
    request: HttpRequest,
    *,
    means: str,
    reason: str,
    login_name: str = "",
    user: User | None = None,
    wrong: bool = True,
    told: str = "",
    inside: bool = False,
) -> str:
    """Write down that somebody was turned away and why; returns the sentence for the page.

    `told` takes the place of the reason where the person must not learn it. `wrong`: a secret was guessed, and this
    counts towards throttling. `inside`: the door is open already, and what was counted there is counted together.
    """
    with nullcontext() if inside else opened_for(EVERYTHING):
        noted = attempts.note_refusal(
            user=user,
            means=means,
            name_mark=name_mark(login_name or (user.login_name if user else "")),
            address=sessions.address(request),
            agent=sessions.agent(request),
            reason=reason,
            wrong=wrong,
            by=STRANGER,
            now=frame.stamp(request),
        )
    if noted is None:
        _log.warning("login refused again: %s from %s", means, sessions.address(request))
    return told or reason


# --- somebody between two factors -------------------------------------------------------------------------------------


def on_the_way(request: HttpRequest, now: datetime) -> tuple[User, OnTheWay] | None:
    """Who has proved one factor and owes another; None when nobody does, or it took too long."""
    facts = request.session.get(_ON_THE_WAY)
    if not facts:
        return None
    way = OnTheWay(**facts)
    user = None if way.is_over(now) else person(way.user_id)
    return (user, way) if user else None


def complete(request: HttpRequest, *, means: str, now: datetime) -> HttpResponse:
    """Let in whoever was on the way and has now proved a second factor by `means`."""
    found = on_the_way(request, now)
    assert found is not None, "asked only of somebody on the way"
    user, way = found
    return admit(request, user, means=f"{way.means}+{means}", strong=True, now=now)


# --- what waits meanwhile ---------------------------------------------------------------------------------------------


def _wanted(request: HttpRequest) -> str:
    return wanted_page(request) or str(request.session.get(_WANTED, ""))


def _carried(request: HttpRequest) -> str:
    return str(request.POST[kept.FIELD]) if kept.is_carried(request) else _opened(request.session.get(_CARRIED, ""))


def _put_by(request: HttpRequest, *, wanted: str, carried: str) -> None:
    """Both, in the session. A form may hold numbers of persons, and the data of a session are only signed: sealed."""
    request.session[_CARRIED], request.session[_WANTED] = vault.seal_text(carried, kept.FIELD), wanted


def _opened(sealed: str) -> str:
    """The form that waits; none when its key was replaced meanwhile."""
    try:
        return vault.unseal_text(sealed, kept.FIELD)
    except vault.Unreadable:
        return ""


def wanted_page(request: HttpRequest) -> str:
    """Where somebody wanted to go before logging in, as the request says it; empty when that is no page of ours."""
    return ours(request, request.POST.get("next", request.GET.get("next", "")))


def ours(request: HttpRequest, address: str) -> str:
    """The address, if it is the path of a page of ours; else empty."""
    is_path = address.startswith("/") and not address.startswith("//")
    hosts = {request.get_host()}
    is_ours = is_path and url_has_allowed_host_and_scheme(address, hosts, require_https=request.is_secure())
    return address if is_ours else ""


def name_mark(login_name: str) -> bytes:
    """A keyed digest of a login name as it was typed, to count different ones by without keeping them."""
    plain = login_name.strip().lower()
    return salted_hmac("xuke.identity.name", plain, algorithm="sha256").digest() if plain else b""


def name_in_attempts(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """By what django-axes counts wrong passwords: the digest of the name that was typed, or of whoever came in."""
    return name_mark(str((credentials or request.POST).get("username") or "")).hex()


def must_have_factor(user: User, now: datetime) -> bool:
    """Whether this person may not be without a second factor: officers, outside demonstrations."""
    return bool(settings.XUKE_OFFICERS_SECOND_FACTOR and sessions.roles_on(user, legal_day(now).isoformat()))
