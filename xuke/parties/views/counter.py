"""At the counter: somebody brings the business licence, which says what this installation cannot know."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.views.decorators.debug import sensitive_post_parameters

from xuke.accounts import commands as accounts
from xuke.accounts.models import RealName, User
from xuke.accounts.officers import Officer, Role
from xuke.accounts.queries import person_with_number
from xuke.foundation import divisions
from xuke.foundation.refusals import Conflict, Invalid, Problem, Refused
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.parties import commands
from xuke.parties.commands import Registered
from xuke.parties.doors import OfficerRequest, role_view
from xuke.parties.forms import CounterForm, NameForm, WithdrawForm
from xuke.parties.models import Enterprise, Mandate
from xuke.web import frame, refusals
from xuke.web.forms import PlainForm
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
        except Refused as refused:
            _note(request, "登记企业和法定代表人", form.cleaned_data["uscc"], refused, now)
            if not isinstance(refused, Invalid):
                raise
            refusals.onto(form, refused)
        else:
            return page(request, "parties/counter_done.html", {"mandate": mandate, "enterprise": mandate.enterprise})
    return page(request, "parties/counter.html", {"form": form}, status=422 if form.errors else 200)


def _note(request: OfficerRequest, act: str, about: str, refused: Refused, now: datetime) -> None:
    """After the transaction that refused it."""
    told = [problem.message for problem in refused.problems] if isinstance(refused, Invalid) else [refused.sentence]
    with opened_for(EVERYTHING):
        commands.note_counter_refusal(act=act, about=about, reason="".join(told), by=request.actor, now=now)


PROVE, WITHDRAW = "prove", "withdraw"
ACTS = {PROVE: "核验实名", WITHDRAW: "撤回实名"}


@role_view(Role.ACCEPTOR)
@outside_the_door
@sensitive_post_parameters("number", "mobile")
def person(request: OfficerRequest) -> HttpResponse:
    """Prove who somebody is by the document they bring, or take such a proof back.

    By the login name, which its owner tells: an officer looks through nobody's names and numbers.
    """
    now, act = frame.stamp(request), request.POST.get("act", "")
    form = NameForm(request.POST if act == PROVE else None)
    withdrawal = WithdrawForm(request.POST if act == WITHDRAW else None, auto_id="withdraw_%s")
    sent: PlainForm | None = {PROVE: form, WITHDRAW: withdrawal}.get(act)
    if sent is not None and sent.is_valid():
        login_name = sent.cleaned_data["login_name"].strip().lower()
        try:
            with opened_for(EVERYTHING):
                user = _named(login_name)
                _prove_or_withdraw(user, act, sent.cleaned_data, request.actor, now)
        except Refused as refused:
            _note(request, ACTS[act], login_name, refused, now)
            if not isinstance(refused, Invalid | Conflict):
                raise
            refusals.onto(sent, refused if isinstance(refused, Invalid) else Invalid(Problem("", refused.sentence)))
        else:
            return page(request, "parties/counter_person_done.html", {"user": user, "is_proven": act == PROVE})
    context = {"form": form, "withdrawal": withdrawal, "wrong": sent if sent is not None and sent.errors else None}
    return page(request, "parties/counter_person.html", context, status=422 if context["wrong"] else 200)


def _named(login_name: str) -> User:
    user = User.objects.filter(login_name=login_name).first()
    if user is None:
        raise Invalid(Problem("login_name", "没有这个登录名的账号，请与本人核对。"))
    return user


def _prove_or_withdraw(user: User, act: str, typed: dict[str, Any], by: Officer, now: datetime) -> None:
    if act == WITHDRAW:
        accounts.withdraw_real_name(user=user, reason=typed["reason"], by=by, now=now)
        return
    facts = {name: typed[name] for name in ("name", "document", "number", "mobile", "valid_to", "documents")}
    accounts.prove_real_name(user=user, proven_by="counter", by=by, now=now, **facts)


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
        raise Invalid(
            Problem(
                "number",
                "这个号码还没有实名账号。请本人先用统一身份认证平台或者数字证书登录一次，或者在“窗口核验实名”里核验本人的证件。",
            )
        )
    return commands.seat_head(enterprise=enterprise, user=user, documents=typed["documents"], by=by, now=now)
