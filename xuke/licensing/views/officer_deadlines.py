"""督办: what the clocks have said to the supervisor, what was let pass and why, who asks for more time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from xuke.accounts.officers import Officer, Role
from xuke.foundation.clock import ClockReading
from xuke.foundation.refusals import Invalid, NotFound, NotPermitted
from xuke.licensing import alarms, clocks, commands, queries
from xuke.licensing.forms_clocks import CauseForm
from xuke.licensing.kept import BREACH, LAST, MOST, SILENCE_4
from xuke.licensing.models import Alarm
from xuke.parties.doors import OfficerRequest, role_view
from xuke.web import refusals
from xuke.web.numbers import whole
from xuke.web.pages import go, page
from xuke.web.pieces import Figure, Link

SHOWN = 50
"""Rows on one page."""
MOST_PAGES = 20
"""Nobody leafs further: a filter leads there."""
SHOWS = {"": "时限提醒", "breaches": "超期记录", "extensions": "延长申请"}
WHERE = {"": "本机关和下级", "own": "本机关", "below": "下级机关"}


@dataclass(frozen=True)
class Chip:
    """One filter."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Row:
    """An alarm as the desk shows it."""

    alarm: Alarm
    title: str
    tone: str
    clock: str
    reading: ClockReading | None
    holder: str
    seen: str
    seen_on: Any
    may_see: bool


@dataclass(frozen=True)
class Asked:
    """What was asked for by the address of the desk."""

    show: str
    where: str
    level: str
    number: int

    @classmethod
    def of(cls, request: OfficerRequest) -> Asked:
        """What could not be read is left out."""
        given = request.GET
        show, where, level = given.get("show", ""), given.get("where", ""), given.get("level", "")
        return cls(
            show if show in SHOWS else "",
            where if where in WHERE else "",
            level if level in alarms.LEVELS else "",
            max(1, min(whole(given.get("page", "")) or 1, MOST_PAGES)),
        )

    def address(self, **other: str) -> str:
        """The same desk with something else chosen; always from its first page."""
        chosen = {"show": self.show, "where": self.where, "level": self.level} | other
        return f"?{urlencode({name: value for name, value in chosen.items() if value})}"


@role_view(Role.SUPERVISOR, Role.DECIDER)
def deadlines(request: OfficerRequest) -> HttpResponse:
    """The desk: figures, filters, and one of its three lists."""
    officer, asked = request.actor, Asked.of(request)
    figures = alarms.figures(officer)
    rows, has_next = _rows(request, asked)
    context = {
        "today": request.today,
        "figures": _told(figures, asked),
        "show": asked.show,
        "shows": [Chip(label, asked.address(show=name, level=""), name == asked.show) for name, label in SHOWS.items()],
        "wheres": [Chip(label, asked.address(where=name), name == asked.where) for name, label in WHERE.items()],
        "levels": _levels(asked),
        "rows": rows,
        "next_url": f"{asked.address()}&page={asked.number + 1}" if has_next and asked.number < MOST_PAGES else "",
        "previous_url": f"{asked.address()}&page={asked.number - 1}" if asked.number > 1 else "",
    }
    return page(request, "licensing/officer/deadlines.html", context)


def _levels(asked: Asked) -> list[Chip]:
    every = {"": "全部", **alarms.LEVELS}
    return [Chip(label, asked.address(level=name), name == asked.level) for name, label in every.items()]


def _told(figures: alarms.Figures, asked: Asked) -> list[Figure]:
    def told(label: str, level: str) -> Figure:
        below = figures.below.get(level, 0)
        note = f"其中下级机关{below}件" if below else ""
        count = figures.both(level)
        url = asked.address(show="", level=level) if count else ""
        return Figure(label, str(count), "件", note=note, url=url, alarm=bool(count) and level == BREACH)

    unexplained = figures.unexplained + figures.unexplained_below
    waiting = asked.address(show="breaches", where="", level="") if unexplained else ""
    return [
        told("已超期", BREACH),
        told("到期当日", LAST),
        told("已用八成", MOST),
        told("材料收到第4日", SILENCE_4),
        Figure("等待签阅", str(figures.unseen), "件"),
        Figure("超期未说明", str(unexplained), "个", note=_whose(figures), url=waiting),
    ]


def _whose(figures: alarms.Figures) -> str:
    return (
        f"本机关{figures.unexplained}个，下级机关{figures.unexplained_below}个"
        if figures.unexplained_below
        else "本机关"
    )


def _rows(request: OfficerRequest, asked: Asked) -> tuple[Sequence[Any], bool]:
    officer, today = request.actor, request.today
    if asked.show == "breaches":
        found, more = _part(alarms.breaches(officer, where=asked.where), asked)
        return [(each, alarms.TITLES[each.clock], not alarms.why_not_explain(officer, each)) for each in found], more
    if asked.show == "extensions":
        waiting = (
            queries.visible_to(officer).filter(extension__status="asked").select_related("enterprise", "authority")
        )
        cases, more = _part(waiting.order_by("due_on", "pk"), asked)
        return [(each, clocks.of_row(each, today=today)) for each in cases], more
    open_ones, more = _part(alarms.for_supervisor(officer, level=asked.level, where=asked.where), asked)
    return [_row(officer, each, today) for each in open_ones], more


M = TypeVar("M", bound=Model)


def _part(found: QuerySet[M], asked: Asked) -> tuple[list[M], bool]:
    start = (asked.number - 1) * SHOWN
    part = list(found[start : start + SHOWN + 1])
    return part[:SHOWN], len(part) > SHOWN


def _row(officer: Officer, alarm: Alarm, today: date) -> Row:
    own = alarm.authority_id == officer.authority_id
    person, seen_on = (alarm.seen_by, alarm.seen_at) if own else (alarm.seen_above_by, alarm.seen_above_at)
    application = alarm.application
    holder = application.claimed_by.name if application.claimed_by else "没有人领取"
    return Row(
        alarm,
        alarms.LEVELS[alarm.level],
        alarms.TONES[alarm.level],
        alarms.TITLES[alarm.clock],
        None if alarm.clock in alarms.BESIDE else clocks.of_row(application, today=today),
        holder,
        person.name if person else "",
        seen_on,
        officer.has(Role.SUPERVISOR) and person is None,
    )


@role_view(Role.SUPERVISOR)
def see(request: OfficerRequest, alarm: int) -> HttpResponse:
    """Take note of an alarm: a button. Opening its address leads to the desk."""
    if request.method == "POST":
        commands.see_alarm(alarm=alarm, by=request.actor, now=request.now)
    return HttpResponseRedirect(reverse("officer-deadlines"))


@role_view(Role.SUPERVISOR)
def explain(request: OfficerRequest, breach: int) -> HttpResponse:
    """Say why a term was let pass."""
    found = alarms.breaches(request.actor).filter(pk=breach).first()
    if found is None:
        raise NotFound()
    if reason := alarms.why_not_explain(request.actor, found):
        raise NotPermitted(reason)
    form, status = CauseForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        try:
            if form.is_valid():
                with transaction.atomic():
                    commands.explain_breach(breach=breach, by=request.actor, now=request.now, **form.cleaned_data)
                return go(request, f"{reverse('officer-deadlines')}?show=breaches")
            status = 422
        except Invalid as refused:
            refusals.onto(form, refused)
            status = refused.status
    context = {
        "today": request.today,
        "breach": found,
        "term": alarms.TITLES[found.clock],
        "form": form,
        "crumbs": (Link("督办", reverse("officer-deadlines")), Link("超期记录", "/office/deadlines/?show=breaches")),
    }
    return page(request, "licensing/officer/cause.html", context, status=status)
