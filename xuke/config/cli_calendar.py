"""`xuke calendar`: decide about single days, over the announced plan; list what was decided."""

from __future__ import annotations

import argparse
import sys
from datetime import date

from django.conf import settings
from django.utils import timezone

from xuke.config import embedded
from xuke.foundation import commands
from xuke.foundation.actors import System
from xuke.foundation.models import CalendarDay
from xuke.foundation.refusals import Refused


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A day and what it is; without one, the list."""
    parser.add_argument("day", nargs="?", metavar="DAY", type=date.fromisoformat, help="日期，例如 2027-02-08")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--off", action="store_true", help="这一天放假")
    kind.add_argument("--work", action="store_true", help="这一天上班")
    parser.add_argument("--name", default="", help="这一天叫什么，例如 春节")
    parser.add_argument("--source", default="", help="依据的文件，例如 国办发明电〔2026〕7号")


def run(arguments: argparse.Namespace) -> int:
    """Decide, or list. 0: done; 2: the call was unusable."""
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


def _told(row: CalendarDay) -> str:
    return f"{row.date.isoformat()}　{'上班' if row.is_workday else '放假'}　{row.name or '—'}　{row.source}"
