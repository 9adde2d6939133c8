"""What narrows an officer's list. The filters are the address, so that a list can be kept and sent to a colleague.

A colleague reads the same filters within their own territory. What an address holds that nothing here knows narrows
nothing, and the page says so: addresses are typed, shortened and mangled on their way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict

from xuke.accounts.officers import Officer
from xuke.catalogue.food import categories
from xuke.foundation.journal import SHANGHAI
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import places
from xuke.licensing.workflow import LIFE
from xuke.web.numbers import whole

SOON = 3
"""Working days before its due date from which a case counts as due soon."""
LONGEST_TEXT = 100
_YEARS = range(1949, 2100)


@dataclass(frozen=True)
class Stage:
    """A part of the work, in the order of a case."""

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
"""What waits for the office."""
OTHERS = (
    Stage("correction", "等补正", ("correction_requested",)),
    Stage("granted", "已准予", ("granted", "certificate_issued")),
    Stage("refused", "不予受理或许可", ("not_accepted", "refused")),
    Stage("elsewhere", "不需要许可、不属于本机关", ("not_required", "not_competent")),
    Stage("retracted", "已撤回", ("retracted",)),
)
"""What waits for the applicant, or for nobody any more."""
DUE = {"overdue": "已超期", "today": "今天到期", "soon": f"{SOON}个工作日内到期", "later": "其余", "none": "不在计时"}
LABELS = {
    "stage": "环节",
    "state": "状态",
    "category": "食品类别",
    "below": "机关",
    "due": "时限",
    "holder": "领取",
    "since": "提交起日",
    "until": "提交止日",
}
HOLDERS = {"mine": "我领取的", "nobody": "没有人领取的", "others": "同事领取的"}


def last_soon_day(today: date) -> date:
    """The last day that counts as soon."""
    return current_calendar().add(today, SOON).on


@dataclass(frozen=True)
class Filters:
    """What an address asks for."""

    q: str = ""
    stage: str = ""
    state: str = ""
    category: str = ""
    below: str = ""
    """The code of an authority in the officer's territory: it and those below."""
    due: str = ""
    holder: str = ""
    """A key of `HOLDERS`, or the number of a colleague."""
    since: date | None = None
    until: date | None = None
    """The last day of submission."""
    closed: bool = False
    notes: tuple[str, ...] = field(default=(), compare=False)
    """What could not be read, as sentences."""

    @property
    def states(self) -> tuple[str, ...]:
        """The states asked for; empty for all."""
        if self.state:
            return (self.state,)
        return next((stage.states for stage in (*STAGES, *OTHERS) if stage.name == self.stage), ())

    @property
    def any(self) -> bool:
        """Whether anything is narrowed besides what was searched for."""
        return bool(self.as_address({"q", "closed"}))

    def as_address(self, without: set[str] | None = None) -> dict[str, str]:
        """The parameters that ask for the same again, without some."""
        asked = {}
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name != "notes" and value and each.name not in (without or ()):
                asked[each.name] = "1" if value is True else value.isoformat() if isinstance(value, date) else value
        return asked

    def narrowing(self, officer: Officer, *, today: date) -> Q:
        """The condition on applications, but for place, state and text, which decide how a list is read."""
        wanted = Q()
        if self.category:
            wanted &= Q(categories__contains=[self.category])
        if self.due:
            wanted &= _due(self.due, today)
        if self.holder:
            wanted &= _held(self.holder, officer)
        if self.since:
            wanted &= Q(submitted_at__gte=datetime.combine(self.since, time(), SHANGHAI))
        if self.until:
            wanted &= Q(submitted_at__lt=datetime.combine(self.until + timedelta(1), time(), SHANGHAI))
        return wanted

    def place(self, officer: Officer) -> str:
        """Where in the tree is looked: at and below the officer's authority, or one of those below."""
        here = (each.path for each in places.below(officer.authority_path) if each.code == self.below)
        return next(here, officer.authority_path) if self.below else officer.authority_path

    def told(self, officer: Officer) -> Iterator[tuple[str, str]]:
        """Each filter in words with its parameter, but for what was searched for."""
        if self.stage:
            yield "stage", next(stage.title for stage in (*STAGES, *OTHERS) if stage.name == self.stage)
        if self.state:
            yield "state", LIFE.state(self.state).title
        if self.category:
            yield "category", next(each.name for each in categories() if each.code == self.category)
        if self.below:
            yield "below", next(each.name for each in places.below(officer.authority_path) if each.code == self.below)
        if self.due:
            yield "due", DUE[self.due]
        if self.holder:
            yield "holder", HOLDERS.get(self.holder, "一位同事领取的")
        if self.since:
            yield "since", f"{self.since.isoformat()}起提交"
        if self.until:
            yield "until", f"{self.until.isoformat()}止提交"


