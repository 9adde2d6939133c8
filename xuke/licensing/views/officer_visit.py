"""The score sheet on site, for one hand on a phone, and the end of the visit (现场核查).

The whole sheet is one page: a phone that has it can go on without a network. Marks travel item by item and are merged
by `commands.score`, so verifiers with several phones lose nothing of each other's. Without a script a part is saved at
once; then only what differs from what the page showed is sent on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse

from xuke.catalogue.score_sheet import ScoreRule
from xuke.foundation.files import path_of, store
from xuke.foundation.refusals import NotFound
from xuke.licensing import binding, buttons, commands, queries, rules
from xuke.licensing import sheet as sheets
from xuke.licensing.commands.confirming import why_not_confirm
from xuke.licensing.commands.verifying import something_new
from xuke.licensing.fit import why_unfit
from xuke.licensing.forms_visits import ConcludeForm
from xuke.licensing.models import Application, Visit
from xuke.licensing.rounds import confirmed_by_applicant, to_verify
from xuke.licensing.views.officer_acts import carry_out, step_page, typed
from xuke.parties.doors import OfficerRequest, officer_view
from xuke.web.access import public_view
from xuke.web.middleware import outside_the_door
from xuke.web.numbers import whole
from xuke.web.pages import download, go, page
from xuke.web.pieces import Link
from xuke.web.uploads import readable

Marks = dict[str, dict[str, str]]
Rows = Sequence[Mapping[str, Any]]


@officer_view
def sheet(request: OfficerRequest, id: UUID) -> HttpResponse:
    """The sheet, to fill in or to read; a part of it is saved without a script."""
    application, visit = _visited(request, id)
    asked = request.POST if request.method == "POST" else request.GET
    rows, rule = to_verify(application, visit), binding.rule_of_visit(application, visit, on=request.today)
    variety = _variety(rows, asked)
    tabs = sheets.tabs(visit.sheet, variety, rows, is_new=something_new(application), name=rule.sheet)
    places = [tab.part.code for tab in tabs]
    part = asked.get("part", "") if asked.get("part", "") in places else places[0]
    if request.method == "POST":
        if changed := _changed(request.POST):
            commands.score(application=application, marks=changed, variety=variety, by=request.actor, now=request.now)
        following = places[min(places.index(part) + 1, len(places) - 1)]
        return go(request, f"{reverse('officer-visit', args=[id])}{_query(following, variety)}")
    return page(
        request, "licensing/officer/visit.html", _sheet_facts(request, application, visit, tabs, part, variety, rule)
    )


def _visited(request: OfficerRequest, id: UUID) -> tuple[Application, Visit]:
    application = queries.get(request.actor, id)
    return application, _visit_of(application)


def _visit_of(application: Application) -> Visit:
    visit = queries.visit_of(application)
    if visit is None:
        raise NotFound("这件申请还没有派出核查组。")
    return visit


def _variety(rows: Rows, asked: QueryDict) -> str:
    """The variety of this round that the address names; empty for all of them."""
    wanted = asked.get("variety", "")
    return wanted if len(rows) > 1 and wanted in {row["key"] for row in rows} else ""


def _query(part: str, variety: str) -> str:
    return f"?part={part}" + (f"&variety={variety}" if variety else "")


def _sheet_facts(
    request: OfficerRequest,
    application: Application,
    visit: Visit,
    tabs: tuple[sheets.Tab, ...],
    part: str,
    variety: str,
    rule: ScoreRule,
) -> dict[str, Any]:
    items = sheets.rule_items(rule.sheet)
    marks = {line.item.number: line.mark for tab in tabs for line in tab.lines if line.mark}
    closed = buttons.why_not(request.actor, application, "score")
    users = [request.actor.user_id] if not closed else []
    closed = closed or why_unfit(application, visit, users, on=request.today)
    return {
        "today": request.today,
        "application": application,
        "visit": visit,
        "tabs": [(tab, tab.part.code == part, _query(tab.part.code, variety)) for tab in tabs],
        "part": part,
        "variety": variety,
        "choices": _choices(to_verify(application, visit), part, variety),
        "only": to_verify(application, visit) if visit.varieties else (),
        "total": len(items),
        "rule": rule,
        "scored": len(marks),
        "left": len(items) - len(marks),
        "tally": sheets.Sum(rules.score(items, marks, rule)),
        "share": len(marks) / len(items),
        "closed": closed,
        "shown": json.dumps({str(n): mark for n, mark in _own_marks(visit, variety).items()}, ensure_ascii=False),
        "hands": hands(application, visit),
        "is_leader": not buttons.why_not_leader(request.actor, visit),
        "leader": next(member["name"] for member in visit.team if member["leader"]),
        "why_not_conclude": buttons.why_not(request.actor, application, "conclude_verification", today=request.today)
        or closed,
        "user": request.actor.user_id,
    }


def _choices(rows: Rows, part: str, variety: str) -> list[tuple[str, str, bool]]:
    """The varieties that can be marked differently; none when there is only one."""
    if len(rows) < 2:
        return []
    alone = [(_query(part, row["key"]), f"{row['name']}（{row['detail']}）", row["key"]) for row in rows]
    return [(_query(part, ""), "全部品种", not variety)] + [(url, name, key == variety) for url, name, key in alone]


def _own_marks(visit: Visit, variety: str) -> Marks:
    """The marks given at one level: for one variety, or for all."""
    level = visit.sheet.get("varieties", {}).get(variety, {}) if variety else visit.sheet.get("common", {})
    return {
        number: {"score": mark.get("score", ""), "note": mark.get("note", ""), "by": mark.get("by", "")}
        for number, mark in level.items()
    }


def _typed_marks(data: QueryDict) -> Marks:
    """The marks in a form: ``score-7`` and ``note-7``."""
    numbers = {name.partition("-")[2] for name in data if name.startswith(("score-", "note-"))}
    return {
        number: {"score": data.get(f"score-{number}", ""), "note": _text(data.get(f"note-{number}", ""))}
        for number in numbers
    }


def _text(value: str) -> str:
    """Browsers send line ends in their own way."""
    return value.replace("\r\n", "\n").strip()


def _changed(data: QueryDict) -> Marks:
    """The marks that differ from what the page showed, so that an old page undoes nobody's newer marks."""
    shown = _shown(data.get("shown", ""))
    changed = {}
    for number, mark in _typed_marks(data).items():
        before = shown.get(number, {})
        if (mark["score"], mark["note"]) != (before.get("score", ""), _text(before.get("note", ""))):
            changed[number] = mark
    return changed


