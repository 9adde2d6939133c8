"""Pages of working together: what is said about a case, passing it on, handing out many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from xuke.accounts import queries as accounts
from xuke.accounts.officers import Officer, Role
from xuke.foundation.refusals import Invalid, NotFound, NotPermitted
from xuke.licensing import clocks, commands, handing, queries, queries_together
from xuke.licensing.commands.handing import MOST_AT_ONCE, holder_of, why_not_hand_over, why_not_take
from xuke.licensing.commands.talking import why_not_write
from xuke.licensing.forms_together import STAGES, HandOverForm, TalkForm
from xuke.licensing.models import Application
from xuke.licensing.views.officer_acts import page_facts, typed
from xuke.parties.doors import OfficerRequest, officer_view, role_view
from xuke.web import refusals
from xuke.web.numbers import whole
from xuke.web.pages import go, page
from xuke.web.pieces import Link

SHOWN = 100
"""Cases on one page of the pool."""


# What is said ---------------------------------------------------------------------------------------------------------


@officer_view
def talk(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Comments between colleagues on the one side, messages with the applicant on the other."""
    application = queries.get(request.actor, id)
    asked = request.POST.get("to", "") if request.method == "POST" else ""
    forms = {
        "colleagues": TalkForm(
            request.POST if asked == "colleagues" else None, label="给同事的留言", hint="申请人看不到", to="colleagues"
        ),
        "applicant": TalkForm(
            request.POST if asked == "applicant" else None,
            label="给申请人的消息",
            hint="不能代替法定文书",
            to="applicant",
        ),
    }
    status = 200
    if asked in forms and forms[asked].is_valid():
        say = commands.comment if asked == "colleagues" else commands.send_message
        try:
            say(application=application, text=forms[asked].cleaned_data["text"], by=request.actor, now=request.now)
            return go(request, "officer-talk", id)
        except Invalid as refused:
            refusals.onto(forms[asked], refused)
    if asked:
        status = 422
    context = {
        "application": application,
        "crumbs": _crumbs(application),
        "comments": queries_together.comments(application),
        "messages": queries_together.messages(application),
        "forms": forms,
        "no_message": why_not_write(request.actor, application),
        "today": request.today,
    }
    shown = page(request, "licensing/officer/talk.html", context, status=status)
    if application.unread_by_office and request.method == "GET":
        commands.read_messages(application=application, by=request.actor, now=request.now)
    return shown


def _crumbs(application: Application) -> tuple[Link, ...]:
    number = application.acceptance_number or application.receipt_number
    case = Link(f"{application.enterprise.name} {number}", reverse("officer-case", args=[application.pk]))
    return (Link("等我办理", "/office/"), case)


# Passing on -----------------------------------------------------------------------------------------------------------


@officer_view
def hand_over(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Pass a case to a colleague: who can take it, and why others cannot."""
    application = queries.get(request.actor, id)
    if reason := why_not_hand_over(request.actor, application):
        if request.method == "POST":
            raise NotPermitted(reason)
        facts = page_facts(request, application, "hand_over") | {"sentence": reason, "title": "您不能转交这件申请"}
        return page(request, "licensing/officer/closed.html", facts, status=403)
    holder = holder_of(application)
    people = [one for one in accounts.colleagues_at_work(request.actor, today=request.today) if one.user_id != holder]
    reasons = [(one, why_not_take(one, application)) for one in people]
    form = HandOverForm(application, [one for one, why in reasons if not why], typed(request))

    def take() -> None:
        commands.hand_over(application=application, **form.cleaned_data, by=request.actor, now=request.now)

    context = {"unable": [(one, why) for one, why in reasons if why]}
    if request.method == "POST" and form.is_valid():
        try:
            take()
            return go(request, "officer-case", id)
        except Invalid as refused:
            refusals.onto(form, refused)
    facts = page_facts(request, application, "hand_over") | {"form": form} | context
    return page(request, "licensing/officer/hand_over.html", facts, status=422 if form.is_bound else 200)


@dataclass(frozen=True)
class PoolRow:
    """One case of the pool."""

    application: Application
    reading: Any
    is_chosen: bool
    to: Officer | None = None
    reason: str = ""


@role_view(Role.SUPERVISOR)
def hand_out(request: OfficerRequest) -> HttpResponse:
    """The pool of the authority: choose cases and people, look at the plan, hand out."""
    stage = next((each for each in STAGES if each[0] == request.GET.get("stage")), STAGES[0])
    people = accounts.colleagues_at_work(request.actor, today=request.today)
    role = {"accept": Role.ACCEPTOR, "review": Role.REVIEWER, "decide": Role.DECIDER}[stage[0]]
    able = [one for one in people if one.has(role)]
    chosen = {whole(value) for value in request.POST.getlist("person")}
    context: dict[str, Any] = {
        "today": request.today,
        "stage": stage[0],
        "stages": [(code, label, f"?stage={code}") for code, label, _ in STAGES],
        "people": [(one, one.user_id in chosen) for one in able],
    }
    if request.method == "POST" and request.POST.get("confirm"):
        return _handed_out(request, context)
    cases = list(queries_together.pool(request.actor, stage[2])[:SHOWN])
    loads = queries_together.loads(able)
    context |= {"loads": [(one, one.user_id in chosen, loads.get(one.user_id, 0)) for one in able]}
    if request.method == "POST":
        wanted = set(request.POST.getlist("case"))
        picked = [case for case in cases if str(case.pk) in wanted]
        takers = [one for one in able if one.user_id in chosen]
        if picked and takers:
            return page(
                request, "licensing/officer/hand_out_plan.html", context | _plan(request, picked, takers, loads)
            )
        context["missing"] = "请至少选一件申请和一位同事。"
    rows = [PoolRow(case, _reading(case, request), str(case.pk) in request.POST.getlist("case")) for case in cases]
    context |= {"rows": rows, "is_cut": len(cases) == SHOWN}
    return page(request, "licensing/officer/hand_out.html", context, status=422 if "missing" in context else 200)


def _reading(case: Application, request: OfficerRequest) -> Any:
    return clocks.glance(case.state, case.due_on, today=request.today)


def _plan(
    request: OfficerRequest, cases: list[Application], takers: list[Officer], loads: dict[int, int]
) -> dict[str, Any]:
    by_id = {one.user_id: one for one in takers}
    lines = handing.plan(cases, list(by_id), loads, lambda person, case: why_not_take(by_id[person], case))
    rows = [
        PoolRow(line.case, _reading(line.case, request), True, by_id[line.person] if line.person else None, line.reason)
        for line in lines
    ]
    return {"rows": rows, "given": sum(row.to is not None for row in rows)}


def _handed_out(request: OfficerRequest, context: dict[str, Any]) -> HttpResponse:
    lines = []
    for value in request.POST.getlist("line")[:MOST_AT_ONCE]:
        case, _, rest = value.partition(":")
        person, _, revision = rest.partition(":")
        try:
            lines.append((UUID(case), whole(person) or 0, whole(revision) or 0))
        except ValueError as error:
            raise NotFound("这一页已经过时，请重新选择。") from error
    given, left = commands.hand_out(lines=lines, by=request.actor, now=request.now)
    return page(request, "licensing/officer/handed_out.html", context | {"given": given, "left": left})
