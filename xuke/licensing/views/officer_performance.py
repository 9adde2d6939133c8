"""效能: how the authority itself keeps its terms, beside others of its level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse

from xuke.accounts.officers import Officer, Role
from xuke.licensing import clocks, performance
from xuke.licensing.kept import ACCEPTANCE, DECISION
from xuke.licensing.performance import PERIODS, STAGES, Board, Spread
from xuke.licensing.views.officer_deadlines import Chip
from xuke.parties.doors import OfficerRequest, officer_view
from xuke.web.pages import page
from xuke.web.pieces import Figure

_OF = {"": "本机关", "below": "本机关和下级"}


@dataclass(frozen=True)
class Stage:
    """One stretch of the way, in words."""

    title: str
    limit: int
    count: int
    median: str
    mean: str
    most: str
    """In how many days nine of ten were done."""
    others: str
    """What half of the cases of the level needed; empty where there is nobody to compare with."""
    share: float
    """The median as a share of the limit."""


@dataclass(frozen=True)
class Bar:
    """How many decisions needed so many working days."""

    title: str
    count: int
    share: float
    tone: str


@officer_view
def performance_board(request: OfficerRequest) -> HttpResponse:
    """The board of a period."""
    given = request.GET
    period = given.get("period", "") if given.get("period", "") in PERIODS else "90"
    of = given.get("of", "") if given.get("of", "") in _OF else ""
    since, until = performance.days_of(period, request.today)
    board = performance.board(request.actor, since=since, until=until, today=request.today, below=of == "below")
    context = {
        "today": request.today,
        "name": request.actor.authority_name,
        "since": since,
        "until": until,
        "periods": [Chip(label, _address(of, code), code == period) for code, label in PERIODS.items()],
        "whose": [Chip(label, _address(code, period), code == of) for code, label in _OF.items()],
        "sentence": _sentence(board),
        "figures": _figures(board, request.actor, of),
        "stages": list(_stages(board)),
        "bars": _bars(board.all.stages[DECISION], clocks.by_law(DECISION, until)),
        "procedures": [_procedure(one) for one in board.procedures],
        "board": board,
    }
    return page(request, "licensing/officer/performance.html", context)


def _address(of: str, period: str) -> str:
    return f"?{urlencode({name: value for name, value in (('of', of), ('period', period)) if value})}"


def percent(share: float | None) -> str:
    """99.5%; a share that is not whole is never told as one."""
    if share is None:
        return "—"
    told = int(share * 1000) / 10
    return f"{told:g}%"


def _sentence(board: Board) -> str:
    every, decided = board.all.every, board.all.stages[DECISION]
    if not every.count:
        return "这段时间没有办结的时限。"
    said = f"这段时间走完{every.count}个时限，按时{percent(every.on_time)}，超期{every.late}个。"
    if decided.count:
        half, most = decided.within(0.5), decided.within(0.9)
        said += f"作出决定{decided.count}件，一半在{half}个工作日内，九成在{most}个工作日内。"
    return said


def _figures(board: Board, officer: Officer, of: str) -> list[Figure]:
    one, level = board.all, board.level
    listed = f"/office/deadlines/?show=breaches{'' if of else '&where=own'}"
    may_look = officer.has(Role.SUPERVISOR) or officer.has(Role.DECIDER)
    return [
        Figure(
            "按时率", percent(one.every.on_time).removesuffix("%"), "%" if one.every.count else "", _beside(level.every)
        ),
        Figure("作出决定", str(one.decided), "件"),
        Figure("超期", str(one.every.late), "个", f"现在还有{board.overdue}件没有办结", alarm=bool(one.every.late)),
        Figure(
            "超期未说明",
            str(board.unexplained),
            "个",
            f"{_OF[of]}，现在",
            url=listed if board.unexplained and may_look else "",
        ),
        Figure("视为受理、延续", str(one.silent), "件"),
        Figure("延长期限", str(one.extended), "件"),
        Figure("停止计时", str(one.paused), "件", f"共{one.paused_days}天" if one.paused else ""),
        Figure("现场核查逾期", str(board.visits), "件", "现在", alarm=bool(board.visits)),
        Figure("证后检查逾期", str(board.checks), "件", "现在", alarm=bool(board.checks), url=_after(board.checks)),
        Figure(
            "整改逾期未报告",
            str(board.rectifications),
            "件",
            "现在",
            alarm=bool(board.rectifications),
            url=_after(board.rectifications),
        ),
    ]


def _after(count: int) -> str:
    """Where what follows a licence is listed, if there is anything."""
    return "/office/checks/" if count else ""


def _beside(level: Spread) -> str:
    return f"同级机关{percent(level.on_time)}" if level.count else ""


def _stages(board: Board) -> Iterator[Stage]:
    for clock, title in STAGES.items():
        own, others = board.all.stages[clock], board.level.stages[clock]
        limit, half = clocks.by_law(clock, board.until), own.within(0.5)
        yield Stage(
            title,
            limit,
            own.count,
            _days(half),
            f"{own.mean:.1f}".removesuffix(".0") if own.mean is not None else "—",
            _days(own.within(0.9)),
            _days(others.within(0.5)) if others.count else "",
            (half or 0) / limit,
        )


def _days(count: int | None) -> str:
    return "—" if count is None else str(count)


def _bars(spread: Spread, limit: int) -> list[Bar]:
    """Day by day up to the limit, and all that took longer in one."""
    if not spread.count:
        return []
    most = max(spread.days.values())
    found = [
        Bar("当日" if used == 0 else f"{used}个工作日", spread.days[used], spread.days[used] / most, "")
        for used in range(limit + 1)
    ]
    longer = sum(count for used, count in spread.days.items() if used > limit)
    return [*found, Bar(f"超过{limit}个", longer, min(longer / most, 1), "warn")]


def _procedure(one: performance.Of) -> dict[str, object]:
    return {
        "title": one.title,
        "decided": one.decided,
        "on_time": percent(one.every.on_time),
        "accepted": _days(one.stages[ACCEPTANCE].within(0.5)),
        "median": _days(one.stages[DECISION].within(0.5)),
        "late": one.every.late,
        "extended": one.extended,
        "paused": one.paused,
        "silent": one.silent,
    }
