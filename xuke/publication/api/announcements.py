"""Decisions that are announced."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from xuke.foundation.refusals import Invalid
from xuke.publication import announcements, models
from xuke.publication.announcements import Asked
from xuke.publication.api import lists
from xuke.publication.api.asking import today_of
from xuke.publication.api.problems import Mistake, invalid
from xuke.publication.api.schemas.cases import Announcement, AnnouncementFilters, AnnouncementList

router = Router(tags=["announcements"])


@router.get(
    "/announcements",
    response=AnnouncementList,
    url_name="api-announcements",
    operation_id="listAnnouncements",
    summary="许可决定公示",
)
def announced(request: HttpRequest, response: HttpResponse, filters: Query[AnnouncementFilters]) -> AnnouncementList:
    """公示的许可决定，新的在前；不公示理由。公示期满的不再列出。"""
    today = today_of(request)
    asked = _asked(filters, today)
    place = lists.Place(f"announcements {asked.query}", filters.cursor)
    if after := place.after():
        asked = replace(asked, before=(date.fromisoformat(str(after[0])), int(after[1])))
    rows, more = announcements.newest(asked, today=today, count=filters.limit)
    last = (rows[-1].decided_on.isoformat(), rows[-1].id) if more else None
    return AnnouncementList(items=[_told(row) for row in rows], next=place.next(request, response, last))


def _asked(filters: AnnouncementFilters, today: date) -> Asked:
    """The question as the page reads it from an address."""
    given = {
        "kind": filters.kind or "",
        "division": filters.division,
        "category": str(filters.category or ""),
        "from": filters.since.isoformat() if filters.since else "",
        "to": filters.until.isoformat() if filters.until else "",
    }
    try:
        return announcements.read(given, today=today)
    except Invalid as refused:
        raise invalid(*(Mistake(problem.message, parameter=problem.field) for problem in refused.problems)) from None


def _told(row: models.Announcement) -> Announcement:
    return Announcement(
        id=row.id,
        kind=row.verb,
        words=announcements.said_of(row.verb, row.procedure),
        acceptance_number=row.acceptance_number,
        holder=row.holder,
        uscc=row.uscc,
        title=row.title,
        division=row.division,
        place=row.place,
        authority=row.authority,
        decided_on=row.decided_on,
        announced_at=row.announced_at,
        days=row.days,
        licence_number=row.licence_number,
    )
