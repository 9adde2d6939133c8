"""After the login: who somebody acts for. Before it: registering an enterprise."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters

from xuke.accounts.models import User
from xuke.accounts.officers import Officer
from xuke.accounts.queries import root_division
from xuke.foundation import divisions
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Invalid, NotFound
from xuke.foundation.transactions import opened_for
from xuke.identity import entering, sessions
from xuke.identity.rules import Means
from xuke.parties import commands, patience, queries, registering
from xuke.parties.doors import to_login
from xuke.parties.forms import EnterpriseForm, RegistrationForm
from xuke.parties.middleware import ACTING, actor_of
from xuke.web import frame, refusals
from xuke.web.access import public_view
from xuke.web.middleware import outside_the_door
from xuke.web.pages import go, page

MY = "/my/"
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
    return go(request, _desk(actor))


def _desk(actor: Any) -> str:
    """Where somebody works: administrators read no cases, so that the inbox is not theirs."""
    if not isinstance(actor, Officer):
        return MY
    return str(actor.desk[1])


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
        return go(request, _desk(actor_of(request)))
    current = _key_of(getattr(request, "actor", None))
    return page(request, "parties/switch.html", {"capacities": possible, "current": current})


def _key_of(actor: Any) -> str:
    if isinstance(actor, Officer):
        return f"authority:{actor.authority_id}"
    return f"enterprise:{actor.enterprise_id}" if actor else ""


@public_view
@outside_the_door
@sensitive_post_parameters("password", "password_again", "number", "mobile")
def register(request: HttpRequest) -> HttpResponse:
    """Register an enterprise.

    In a demonstration with the person who acts for it, whom nobody checks. Elsewhere by somebody whose real name is
    proven and who keeps a certificate of the enterprise; everybody else is told what to bring to the counter. A
    stranger has no scope, so the transaction is opened here, for the system: all of it is written, or nothing.
    """
    if settings.XUKE_REGISTRATION and settings.XUKE_DEMO:
        return _register_unchecked(request)
    if not isinstance(request.user, User):
        return page(request, "parties/register_closed.html", {"login": f"{settings.LOGIN_URL}?next={request.path}"})
    return _register_proven(request, request.user)


def _register_unchecked(request: HttpRequest) -> HttpResponse:
    now = frame.stamp(request)
    form = RegistrationForm(request.POST or None, counties=_counties(_today(request)))
    if form.is_valid():
        _demand_patience(request)
        typed = form.cleaned_data
        try:
            with opened_for(SYSTEM.scope):
                enterprise = registering.add_enterprise(typed, now=now)
                user = registering.add_person(typed, now=now)
                capacity = typed["capacity"]
                commands.give_mandate(user=user, enterprise=enterprise, capacity=capacity, by=SYSTEM, now=now)
        except Invalid as refused:
            refusals.onto(form, refused)
        else:
            return entering.admit(request, user, means=Means.PASSWORD, strong=False, now=now, wanted=MY)
    return page(request, "parties/register.html", {"form": form}, status=422 if form.errors else 200)


def _register_proven(request: HttpRequest, user: User) -> HttpResponse:
    now = frame.stamp(request)
    with opened_for(SYSTEM.scope):
        proven = registering.standing(user, now=now)
    if not proven.is_enough:
        return page(request, "parties/register_closed.html", {"proven": proven})
    form = EnterpriseForm(request.POST or None, counties=_counties(_today(request)))
    if form.is_valid():
        _demand_patience(request)
        try:
            with opened_for(SYSTEM.scope):
                enterprise = registering.register_with_certificate(user, form.cleaned_data, now=now)
        except Invalid as refused:
            refusals.onto(form, refused)
        else:
            request.session[ACTING] = f"enterprise:{enterprise.pk}"
            return go(request, MY)
    context = {"form": form, "proven": proven}
    return page(request, "parties/register_proven.html", context, status=422 if form.errors else 200)


def _demand_patience(request: HttpRequest) -> None:
    """Ten tries an hour from one address. Counted by each web process for itself: a brake, not a wall."""
    key = f"register:{sessions.address(request)}"
    patience.demand(key, TRIES_AN_HOUR, "这个地址一小时内登记得太多了，请过一小时再来，或者到受理窗口办理。")
    patience.count(key)


def _counties(today: date) -> list[tuple[str, str | list[tuple[str, str]]]]:
    return divisions.choices(root_division(), today)


def _today(request: HttpRequest) -> date:
    frame.stamp(request)
    today = frame.today(request)
    assert today is not None
    return today
