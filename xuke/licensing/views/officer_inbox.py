"""The officer's lists: what waits for me, what I have had a hand in, what is open here, my visits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from urllib.parse import urlencode

from django.http import HttpResponse

from xuke.accounts.models import User
from xuke.accounts.officers import Officer, Role
from xuke.catalogue import score_sheet
from xuke.foundation.bigrams import plain
from xuke.foundation.calendar import spoken
from xuke.foundation.clock import ClockReading
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import binding, buttons, clocks, filters, lists, queries, queries_officer, reminders
from xuke.licensing.commands.claiming import why_not_claim
from xuke.licensing.commands.reviewing import PASS
from xuke.licensing.filters import DUE, LABELS, STAGES, Filters, Stage, last_soon_day
from xuke.licensing.forms_filters import FilterForm
from xuke.licensing.listed import BY_DUE_DAY, Listed
from xuke.licensing.models import Application, Visit
from xuke.licensing.queries import Waiting
from xuke.licensing.views.officer_paging import slice_of
from xuke.parties.doors import OfficerRequest, officer_view
from xuke.web.pages import go, page
from xuke.web.pieces import Figure


@dataclass(frozen=True)
class Chip:
    """One filter, or a filter to take away."""

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
    holder_url: str
    """The list of what that person has claimed."""
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
    if short := filters.short(request.path, request.GET):
        return go(request, short)
    officer, today = request.actor, request.today
    tally = queries.tally(officer, today=today, soon=last_soon_day(today))
    request.tally = tally  # type: ignore[attr-defined]
    waiting, wanted = tally.waiting_by_state, filters.read(request.GET, officer)
    context: dict[str, object] = {
        "today": today,
        "day": current_calendar().day(today),
        "figures": _figures(waiting),
    }
    if request.GET.get("only") != "figures":
        context["spoken"] = reminders.spoken(officer, today=today).sentences
    if request.GET.get("only") == "figures":
        return page(request, "licensing/officer/_figures.html", context)
    shown = replace(INBOX, chips=tuple(_stage_chips(officer, waiting, wanted)))
    counts = _counts([row for row in waiting if not wanted.states or row.state in wanted.states])
    narrowed = wanted.as_address({"stage", "state"})
    context |= _listed(request, shown, lists.inbox(officer, wanted, today=today), wanted, {} if narrowed else counts)
    return page(request, "licensing/officer/inbox.html", context, fragment="licensing/officer/_list.html")


@officer_view
def mine(request: OfficerRequest) -> HttpResponse:
    """What I have had a hand in, newest first."""
    if short := filters.short(request.path, request.GET):
        return go(request, short)
    wanted = filters.read(request.GET, request.actor)
    rest = wanted.as_address({"closed"})
    chips = (
        Chip("办理中", _address(rest), current=not wanted.closed),
        Chip("包括已办结的", _address(rest | {"closed": "1"}), current=wanted.closed),
    )
    found = lists.mine(request.actor, wanted, today=request.today)
    return _plain_list(request, replace(MINE, chips=chips), found, wanted)


@officer_view
def everything(request: OfficerRequest) -> HttpResponse:
    """What is open in my territory; with ``q``, whatever a search finds there, closed or not."""
    if short := filters.short(request.path, request.GET):
        return go(request, short)
    wanted = filters.read(request.GET, request.actor)
    if not wanted.q:
        listed = lists.territory(request.actor, wanted, today=request.today)
        order = "按时限排序" if listed.order is BY_DUE_DAY else "最近提交的在前"
        return _plain_list(request, replace(OPEN, subtitle=f"包括下级机关，{order}"), listed, wanted)
    found = lists.search(request.actor, wanted, today=request.today)
    shown = replace(FOUND, title=f"查找“{wanted.q}”")
    if found.newest_only:
        wanted = replace(wanted, notes=(*wanted.notes, _NEWEST_ONLY))
    elif _SHORT_LICENCE.fullmatch(wanted.q):
        wanted = replace(wanted, notes=(*wanted.notes, "许可证编号请至少输入前9位，例如SC1244205。"))
    elif len(plain(wanted.q)) == 1:
        wanted = replace(wanted, notes=(*wanted.notes, "一个字只查名称就是这个字的企业。请至少输入两个字。"))
    return _plain_list(request, shown, found.listed, wanted)


@officer_view
def visits(request: OfficerRequest) -> HttpResponse:
    """The visits I take part in."""
    over = slice_of(lists.visits(request.actor), request.GET, place=request.path)
    ahead = queries_officer.visits_ahead(request.actor) if over.is_first else []
    context = {
        "open": [_trip(application, request) for application in ahead],
        "over": over,
        "today": request.today,
    }
    return page(request, "licensing/officer/visits.html", context)


# What the lists are made of -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Nothing:
    """What an empty list says."""

    title: str
    text: str


@dataclass(frozen=True)
class Shown:
    """A list as its page calls it."""

    title: str
    subtitle: str
    nothing: Nothing
    kind: str
    """What an export calls it."""
    chips: tuple[Chip, ...] = ()


INBOX = Shown(
    "等我办理",
    "",
    Nothing("没有等您办理的事项", "新的事项到达时会出现在这里。也可以看看本单位在办的申请。"),
    "inbox",
)
MINE = Shown(
    "我经办的",
    "最近提交的在前",
    Nothing("没有您经办的申请", "您领取、受理、审查、核查或者决定过的申请会列在这里。"),
    "mine",
)
OPEN = Shown("本单位在办", "", Nothing("没有在办的申请", "企业提交申请后会出现在这里。"), "all")
FOUND = Shown(
    "查找",
    "包括已经办结的",
    Nothing("没有找到", "可以按企业名称、接收凭证号、受理号、统一社会信用代码、许可证编号查找本辖区的申请。"),
    "all",
)
_SHORT_LICENCE = re.compile(r"\s*SC\d{0,6}\s*", re.IGNORECASE)
_NARROWED = Nothing("没有符合筛选条件的申请", "可以去掉上面的一个筛选条件再看。")
_NEWEST_ONLY = f"这样的企业很多，只查了最近提交的{lists.NEWEST}件申请。多输入几个字可以查到更早的。"


def _plain_list(request: OfficerRequest, shown: Shown, found: Listed, wanted: Filters) -> HttpResponse:
    context = _listed(request, shown, found, wanted, {})
    return page(request, "licensing/officer/list.html", context, fragment="licensing/officer/_list.html")


def _listed(
    request: OfficerRequest, shown: Shown, found: Listed, wanted: Filters, counts: dict[str, int]
) -> dict[str, object]:
    """What every list shows: its page, its filters and what could not be read of them."""
    officer, today = request.actor, request.today
    part = slice_of(found, request.GET, place=request.path)
    rows = [_row(officer, application, today) for application in part.rows]
    by_day = found.order is BY_DUE_DAY
    return {
        "today": today,
        "listing": shown,
        "chips": shown.chips,
        "slice": part,
        "groups": _by_urgency(rows, counts, today) if by_day else [Group("", tuple(rows))],
        "nothing": _NARROWED if wanted.any else shown.nothing,
        "q": wanted.q,
        "wanted": wanted,
        "chosen": [
            Chip(f"{LABELS[name]}：{told}", _address(wanted.as_address({name}))) for name, told in wanted.told(officer)
        ],
        "notes": [*wanted.notes, *([part.note] if part.note else [])],
        "filters": FilterForm(wanted, officer),
        "export": urlencode(wanted.as_address()),
    }


def _address(asked: Mapping[str, str]) -> str:
    return f"?{urlencode(asked)}"


def _stage_chips(officer: Officer, waiting: Sequence[Waiting], wanted: Filters) -> Iterator[Chip]:
    rest = wanted.as_address({"stage", "state"})
    yield Chip("全部", _address(rest), sum(row.count for row in waiting), current=not wanted.states)
    for stage in STAGES:
        count = sum(row.count for row in waiting if row.state in stage.states)
        if count or stage.name == wanted.stage:
            address = _address(rest | {"stage": stage.name})
            yield Chip(_stage_title(officer, stage), address, count, current=stage.name == wanted.stage)


def _stage_title(officer: Officer, stage: Stage) -> str:
    """Before the review only promises wait for somebody who decides and does not review."""
    return "告知承诺" if "accepted" in stage.states and not officer.has(Role.REVIEWER) else stage.title


_OVERDUE, _TODAY, _SOON, _REST = (DUE[name] for name in ("overdue", "today", "soon", "later"))
_DUE_OF = {told: name for name, told in DUE.items()}


def _counts(waiting: Sequence[Waiting]) -> dict[str, int]:
    overdue, due, soon = (sum(getattr(row, name) for row in waiting) for name in ("overdue", "today", "soon"))
    rest = sum(row.count for row in waiting) - overdue - due - soon
    return {_OVERDUE: overdue, _TODAY: due, _SOON: soon, _REST: rest}


def _figures(waiting: Sequence[Waiting]) -> list[Figure]:
    return [
        Figure(
            title,
            str(count),
            "件",
            url=_address({"due": _DUE_OF[title]}) if count and title != _REST else "",
            alarm=bool(count) and title == _OVERDUE,
        )
        for title, count in _counts(waiting).items()
    ]


def _by_urgency(rows: list[Row], counts: dict[str, int], today: date) -> list[Group]:
    """The rows, which come in the order of their due days, under their headings."""
    soon = last_soon_day(today)
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
        reading=clocks.of_row(application, today=today),
        apart=buttons.set_apart(officer, application),
        progress=_progress(application, today),
        before=_before(officer, application),
        holder=_called(application.claimed_by, officer),
        holder_url=_address({"holder": str(application.claimed_by_id)}) if application.claimed_by_id else "",
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
    if application.waits_on_promise:
        return "告知承诺，等当场决定"
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


def _trip(application: Application, request: OfficerRequest) -> Trip:
    visit = application.visit
    leader = next(member for member in visit.team if member["leader"])
    return Trip(
        application,
        visit,
        leader["name"],
        leader["user_id"] == request.actor.user_id,
        sum(bool(mark.get("score")) for mark in visit.sheet.get("common", {}).values()),
        len(score_sheet.items(binding.score_rule(application, on=request.today).sheet)),
        clocks.of_row(application, today=request.today),
    )
