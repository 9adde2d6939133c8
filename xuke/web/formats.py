"""How dates, numbers and identifiers are written in sentences and on pages. Pure: today is an argument."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from xuke.foundation import calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
_GROUPS = {
    "sc": re.compile(r"(SC)(\d{3})(\d{6})(\d{4})(\d)"),
    "uscc": re.compile(r"(\w{2})(\w{6})(\w{4})(\w{4})(\w{2})"),
}
"""Groups by meaning: SC · kind and category · division · sequence · check digit; USCC 2-6-4-4-2."""
_THOUSANDS_BELOW = 100_000


def day(value: date | datetime, today: date | None = None) -> str:
    """2026年11月21日, and within the year of `today` 11月21日."""
    return calendar.spoken(_legal(value), today=today)


def moment(value: datetime, today: date | None = None) -> str:
    """10月16日 10:24, with the year when it is not the year of `today`."""
    return f"{day(value, today)} {_local(value):%H:%M}"


def weekday(value: date | datetime) -> str:
    """星期二."""
    return calendar.weekday(_legal(value))


def _local(value: datetime) -> datetime:
    """A moment as the clock on the wall in China shows it; a naive one is taken to be that already."""
    return value.astimezone(SHANGHAI) if value.tzinfo else value


def _legal(value: date | datetime) -> date:
    return _local(value).date() if isinstance(value, datetime) else value


def groups(value: str, kind: str = "") -> tuple[str, ...]:
    """An identifier in its groups; whole when the kind has none or the value does not have the form."""
    pattern = _GROUPS.get(kind)
    found = pattern.fullmatch(value) if pattern else None
    return found.groups() if found else (value,)


def file_size(size: int) -> str:
    """2.4 MB. Decimal units, as in the limits that the pages name."""
    if size < 1000:
        return f"{size}字节"
    if size < 999_500:
        return f"{size / 1000:.0f} KB"
    return f"{size / 1_000_000:.1f} MB"


def number(value: float) -> str:
    """8,214."""
    return f"{value:,}"


def wan(value: int) -> str:
    """8,214 as it is; from a hundred thousand on 12.3万, from a hundred million on 1.2亿."""
    if abs(value) < _THOUSANDS_BELOW:
        return number(value)
    if abs(value) < 10**8:
        return f"{value / 10**4:,.1f}".removesuffix(".0") + "万"
    return f"{value / 10**8:,.1f}".removesuffix(".0") + "亿"
