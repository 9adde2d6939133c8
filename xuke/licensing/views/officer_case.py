"""The case page: everything about one application, and what its reader may do with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from xuke.accounts.officers import Officer, Role
from xuke.foundation.files import path_of
from xuke.foundation.journal import Event
from xuke.foundation.refusals import NotFound
from xuke.licensing import (
    binding,
    buttons,
    clocks,
    commands,
    declared,
    hearing,
    masks,
    pauses,
    queries,
    queries_officer,
    sheet,
    signed,
)
from xuke.licensing.commands.handing import why_not_hand_over
from xuke.licensing.judging import visit_need
from xuke.licensing.models import Application, Visit
from xuke.licensing.overview import overview
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.food.comparing import changes
from xuke.licensing.rounds import NOT_POSSIBLE, found_sheet, judged
from xuke.licensing.starting import lateness
from xuke.licensing.views import officer_identity
from xuke.licensing.views import officer_pieces as pieces
from xuke.parties.doors import OfficerRequest, officer_view
from xuke.web.buttons import Button, Kind
from xuke.web.pages import download, page
from xuke.web.pieces import Link

NEW_ROUND = tuple(f"application.verification_{past}" for past in ("assigned", "reassigned", "concluded"))
"""From these on, what was said of the team before concerns nobody."""


@officer_view
def case(request: OfficerRequest, id: UUID) -> HttpResponse:
    """One application: clock, people, opinion, files, form, visit, history, notices, and the steps one may take."""
    officer, today = request.actor, request.today
    found = queries_officer.case(officer, id)
    application, events = found.application, queries.history(found.application)
    which = procedure(application.procedure)
    sections = overview(application, queries.materials(application), on=today, masked=True)
    acts = buttons.of_case(officer, application, today=today, asked_on=pieces.asked_on(events))
    context = {
        "today": today,
        "application": application,
        "procedure": which,
        "number": application.acceptance_number or application.receipt_number,
        "crumbs": (Link("等我办理", "/office/"),),
        "term": clocks.term(events, today=today, application=application),
        "alarms": found.alarms,
        "breaches": found.breaches,
        "seats": pieces.seats(officer, application, today, events),
        "changes": changes(application.form),
        "late": lateness(which, application, today=today),
        "remarks": declared.remarks(application, today=today),
        "need": visit_need(application) if which.needs_licence else None,
        "decision": pieces.decision(application),
        "opinion": pieces.opinion(application),
        "returned": pieces.returned(application, events),
        "asked_on": pieces.asked_on(events),
        "spot_rows": pieces.spot_rows(application),
        "filed": pieces.filed(sections),
        "parts": pieces.form_parts(sections),
        "phone": masks.phone(application.form["enterprise"].get("contact_phone", "")),
        "phone_url": reverse("officer-contact", args=[id]) if _may_call(officer, application) else "",
        "pauses": pauses.pauses(events, today=today),
        "hearing": hearing.read(application.hearing),
        "happenings": pieces.happenings(events, found.notices, act=which.act),
        "notices": found.notices,
        "signed": signed.of_case(officer, application, events),
        "buttons": acts,
        "glass_url": _glass_url(officer, application),
        "identity_url": officer_identity.address(officer, application),
        "may_hand_over": not why_not_hand_over(officer, application),
        "rare": buttons.rare_of_case(officer, application, today=today),
        "first": _first(acts),
        "journal_url": reverse("audit-history", args=[application.stream]) if officer.has(Role.AUDITOR) else "",
        "others_turn": "" if acts else pieces.others_turn(officer, application),
        "joint": found.joint,
        **_visit(application, found.kept_away, today),
        "unfit": unfit_of(events),
        "recusals": open_requests(events),
    }
    return page(request, "licensing/officer/case.html", context)


def _first(acts: tuple[Button, ...]) -> Button | None:
    """The one button that stays in reach on a phone."""
    return next((act for act in acts if act.kind is Kind.PRIMARY and not act.reason), None)


def _visit(application: Application, kept_away: Sequence[int], today: date) -> dict[str, object]:
    visit = queries.visit_of(application)
    if visit is None:
        return {"visit": None}
    rule = binding.rule_of_visit(application, visit, on=today)
    return {
        "visit": visit,
        "declared": _declared(visit, kept_away),
        "leader": next(member["name"] for member in visit.team if member["leader"]),
        "accounts": _accounts(application, visit, today),
        "results": _results(application, visit),
        "postponed": _postponed(application, visit),
        "scored": sum(tab.scored for tab in sheet.tabs(visit.sheet, name=rule.sheet)),
    }


def _accounts(application: Application, visit: Visit, today: date) -> tuple[sheet.Account, ...]:
    """What was found of the varieties that were judged, each by its own round and the rule of that round."""
    found: list[sheet.Account] = []
    marks = found_sheet(visit)
    for one, keys in judged(visit):
        rows = [row for row in application.varieties if row["key"] in keys]
        found += sheet.accounts(marks, rows, binding.rule_of_visit(application, one, on=today))
    return tuple(found)


def _declared(visit: Visit, kept_away: Sequence[int]) -> str:
    """Who of a team under way declared to stay away: the reviewer sends another team."""
    names = [] if visit.concluded_at else [each["name"] for each in visit.team if each["user_id"] in kept_away]
    return f"{'、'.join(names)}已经申报对这家企业回避，不能继续核查，请重新派出核查组。" if names else ""


def unfit_of(events: Sequence[Event]) -> list[str]:
    """Why people of the team that is on its way do not go on, as the register has told since it was sent."""
    said: dict[str, str] = {}
    for event in events:
        if event.verb in NEW_ROUND:
            said = {}
        elif event.verb == "application.unfit_told":
            said[event.facts["person"]] = event.facts["reason"]
    return [reason for reason in said.values() if reason]


def open_requests(events: Sequence[Event]) -> list[dict[str, Any]]:
    """The applicant's requests for recusal that nobody has decided yet."""
    decided = {event.facts.get("recusal") for event in events if event.verb == "application.recusal_decided"}
    asked = (event.facts for event in events if event.verb == "application.recusal_requested")
    return [facts for facts in asked if facts.get("recusal") not in decided]


