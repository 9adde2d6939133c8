"""Figures of the public pages, counted by the worker every few minutes, so that no page counts anything.

Whatever took long to count is counted again less often: counting costs at most a hundredth of one core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, connections

from xuke.catalogue import food
from xuke.foundation.journal import legal_day
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import be_patient, opened_for
from xuke.licensing.procedures import PROCEDURES
from xuke.publication import guides, places
from xuke.publication.models import PublicFigure
from xuke.publication.times import Closed, times

AT_LEAST = timedelta(minutes=2)
"""A figure is not counted again sooner than this."""
COST = 100
"""Nor sooner than so many times what counting it took."""
WINDOW = 90
"""Days of decisions that handling times are about."""
MONTHS = 12

LEVELS = {"nation": "国家级", "province": "省级", "prefecture": "市级", "county": "县级"}


def in_force(today: date) -> dict[str, Any]:
    """How many licences count today."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM publication_publishedlicence WHERE state = 'in_force' AND valid_to >= %s", [today]
        )
        (count,) = cursor.fetchone()
    return {"count": count}


_CLOSED = """
    SELECT procedure, category, level, left(division, 4), authority_path, decided_on, days, count(*)
    FROM publication_announcement
    WHERE decided_on > %s AND decided_on <= %s AND days IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6, 7
"""


def handling_times(today: date) -> dict[str, Any]:
    """Times of the last ninety days: of all cases, and by procedure, category, level and prefecture."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSED, [today - timedelta(days=WINDOW), today])
        rows = cursor.fetchall()
    groups: dict[tuple[str, str], list[Closed]] = {("all", ""): []}
    for procedure, category, level, prefecture, authority, on, days, count in rows:
        closed = Closed(authority, on, days, count)
        for key in (
            ("all", ""),
            ("procedure", procedure),
            ("category", str(category)),
            ("level", level),
            ("division", prefecture),
        ):
            groups.setdefault(key, []).append(closed)
    found = [_group(*key, closed) for key, closed in sorted(groups.items())]
    return {"since": (today - timedelta(days=WINDOW - 1)).isoformat(), "until": today.isoformat(), "groups": found}


def _group(by: str, key: str, closed: Iterable[Closed]) -> dict[str, Any]:
    """A group with its figures; without them where they would tell about single cases."""
    figures = times(closed)
    return {"by": by, "key": key, "name": _name(by, key), "times": asdict(figures) if figures else None}


def _name(by: str, key: str) -> str:
    named: dict[str, Callable[[], str]] = {
        "all": lambda: "全部",
        "procedure": lambda: next((each.title for each in PROCEDURES if each.code == key), key),
        "category": lambda: next((each.name for each in food.categories() if int(each.number) == int(key)), key),
        "level": lambda: LEVELS.get(key, key),
        "division": lambda: places.full_name(f"{key}00"),
    }
    return named[by]()


_SHARES = {
    "online": """
        SELECT to_char(received_on, 'YYYY-MM'), count(*), count(*) FILTER (WHERE online)
        FROM publication_progress WHERE received_on >= %s AND received_on <= %s GROUP BY 1
    """,
    "visible": """
        SELECT to_char(closed_on, 'YYYY-MM'), count(*), count(*) FILTER (WHERE late_steps = 0)
        FROM publication_progress WHERE closed_on >= %s AND closed_on <= %s GROUP BY 1
    """,
    "announced": """
        SELECT to_char(decided_on, 'YYYY-MM'), count(*), count(*) FILTER (WHERE on_time)
        FROM publication_announcement WHERE decided_on >= %s AND decided_on <= %s GROUP BY 1
    """,
}
"""Numerator and denominator by month."""


def openness(today: date) -> dict[str, Any]:
    """The four hundred-per-cents of the last twelve months, month by month."""
    first = first_month(today)
    months: dict[str, dict[str, list[int]]] = {month: {} for month in months_between(first, today)}
    with connection.cursor() as cursor:
        for measure, statement in _SHARES.items():
            cursor.execute(statement, [first, today])
            for month, total, good in cursor.fetchall():
                months[month][measure] = [good, total]
    begun = begun_on("default") or today
    for month, shares in months.items():
        if _last_day(month) >= begun:
            shares["items"] = _items(min(today, _last_day(month)))
    return {"since": first.isoformat(), "until": today.isoformat(), "months": months}


def begun_on(database: str) -> date | None:
    """The day of the first application: nobody can count again what was published before anything was recorded."""
    with connections[database].cursor() as cursor:
        cursor.execute("SELECT min(received_on) FROM publication_progress")
        (day,) = cursor.fetchone()
    return day  # type: ignore[no-any-return]


def _items(on: date) -> list[int]:
    """How many of the items one can apply for have all of their guide published."""
    complete = [guides.is_complete(guides.elements(procedure, on=on)) for procedure in PROCEDURES]
    return [sum(complete), len(complete)]


def first_month(today: date) -> date:
    """The first day of the twelve months that end with today's."""
    months = today.year * 12 + today.month - MONTHS
    return date(months // 12, months % 12 + 1, 1)


def months_between(first: date, last: date) -> list[str]:
    """2025-12, 2026-01 …, both ends included."""
    span = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in span]


def _last_day(month: str) -> date:
    year, number = map(int, month.split("-"))
    return date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)


FIGURES: Mapping[str, Callable[[date], dict[str, Any]]] = {
    "in_force": in_force,
    "times": handling_times,
    "openness": openness,
}
_TURN = "SELECT pg_try_advisory_xact_lock(5120938467712094)"


def due(now: datetime) -> list[str]:
    """The figures whose turn it is to be counted again."""
    with opened_for(EVERYTHING):
        known = {row.name: row for row in PublicFigure.objects.filter(name__in=FIGURES)}
    return [name for name in FIGURES if name not in known or _is_due(known[name], now)]


def _is_due(known: PublicFigure, now: datetime) -> bool:
    pause = max(AT_LEAST, timedelta(seconds=COST * known.seconds))
    return now - known.counted_at >= pause or legal_day(known.counted_at) != legal_day(now)


def count(name: str, *, now: datetime, timer: Callable[[], float]) -> None:
    """Count one figure and keep it, with what it took by `timer`; not while another worker is counting."""
    with opened_for(EVERYTHING), connection.cursor() as cursor:
        cursor.execute(_TURN)
        if cursor.fetchone() != (True,):
            return
        be_patient()
        began = timer()
        value = FIGURES[name](legal_day(now))
        _keep(name, value, now=now, seconds=timer() - began)


def note(name: str, value: Mapping[str, Any], *, now: datetime, seconds: float) -> None:
    """Write down what was made for the public, in a transaction of its own."""
    with opened_for(EVERYTHING):
        _keep(name, value, now=now, seconds=seconds)


def _keep(name: str, value: Mapping[str, Any], *, now: datetime, seconds: float) -> None:
    PublicFigure.objects.update_or_create(
        name=name, defaults={"value": dict(value), "counted_at": now, "seconds": seconds}
    )
