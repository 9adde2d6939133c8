"""The guides of the items (办事指南): one page for each procedure there is, made from the data that checks it."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from xuke.catalogue.limits import time_limit
from xuke.foundation.refusals import NotFound
from xuke.licensing.procedures import PROCEDURES
from xuke.licensing.procedures.form import Procedure
from xuke.publication import bases, guide_parts, guides, linked_data, places
from xuke.publication.views.shared import absolute, for_everybody, today
from xuke.web.access import public_view
from xuke.web.middleware import outside_the_door
from xuke.web.pages import page

BEGIN = "/my/applications/new/"


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
    return for_everybody(request, page(request, "publication/guide.html", _context(procedure, today(request))))


def _context(procedure: Procedure, day: date) -> dict[str, object]:
    limits = guides.limits(procedure, on=day)
    division = places.province_of(str(settings.XUKE_PROVINCE))
    who = guide_parts.deciders(on=day, division=division)
    return {
        "procedure": procedure,
        "begin": BEGIN,
        "conditions": guides.conditions(procedure),
        "scope": guides.scope(procedure),
        "who": who,
        "visits": guide_parts.visits(procedure),
        "steps": guide_parts.steps(procedure, limits),
        "limits": [(limit, guide_parts.said(limit)) for limit in limits],
        "promises": guide_parts.promises(limits, on=day),
        "files": guide_parts.files(procedure),
        "sections": guide_parts.sections(procedure),
        "notice": guide_parts.notice_of(procedure),
        "remedies": [time_limit(f"remedy.{name}", day) for name in ("reconsideration", "litigation")],
        "bases": {"fees": bases.FEES, "remedies": bases.REMEDIES, "who": bases.COMPETENCE},
        "elements": guides.elements(procedure, on=day),
        "version": guide_parts.version(procedure, limits, who),
        "since": max((limit.valid_from for limit in limits), default=day),
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
