"""After the login: who somebody acts for. Before it: registering an enterprise."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters

from xuke.accounts import commands as accounts
from xuke.accounts.models import User
from xuke.accounts.officers import Officer
from xuke.accounts.queries import root_division
from xuke.foundation import divisions
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Invalid, NotFound, TooMany
from xuke.foundation.transactions import opened_for
from xuke.identity import entering
from xuke.identity.rules import Means
from xuke.parties import commands, queries
from xuke.parties.doors import to_login
from xuke.parties.forms import RegistrationForm
from xuke.parties.middleware import ACTING
from xuke.web import frame, refusals
from xuke.web.access import public_view
from xuke.web.middleware import outside_the_door
from xuke.web.pages import go, page

OFFICE, MY = "/office/", "/my/"
TRIES_AN_HOUR = 10


@public_view
def begin(request: HttpRequest) -> HttpResponse:
    """Where everybody arrives after the login: at their desk, at the choice of desks, or at a sentence what to do."""
    user = request.user
    if not isinstance(user, User):
        return to_login(request)
    possible = queries.capacities(user, today=_today(request))
    if not possible:
        return page(request, "parties/nobody.html")
    actor = getattr(request, "actor", None)
    if actor is None or (len(possible) > 1 and ACTING not in request.session):
        return go(request, "switch")
    return go(request, OFFICE if isinstance(actor, Officer) else MY)


@public_view
def switch(request: HttpRequest) -> HttpResponse:
    """Choose among several authorities and enterprises."""
    user = request.user
    if not isinstance(user, User):
        return to_login(request)
    possible = queries.capacities(user, today=_today(request))
    if request.method == "POST":
        chosen = request.POST.get("acting", "")
        if chosen not in {capacity.key for capacity in possible}:
            raise NotFound("您现在不能代表它办事。可以选的都列在上一页。")
        request.session[ACTING] = chosen
        return go(request, OFFICE if chosen.startswith("authority:") else MY)
    current = _key_of(getattr(request, "actor", None))
    return page(request, "parties/switch.html", {"capacities": possible, "current": current})


def _key_of(actor: Any) -> str:
    if isinstance(actor, Officer):
        return f"authority:{actor.authority_id}"
    return f"enterprise:{actor.enterprise_id}" if actor else ""


@public_view
@outside_the_door
@sensitive_post_parameters("password", "password_again")
def register(request: HttpRequest) -> HttpResponse:
    """Register an enterprise and the person who acts for it, and log that person in.

    A stranger has no scope, so the transaction is opened here, for the system: all of it is written, or nothing.
    """
    if not settings.XUKE_REGISTRATION:
        raise NotFound("这里不开放网上登记企业。请带营业执照到受理窗口登记，登记后在网上办理。")
    now = frame.stamp(request)
    form = RegistrationForm(request.POST or None, counties=_counties(_today(request)))
    if form.is_valid():
        _demand_patience(request)
        try:
            user = _register(form.cleaned_data, now=now)
        except Invalid as refused:
            refusals.onto(form, refused)
        else:
            return entering.admit(request, user, means=Means.REGISTRATION, strong=False, now=now, wanted=MY)
    return page(request, "parties/register.html", {"form": form}, status=422 if form.errors else 200)


def _register(typed: dict[str, str], *, now: datetime) -> User:
    with opened_for(SYSTEM.scope):
        enterprise = commands.register_enterprise(
            uscc=typed["uscc"],
            name=typed["enterprise_name"],
            legal_representative=typed["legal_representative"],
            domicile=typed["domicile"],
            division_code=typed["division_code"],
            by=SYSTEM,
            now=now,
        )
        user = accounts.add_user(
            login_name=typed["login_name"], name=typed["name"], password=typed["password"], by=SYSTEM, now=now
        )
        commands.give_mandate(user=user, enterprise=enterprise, capacity=typed["capacity"], by=SYSTEM, now=now)
    return user


def _demand_patience(request: HttpRequest) -> None:
    """Ten tries an hour from one address. Counted by each web process for itself: a brake, not a wall."""
    key = f"register:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, timeout=3600)
    if cache.incr(key) > TRIES_AN_HOUR:
        raise TooMany("这个地址一小时内登记得太多了，请过一小时再来，或者到受理窗口办理。")


def _counties(today: date) -> list[tuple[str, str | list[tuple[str, str]]]]:
    return divisions.choices(root_division(), today)


def _today(request: HttpRequest) -> date:
    frame.stamp(request)
    today = frame.today(request)
    assert today is not None
    return today
