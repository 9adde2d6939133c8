"""The enterprise's licences, what can be begun from each, and the page where people choose what to apply for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.http import HttpResponse
from django.urls import reverse

from xuke.certificates.holding import Holding, holdings
from xuke.certificates.models import Licence
from xuke.foundation.refusals import NotFound
from xuke.licensing import commands, gates, gating, starting
from xuke.licensing.gates import START, SUBMIT, Closed, GateFacts
from xuke.licensing.gates_licence import RENEWING
from xuke.licensing.models import Application
from xuke.licensing.procedures import PROCEDURES
from xuke.licensing.procedures.form import Procedure
from xuke.parties.doors import ApplicantRequest, applicant_view
from xuke.parties.permissions import why_not_power
from xuke.parties.rules import DRAFT
from xuke.web.buttons import Button, Kind
from xuke.web.pages import go, page

FIRST = "food.first"
MOVE = "迁址，重新申请"


@dataclass(frozen=True)
class Held:
    """A licence on the page: its certificate, how long there is to renew it, and what can be begun from it."""

    holding: Holding
    outlook: str
    ways: tuple[Button, ...]


@applicant_view
def licences(request: ApplicantRequest) -> HttpResponse:
    """All licences of the enterprise, each with its current certificate and what can be begun from it."""
    return page(request, "licensing/applicant/licences.html", {"held": _held(request), "today": request.today})


@applicant_view
def new(request: ApplicantRequest) -> HttpResponse:
    """Choose what to apply for; sent, begin a draft and go to its first step. A second click begins no other."""
    if request.method == "POST":
        return _begin(request)
    held = [each for each in _held(request) if each.ways]
    reason = why_not_power(request.actor, DRAFT)
    if held:
        number = held[0].holding.version.licence.number
        reason = reason or f"贵企业已经持有有效的食品生产许可证{number}。一企一证，不能再首次申请。"
    first = next(each for each in PROCEDURES if each.code == FIRST)
    begin = Button("首次申请", reverse("my-new"), reason=reason, kind=Kind.PRIMARY, hint=first.summary)
    return page(request, "licensing/applicant/new.html", {"held": held, "first": (begin,), "today": request.today})


def _begin(request: ApplicantRequest) -> HttpResponse:
    number = request.POST.get("licence", "")
    code = request.POST.get("procedure", "") or FIRST
    draft = commands.start(
        procedure_code=code, licence=_own(request, number) if number else None, by=request.actor, now=request.now
    )
    which = next(each for each in PROCEDURES if each.code == code)
    return go(request, "my-form", draft.pk, which.asked(draft.form)[0].name)


def _own(request: ApplicantRequest, number: str) -> Licence:
    found = Licence.objects.filter(enterprise=request.actor.enterprise_id, number=number).first()
    if found is None:
        raise NotFound("没有找到这张许可证，编号可能写错了，或者它不属于您的企业。")
    return found


def _held(request: ApplicantRequest) -> list[Held]:
    found = holdings(request.actor, today=request.today)
    power = why_not_power(request.actor, DRAFT)
    return [_one(each, power, request.today) for each in found]


def _one(holding: Holding, power: str, today: date) -> Held:
    licence, enterprise = holding.version.licence, holding.version.enterprise
    if licence.state != "in_force":
        return Held(holding, "", ())
    # One reading for all: what the gates ask differs between the procedures by their kind alone.
    begun = Application(procedure="food.renewal", enterprise=enterprise, starts_from=licence, form={})
    facts = gating.facts(begun, today=today)
    ways = tuple(_way(which, licence, facts, power, today) for which in _offered())
    return Held(
        holding, starting.soon_over(licence, today=today), tuple(sorted(ways, key=lambda each: bool(each.reason)))
    )


def _offered() -> Iterator[Procedure]:
    """What starts from a licence, and the first application of a plant that moves (Measures art. 32)."""
    yield from (each for each in PROCEDURES if each.needs_licence)
    yield from (each for each in PROCEDURES if each.code == FIRST)


def _way(which: Procedure, licence: Licence, facts: GateFacts, power: str, today: date) -> Button:
    reason = power or starting.why_not_offered(which, licence, today=today) or _closed(which, facts)
    is_move = which.code == FIRST
    hint = "搬到新的生产地址；准予之后原来的许可证注销。" if is_move else which.summary
    if which.kind in RENEWING:
        hint += starting.outlook(which, licence, today=today) + starting.early(which, licence, today=today)
    return Button(
        MOVE if is_move else _label(which),
        reverse("my-new"),
        reason=reason,
        kind=Kind.RISK if which.kind == "cancellation" else Kind.PLAIN,
        hint=hint,
        fields=(("procedure", which.code), ("licence", licence.number)),
    )


def _label(which: Procedure) -> str:
    """延续并变更: the title without what is the same for all."""
    return which.act if which.kind == "report" else which.title.removeprefix("食品生产许可").removeprefix("证")


def _closed(which: Procedure, facts: GateFacts) -> str:
    """What keeps an application of this kind from being begun or submitted, in one sentence; empty for nothing."""
    asked = replace(facts, kind=which.kind)
    found: list[Closed] = [each for each in gates.closed(asked, START) if not each.warns]
    return found[0].sentence if found else gates.gate("another_case").check(asked, SUBMIT)