def _due(due: str, today: date) -> Q:
    soon = last_soon_day(today)
    return {
        "overdue": Q(due_on__lt=today),
        "today": Q(due_on=today),
        "soon": Q(due_on__gt=today, due_on__lte=soon),
        "later": Q(due_on__gt=soon),
        "none": Q(due_on=None),
    }[due]


def _held(holder: str, officer: Officer) -> Q:
    if holder == "others":
        return Q(claimed_by__isnull=False) & ~Q(claimed_by=officer.user_id)
    return Q(claimed_by={"mine": officer.user_id, "nobody": None}.get(holder) if holder in HOLDERS else int(holder))


def read(query: Mapping[str, str], officer: Officer) -> Filters:
    """The filters in an address. Says in `notes` what it could not read."""
    asked: dict[str, Any] = {}
    notes: list[str] = []
    for name in LABELS:
        typed = query.get(name, "")
        value = _READ.get(name, _one_of)(name, typed, officer) if typed else None
        if value:
            asked[name] = value
        elif typed:
            notes.append(f"{_WHY_NOT[name].format(LABELS[name], typed[:20])}，没有按它筛选。")
    text = query.get("q", "").strip()
    if len(text) > LONGEST_TEXT:
        notes.append(f"查找的内容有{len(text)}个字，只用了前{LONGEST_TEXT}个字。")
    wanted = Filters(q=text[:LONGEST_TEXT], closed=query.get("closed") == "1", **asked)
    if wanted.since and wanted.until and wanted.until < wanted.since:
        notes.append("提交日期的止日早于起日，不会有结果。")
    return replace(wanted, notes=tuple(notes))


def short(address: str, query: QueryDict) -> str:
    """The address without the parameters that say nothing, which a form sends along; "" when there are none."""
    asked = [(name, value) for name, values in query.lists() for value in values]
    said = [(name, value) for name, value in asked if value]
    if len(said) == len(asked):
        return ""
    return f"{address}?{urlencode(said)}" if said else address


_KNOWN = {
    "stage": {stage.name for stage in (*STAGES, *OTHERS)},
    "state": {state.name for state in LIFE.states} - {LIFE.initial},
    "category": {category.code for category in categories()},
    "due": set(DUE),
}


def _one_of(name: str, typed: str, officer: Officer) -> str:
    return typed if typed in _KNOWN[name] else ""


def _authority(name: str, typed: str, officer: Officer) -> str:
    return typed if typed in {place.code for place in places.below(officer.authority_path)} else ""


def _holder(name: str, typed: str, officer: Officer) -> str:
    return typed if typed in HOLDERS or whole(typed) else ""


def _day(name: str, typed: str, officer: Officer) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if day.year in _YEARS else None


_READ: dict[str, Callable[[str, str, Officer], Any]] = {
    "below": _authority,
    "holder": _holder,
    "since": _day,
    "until": _day,
}
_A_DAY = f"{{}}“{{}}”不是{_YEARS[0]}年到{_YEARS[-1]}年之间的日期"
_WHY_NOT = {
    **dict.fromkeys(LABELS, "看不懂地址里的{}“{}”"),
    "below": "看不懂地址里的{}“{}”，或者它不在您的辖区",
    "since": _A_DAY,
    "until": _A_DAY,
}
"""Why a filter could not be read."""
