"""The front door: one promise, one search, live figures, the doors, the path of a case, what was decided last.

It counts nothing itself: two statements, whatever the size of the register.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import urlencode

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from xuke.catalogue.limits import find_limit
from xuke.publication import announcements, openness, progress
from xuke.publication.announcements import Asked
from xuke.publication.models import Announcement, PublicFigure
from xuke.publication.projection.figures import WINDOW
from xuke.publication.views.announcements import titled
from xuke.publication.views.shared import for_everybody, today
from xuke.web import formats
from xuke.web.access import public_view
from xuke.web.middleware import outside_the_door
from xuke.web.pages import page
from xuke.web.pieces import Figure, Stop

LATEST = 5
_WAYS = {"licences": ("/licences/", "q"), "verify": ("/verify/", "q"), "progress": ("/progress/", "receipt")}
"""Where each of the three searches is answered, and under which name it takes what was typed."""
LONGEST = 200


@public_view
@outside_the_door
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front door."""
    day = today(request)
    try:
        found, rows, is_away = *_read(day), False
    except (OperationalError, InterfaceError):
        found, rows, is_away = {}, [], True  # The doors stay open.
    counted = openness.openness_of(found)
    context = {
        "figures": tuple(_figures(found, counted, day)),
        "stops": _stops(day),
        "rows": [titled(row) for row in rows],
        "shares": counted.shares if counted else (),
        "is_away": is_away,
    }
    return for_everybody(request, page(request, "publication/home.html", context))


def _read(day: date) -> tuple[dict[str, PublicFigure], list[Announcement]]:
    """The figures and the latest announcements."""
    found = openness.figures("in_force", "times", "openness")
    return found, announcements.newest(Asked(), today=day, count=LATEST)[0]


def _figures(found: Mapping[str, PublicFigure], counted: openness.Openness | None, day: date) -> Iterator[Figure]:
    if register := found.get("in_force"):
        at = formats.moment(register.counted_at, day)
        yield Figure("有效食品生产许可证", formats.number(register.value["count"]), "张", f"{at}统计，全部为电子证书")
    times = openness.times_of(found)
    if times and (half := times.all.times):
        limit = find_limit("food.decision", day)
        yield Figure(
            "一半申请的办理用时", str(half["p50"]), "个工作日内", f"法定{limit.value}个工作日" if limit else ""
        )
        yield Figure("九成申请的办理用时", str(half["p90"]), "个工作日内", f"近{WINDOW}天{half['cases']:,}件")
    for share in counted.shares if counted else ():
        if share.measure.code == "online" and share.total:
            yield Figure(share.measure.title, share.percent.removesuffix("%"), "%", "近12个月", "/openness/")


def _stops(today: date) -> tuple[Stop, ...]:
    def days(id: str, before: str) -> str:
        limit = find_limit(f"food.{id}", today)
        return f"{before}{limit.value}个工作日内" if limit else "新的时限尚未公布"

    return (
        Stop("提交申请", "即时给出接收凭证"),
        Stop("受理", days("acceptance", "")),
        Stop("材料审查", "计入决定时限"),
        Stop("现场核查", days("verification", "接到任务")),
        Stop("作出决定", days("decision", "受理之日起")),
        Stop("发证", days("issue", "决定后")),
        Stop("公开", "作出决定随即公示"),
    )


@public_view
@outside_the_door
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Lead from the one search field to whoever answers: without a script, so by a redirect.

    The number of a case leads to its progress, whatever was chosen: no licence has one.
    """
    asked = request.GET.get("q", "").strip()[:LONGEST]
    kind = "progress" if progress.is_number(asked) else request.GET.get("k", "")
    place, name = _WAYS.get(kind, _WAYS["licences"])
    return for_everybody(request, redirect(f"{place}?{urlencode({name: asked})}" if asked else place))
