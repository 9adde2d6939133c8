"""The guides of the items (办事指南): one page for each procedure there is, made from the data that checks it."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from xuke.catalogue.limits import find_limit
from xuke.foundation.refusals import NotFound
from xuke.licensing import terms_in_words
from xuke.licensing.procedures import PROCEDURES
from xuke.licensing.procedures.form import Procedure
from xuke.publication import bases, guide_parts, guide_rules, guides, linked_data, places
from xuke.publication.views.shared import absolute, for_everybody, today
from xuke.web.access import public_view
from xuke.web.middleware import outside_the_door
from xuke.web.pages import page

BEGIN = "/my/applications/new/"
REMEDIES = ("remedy.reconsideration", "remedy.litigation")


@public_view
@outside_the_door
@require_safe
def items(request: HttpRequest) -> HttpResponse:
    """All items one can apply for."""
    return for_everybody(request, page(request, "publication/guides.html", {"procedures": PROCEDURES}))


@public_view
@outside_the_door
@require_safe
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """What one has to know to apply for one item."""
    procedure = guides.procedure_of(code)
    if procedure is None:
        raise NotFound("没有这个事项，请从办事指南里选择。")
    province = places.province_of(str(settings.XUKE_PROVINCE))
    day = today(request)
    procedure = terms_in_words.procedure(procedure, terms_in_words.in_force(day))
    context = _context(procedure, day, _place(request.GET.get("place", ""), province))
    context |= {"counties": places.counties(province), "province": province}
    return for_everybody(request, page(request, "publication/guide.html", context))


def _place(asked: str, province: str) -> str:
    """The county that somebody asked about, else the whole province."""
    known = {code for _, found in places.counties(province) for code, _ in found}
    return asked if asked in known else province


def _context(procedure: Procedure, day: date, division: str) -> dict[str, object]:
    limits = guides.limits(procedure, on=day)
    who = guide_parts.deciders(on=day, division=division)
    local = guide_rules.published(procedure, limits, on=day, division=division)
    in_force = [rule for rule in local if not rule.has_ended]
    is_open = guide_rules.is_open(procedure, on=day, division=division)
    return {
        "division": division,
        "place": places.full_name(division),
        "local": [rule for rule in in_force if not rule.is_term],
        "is_open": is_open,
        # Several levels are competent together only where somebody chooses what to make (Measures art. 18).
        "is_joint": procedure.kind == "first",
        "changes_categories": procedure.kind in ("change", "renewal_change"),
        "names_article": "第" in procedure.basis,
        "procedure": procedure,
        "begin": BEGIN,
        "conditions": guides.conditions(procedure),
        "scope": guides.scope(procedure),
        "who": who,
        "visits": guide_parts.visits(procedure),
        "steps": guide_parts.steps(procedure, limits),
        "limits": [(limit, guide_parts.said(limit)) for limit in limits],
        "promises": [rule for rule in in_force if rule.is_term],
        "files": guide_parts.files(procedure),
        "sections": guide_parts.sections(procedure),
        "notice": guide_parts.notice_of(procedure),
        "remedies": [limit for name in REMEDIES if (limit := find_limit(name, day))],
        "bases": {"fees": bases.FEES, "remedies": bases.REMEDIES, "who": bases.COMPETENCE},
        "elements": guides.elements(procedure, on=day),
        "version": guide_parts.version(procedure, limits, who, (*local, is_open)),
        "newest": guide_rules.newest(limits, local),
        "day": day,
        "data": linked_data.in_page(_linked(procedure)),
    }


def _linked(procedure: Procedure) -> dict[str, object]:
    address = absolute(reverse("guide", args=[procedure.code]))
    return linked_data.service(
        procedure.title,
        procedure.summary,
        provider=str(settings.XUKE_PROVINCE),
        results=procedure.results,
        address=address,
        begin=absolute(BEGIN),
    )
