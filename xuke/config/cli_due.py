"""`xuke due START --days N`: the last day of a period of working days, by the announced holiday plans."""

from __future__ import annotations

import argparse
import json
import re
import sys
from datetime import date

from xuke.foundation.calendar import LAST_ANNOUNCED_YEAR, DueDate, OutsideCalendar, WorkingCalendar, spoken, weekday
from xuke.foundation.identifiers.text import tidy

MOST_DAYS = 10_000

_DATE = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?|(\d{4})(\d{2})(\d{2})", re.ASCII)


class BadInput(ValueError):
    """What was typed cannot be used; the message says what to type instead."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes. Both values are read as text: we say ourselves what is wrong with them."""
    parser.add_argument("start", metavar="START", help="起算事由发生日，当日不计入，如2026-11-20")
    parser.add_argument("--days", metavar="N", default="", help="工作日天数")
    parser.add_argument("--json", action="store_true", help="输出JSON，注明是否暂定")


def run(args: argparse.Namespace) -> int:
    """Print the due date; 2 with a sentence when the input cannot be used."""
    try:
        start, days = _read_date(args.start), _read_days(args.days)
        due = WorkingCalendar().add(start, days)
    except (BadInput, OutsideCalendar) as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    sys.stdout.write((_as_json(start, days, due) if args.json else _sentence(due)) + "\n")
    return 0


def _read_date(typed: str) -> date:
    match = _DATE.fullmatch(tidy(typed))
    try:
        if match:
            return date(*(int(part) for part in match.groups() if part))
    except ValueError:
        pass  # 30 February has the right form, but there is no such day.
    raise BadInput(f"“{typed}”不是有效日期；请写成2026-11-20这样的形式")


def _read_days(typed: str) -> int:
    if not typed:
        raise BadInput("没有写明天数；请加上--days和工作日天数，如--days 20")
    text = tidy(typed)
    if not re.fullmatch(r"\d{1,5}", text, re.ASCII) or int(text) > MOST_DAYS:
        raise BadInput(f"天数“{typed}”不对；请写0至{MOST_DAYS}之间的整数")
    return int(text)


def _sentence(due: DueDate) -> str:
    said = f"{spoken(due.on)}（{weekday(due.on)}）"
    return f"{said}，暂定：{_note(due)}" if due.provisional else said


def _note(due: DueDate) -> str:
    if not due.provisional:
        return ""
    return f"{LAST_ANNOUNCED_YEAR + 1}年放假安排尚未公布，按周末和法定节假日推算"


def _as_json(start: date, days: int, due: DueDate) -> str:
    facts = {
        "start": start.isoformat(),
        "days": days,
        "due": due.on.isoformat(),
        "provisional": due.provisional,
        "weekday": weekday(due.on),
        "note": _note(due),
    }
    return json.dumps(facts, ensure_ascii=False)
