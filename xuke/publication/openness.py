"""The four hundred-per-cents (四个百分之百) and the handling times, as the worker counted them, and what each means.

"Items public online, applied for online, process visible online, result public online" is how Hubei counts its reform
(REQ-03 of the handbook). Here each is a share of cases, or of items, that anybody can count again from the lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from xuke.publication.models import PublicFigure
from xuke.publication.projection.cases import ANNOUNCED_WITHIN, VISIBLE_WITHIN
from xuke.publication.times import FEWEST, SHARE

SOURCE = "湖北省“四个百分之百”：事项网上公开、申请网上提交、过程网上可见、结果网上公开"


@dataclass(frozen=True)
class Measure:
    """One of the four: its name, and in one sentence what is counted over what."""

    code: str
    title: str
    meaning: str
    unit: str = "件"


_HOURS = VISIBLE_WITHIN.days * 24
MEASURES = (
    Measure(
        "items",
        "事项网上公开",
        "可以申请的事项中，申请条件、材料目录、办理时限及其依据全部在办事指南公开的比例；按期末计。",
        "项",
    ),
    Measure("online", "申请网上提交", "期内收到的申请中，由企业自己在网上提交、没有由工作人员代为录入的比例。"),
    Measure(
        "visible",
        "过程网上可见",
        f"期内办结的申请中，每一个应当告知申请人的环节都在发生后{_HOURS}小时内可以凭接收凭证号查到的比例。",
    ),
    Measure(
        "announced",
        "结果网上公开",
        f"期内作出的准予、不予许可和撤回、撤销、注销等决定中，{ANNOUNCED_WITHIN}个工作日内在网上公示的比例；期限按信用信息“双公示”的要求。",
    ),
)
BY_CODE = {measure.code: measure for measure in MEASURES}


@dataclass(frozen=True)
class Share:
    """A measure over a period: so many of so many."""

    measure: Measure
    good: int
    total: int

    @property
    def percent(self) -> str:
        """99.6%; rounded down, so that 100% means all; nothing where there was nothing to count."""
        if not self.total:
            return "没有"
        tenths = self.good * 1000 // self.total
        return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths / 10:.1f}%"

    @property
    def part(self) -> float:
        """Between 0 and 1, for the bar."""
        return self.good / self.total if self.total else 0.0

    @property
    def tone(self) -> str:
        """The class of its bar."""
        return "ok" if self.good == self.total else "warn"


@dataclass(frozen=True)
class Openness:
    """The four measures of the last twelve months and of each month, and when they were counted."""

    shares: tuple[Share, ...]
    months: tuple[tuple[str, tuple[Share, ...]], ...]
    since: date
    until: date
    counted_at: datetime


@dataclass(frozen=True)
class Group:
    """Handling times of one group of cases; without figures where there are too few to say anything."""

    by: str
    key: str
    name: str
    times: Mapping[str, Any] | None


@dataclass(frozen=True)
class Times:
    """The handling times of the last ninety days."""

    groups: tuple[Group, ...]
    since: date
    until: date
    counted_at: datetime

    @property
    def all(self) -> Group:
        """Of all cases together."""
        return next(group for group in self.groups if group.by == "all")

    def by(self, kind: str) -> tuple[Group, ...]:
        """The groups of one kind that have figures."""
        return tuple(group for group in self.groups if group.by == kind and group.times)

    def hidden(self, kind: str) -> int:
        """How many groups of a kind have too few cases to be shown."""
        return sum(group.by == kind and not group.times for group in self.groups)


FEWEST_CASES = int(FEWEST)
MOST_SHARE = round(SHARE * 100)


def figures(*names: str) -> dict[str, PublicFigure]:
    """Figures by name, as they were counted last: one statement."""
    return PublicFigure.objects.using("public").in_bulk(names)


def openness_of(found: Mapping[str, PublicFigure]) -> Openness | None:
    """The four measures; None before the worker has counted for the first time."""
    row = found.get("openness")
    if row is None:
        return None
    months = row.value["months"]
    by_month = tuple((month, tuple(_share(each, shares) for each in MEASURES)) for month, shares in months.items())
    return Openness(
        shares=tuple(_over_all(measure, by_month) for measure in MEASURES),
        months=by_month[::-1],
        since=date.fromisoformat(row.value["since"]),
        until=date.fromisoformat(row.value["until"]),
        counted_at=row.counted_at,
    )


def _share(measure: Measure, shares: Mapping[str, list[int]]) -> Share:
    good, total = shares.get(measure.code, (0, 0))
    return Share(measure, good, total)


def _over_all(measure: Measure, months: tuple[tuple[str, tuple[Share, ...]], ...]) -> Share:
    """Cases of all months together; items as they are now."""
    shares = [share for _, row in months for share in row if share.measure is measure]
    if measure.code == "items":
        return shares[-1]
    return Share(measure, sum(share.good for share in shares), sum(share.total for share in shares))


def times_of(found: Mapping[str, PublicFigure]) -> Times | None:
    """The handling times; None before the worker has counted for the first time."""
    row = found.get("times")
    if row is None:
        return None
    return Times(
        groups=tuple(Group(**group) for group in row.value["groups"]),
        since=date.fromisoformat(row.value["since"]),
        until=date.fromisoformat(row.value["until"]),
        counted_at=row.counted_at,
    )
