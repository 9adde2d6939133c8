"""The law library for everybody: search, one law, one article with what rests on it. Files only, no database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xuke.foundation.refusals import NotFound
from xuke.knowledge import library, uses
from xuke.knowledge.library import LEVELS, Law
from xuke.knowledge.uses import Use
from xuke.web import frame
from xuke.web.access import public_view
from xuke.web.middleware import outside_the_door
from xuke.web.pages import for_everybody, page

LONGEST = 60
"""Characters of a search; what follows is left out."""


@public_view
@outside_the_door
@require_safe
def laws(request: HttpRequest) -> HttpResponse:
    """All laws by rank, or what a search finds."""
    today = _today(request)
    asked = request.GET.get("q", "").strip()[:LONGEST]
    ranks = [(LEVELS[level], list(found)) for level, found in groupby(library.laws(), lambda each: each.level)]
    context = {"asked": asked, "found": library.search(asked), "ranks": ranks, "today": today}
    return for_everybody(request, page(request, "knowledge/laws.html", context))


@public_view
@outside_the_door
@require_safe
def law(request: HttpRequest, slug: str) -> HttpResponse:
    """One law: its editions, and its articles in our words."""
    today = _today(request)
    found = _law(slug)
    counted = uses.counted(found, on=today)
    articles = [(each, counted.get(each.place.key, 0)) for each in found.current]
    context = {
        "law": found,
        "articles": articles,
        "uses": grouped(uses.of(found, "", on=today)),
        "edition": found.edition(today),
        "today": today,
    }
    return for_everybody(request, page(request, "knowledge/law.html", context))


@public_view
@outside_the_door
@require_safe
def article(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One article: what it says, when, and what rests on it."""
    today = _today(request)
    found = _law(slug)
    shown = found.article(key, today)
    if shown is None:
        raise NotFound(f"《{found.name}》的这一条没有收录，请从目录里选择。")
    others = [each for each in found.current if each.place.key != key]
    before = [each for each in others if each.place < shown.place]
    after = [each for each in others if each.place > shown.place]
    context = {
        "law": found,
        "article": shown,
        "holds": shown.holds(today) and found.edition(today) is not None,
        "versions": [each for each in found.versions(key) if each is not shown],
        "previous": before[-1] if before else None,
        "next": after[0] if after else None,
        "uses": grouped(uses.of(found, key, on=today)),
        "today": today,
    }
    return for_everybody(request, page(request, "knowledge/article.html", context))


def grouped(found: Iterable[Use]) -> list[tuple[str, list[Use]]]:
    """Uses by kind, in the order in which the kinds were told."""
    kinds: dict[str, list[Use]] = {}
    for use in found:
        kinds.setdefault(use.kind, []).append(use)
    return list(kinds.items())


def _law(slug: str) -> Law:
    found = library.law(slug)
    if found is None:
        raise NotFound("没有收录这部法律法规，请从目录里选择。")
    return found


def _today(request: HttpRequest) -> date:
    frame.stamp(request)
    found = frame.today(request)
    assert found is not None
    return found
