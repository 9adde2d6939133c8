"""Accepting an invitation, in one's own name: whoever has the link logs in, or makes an account, and says yes."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from xuke.accounts.models import RealName, User
from xuke.accounts.persons import Person
from xuke.foundation.refusals import Invalid, NotFound, NotPermitted, Refused
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.identity import entering, sessions
from xuke.identity.doors import self_of
from xuke.identity.rules import Means
from xuke.parties import commands, patience, queries
from xuke.parties.commands.invitations import NotYourInvitation, hash_of, is_meant
from xuke.parties.forms import AccountFields, CodeForm
from xuke.parties.middleware import ACTING
from xuke.parties.models import Invitation, Mandate
from xuke.parties.registering import add_person
from xuke.web import frame, refusals
from xuke.web.access import public_view
from xuke.web.middleware import outside_the_door
from xuke.web.pages import go, page

TRIES_AN_HOUR = 20


@public_view
@outside_the_door
@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """Type or paste the code."""
    form = CodeForm(request.POST or None)
    if form.is_valid():
        return go(request, "my-invitation", form.cleaned_data["code"])
    return page(request, "parties/invitation_code.html", {"form": form}, status=422 if form.errors else 200)


@public_view
@outside_the_door
@never_cache
@sensitive_post_parameters("password", "password_again", "number", "mobile")
def invitation(request: HttpRequest, code: str) -> HttpResponse:
    """What is asked, and the button that accepts. A stranger is told nothing but to log in."""
    patience.demand(_key(request), TRIES_AN_HOUR, "这个地址一小时内试错邀请码的次数太多了，请过一小时再来。")
    if isinstance(request.user, User):
        return _for_a_person(request, code)
    return _for_a_stranger(request, code)


def _for_a_stranger(request: HttpRequest, code: str) -> HttpResponse:
    here = reverse("my-invitation", args=[code])
    form = AccountFields(request.POST or None) if settings.XUKE_DEMO else None
    if request.method == "POST":
        patience.count(_key(request))
    if form is not None and form.is_valid():
        now = frame.stamp(request)
        try:
            with opened_for(EVERYTHING):
                user = add_person(form.cleaned_data, now=now)
        except Invalid as refused:
            refusals.onto(form, refused)
        else:
            return entering.admit(request, user, means=Means.PASSWORD, strong=False, now=now, wanted=here)
    wrong = form is not None and bool(form.errors)
    context = {"form": form, "here": here, "login": f"{settings.LOGIN_URL}?next={here}"}
    return page(request, "parties/invitation_stranger.html", context, status=422 if wrong else 200)


def _for_a_person(request: HttpRequest, code: str) -> HttpResponse:
    """Whatever is refused is written down, after the transaction that refused it."""
    me, now = self_of(request), frame.stamp(request)
    try:
        with opened_for(me.scope):
            if request.method == "POST":
                mandate = commands.accept_invitation(code=code, by=me, now=now)
                request.session[ACTING] = f"enterprise:{mandate.enterprise_id}"
                return go(request, "/my/")
            return _page(request, code, me)
    except (NotYourInvitation, NotFound, NotPermitted) as refused:
        if isinstance(refused, NotFound):  # A code that is right and cannot be used is no guess.
            patience.count(_key(request))
        with opened_for(EVERYTHING):
            commands.note_refusal(code=code, reason=_reason(refused), by=me, now=now)
        raise


def _reason(refused: Refused) -> str:
    return refused.sentence[:200]


def _page(request: HttpRequest, code: str, me: Person) -> HttpResponse:
    asked = queries.inviting(hash_of(code))
    found = Invitation.objects.filter(pk=asked.id).first()
    proven = RealName.objects.filter(user=me.user_id, withdrawn_at=None).first()
    if proven is None:
        return page(request, "parties/invitation_unproven.html", {"inviting": asked}, status=403)
    if found is None or not is_meant(found, proven):
        raise NotYourInvitation()
    context = {
        "inviting": asked,
        "invitation": found,
        "who": proven.name,
        "capacity": Mandate.CAPACITIES[found.capacity],
        "powers": [Mandate.POWERS[power] for power in Mandate.ALL_POWERS if power in found.powers],
        "is_open": found.is_open(frame.stamp(request)),
        "here": request.path,
    }
    return page(request, "parties/invitation.html", context)


def _key(request: HttpRequest) -> str:
    return f"invitation:{sessions.address(request)}"
