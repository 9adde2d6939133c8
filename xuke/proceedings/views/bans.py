"""The officers' list of bans: who may not apply, entering what others decided, lifting what no longer holds."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse

from xuke.foundation.refusals import Invalid, NotPermitted
from xuke.parties import commands as parties
from xuke.parties.doors import OfficerRequest, officer_view
from xuke.parties.queries_bans import ban as ban_of
from xuke.parties.queries_bans import bans_listed
from xuke.proceedings import commands
from xuke.proceedings.commands.entering import why_not_enter
from xuke.proceedings.forms_bans import BanForm, LiftForm
from xuke.web import refusals
from xuke.web.pages import go, page
from xuke.web.pieces import Link

LISTED = 60
CRUMBS = (Link("撤销与注销", "/office/proceedings/"), Link("禁止申请", "/office/bans/"))


@officer_view
def bans(request: OfficerRequest) -> HttpResponse:
    """Who may not apply today, wherever that was decided; with what is over, when asked for."""
    q, over = request.GET.get("q", "")[:60], request.GET.get("over") == "1"
    rows = list(bans_listed(q, on=None if over else request.today)[: LISTED + 1])
    context = {
        "rows": rows[:LISTED],
        "is_cut": len(rows) > LISTED,
        "asked": q,
        "over": over,
        "why_not": why_not_enter(request.actor),
        "crumbs": CRUMBS[:1],
        "today": request.today,
    }
    return page(request, "proceedings/officer/bans.html", context)


@officer_view
def enter(request: OfficerRequest) -> HttpResponse:
    """Enter a ban that somebody else decided."""
    if reason := why_not_enter(request.actor):
        raise NotPermitted(reason)
    form, status = BanForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                with transaction.atomic():
                    commands.enter_ban(by=request.actor, now=request.now, **form.words())
                return go(request, "officer-bans")
        except Invalid as refused:
            refusals.onto(form, refused)
    context = {"form": form, "crumbs": CRUMBS, "today": request.today}
    return page(request, "proceedings/officer/ban_enter.html", context, status=status)


@officer_view
def lift(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Lift a ban, with the reason."""
    if reason := why_not_enter(request.actor):
        raise NotPermitted(reason)
    row = ban_of(id)
    form, status = LiftForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            parties.lift_ban(ban=row, reason=form.cleaned_data["reason"], by=request.actor, now=request.now)
            return go(request, "officer-bans")
    context = {"form": form, "ban": row, "crumbs": CRUMBS, "today": request.today}
    return page(request, "proceedings/officer/ban_lift.html", context, status=status)
