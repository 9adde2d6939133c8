"""Working days, and the periods that the law counts in days, months and years (handbook 4).

A day is judged in this order: what the authority decided (`Override`), what the State Council announced for the year,
and for years not announced yet a provisional rule: weekends and the statutory days are off, nobody works a weekend to
make up for it. Every date that rests on the provisional rule says so. Pure: no Django, no database, no clock.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from types import MappingProxyType

from chinese_calendar import constants as announced

FIRST_YEAR = min(announced.holidays).year
LAST_ANNOUNCED_YEAR = max(announced.holidays).year
LAST_YEAR = 2100
"""The provisional rule knows the lunar festivals up to here."""

MAKE_UP = "调休上班"
"""A weekend on which everybody works, because a holiday was made longer."""
ANNOUNCED_SOURCE = "国务院办公厅放假安排"
PROVISIONAL_SOURCE = "暂按周末和法定节假日推算"

_ONE_DAY = timedelta(days=1)
_WEEKDAYS = "一二三四五六日"
_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}
_STATUTORY = {"农历除夕": "除夕"} | {name: name for name in _NAMES.values()}
FESTIVALS = frozenset(_STATUTORY.values())
"""The names of statutory days off, as `Day.name` says them."""


class OutsideCalendar(ValueError):
    """A day for which neither a plan nor the provisional rule exists; the message says which years are known."""


@dataclass(frozen=True)
class Override:
    """What an authority decided about one day, against or ahead of the announced plan."""

    is_workday: bool
    name: str = ""
    source: str = ""


@dataclass(frozen=True)
class Day:
    """One day as people speak of it: 国庆节, 周六, 调休上班; an ordinary working day has no name."""

    date: date
    is_working: bool
    name: str
    provisional: bool
    source: str


@dataclass(frozen=True)
class DueDate:
    """The last day of a period. `provisional` when it rests on a year whose plan is not announced."""

    on: date
    provisional: bool


@dataclass(frozen=True)
class _Year:
    """One year, laid out for counting: `worked[i]` and `guessed[i]` count working and provisional days before day i."""

    first: int
    days: tuple[Day, ...]
    working: tuple[date, ...]
    worked: tuple[int, ...]
    guessed: tuple[int, ...]

    @classmethod
    def of(cls, days: Sequence[Day]) -> _Year:
        return cls(
            first=days[0].date.toordinal(),
            days=tuple(days),
            working=tuple(day.date for day in days if day.is_working),
            worked=tuple(accumulate((day.is_working for day in days), initial=0)),
            guessed=tuple(accumulate((day.provisional for day in days), initial=0)),
        )


class WorkingCalendar:
    """Counts working days. Immutable; a year is laid out when first asked for and then kept."""

    def __init__(self, overrides: Mapping[date, Override] | None = None) -> None:
        self.overrides: Mapping[date, Override] = MappingProxyType(dict(overrides or {}))
        self._touched = {day.year for day in self.overrides}
        self._years: dict[int, _Year] = {}

    def day(self, on: date) -> Day:
        """Whether this day is worked, what it is called, and who says so."""
        year = self._year(on.year)
        return year.days[on.toordinal() - year.first]

    def is_working(self, on: date) -> bool:
        """Whether offices work on this day."""
        return self.day(on).is_working

    def add(self, start: date, days: int) -> DueDate:
        """The last day of a period of working days; the day of the event is not counted (Civil Code art. 201)."""
        if days < 0:
            raise ValueError("工作日天数不能是负数")
        if days == 0:
            return DueDate(start, provisional=False)
        year, number = self._year(start.year), start.year
        position = year.worked[start.toordinal() - year.first + 1] + days
        while position > len(year.working):
            position -= len(year.working)
            number += 1
            year = self._year(number)
        on = year.working[position - 1]
        return DueDate(on, self.is_provisional(start, on))

    def subtract(self, expiry: date, days: int) -> DueDate:
        """The last day to act at least `days` working days before `expiry`, which itself is not counted."""
        if days < 0:
            raise ValueError("工作日天数不能是负数")
        if days == 0:
            return DueDate(expiry, provisional=False)
        year, number = self._year(expiry.year), expiry.year
        position = year.worked[expiry.toordinal() - year.first] - days
        while position < 0:
            number -= 1
            year = self._year(number)
            position += len(year.working)
        on = year.working[position]
        return DueDate(on, self.is_provisional(on - _ONE_DAY, expiry - _ONE_DAY))

    def days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` comes first."""
        if end < start:
            return -self.days_between(end, start)
        return self._worked_through(end) - self._worked_through(start) + self._whole_years(start.year, end.year)

    def is_provisional(self, start: date, end: date) -> bool:
        """Whether any day after `start` up to and including `end` rests on the provisional rule."""
        years = (self._year(number) for number in range(start.year, end.year + 1))
        guessed = (
            year.guessed[min(end.toordinal() - year.first + 1, len(year.days))]
            - year.guessed[max(start.toordinal() - year.first + 1, 0)]
            for year in years
        )
        return any(guessed)

    def on_or_after(self, day: date) -> DueDate:
        """The day itself when it is worked, else the next working day (Civil Code art. 203)."""
        judged = [self.day(day)]
        while not judged[-1].is_working:
            judged.append(self.day(judged[-1].date + _ONE_DAY))
        return DueDate(judged[-1].date, any(one.provisional for one in judged))

    def days_after(self, start: date, days: int) -> DueDate:
        """The last day of a period of calendar days; one that ends on a day off ends on the next working day."""
        return self.on_or_after(start + timedelta(days=days))

    def months_after(self, start: date, months: int) -> DueDate:
        """The last day of a period of months; one that ends on a day off ends on the next working day."""
        return self.on_or_after(same_day(start, months))

    def _worked_through(self, day: date) -> int:
        year = self._year(day.year)
        return year.worked[day.toordinal() - year.first + 1]

    def _whole_years(self, first: int, last: int) -> int:
        return sum(len(self._year(number).working) for number in range(first, last))

    def _year(self, number: int) -> _Year:
        if found := self._years.get(number):
            return found
        if number in self._touched:
            laid_out = _Year.of([self._judge(day) for day in _published(number).days])
        else:
            laid_out = _published(number)
        self._years[number] = laid_out
        return laid_out

    def _judge(self, day: Day) -> Day:
        """The override of a day, when there is one, else what was published."""
        override = self.overrides.get(day.date)
        if override is None:
            return day
        name = override.name or _usual_name(day.date, is_working=override.is_workday)
        return Day(day.date, override.is_workday, name, provisional=False, source=override.source)


