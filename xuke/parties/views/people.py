"""Who acts for us: what each may do and until when, and everything an enterprise decides about it by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from xuke.foundation.refusals import Conflict, Invalid, NotFound
from xuke.parties import commands, permissions, queries
from xuke.parties.doors import ApplicantRequest, applicant_view
from xuke.parties.forms import HandOverForm, InvitationForm, MandateForm
from xuke.parties.models import Enterprise, Invitation, Mandate
from xuke.web import refusals
from xuke.web.pages import go, page
from xuke.web.pieces import Link

SOON = timedelta(days=30)
"""A mandate that ends within this time is pointed out."""


@dataclass(frozen=True)
class Colleague:
    """One mandate as the list shows it."""

    mandate: Mandate
    capacity: str
    powers: tuple[str, ...]
    state: str
    tone: str = ""
    is_oneself: bool = False
    may_change: bool = False
    may_end: bool = False


@applicant_view
def people(request: ApplicantRequest) -> HttpResponse:
    """Everybody who acts for the enterprise, then those who are asked, then those who did."""
    mandates = queries.people(request.actor)
    today = request.today
    context = {
        "present": [_shown(request, each, today) for each in sorted(mandates, key=_rank) if not each.is_over(today)],
        "former": [_shown(request, each, today) for each in mandates if each.is_over(today)],
        "invitations": list(_asked(request)),
        "why_not": permissions.why_not_heading(request.actor),
        "head": request.actor.legal_representative,
        "today": today,
    }
    return page(request, "parties/people.html", context)


def _rank(mandate: Mandate) -> bool:
    """The legal representative first; the others as they came."""
    return mandate.capacity != Mandate.LEGAL_REPRESENTATIVE


def _shown(request: ApplicantRequest, mandate: Mandate, today: date) -> Colleague:
    state, tone = _state(mandate, today)
    is_oneself = mandate.user_id == request.actor.user_id
    heads = not permissions.why_not_heading(request.actor)
    is_contact = mandate.capacity == Mandate.CASE_CONTACT
    return Colleague(
        mandate,
        Mandate.CAPACITIES[mandate.capacity],
        tuple(Mandate.POWERS[power] for power in Mandate.ALL_POWERS if power in mandate.covers),
        state,
        tone,
        is_oneself=is_oneself,
        may_change=heads and is_contact,
        may_end=heads or is_oneself,
    )


def _state(mandate: Mandate, today: date) -> tuple[str, str]:
    if mandate.is_over(today):
        return "已结束", "off"
    if today < mandate.valid_from:
        return "尚未开始", "line"
    if mandate.last_day and mandate.last_day - today < SOON:
        left = (mandate.last_day - today).days
        return (f"还有{left}天到期" if left else "今天到期"), "warn"
    return "有效", "ok"


@dataclass(frozen=True)
class Asked:
    """One invitation that waits, or whose time is over."""

    invitation: Invitation
    capacity: str
    is_open: bool
    may_withdraw: bool


def _asked(request: ApplicantRequest) -> Iterator[Asked]:
    heads = not permissions.why_not_heading(request.actor)
    for invitation in queries.invitations(request.actor):
        is_open = invitation.is_open(request.now)
        is_mine = invitation.invited_by_id == request.actor.user_id
        yield Asked(invitation, Mandate.CAPACITIES[invitation.capacity], is_open, is_open and (heads or is_mine))


@applicant_view
@never_cache
def invite(request: ApplicantRequest) -> HttpResponse:
    """Ask a colleague. The link is shown this once, to whoever asks, and passed on by them."""
    is_head = not permissions.why_not_heading(request.actor)
    form = InvitationForm(request.POST or None, is_head=is_head)
    if form.is_valid():
        enterprise = Enterprise(pk=request.actor.enterprise_id)
        try:
            invitation, code = commands.invite(enterprise=enterprise, by=request.actor, now=request.now, **form.facts)
        except Invalid as refused:
            refusals.onto(form, refused)
        else:
            address = settings.XUKE_ADDRESS.rstrip("/") + reverse("my-invitation", args=[code])
            context = {"invitation": invitation, "code": code, "address": address, "crumbs": _crumbs()}
            return page(request, "parties/invited.html", context)
    context = {"form": form, "is_head": is_head, "head": request.actor.legal_representative, "crumbs": _crumbs()}
    return page(request, "parties/invite.html", context, status=422 if form.errors else 200)


def _crumbs() -> tuple[Link, ...]:
    return (Link("办事人员", reverse("my-people")),)


@applicant_view
@require_POST
def withdraw(request: ApplicantRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    found = Invitation.objects.filter(pk=pk, enterprise=request.actor.enterprise_id).first()
    if found is None:
        raise NotFound("没有找到这个邀请，或者它不属于您的企业。")
    commands.withdraw_invitation(invitation=found, by=request.actor, now=request.now)
    return go(request, "my-people")


@applicant_view
def change(request: ApplicantRequest, pk: int) -> HttpResponse:
    """Other powers, or another last day."""
    mandate = _open(request, pk)
    permissions.demand_heading(request.actor, mandate.enterprise)
    form = MandateForm(request.POST) if request.method == "POST" else MandateForm.of(mandate)
    if form.is_valid():
        try:
            commands.change_mandate(mandate=mandate, by=request.actor, now=request.now, **form.cleaned_data)
        except Invalid as refused:
            refusals.onto(form, refused)
        else:
            return go(request, "my-people")
    return _page(request, "change", mandate, {"form": form}, status=422 if form.errors else 200)


def _open(request: ApplicantRequest, pk: int) -> Mandate:
    mandate = queries.colleague(request.actor, pk)
    if mandate.is_over(request.today):
        raise Conflict("这一授权已经结束。")
    return mandate


def _page(
    request: ApplicantRequest, name: str, mandate: Mandate, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    is_oneself = mandate.user_id == request.actor.user_id
    context |= {"mandate": mandate, "who": mandate.user.name, "is_oneself": is_oneself, "crumbs": _crumbs()}
    return page(request, f"parties/{name}.html", context, status=status)


@applicant_view
def end(request: ApplicantRequest, pk: int) -> HttpResponse:
    """End a colleague's mandate, or lay down one's own."""
    mandate = _open(request, pk)
    if not permissions.is_oneself(request.actor, mandate):
        permissions.demand_heading(request.actor, mandate.enterprise)
    if request.method != "POST":
        return _page(request, "end", mandate, {"heads": mandate.capacity == Mandate.LEGAL_REPRESENTATIVE})
    commands.end_mandate(mandate=mandate, by=request.actor, now=request.now)
    return go(request, "start" if mandate.user_id == request.actor.user_id else "my-people")


@applicant_view
def hand_over(request: ApplicantRequest, pk: int) -> HttpResponse:
    """Somebody leaves: who takes over."""
    mandate = _open(request, pk)
    permissions.demand_heading(request.actor, mandate.enterprise)
    others = [each for each in queries.people(request.actor) if each.is_held(request.today) and each.pk != mandate.pk]
    form = HandOverForm(request.POST or None, colleagues=others)
    if form.is_valid():
        successor = queries.colleague(request.actor, int(form.cleaned_data["successor"]))
        commands.hand_over(leaver=mandate, successor=successor, by=request.actor, now=request.now)
        return go(request, "my-people")
    return _page(request, "hand_over", mandate, {"form": form, "others": others}, status=422 if form.errors else 200)
