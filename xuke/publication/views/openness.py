"""Openness (四个百分之百) and handling times, and the lists behind them."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from xuke.foundation.refusals import NotFound
from xuke.publication import lists, openness
from xuke.publication.projection.figures import WINDOW, first_month, months_between
from xuke.publication.views.shared import for_everybody, leaving, place_in, today
from xuke.web.access import public_view
from xuke.web.limits import Places
from xuke.web.middleware import outside_the_door
from xuke.web.pages import page

_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8"}
_FORMS = {"csv": lists.as_csv, "json": lists.as_json}
AT_ONCE = 2
"""Lists that leave one process at the same time; one of each client."""
_places = Places(most=AT_ONCE, each=1)
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
GROUPS = (("procedure", "按事项"), ("level", "按机关层级"), ("division", "按生产地"), ("category", "按食品类别"))


@public_view
@outside_the_door
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """The four measures with what they mean, month by month, and how long people wait."""
    found = openness.figures("openness", "times")
    times = openness.times_of(found)
    tables = [(title, kind, times.by(kind), times.hidden(kind)) for kind, title in GROUPS] if times else []
    context = {
        "openness": openness.openness_of(found),
        "times": times,
        "tables": tables,
        "window": WINDOW,
        "source": openness.SOURCE,
        "fewest": openness.FEWEST_CASES,
        "most": openness.MOST_SHARE,
    }
    return for_everybody(request, page(request, "publication/openness.html", context))


@public_view
@outside_the_door
@require_safe
def listed(request: HttpRequest, measure: str, form: str) -> HttpResponseBase:
    """The cases behind a figure: of one month, or of the last twelve."""
    found = lists.LISTS[measure]
    first, last = _period(request.GET.get("month", ""), today(request))
    place = place_in(_places, request)
    pieces = _FORMS[form](found, found.rows(first, last))
    response = StreamingHttpResponse(leaving(pieces, place), content_type=_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{measure}-{first}-{last}.{form}"'
    return for_everybody(request, response, seconds=10)


def _period(month: str, day: date) -> tuple[date, date]:
    """The first and the last day asked for; raises `NotFound` for a month that nothing is counted of."""
    first = first_month(day)
    if not month:
        return first, day
    if not _MONTH.fullmatch(month) or month not in months_between(first, day):
        raise NotFound(f"明细只有近12个月的，月份写成{day:%Y-%m}这样。")
    begins = date.fromisoformat(f"{month}-01")
    return begins, min(day, (begins + timedelta(days=31)).replace(day=1) - timedelta(days=1))
