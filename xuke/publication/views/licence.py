"""A licence's own page, and the same as linked data. Most looked at of all pages: a scanned product leads here."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from xuke.foundation.identifiers import Identification, food_licence
from xuke.foundation.refusals import Invalid
from xuke.publication import licences, linked_data, places
from xuke.publication.answers import Told
from xuke.publication.licences import Line, Published
from xuke.publication.rules import FIRST_DAY, Standing
from xuke.publication.states import STATES, VERBS
from xuke.publication.views import standing
from xuke.publication.views.shared import absolute, for_everybody, today
from xuke.web import formats, frame
from xuke.web.access import public_view
from xuke.web.middleware import outside_the_door
from xuke.web.pages import page
from xuke.web.pieces import Happening


@public_view
@outside_the_door
@require_safe
def licence(request: HttpRequest, number: str) -> HttpResponse:
    """The state first, then what it rests on; with `?on=`, the answer about a day."""
    read = food_licence.parse(number, lenient=True)
    if read.normal_form != number:
        return _to_its_own_address(request, read)
    try:
        found = licences.find(number)
    except (OperationalError, InterfaceError):
        return page(request, "publication/away.html", status=503)
    if found is None:
        return _unknown(request, number)
    day = today(request)
    context = _context(request, found, day)
    if "on" not in request.GET:
        return for_everybody(request, page(request, "publication/licence.html", context))
    try:
        told = standing.ask(request, found)
    except Invalid as refused:
        context |= {"problems": refused.problems, "asked_on": request.GET.get("on", "")[:20]}
        return for_everybody(request, page(request, "publication/licence.html", context, status=422))
    context |= {"told": told, "told_state": STATES[told.answer.standing], "asked_on": told.on.isoformat()}
    context |= {"signed": standing.signed(told), "signed_query": _query(told)}
    return for_everybody(request, page(request, "publication/licence.html", context))


@public_view
@outside_the_door
@require_safe
def as_linked_data(request: HttpRequest, number: str) -> HttpResponse:
    """The licence as JSON-LD."""
    try:
        found = licences.find(number)
    except (OperationalError, InterfaceError):
        return JsonResponse({"title": standing.AWAY, "status": 503}, status=503)
    if found is None:
        return for_everybody(request, JsonResponse({"title": "没有这张许可证", "status": 404}, status=404))
    facts = linked_data.of(found, found.present(on=today(request)).standing, address=_address(number))
    answer = JsonResponse(facts, content_type="application/ld+json", json_dumps_params={"ensure_ascii": False})
    answer["Access-Control-Allow-Origin"] = "*"
    return for_everybody(request, answer)


def _to_its_own_address(request: HttpRequest, read: Identification) -> HttpResponse:
    """One licence, one address: small letters, spaces and a missing SC lead there."""
    if not read.fields:
        return _unknown(request, read.value)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return HttpResponsePermanentRedirect(reverse("licence", args=[read.normal_form]) + query)


def _unknown(request: HttpRequest, number: str) -> HttpResponse:
    """Nothing under this number: what may be wrong with it, and how to go on."""
    read = food_licence.parse(number)
    context = {"number": read.normal_form[:40], "errors": [each.message for each in read.errors]}
    return for_everybody(request, page(request, "publication/licence_unknown.html", context, status=404))


def _context(request: HttpRequest, found: Published, day: date) -> dict[str, Any]:
    answer = found.present(on=day)
    address = _address(found.row.number)
    return {
        "licence": found,
        "row": found.row,
        "address": address,
        "content": found.content,
        "state": STATES[answer.standing],
        "counts": answer.standing.counts,
        "ended_on": answer.since if answer.standing not in (Standing.IN_FORCE, Standing.EXPIRED) else None,
        "now": frame.stamp(request),
        "place": places.full_name(found.row.division),
        "happenings": [_happening(line, line is found.history[-1]) for line in reversed(found.history)],
        "recorded_at": licences.last_recorded(found.history),
        "data": linked_data.in_page(linked_data.of(found, answer.standing, address=address)),
        "first_day": FIRST_DAY.isoformat(),
        "last_day": day.isoformat(),
    }


def _happening(line: Line, latest: bool) -> Happening:
    """A line of the history: the day it took effect, and when the register learned of it."""
    title, text = VERBS.get(line.verb, (line.verb, ""))
    happened = line.happened
    learned = f"登记簿{formats.moment(happened.recorded_at)}记载"
    told = "，".join(filter(None, (text.format(version=line.version), learned)))
    return Happening(happened.effective_on, title, told, latest=latest)


def _query(told: Told) -> str:
    asked = {"on": told.on.isoformat()}
    if not told.is_as_known_now:
        asked["known_at"] = told.known_at.isoformat()
    return urlencode(asked)


def _address(number: str) -> str:
    return absolute(reverse("licence", args=[number]))