def same_day(start: date, months: int) -> date:
    """The same day so many months later, or the last day of a month that has no such day (Civil Code art. 202)."""
    years, month = divmod(start.month - 1 + months, 12)
    last = monthrange(start.year + years, month + 1)[1]
    return date(start.year + years, month + 1, min(start.day, last))


def valid_until(start: date, years: int, *, on_anniversary: bool = False) -> date:
    """The last day of a validity that includes its first day: five years from 1 March 2026 end on 28 February 2031.

    A validity does not move to a working day. Some authorities print the anniversary itself, 1 March 2031 (uncertain).
    """
    anniversary = same_day(start, 12 * years)
    if on_anniversary:
        return anniversary
    return anniversary - _ONE_DAY if anniversary.day == start.day else anniversary


def weekday(day: date) -> str:
    """星期五."""
    return f"星期{_WEEKDAYS[day.weekday()]}"


def spoken(day: date, *, today: date | None = None) -> str:
    """2026年12月18日, or 12月18日 when it is said within that year."""
    year = "" if today and today.year == day.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


@cache
def _published(number: int) -> _Year:
    """A year without overrides: as announced, or by the provisional rule."""
    if not FIRST_YEAR <= number <= LAST_YEAR:
        raise OutsideCalendar(f"只能计算{FIRST_YEAR}年至{LAST_YEAR}年的工作日，不能计算{number}年；请核对日期")
    first = date(number, 1, 1)
    dates = [first + timedelta(days=index) for index in range(date(number, 12, 31).timetuple().tm_yday)]
    if number <= LAST_ANNOUNCED_YEAR:
        return _Year.of([_announced(day) for day in dates])
    festivals = statutory_days(number)
    return _Year.of([_provisional(day, festivals) for day in dates])


def _announced(day: date) -> Day:
    """A day of a year whose plan is known."""
    is_working = day in announced.workdays or (day.weekday() < 5 and day not in announced.holidays)
    festival = "" if is_working else _NAMES.get(announced.holidays.get(day, ""), "")
    name = festival or _usual_name(day, is_working=is_working)
    return Day(day, is_working, name, provisional=False, source=ANNOUNCED_SOURCE)


def _provisional(day: date, festivals: Mapping[date, str]) -> Day:
    """A day of a year whose plan is not announced."""
    is_working = day.weekday() < 5 and day not in festivals
    name = festivals.get(day) or _usual_name(day, is_working=is_working)
    return Day(day, is_working, name, provisional=True, source=PROVISIONAL_SOURCE)


def statutory_days(number: int) -> dict[date, str]:
    """The days that are off by regulation in any year, whatever plan follows (全国年节及纪念日放假办法)."""
    import holidays  # Late on purpose: only dates beyond the announced years need it.

    found = holidays.country_holidays("CN", years=number, language="zh_CN", observed=False)
    named = {day: text.split("; ")[0].removesuffix("（推定）") for day, text in found.items()}
    return {day: _STATUTORY[name] for day, name in named.items() if name in _STATUTORY}


def _usual_name(day: date, *, is_working: bool) -> str:
    """What a day is called when no festival falls on it."""
    weekend = day.weekday() >= 5
    if is_working:
        return MAKE_UP if weekend else ""
    return f"周{_WEEKDAYS[day.weekday()]}" if weekend else "放假"