def _postponed(application: Application, visit: Visit) -> list[tuple[dict[str, Any], str]]:
    """What was left to another round, and why."""
    found = visit.result.get("varieties", {})
    return [(row, one["why"]) for row in application.varieties if (one := found.get(row["key"], {})).get("why")]


def _results(application: Application, visit: Visit) -> list[tuple[dict[str, object], dict[str, object]]]:
    """Pairs of a variety and why nobody could verify it."""
    found = visit.result.get("varieties", {})
    rows = [(row, found.get(row["key"], {})) for row in application.varieties]
    return [(row, one) for row, one in rows if one.get("result") == NOT_POSSIBLE]


def _glass_url(officer: Officer, application: Application) -> str:
    """Where to ask for the emergency exception, when the separation of hands keeps this officer from going on."""
    role = buttons.role_kept_from(officer, application)
    return reverse("officer-glass", args=[application.pk, role]) if role else ""


def _may_call(officer: Officer, application: Application) -> bool:
    """Whether the number is shown to this officer when asked for."""
    return officer.authority_id == application.authority_id or officer.user_id in application.verified_by


@officer_view
def contact(request: OfficerRequest, id: UUID) -> HttpResponse:
    """Show the applicant's telephone number; the journal keeps who saw it."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("officer-case", args=[id]))
    application = queries.get(request.actor, id)
    shown = commands.show_contact(application=application, by=request.actor, now=request.now)
    facts = {
        "application": application,
        "shown": shown,
        "masked": masks.phone(shown),
        "name": "联系电话",
        "crumbs": (Link(application.enterprise.name, reverse("officer-case", args=[id])),),
    }
    return page(request, "licensing/officer/contact.html", facts, fragment="web/_mask.html")


@officer_view
def material(request: OfficerRequest, id: UUID, material: UUID) -> FileResponse:
    """A file of the case, as an attachment. The journal keeps who read it."""
    application = queries.get(request.actor, id)
    for found in queries.materials(application):
        if found.pk == material:
            commands.read_material(material=found, by=request.actor, now=request.now)
            return download(path_of(found.file_id), found.name, found.file.media_type)
    raise NotFound("没有找到这份材料，它可能属于另一件申请。")
