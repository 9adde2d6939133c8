"""The operator's page: figures that explain themselves, what wants a hand, and the retry of failed jobs."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from xuke.accounts.doors import OfficerRequest, role_view
from xuke.accounts.officers import Role
from xuke.operations import commands, queries
from xuke.operations.queries import MOST_SHOWN, State
from xuke.operations.rules import BACKED_UP_WITHIN, SEALED_WITHIN, is_short, is_silent
from xuke.web.pages import go, page
from xuke.web.pieces import Figure

GIGABYTE = 1_000_000_000


@role_view(Role.SYSTEM_ADMINISTRATOR)
def operations(request: OfficerRequest) -> HttpResponse:
    """How the system runs at this moment. The figures alone are asked for every few seconds."""
    state = queries.state(now=request.now)
    context: dict[str, object] = {"today": request.today, "state": state, "figures": _figures(state)}
    if request.GET.get("only") == "figures":
        return page(request, "operations/_figures.html", context)
    context["failed"] = queries.failed_jobs(MOST_SHOWN) if state.signs.failed else []
    context["news"] = queries.failing_news() if state.signs.news_failing else []
    return page(request, "operations/operations.html", context)


@role_view(Role.SYSTEM_ADMINISTRATOR)
@require_POST
def retry(request: OfficerRequest, job: int) -> HttpResponse:
    """Order one failed job again."""
    commands.retry_job(job=job, by=request.actor, now=request.now)
    return go(request, "operations")


@role_view(Role.SYSTEM_ADMINISTRATOR)
@require_POST
def retry_all(request: OfficerRequest) -> HttpResponse:
    """Order every failed job again."""
    commands.retry_failed(by=request.actor, now=request.now)
    return go(request, "operations")


def _figures(state: State) -> list[Figure]:
    signs, now = state.signs, state.signs.now
    backup = signs.backed_up_at
    return [
        Figure("后台作业", str(signs.workers), "个在运行", "15秒内有动静；一个进程算两个", alarm=not signs.workers),
        Figure("排队", str(signs.waiting), "件", _waits(signs.oldest_waiting, now)),
        Figure("失败", str(signs.failed), "件", "不会自己再试", alarm=bool(signs.failed)),
        Figure(
            "封存",
            _ago(signs.sealed_at, now),
            "",
            "每秒一次，日志才改不了",
            alarm=bool(signs.sealing_problem) or is_silent(signs.sealed_at, now, SEALED_WITHIN),
        ),
        Figure("备份", _ago(backup, now), "", "最近一次完整的", alarm=is_silent(backup, now, BACKED_UP_WITHIN)),
        Figure(
            "磁盘",
            f"{signs.free / GIGABYTE:,.0f}",
            "GB可用",
            f"共{signs.capacity / GIGABYTE:,.0f} GB",
            alarm=is_short(signs.free, signs.capacity),
        ),
    ]


def _waits(at: datetime | None, now: datetime) -> str:
    return f"最早的等了{_for(now - at)}" if at else "没有等着的"


def _ago(at: datetime | None, now: datetime) -> str:
    return f"{_for(now - at)}前" if at else "还没有"


def _for(span: timedelta) -> str:
    """A span in its largest unit."""
    seconds = max(0, int(span.total_seconds()))
    for size, unit in ((86_400, "天"), (3_600, "小时"), (60, "分钟")):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}秒"
