"""`xuke calendar`: load the State Council's plan of a year, decide about single days over it, list what was decided."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from xuke.config import embedded
from xuke.foundation import commands, holiday_plan, working_days
from xuke.foundation.actors import System
from xuke.foundation.calendar import Override, weekday
from xuke.foundation.models import CalendarDay
from xuke.foundation.refusals import Refused
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A plan, or a day and what it is; without one, the list."""
    parser.add_argument("--plan", type=Path, metavar="FILE", help="加载全年放假安排，格式见 docs/statutory-clocks.md")
    parser.add_argument("--check", action="store_true", help="和 --plan 一起用：只看会有哪些变化，不加载")
    parser.add_argument("day", nargs="?", metavar="DAY", type=date.fromisoformat, help="日期，例如 2027-02-08")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--off", action="store_true", help="这一天放假")
    kind.add_argument("--work", action="store_true", help="这一天上班")
    parser.add_argument("--name", default="", help="这一天叫什么，例如 春节")
    parser.add_argument("--source", default="", help="依据的文件，例如 国办发明电〔2026〕7号")


def run(arguments: argparse.Namespace) -> int:
    """Load, decide, or list. 0: done; 1 with --check: there are changes; 2: the file or the call was unusable."""
    if arguments.plan:
        return _plan(arguments.plan, is_check=arguments.check)
    if arguments.check:
        sys.stderr.write("--check 和 --plan 一起用。\n")
        return 2
    if arguments.day and arguments.off == arguments.work:
        sys.stderr.write("请用 --off（放假）或者 --work（上班）说明这一天。\n")
        return 2
    with embedded.running(settings.XUKE_HOME):
        if arguments.day is None:
            sys.stdout.write("".join(f"{_told(row)}\n" for row in CalendarDay.objects.order_by("date")))
            return 0
        try:
            decided = commands.decide_day(
                day=arguments.day,
                is_workday=arguments.work,
                name=arguments.name,
                source=arguments.source,
                by=System("calendar"),
                now=timezone.now(),
            )
        except Refused as refused:
            sys.stderr.write(f"{refused.sentence}\n")
            return 2
    sys.stdout.write(f"{_told(decided)}\n")
    return 0


def _plan(path: Path, *, is_check: bool) -> int:
    """Say what a plan changes of the calendar; without --check, load it."""
    found = holiday_plan.read(path)
    if found.plan is None:
        sys.stderr.write("".join(f"{fault.sentence}\n" for fault in found.faults))
        sys.stderr.write(f"共{len(found.faults)}处有误，没有加载。\n")
        return 2
    with embedded.running(settings.XUKE_HOME):
        with opened_for(EVERYTHING):
            calendar = working_days.current()
        differences = tuple(found.plan.differences(calendar))
        provisional = sum(calendar.day(day).provisional for day in found.plan.days)
        sys.stdout.write("".join(_changed(day, found.plan.days[day]) for day in differences))
        if is_check:
            told = f"有{len(differences)}天和现在的日历不同，{provisional}天不再是暂定，还没有加载。"
            sys.stdout.write(f"{told}\n" if differences or provisional else "没有变化。\n")
            return 1 if differences or provisional else 0
        done = commands.load_plan(plan=found.plan, by=System("calendar"), now=timezone.now())
    sys.stdout.write("".join(f"保留单独作出的决定：{_told(row)}\n" for row in done.kept))
    sys.stdout.write(
        f"已加载{found.plan.year}年放假安排，写入{done.written}天。在办申请的到期日由后台重算，已经告知的日期保留。\n"
        if done.written
        else "没有变化。\n"
    )
    return 0


def _changed(day: date, said: Override) -> str:
    after, name = ("放假→上班", "调休上班") if said.is_workday else ("上班→放假", said.name)
    return f"{day}　{weekday(day)}　{after}　{name}\n"


def _told(row: CalendarDay) -> str:
    return f"{row.date.isoformat()}　{'上班' if row.is_workday else '放假'}　{row.name or '—'}　{row.source}"
