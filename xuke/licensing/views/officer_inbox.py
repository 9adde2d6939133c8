"""The officer's lists: what waits for me, what I have had a hand in, what is open here, my visits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import QuerySet
from django.http import HttpResponse

from xuke.accounts.models import User
from xuke.accounts.officers import Officer
from xuke.catalogue import score_sheet
from xuke.foundation.calendar import spoken
from xuke.foundation.clock import ClockReading
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import buttons, clocks, queries, queries_officer
from xuke.licensing.commands.claiming import why_not_claim
from xuke.licensing.commands.reviewing import PASS
from xuke.licensing.models import Application, Visit
from xuke.licensing.queries_officer import Waiting
from xuke.licensing.views.officer_paging import BY_DUE_DAY, NEWEST_FIRST, Order, slice_of
from xuke.parties.doors import OfficerRequest, officer_view
from xuke.web.pages import page
from xuke.web.pieces import Figure


@dataclass(frozen=True)
class Stage:
    """A part of the officers' work, by which the inbox can be filtered."""

    name: str
    title: str
    states: tuple[str, ...]


STAGES = (
    Stage("acceptance", "待受理", ("submitted", "correcting_on_spot", "resubmitted")),
    Stage("review", "待审查", ("accepted", "document_review")),
    Stage("visit", "现场核查", ("verification_assigned",)),
    Stage("opinion", "待拟定意见", ("verification_done",)),
    Stage("decision", "待决定", ("decision_proposed",)),
)


@dataclass(frozen=True)
class Chip:
    """One filter."""

    label: str
    url: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True)
class Row:
    """One case in a list."""

    application: Application
    reading: ClockReading | None
    apart: str
    """Why the separation keeps the reader from it, in few words."""
    progress: str
    before: str
    """Who had it in hand before."""
    holder: str
    may_claim: bool
    elsewhere: str
    """The accepting authority, when it is not the reader's."""


@dataclass(frozen=True)
class Group:
    """Rows under one heading."""

    title: str
    rows: tuple[Row, ...]
    count: int | None = None


@officer_view
def inbox(request: OfficerRequest) -> HttpResponse:
    """What waits for me, the most urgent first."""
    officer, today = request.actor, request.today
    waiting = queries_officer.waiting_by_state(officer, today=today)
    stage = next((stage for stage in STAGES if stage.name == request.GET.get("stage")), None)
    context: dict[str, object] = {
        "today": today,
        "day": current_calendar().day(today),
        "figures": _figures(waiting),
        "chips": _stage_chips(waiting, stage),
    }
    if request.GET.get("only") == "figures":
        return page(request, "licensing/officer/_figures.html", context)
    found = queries.waiting_for(officer)
    if stage:
        found = found.filter(state__in=stage.states)
        waiting = [row for row in waiting if row.state in stage.states]
    part = slice_of(queries_officer.as_list(found), BY_DUE_DAY, request.GET)
    rows = [_row(officer, application, today) for application in part.rows]
    context |= {"slice": part, "groups": _by_urgency(rows, _counts(waiting), today), "nothing": _NOTHING_WAITS}
    return page(request, "licensing/officer/inbox.html", context, fragment="licensing/officer/_list.html")


@officer_view
def mine(request: OfficerRequest) -> HttpResponse:
    """What I have had a hand in, newest first."""
    closed = request.GET.get("closed") == "1"
    return _plain_list(
        request,
        Listing(
            "我经办的",
            "最近提交的在前",
            queries_officer.handled_by(request.actor, closed=closed),
            NEWEST_FIRST,
            Nothing("没有您经办的申请", "您领取、受理、审查、核查或者决定过的申请会列在这里。"),
            (Chip("办理中", "?", current=not closed), Chip("包括已办结的", "?closed=1", current=closed)),
        ),
    )


@officer_view
def everything(request: OfficerRequest) -> HttpResponse:
    """What is open in my territory; with ``q``, whatever a search finds there, closed or not."""
    if text := request.GET.get("q", "").strip()[:100]:
        found = queries_officer.found_by(request.actor, text, today=request.today)
        nothing = Nothing(
            "没有找到", "可以按企业名称、接收凭证号、受理号、统一社会信用代码、许可证编号查找本辖区的申请。"
        )
        return _plain_list(request, Listing(f"查找“{text}”", "包括已经办结的", found, NEWEST_FIRST, nothing), q=text)
    nothing = Nothing("没有在办的申请", "企业提交申请后会出现在这里。")
    found = queries.open_in(request.actor)
    return _plain_list(request, Listing("本单位在办", "包括下级机关，按时限排序", found, BY_DUE_DAY, nothing))


@officer_view
def visits(request: OfficerRequest) -> HttpResponse:
    """The visits I take part in."""
    found = [_trip(application, request) for application in queries_officer.visits_of(request.actor)]
    context = {
        "open": [trip for trip in found if not trip.is_over],
        "over": [trip for trip in found if trip.is_over],
        "today": request.today,
    }
    return page(request, "licensing/officer/visits.html", context)


# What the lists are made of -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Nothing:
    """What an empty list says."""

    title: str
    text: str


_NOTHING_WAITS = Nothing("没有等您办理的事项", "新的事项到达时会出现在这里。也可以看看本单位在办的申请。")


