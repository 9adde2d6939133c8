"""Announced decisions (公告公示): the list, and a page for each."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xuke.foundation.refusals import Invalid, NotFound
from xuke.publication import announcements
from xuke.publication.announcements import KINDS, Asked
from xuke.publication.models import Announcement
from xuke.publication.views.shared import for_everybody, today
from xuke.web.access import public_view
from xuke.web.middleware import outside_the_door
from xuke.web.pages import page


@public_view
@outside_the_door
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Newest first, in pages without a total; filters are addresses."""
    day = today(request)
    given = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    context = {"kinds": announcements.offered(), "categories": announcements.categories(), "given": given}
    try:
        asked = announcements.read(given, today=day)
    except Invalid as refused:
        problems = {"problems": refused.problems, "asked": Asked()}
        return for_everybody(request, page(request, "publication/announcements.html", context | problems, status=422))
    rows, next_url = announcements.newest(asked, today=day)
    answer = {"asked": asked, "rows": [titled(row) for row in rows], "next_url": next_url}
    return for_everybody(request, page(request, "publication/announcements.html", context | answer))


@public_view
@outside_the_door
@require_safe
def one(request: HttpRequest, id: int) -> HttpResponse:
    """One announcement, at an address that stays."""
    row = announcements.public(today=today(request)).filter(pk=id).first()
    if row is None:
        raise NotFound("没有这条公告，或者公示期已经结束。许可证现在的状态请到许可查询查看。")
    return for_everybody(request, page(request, "publication/announcement.html", {"row": titled(row)}))


def titled(row: Announcement) -> Announcement:
    """With its kind in words, the tone of its badge, and what was applied for."""
    row.kind, row.tone = announcements.said_of(row.verb, row.procedure), KINDS[row.verb][1]  # type: ignore[attr-defined]
    row.matter = announcements.matter(row.procedure)  # type: ignore[attr-defined]
    return row
