"""The register: the list, one row, oneself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from xuke.accounts.doors import OfficerRequest, role_view
from xuke.accounts.officers import Officer, Role
from xuke.verifiers import buttons, configuration, queries, rules, specialities
from xuke.verifiers.models import Recognition, Verifier
from xuke.verifiers.permissions import SEES, why_not_declare, why_not_keep
from xuke.verifiers.words import WORDS
from xuke.web.formats import day as in_words
from xuke.web.numbers import whole
from xuke.web.pages import page
from xuke.web.pieces import Happening, Link

STATES = {
    "": "在册的",
    queries.EXPIRING: "快到期、已到期",
    queries.UNENTERED: "有效期待补录",
    rules.SUSPENDED: "暂停核查",
    rules.WITHDRAWN: "已退出",
}


@role_view(*SEES)
def register(request: OfficerRequest) -> HttpResponse:
    """Who is in the register of the officer's territory."""
    officer, asked = request.actor, request.GET
    kept = {
        "q": asked.get("q", "").strip()[:60],
        "qualification": _one_of(asked.get("qualification", ""), rules.QUALIFICATIONS),
        "state": _one_of(asked.get("state", ""), STATES),
        "category": _one_of(asked.get("category", ""), specialities.names()),
    }
    part = queries.listed(
        officer,
        today=request.today,
        words=kept["q"],
        qualification=kept["qualification"],
        state=kept["state"],
        category=kept["category"],
        page=min(max(whole(asked.get("page", "")) or 1, 1), 10_000),
    )
    context = {
        "part": part,
        "rows": [(row, _marks(row, request.today), _known(row)) for row in part.rows],
        "kept": kept,
        "chips": [(title, _url({**kept, "state": state}), state == kept["state"]) for state, title in STATES.items()],
        "qualifications": rules.QUALIFICATIONS.items(),
        "categories": specialities.names().items(),
        "ending": queries.count_ending(officer, today=request.today),
        "ending_url": _url({"state": queries.EXPIRING}),
        "days": configuration.number("expiring_days"),
        "next_url": _url({**kept, "page": str(part.number + 1)}) if part.has_more else "",
        "previous_url": _url({**kept, "page": str(part.number - 1)}) if part.number > 1 else "",
        "range": f"第{part.number}页",
        "buttons": buttons.of_register(officer),
        "is_verifier": officer.has(Role.VERIFIER),
        "officer": officer,
        "today": request.today,
    }
    return page(request, "verifiers/register.html", context)


def _one_of(wanted: str, known: Any) -> str:
    return wanted if wanted in known else ""


def _url(query: dict[str, str]) -> str:
    told = urlencode({name: value for name, value in query.items() if value})
    return reverse("verifiers") + (f"?{told}" if told else "")


def _marks(row: Verifier, today: date) -> list[tuple[str, str]]:
    """Badges: the state, and what ends soon or has ended."""
    found = [] if row.status == rules.ACTIVE else [(rules.STATUSES[row.status], "off")]
    if not row.is_entered:
        found.append(("有效期待核实", "warn"))
    soon = today + timedelta(days=configuration.number("expiring_days"))
    if row.failed_on:
        found.append(("考核不合格", "bad"))
    for what, ends in (("证件", row.valid_to), ("考核", row.examined_until)):
        if ends and ends < today:
            found.append((f"{what}已到期", "bad"))
        elif ends and ends <= soon:
            found.append((f"{what}{in_words(ends, today)}到期", "warn"))
    return found


def _known(row: Verifier) -> str:
    if row.specialities is None:
        return "待补录"
    names = specialities.names()
    if len(row.specialities) == len(names):
        return "全部类别"
    told = "、".join(names.get(code, code) for code in row.specialities[:4])
    return f"{told}等{len(row.specialities)}类" if len(row.specialities) > 4 else told


@role_view(*SEES)
def verifier(request: OfficerRequest, id: UUID) -> HttpResponse:
    """One row: credential, what is known, what is recorded, recusal, history, and what may be done."""
    return _shown(request, queries.verifier(request.actor, id), crumbs=(Link("核查人员", reverse("verifiers")),))


@role_view(Role.VERIFIER)
def me(request: OfficerRequest) -> HttpResponse:
    """What the register holds about the officer, and the way to declare recusal."""
    row = queries.own(request.actor)
    if row is None:
        return page(request, "verifiers/nobody.html", {"today": request.today})
    return _shown(request, row, crumbs=())


def _shown(request: OfficerRequest, row: Verifier, *, crumbs: tuple[Link, ...]) -> HttpResponse:
    officer, today = request.actor, request.today
    facts = queries.facts_of(row)
    names = specialities.names()
    context = {
        "row": row,
        "marks": _marks(row, today),
        "specialities": [(code, names.get(code, code)) for code in row.specialities or ()],
        "knows_all": row.specialities is not None and len(row.specialities) == len(names),
        "status_told": row.status_reason if row.status != rules.ACTIVE else "",
        "level": rules.LEVELS[row.level],
        "reasons": rules.why_not(facts, rules.VisitFacts(today, settings=configuration.for_visits())),
        "training": sorted(row.training.items(), reverse=True),
        "settings": configuration.settings(),
        "records": queries.records(row),
        "recognitions": queries.recognitions(row),
        "recusals": [(one, rules.GROUNDS[one.ground], _may_end(officer, one, row)) for one in queries.recusals(row)],
        "happenings": _told(row),
        "buttons": buttons.of_verifier(officer, row),
        "why_not_kept": buttons.why_not_kept(officer, row),
        "crumbs": crumbs,
        "is_own": row.user_id == officer.user_id,
        "today": today,
    }
    return page(request, "verifiers/verifier.html", context)


@role_view(*SEES)
def recognitions(request: OfficerRequest) -> HttpResponse:
    """Whose credential of another province may be used in the officer's territory."""
    officer, today = request.actor, request.today
    rows = [
        (one, _state_of(one, today), not why_not_keep(officer, one.authority_path))
        for one in queries.recognised_in(officer)
    ]
    context = {
        "rows": rows,
        "buttons": buttons.of_recognitions(officer),
        "crumbs": (Link("核查人员", reverse("verifiers")),),
        "officer": officer,
        "today": today,
    }
    return page(request, "verifiers/recognitions.html", context)


def _state_of(one: Recognition, today: date) -> tuple[str, str] | None:
    """A badge where something recognised does not count today."""
    if one.until and one.until < today:
        return "互认已到期", "bad"
    if one.credential != one.verifier.credential:
        return "证件已换，重新登记", "bad"
    return None if one.verifier.status == rules.ACTIVE else (rules.STATUSES[one.verifier.status], "off")


def _may_end(officer: Officer, one: Any, row: Verifier) -> bool:
    return one.state == rules.STANDING and not why_not_declare(officer, row)


def _told(row: Verifier) -> list[Happening]:
    return [
        Happening(event.at, WORDS[event.verb], _text(event.facts, event.actor_label), latest=place == 0)
        for place, event in enumerate(queries.history(row))
    ]


def _text(facts: dict[str, Any], who: str) -> str:
    names = ("credential", "title", "hours", "points", "reason", "document")
    said = [str(facts[name]) for name in names if facts.get(name)]
    return "；".join((*said, f"{who}办理"))
