"""Publishing a rule: what is typed, then what it touches, then the publication. Nothing is published unseen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from xuke.accounts.doors import OfficerRequest, role_view
from xuke.accounts.models import Authority
from xuke.accounts.officers import Role
from xuke.accounts.queries_admin import in_territory
from xuke.catalogue import commands, commitment, competence, editions, telling
from xuke.catalogue.permissions import demand_publisher, province_of
from xuke.catalogue.rulebook import PROVINCE, Edition, RuleBook
from xuke.foundation.refusals import Conflict, Invalid, NotFound
from xuke.licensing import moves, touched
from xuke.licensing.commands import moving
from xuke.licensing.forms_rules import FORMS, CompetenceEndForm, CompetenceForm, EndForm, RuleForm
from xuke.licensing.models import Application, MovePlan
from xuke.web import refusals
from xuke.web.numbers import whole
from xuke.web.pages import go, page
from xuke.web.pieces import Link

SIZE = 20
MOST_COUNTED = 2_000
"""Running cases that a preview looks at one by one."""
_RULES = "规则"


@dataclass(frozen=True)
class Touched:
    """One running case in the preview, and what becomes of it."""

    application: Application
    becomes: str


@role_view(Role.SUPERVISOR)
def publish(request: OfficerRequest, what: str) -> HttpResponse:
    """Type a rule, see what it touches, publish it."""
    officer = request.actor
    if what not in FORMS:
        raise NotFound("没有这种规则。")
    demand_publisher(officer, province_of(officer))
    seats = list(in_territory(officer).filter(closed_on=None).order_by("code"))
    form = FORMS[what](seats, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {
        "crumbs": (Link(_RULES, reverse("rules")),),
        "heading": form.heading,
        "form": form,
        "back": reverse("rules"),
        "what": what,
    }
    if request.method != "POST":
        return page(request, "licensing/officer/rules_publish.html", context)
    status = 422
    try:
        if form.is_valid():
            if request.POST.get("do") == "publish":
                with transaction.atomic():
                    return _published(request, form)
            context |= _preview_of_rule(request, form, seats)
            status = 200
    except Invalid as refused:
        refusals.onto(form, refused)
    except Conflict as refused:
        form.add_error(None, refused.sentence)
        status = refused.status
    return page(request, "licensing/officer/rules_publish.html", context, status=status)


def _published(request: OfficerRequest, form: RuleForm) -> HttpResponse:
    rule = form.rule
    if isinstance(form, CompetenceForm):
        moving.move_competence(
            key=rule["key"],
            division=rule["division"],
            level=rule["content"]["level"],
            valid_from=rule["valid_from"],
            basis=rule["basis"],
            choice=form.cleaned_data["choice"],
            by=request.actor,
            now=request.now,
        )
    else:
        commands.publish(**rule, by=request.actor, now=request.now)
    query = urlencode({"division": rule["division"]})
    return go(request, f"{reverse('rules-history', args=[rule['topic'], rule['key']])}?{query}")


def _preview_of_rule(request: OfficerRequest, form: RuleForm, seats: Sequence[Authority]) -> dict[str, Any]:
    """What would apply, and which running cases that touches. Raises `Invalid` for what may not be published."""
    edition = _drafted(request, form.rule)
    if problems := commands.why_not_right(edition, today=request.today):
        raise Invalid(*problems)
    values = telling.value(_before(editions.book(), edition)), telling.value(edition)
    return _preview(request, edition, values, form.cleaned_data.get("choice"), seats)


def _preview(
    request: OfficerRequest,
    edition: Edition,
    values: tuple[str, str],
    choice: str | None,
    seats: Sequence[Authority],
) -> dict[str, Any]:
    """What is shown before it is confirmed. `values` are what applies before and after; `choice` that of a move."""
    number = max(whole(request.POST.get("page", "")) or 1, 1)
    cases, total, goes = _touched(choice, edition, seats, request.today)
    is_move = choice is not None
    shown = cases[(number - 1) * SIZE : number * SIZE + 1]
    return {
        "preview": True,
        "title": telling.title(edition.topic, edition.key, edition),
        "before": values[0],
        "after": values[1],
        "edition": edition,
        "total": total,
        "goes": goes,
        "is_move": is_move,
        "is_cut": is_move and total > MOST_COUNTED,
        "looked_at": MOST_COUNTED,
        "touched": shown[:SIZE],
        "number": number,
        "previous": number - 1,
        "next": number + 1 if len(shown) > SIZE else 0,
    }


def _before(book: RuleBook, edition: Edition) -> Edition | None:
    """What says it so far: for a category that nobody named, what holds for all others."""
    asked: dict[str, Any] = {"division": edition.division, "on": edition.valid_from}
    if edition.topic == "competence":
        return competence.edition_of(book, edition.key, **asked)
    if edition.topic == "commitment":
        category, _, kind = edition.key.partition(":")
        return commitment.edition_of(book, category, kind, **asked)
    return book.find(edition.topic, edition.key, **asked)


def _drafted(request: OfficerRequest, rule: dict[str, Any]) -> Edition:
    return Edition(id="", recorded_at=request.now, published_by=request.actor.label, level=PROVINCE, **rule)


def _touched(
    choice: str | None, edition: Edition, seats: Sequence[Authority], today: date
) -> tuple[list[Touched], int, int]:
    """The running cases, how many there are, and how many of them go to another authority.

    Of more than can be looked at one by one, how many may be touched is counted, and the first are looked at.
    """
    if choice is None:
        found = touched.by(edition, today=today).select_related("authority", "enterprise").order_by("due_on", "pk")
        becomes = "不再适用这条规定" if edition.ends else "改用新规则"
        rows = [Touched(each, becomes) for each in found[:MOST_COUNTED]]
        return rows, len(rows) if len(rows) < MOST_COUNTED else found.count(), 0
    names = {each.code: each.name for each in seats}
    all_of_them = moves.touched_by(edition, MovePlan.ALL, today=today)
    first = list(all_of_them[: MOST_COUNTED + 1])
    found_moves = moves.moving_all(first[:MOST_COUNTED], edition, editions.book(), on=edition.valid_from)
    rows = [Touched(each.application, _becomes(each, choice, names)) for each in found_moves]
    goes = sum(row.becomes.startswith("移交") for row in rows)
    return rows, len(rows) if len(first) <= MOST_COUNTED else all_of_them.count(), goes


def _becomes(found: moves.Moving, choice: str, names: dict[str, str]) -> str:
    if not found.seat and found.stays:
        return f"由原机关办完：{found.stays}"
    if not found.seat or not moves.goes_by(choice, found.application.state):
        return "由原机关办完"
    if found.seat not in names:
        return f"由原机关办完：{found.seat}的机关还没有开通"
    return f"移交{names[found.seat]}" if not found.stays else f"{found.stays}移交{names[found.seat]}"


@role_view(Role.SUPERVISOR)
def end(request: OfficerRequest, topic: str, key: str) -> HttpResponse:
    """End early what the province says about a key in a place: typed, then what it touches, then confirmed."""
    officer, division = request.actor, request.GET.get("division", "")
    demand_publisher(officer, division)
    edition = editions.book().said(topic, key, division=division, on=request.today)
    back = f"{reverse('rules-history', args=[topic, key])}?{urlencode({'division': division})}"
    form = (CompetenceEndForm if topic == "competence" else EndForm)(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {
        "crumbs": (Link(_RULES, reverse("rules")),),
        "heading": "提前结束本省规定",
        "form": form,
        "back": back,
        "about": f"{telling.title(topic, key, edition)}：{telling.value(edition)}",
    }
    if request.method != "POST":
        return page(request, "licensing/officer/rules_publish.html", context)
    status = 422
    try:
        if form.is_valid():
            about = {"key": key, "division": division, **form.cleaned_data}
            if request.POST.get("do") == "publish":
                with transaction.atomic():
                    _end(request, topic, about)
                return go(request, back)
            context |= _preview_of_end(request, topic, about)
            status = 200
    except Invalid as refused:
        refusals.onto(form, refused)
    return page(request, "licensing/officer/rules_publish.html", context, status=status)


def _end(request: OfficerRequest, topic: str, about: dict[str, Any]) -> None:
    if topic == "competence":
        moving.end_competence(**about, by=request.actor, now=request.now)
    else:
        commands.end(**about, topic=topic, by=request.actor, now=request.now)


def _preview_of_end(request: OfficerRequest, topic: str, about: dict[str, Any]) -> dict[str, Any]:
    """What applies afterwards, and what becomes of running cases. Raises `Invalid` for what cannot be ended so."""
    said = {name: about[name] for name in ("key", "division", "last_day", "basis")}
    choice = about.get("choice")
    edition = commands.ending(**said, topic=topic, running=choice or "", by=request.actor, now=request.now)
    book = editions.book()
    values = [telling.value(_before(each, edition)) for each in (book, RuleBook.of((*book.editions, edition)))]
    seats = list(in_territory(request.actor).filter(closed_on=None).order_by("code"))
    return _preview(request, edition, (values[0], values[1]), choice, seats)
