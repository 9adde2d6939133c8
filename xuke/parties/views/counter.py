"""At the counter: somebody brings the business licence, which says what this installation cannot know."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse

from xuke.accounts.models import RealName
from xuke.accounts.officers import Officer, Role
from xuke.accounts.queries import person_with_number
from xuke.foundation import divisions
from xuke.foundation.refusals import Invalid, Problem
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.parties import commands
from xuke.parties.commands import Registered
from xuke.parties.doors import OfficerRequest, role_view
from xuke.parties.forms import CounterForm
from xuke.parties.models import Enterprise, Mandate
from xuke.web import frame, refusals
from xuke.web.middleware import outside_the_door
from xuke.web.pages import page


@role_view(Role.ACCEPTOR)
@outside_the_door
def head(request: OfficerRequest) -> HttpResponse:
    """Write down what the licence says, registering the enterprise when it is new, and seat its legal representative.

    Mandates and real names are not for officers to look through, so the transaction is opened here, for this one act.
    """
    now = frame.stamp(request)
    counties = divisions.choices(_seat(request.actor), request.today)
    form = CounterForm(request.POST or None, counties=counties)
    if form.is_valid():
        try:
            with opened_for(EVERYTHING):
                mandate = _seated(form, request.actor, now)
        except Invalid as refused:
            refusals.onto(form, refused)
        else:
            return page(request, "parties/counter_done.html", {"mandate": mandate, "enterprise": mandate.enterprise})
    return page(request, "parties/counter.html", {"form": form}, status=422 if form.errors else 200)


def _seat(officer: Officer) -> str:
    return officer.authority_path.rstrip("/").rpartition("/")[2]


def _seated(form: CounterForm, by: Officer, now: datetime) -> Mandate:
    typed = form.cleaned_data
    enterprise = Enterprise.objects.filter(uscc=typed["uscc"]).first() or commands.register_enterprise(
        uscc=typed["uscc"],
        name=typed["enterprise_name"],
        legal_representative=typed["legal_representative"],
        domicile=typed["domicile"],
        division_code=typed["division_code"],
        by=by,
        now=now,
    )
    registered = Registered(
        name=typed["enterprise_name"].strip(),
        legal_representative=typed["legal_representative"].strip(),
        domicile=typed["domicile"].strip(),
        division_code=typed["division_code"],
        state=typed["state"],
        term_ends_on=form.term,
    )
    enterprise = commands.note_registration(enterprise=enterprise, registered=registered, by=by, now=now)
    user = person_with_number(RealName.RESIDENT_ID, typed["number"])
    if user is None:
        raise Invalid(Problem("number", "这个号码还没有实名账号。请本人先用统一身份认证平台或者数字证书登录一次。"))
    return commands.seat_head(enterprise=enterprise, user=user, documents=typed["documents"], by=by, now=now)