def _shown(text: str) -> Marks:
    """What the page says it showed. Anything but marks by number counts as nothing shown."""
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict) or not all(isinstance(mark, dict) for mark in found.values()):
        return {}
    return found if all(isinstance(value, str) for mark in found.values() for value in mark.values()) else {}


@officer_view
def marks(request: OfficerRequest, id: UUID) -> HttpResponse:
    """The marks of one level as JSON; a POST saves some of them first. What the script of the sheet talks to."""
    application, visit = _visited(request, id)
    variety = _variety(to_verify(application, visit), request.POST if request.method == "POST" else request.GET)
    if request.method == "POST":
        sent = _typed_marks(request.POST)
        visit = commands.score(application=application, marks=sent, variety=variety, by=request.actor, now=request.now)
    return JsonResponse({"revision": visit.sheet_revision, "variety": variety, "marks": _own_marks(visit, variety)})


@officer_view
def confirm(request: OfficerRequest, id: UUID) -> HttpResponse:
    """What the sheet adds up to, for a verifier who was there to confirm it as it stands."""
    application, visit = _visited(request, id)
    if request.method == "POST":
        shown = whole(request.POST.get("shown", ""))
        commands.confirm_sheet(application=application, by=request.actor, now=request.now, shown=shown)
        return go(request, "officer-visit", id)
    context = {
        "application": application,
        "visit": visit,
        "accounts": sheets.accounts(
            visit.sheet, to_verify(application, visit), binding.rule_of_visit(application, visit, on=request.today)
        ),
        "hands": hands(application, visit),
        "why_not": why_not_confirm(application, visit) or buttons.why_not(request.actor, application, "score"),
        "crumbs": (Link("等我办理", "/office/"), Link(application.title, reverse("officer-case", args=[id]))),
    }
    return page(request, "licensing/officer/confirm_sheet.html", context)


def hands(application: Application, visit: Visit) -> list[tuple[str, str, datetime | None]]:
    """Everybody who stands for the sheet: name, part, and when they confirmed it as it stands."""
    done = {row["user_id"]: datetime.fromisoformat(row["at"]) for row in visit.confirmed if not row["applicant"]}
    team = [(one["name"], "组长" if one["leader"] else "组员", done.get(one["user_id"])) for one in visit.team]
    said = confirmed_by_applicant(visit)
    return [*team, (said["name"], "申请人", datetime.fromisoformat(said["at"])) if said else ("", "申请人", None)]


@officer_view
def signed(request: OfficerRequest, id: UUID, number: int) -> FileResponse:
    """The sheet of a round as it was signed on paper."""
    application = queries.get(request.actor, id)
    found = application.signed_sheets.select_related("file").filter(round=number).first()
    if found is None:
        raise NotFound("这次核查没有上传签字的评分记录表。")
    return download(path_of(found.file.digest), found.name, found.file.media_type)


@step_page("conclude_verification")
def conclude(request: OfficerRequest, application: Application) -> HttpResponse:
    """The end of the visit: what the sheet adds up to, what is missing, who signs. For the team's leader."""
    visit = _visit_of(application)
    rows = to_verify(application, visit)
    files = request.FILES if request.method == "POST" else None
    form = ConcludeForm(application, typed(request), files=files, rows=rows, days=(visit.visit_on, request.today))
    form.initial["visited_on"] = visit.day
    if confirmed_by_applicant(visit):
        form.initial["applicant_signed"] = "yes"
    found = sheets.accounts(visit.sheet, rows, binding.rule_of_visit(application, visit, on=request.today))
    context = {
        "heading": "结束核查",
        "visit": visit,
        "hands": hands(application, visit),
        "accounts": found,
        "is_complete": not any(account.missing or account.undescribed for account in found),
        "user": request.actor.user_id,
    }

    def take() -> None:
        upload = form.cleaned_data["signed_sheet"]
        name = readable(str(upload.name or "")) if upload else ""
        kept = store(upload.chunks(), name, now=request.now, field="signed_sheet") if upload else None
        commands.conclude_verification(
            application=application,
            by=request.actor,
            now=request.now,
            postponed=form.postponed,
            signed_sheet=kept,
            signed_name=name,
            **form.facts,
        )

    return carry_out(request, "conclude_verification", form, take, "conclude", context)


@public_view
@outside_the_door
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of the score sheet. Served from here, because its address bounds what it may look after."""
    return HttpResponse(_worker(), content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@cache
def _worker() -> bytes:
    return (Path(__file__).parents[1] / "static/licensing/onsite-worker.js").read_bytes()