@dataclass(frozen=True)
class Listing:
    """A list with its heading and its order."""

    title: str
    subtitle: str
    found: QuerySet[Application]
    order: Order
    nothing: Nothing
    chips: tuple[Chip, ...] = ()


def _plain_list(request: OfficerRequest, listing: Listing, *, q: str = "") -> HttpResponse:
    part = slice_of(queries_officer.as_list(listing.found), listing.order, request.GET)
    rows = [_row(request.actor, application, request.today) for application in part.rows]
    by_day = listing.order is BY_DUE_DAY
    context = {
        "today": request.today,
        "listing": listing,
        "chips": listing.chips,
        "slice": part,
        "groups": _by_urgency(rows, {}, request.today) if by_day else [Group("", tuple(rows))],
        "nothing": listing.nothing,
        "q": q,
    }
    return page(request, "licensing/officer/list.html", context, fragment="licensing/officer/_list.html")


def _stage_chips(waiting: list[Waiting], chosen: Stage | None) -> Iterator[Chip]:
    yield Chip("全部", "?", sum(row.count for row in waiting), current=chosen is None)
    for stage in STAGES:
        count = sum(row.count for row in waiting if row.state in stage.states)
        if count or stage is chosen:
            yield Chip(stage.title, f"?stage={stage.name}", count, current=stage is chosen)


_OVERDUE, _TODAY, _SOON, _REST = "已超期", "今天到期", f"{queries_officer.SOON}个工作日内到期", "其余"


def _counts(waiting: list[Waiting]) -> dict[str, int]:
    overdue, due, soon = (sum(getattr(row, name) for row in waiting) for name in ("overdue", "today", "soon"))
    rest = sum(row.count for row in waiting) - overdue - due - soon
    return {_OVERDUE: overdue, _TODAY: due, _SOON: soon, _REST: rest}


def _figures(waiting: list[Waiting]) -> list[Figure]:
    return [
        Figure(title, str(count), "件", alarm=bool(count) and title == _OVERDUE)
        for title, count in _counts(waiting).items()
    ]


def _by_urgency(rows: list[Row], counts: dict[str, int], today: date) -> list[Group]:
    """The rows, which come in the order of their due days, under their headings."""
    soon = queries_officer.last_soon_day(today)
    return [
        Group(title, tuple(found), counts.get(title))
        for title, found in groupby(rows, lambda row: _urgency(row.application.due_on, today, soon))
    ]


def _urgency(due_on: date | None, today: date, soon: date) -> str:
    if due_on is None or due_on > soon:
        return _REST
    if due_on < today:
        return _OVERDUE
    return _TODAY if due_on == today else _SOON


def _row(officer: Officer, application: Application, today: date) -> Row:
    return Row(
        application=application,
        reading=clocks.glance(application.state, application.due_on, today=today),
        apart=buttons.set_apart(officer, application),
        progress=_progress(application, today),
        before=_before(officer, application),
        holder=_called(application.claimed_by, officer),
        may_claim=not application.claimed_by_id and not why_not_claim(officer, application),
        elsewhere=""
        if application.authority_id == officer.authority_id or not application.authority
        else application.authority.name,
    )


_PROGRESS = {
    "resubmitted": "补正后重新提交",
    "correction_requested": "等申请人补正",
    "correcting_on_spot": "等申请人确认更正",
    "granted": "正在制作证书",
}


def _progress(application: Application, today: date) -> str:
    """Where the case stands beyond its state: the opinion, the day of the visit, what it waits for."""
    if application.state == "decision_proposed":
        passed = [result == PASS for result in application.proposal["results"].values()]
        return "建议准予" if all(passed) else "建议部分准予" if any(passed) else "建议不予"
    if application.state == "verification_done":
        return "决定人员退回" if application.proposal else "核查已结束"
    visit = queries.visit_of(application)
    if application.state == "verification_assigned" and visit:
        return f"{spoken(visit.visit_on, today=today)}核查"
    return _PROGRESS.get(application.state, "")


def _before(officer: Officer, application: Application) -> str:
    """Who had the case in hand before: the reviewer before a decision, the acceptor before a review."""
    person = application.reviewed_by if application.state == "decision_proposed" else application.accepted_by
    return _called(person, officer) or "申请人"


def _called(person: User | None, officer: Officer) -> str:
    return "" if person is None else "您本人" if person.pk == officer.user_id else person.name


@dataclass(frozen=True)
class Trip:
    """A visit in the verifier's list."""

    application: Application
    visit: Visit
    leader: str
    is_leader: bool
    scored: int
    of: int
    reading: ClockReading | None

    @property
    def is_over(self) -> bool:
        """Whether it was concluded, or the case left the visit in another way."""
        return self.application.state != "verification_assigned"


def _trip(application: Application, request: OfficerRequest) -> Trip:
    visit = application.visit
    leader = next(member for member in visit.team if member["leader"])
    return Trip(
        application,
        visit,
        leader["name"],
        leader["user_id"] == request.actor.user_id,
        sum(bool(mark.get("score")) for mark in visit.sheet.get("common", {}).values()),
        len(score_sheet.items()),
        clocks.glance(application.state, application.due_on, today=request.today),
    )
