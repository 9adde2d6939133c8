"""Feeds of what is announced, with the filters of the page they belong to."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import urlencode

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from xuke.foundation.refusals import Invalid
from xuke.publication import announcements, feeds, finding, licences, places, searching
from xuke.publication.announcements import KINDS, Asked
from xuke.publication.feeds import Feed, Item
from xuke.publication.finding import Row
from xuke.publication.models import Announcement
from xuke.publication.states import STATES
from xuke.publication.views.shared import absolute, for_everybody, today
from xuke.web import frame
from xuke.web.access import public_view
from xuke.web.formats import SHANGHAI
from xuke.web.middleware import outside_the_door

ENTRIES = 50
_TEXT = "text/plain; charset=utf-8"


@public_view
@outside_the_door
@require_safe
def announced_atom(request: HttpRequest) -> HttpResponse:
    """Announcements as an Atom feed."""
    return _answer(request, _announced(request), "atom")


@public_view
@outside_the_door
@require_safe
def announced_json(request: HttpRequest) -> HttpResponse:
    """Announcements as a JSON Feed."""
    return _answer(request, _announced(request), "json")


@public_view
@outside_the_door
@require_safe
def licences_atom(request: HttpRequest) -> HttpResponse:
    """What a search of the register finds, as an Atom feed."""
    return _answer(request, _licences(request), "atom")


@public_view
@outside_the_door
@require_safe
def licences_json(request: HttpRequest) -> HttpResponse:
    """What a search of the register finds, as a JSON Feed."""
    return _answer(request, _licences(request), "json")


def _answer(request: HttpRequest, feed: Feed | Invalid | None, form: str) -> HttpResponse:
    """The feed in one of its forms; what is wrong in its address, as one sentence a line."""
    if feed is None:
        return HttpResponse(
            "登记簿现在查不到，请稍后再试。", status=503, content_type=_TEXT, headers={"Retry-After": "30"}
        )
    if isinstance(feed, Invalid):
        return HttpResponse("\n".join(each.message for each in feed.problems), status=422, content_type=_TEXT)
    body, kind = (feeds.atom(feed), feeds.ATOM_TYPE) if form == "atom" else (feeds.as_json(feed), feeds.JSON_TYPE)
    return for_everybody(request, HttpResponse(body, content_type=kind))


def _announced(request: HttpRequest) -> Feed | Invalid:
    day = today(request)
    try:
        asked = announcements.read(request.GET.dict(), today=day)
    except Invalid as refused:
        return refused
    rows, next_query = announcements.newest(asked, today=day, count=ENTRIES)
    items = tuple(_item(row) for row in rows)
    return Feed(
        title=_title(asked),
        author=settings.XUKE_PROVINCE,
        page_url=absolute(reverse("announcements") + asked.query),
        atom_url=absolute(reverse("announcements-atom") + asked.query),
        json_url=absolute(reverse("announcements-json") + asked.query),
        items=items,
        updated=feeds.newest(items, _midnight(frame.stamp(request))),
        next_query=next_query,
    )


def _title(asked: Asked) -> str:
    parts = [asked.place.name if asked.place else "", KINDS[asked.kind][0] if asked.kind else ""]
    return " · ".join(["许可决定公示", *filter(None, parts)])


def _about(row: Announcement) -> str:
    matter = announcements.matter(row.procedure)
    return f"的{matter}申请" if matter else "的许可证作出决定："


def _item(row: Announcement) -> Item:
    said = announcements.said_of(row.verb, row.procedure)
    licence = f"，许可证编号{row.licence_number}" if row.licence_number else ""
    local = row.announced_at.astimezone(SHANGHAI)
    return Item(
        key=f"announcement {row.uscc} {row.acceptance_number} {row.verb}",
        title=f"{said}：{row.holder} · {row.title}",
        url=absolute(reverse("announcement", args=[row.pk])),
        text=f"{row.authority}于{row.decided_on}对{row.holder}（{row.uscc}）{_about(row)}{said}{licence}。",
        updated=local,
        published=local,
        tags=(said, row.place),
    )


def _licences(request: HttpRequest) -> Feed | Invalid | None:
    """The first page of a search, with the filters of the search page; None while the register does not answer."""
    day, now = today(request), frame.stamp(request)
    given = {name: request.GET.getlist(name) for name in searching.FIELDS}
    question = searching.read(given, today=day)
    if question.problems:
        return Invalid(*question.problems)
    try:
        found = finding.find(question, today=day, now=now, size=ENTRIES)
    except (OperationalError, InterfaceError):
        return None
    asked = [(name, value) for name in searching.FIELDS for value in given[name] if value]
    query = f"?{urlencode(asked)}" if asked else ""
    items = tuple(_licence(row, day) for row in sorted(found.rows, key=lambda row: row.changed_at, reverse=True))
    return Feed(
        title=" · ".join(["食品生产许可证", *filter(None, [question.text])]),
        author=settings.XUKE_PROVINCE,
        page_url=absolute(reverse("licences") + query),
        atom_url=absolute(reverse("licences-atom") + query),
        json_url=absolute(reverse("licences-json") + query),
        items=items,
        updated=feeds.newest(items, _midnight(now)),
    )


def _licence(row: Row, day: date) -> Item:
    said = STATES[licences.standing(row, on=day)].title
    return Item(
        key=f"licence {row.number}",
        title=f"{row.holder} · {row.number} · {said}",
        url=absolute(reverse("licence", args=[row.number])),
        text=f"{row.holder}（{row.uscc}），{row.products}。{row.authority}发证，有效期至{row.valid_to}，{said}。",
        updated=row.changed_at.astimezone(SHANGHAI),
        tags=(said, places.full_name(row.division)),
    )


def _midnight(now: datetime) -> datetime:
    return now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
