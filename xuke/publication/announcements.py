"""Decisions as they are announced (许可决定公示): newest first, chosen by kind, place, category and day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q, QuerySet

from xuke.catalogue import food
from xuke.foundation.refusals import Invalid, Problem
from xuke.licensing.procedures import procedure
from xuke.publication import places
from xuke.publication.models import Announcement
from xuke.publication.rules import FIRST_DAY

PAGE = 20
KINDS: Mapping[str, tuple[str, str]] = {
    "granted": ("准予许可", "ok"),
    "refused": ("不予许可", "off"),
    "withdrawn": ("撤回许可", "off"),
    "rescinded": ("撤销许可", "bad"),
    "revoked": ("吊销许可证", "bad"),
    "cancelled": ("注销许可", "off"),
    "closed": ("办理注销手续", "off"),
}
"""What can be announced: in words, and the tone of its badge."""


def offered() -> dict[str, str]:
    """What the list can be narrowed to; what was granted of a change or a renewal is found with the others."""
    wider = {"granted": "准予（许可、变更、延续）", "refused": "不予（许可、变更、延续）"}
    return {code: words for code, (words, _) in KINDS.items()} | wider


def said_of(verb: str, code: str) -> str:
    """What was decided, in the words of the procedure: 准予变更. An act of the authority itself has no procedure."""
    words = KINDS[verb][0] if verb in KINDS else verb
    return procedure(code).in_words(words) if code else words


def matter(code: str) -> str:
    """What a decision is about: the title of the procedure; empty for an act of the authority itself."""
    return procedure(code).title if code else ""


_CURSOR = re.compile(r"(\d{4}-\d{2}-\d{2})\.(\d{1,18})")
_NO_CURSOR = "这个翻页地址不是公告公示的，请从第一页看起。"


@dataclass(frozen=True)
class Asked:
    """What was asked for; every part is optional, and together they are an address one can send."""

    kind: str = ""
    place: places.Named | None = None
    category: int = 0
    since: date | None = None
    until: date | None = None
    before: tuple[date, int] | None = None
    """The last announcement of the page before."""

    @property
    def parameters(self) -> dict[str, str]:
        """The filters as they stand in an address, without the place in the list."""
        found = {
            "kind": self.kind,
            "division": self.place.prefix if self.place else "",
            "category": str(self.category or ""),
            "from": self.since.isoformat() if self.since else "",
            "to": self.until.isoformat() if self.until else "",
        }
        return {name: value for name, value in found.items() if value}

    @property
    def query(self) -> str:
        """The filters as the end of an address: ?kind=granted, or nothing."""
        return f"?{urlencode(self.parameters)}" if self.parameters else ""


def read(given: Mapping[str, str], *, today: date) -> Asked:
    """What an address asks for; raises `Invalid` with everything that is wrong in it."""
    problems: list[Problem] = []

    def wrong(name: str, sentence: str) -> None:
        problems.append(Problem(name, sentence))

    kind = given.get("kind", "")
    if kind and kind not in KINDS:
        wrong("kind", "没有这种公告，请从列表里选择。")
    named, doubt = places.find(given["division"]) if given.get("division", "").strip() else (None, "")
    if doubt:
        wrong("division", doubt)
    days = {}
    for name in ("from", "to"):
        days[name], doubt = _day(given.get(name, ""), today)
        if doubt:
            wrong(name, doubt)
    if days["from"] and days["to"] and days["from"] > days["to"]:
        wrong("from", "开始日期晚于结束日期，请核对。")
    category = given.get("category", "")
    if category and category not in _CATEGORIES:
        wrong("category", "没有这个食品类别，请从列表里选择。")
    before, doubt = _cursor(given.get("before", ""))
    if doubt:
        wrong("before", doubt)
    if problems:
        raise Invalid(*problems)
    return Asked(kind, named, int(category or 0), days["from"], days["to"], before)


_CATEGORIES = {str(int(category.number)): category.name for category in food.of_kind(food.FOOD)} | {"32": "食品添加剂"}


def categories() -> tuple[tuple[str, str], ...]:
    """The food categories to choose from: number and name."""
    return tuple(_CATEGORIES.items())


def _day(text: str, today: date) -> tuple[date | None, str]:
    if not text:
        return None, ""
    try:
        found = date.fromisoformat(text[:10]) if len(text) == 10 else None
    except ValueError:
        found = None
    if found is None:
        return None, "日期请写成2026-09-18这样。"
    if not FIRST_DAY <= found <= date(today.year + 1, 12, 31):
        return None, f"没有{found.year}年的公告，请核对日期。"
    return found, ""


def _cursor(text: str) -> tuple[tuple[date, int] | None, str]:
    if not text:
        return None, ""
    found = _CURSOR.fullmatch(text)
    if found is None:
        return None, _NO_CURSOR
    try:
        return (date.fromisoformat(found[1]), int(found[2])), ""
    except ValueError:
        return None, _NO_CURSOR


def public(*, today: date) -> QuerySet[Announcement]:
    """What is announced on a day: everything for as long as this installation keeps announcements up."""
    rows = Announcement.objects.using("public")
    return rows.filter(decided_on__gt=today - timedelta(days=settings.XUKE_ANNOUNCEMENT_DAYS))


def newest(asked: Asked, *, today: date, count: int = PAGE) -> tuple[list[Announcement], str]:
    """One page, newest first, and the address part of the next page or nothing."""
    rows = public(today=today).order_by("-decided_on", "-id")
    if asked.kind:
        rows = rows.filter(verb=asked.kind)
    if asked.place:
        rows = rows.filter(division__startswith=asked.place.prefix)
    if asked.category:
        rows = rows.filter(categories__contains=[asked.category])
    if asked.since:
        rows = rows.filter(decided_on__gte=asked.since)
    if asked.until:
        rows = rows.filter(decided_on__lte=asked.until)
    if asked.before:
        day, id = asked.before
        rows = rows.filter(Q(decided_on__lt=day) | Q(decided_on=day, id__lt=id), decided_on__lte=day)
    found = list(rows[: count + 1])
    if len(found) <= count:
        return found, ""
    last = found[count - 1]
    return found[:count], "?" + urlencode({**asked.parameters, "before": f"{last.decided_on}.{last.pk}"})
