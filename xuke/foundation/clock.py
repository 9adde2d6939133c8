"""The statutory clock: what the marks in a journal say about a term, on any day, with the reason for every day.

Nothing is counted down anywhere. A reading is a pure function of the marks, the calendar and today, so it can be
explained day by day, and a holiday plan that arrives later changes it by itself. The day of the start is not counted
(Civil Code art. 201); days off are not (Administrative Permit Law art. 82); days of a pause are not, from the day of
the pause up to the day before the resumption.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from xuke.foundation.calendar import FESTIVALS, Day, WorkingCalendar, spoken

_ONE_DAY = timedelta(days=1)
_SHORT_NAMES = {"中秋节": "中秋", "国庆节": "国庆", "端午节": "端午", "清明节": "清明", "调休上班": "调休"}
_WEEKEND = ("周六", "周日")
PAUSED = "中止"
"""What a pause is called where nothing else is said."""


@dataclass(frozen=True)
class Mark:
    """What an event did to the clock: `start`, `pause`, `resume`, `extend` (by `days`) or `stop`.

    A start begins the term anew; what was marked before it belongs to an earlier round.
    """

    on: date
    kind: str
    reason: str = ""
    days: int = 0
    name: str = ""
    """What a pause is called, such as 听证; 中止 where nothing is said."""


class Light(StrEnum):
    """The traffic light, in words."""

    NOT_STARTED = "未起算"
    NORMAL = "正常"
    NEAR = "临近"
    URGENT = "紧迫"
    OVERDUE = "超期"
    PAUSED = "中止"
    STOPPED = "已办结"

    @property
    def tone(self) -> str:
        """The class of its chip: y, r, k, p, or none."""
        return _TONES.get(self, "")


_TONES = {Light.NEAR: "y", Light.URGENT: "r", Light.OVERDUE: "k", Light.PAUSED: "p"}


@dataclass(frozen=True)
class Pause:
    """A stretch that does not count: from `first` up to the day before `until`; open when `until` is None."""

    first: date
    until: date | None
    reason: str
    name: str = "中止"

    def covers(self, day: date) -> bool:
        """Whether this day lies in the pause."""
        return self.first <= day and (self.until is None or day < self.until)

    @property
    def label(self) -> str:
        """中止：企业停电; 听证."""
        return f"{self.name}：{self.reason}" if self.reason else self.name


@dataclass(frozen=True)
class ClockDay:
    """One day of a term. `ordinal` numbers the counted days; `ahead` marks those that are still to come."""

    date: date
    counted: bool
    ordinal: int
    reason: str
    is_start: bool
    is_today: bool
    is_due: bool
    paused: bool
    ahead: bool
    provisional: bool


class Sum(NamedTuple):
    """One line of the account: so many days, and why they counted or not."""

    days: int
    sentence: str


@dataclass(frozen=True)
class Cell:
    """One cell of the grid. `tone` is its class: x outside or ahead, s start, n counted, t today, d due, p paused."""

    date: date
    label: str
    tone: str
    headline: str = ""
    note: str = ""


@dataclass(frozen=True)
class Schedule:
    """The marks of one term, put together."""

    start: date
    start_reason: str
    pauses: tuple[Pause, ...]
    stop: date | None
    extension: int

    @classmethod
    def of(cls, marks: Sequence[Mark]) -> Schedule | None:
        """The schedule since the last start, or None when nothing was started."""
        starts = [index for index, mark in enumerate(marks) if mark.kind == "start"]
        if not starts:
            return None
        start, rest = marks[starts[-1]], sorted(marks[starts[-1] + 1 :], key=lambda mark: mark.on)
        stops = [max(mark.on, start.on) for mark in rest if mark.kind == "stop"]
        extension = sum(mark.days for mark in rest if mark.kind == "extend")
        return cls(start.on, start.reason, tuple(_pauses(start.on, rest)), min(stops, default=None), extension)

    def pause_on(self, day: date) -> Pause | None:
        """The pause that covers a day."""
        return next((pause for pause in self.pauses if pause.covers(day)), None)

    def used(self, through: date, calendar: WorkingCalendar) -> int:
        """Counted days up to and including a day."""
        if through <= self.start:
            return 0
        used = calendar.days_between(self.start, through)
        for pause in self.pauses:
            last = min(through, pause.until - _ONE_DAY) if pause.until else through
            used -= max(calendar.days_between(pause.first - _ONE_DAY, last), 0)
        return used

    def due(self, allowed: int, calendar: WorkingCalendar) -> date | None:
        """The day on which the last allowed day is counted; None when an open pause comes first."""
        left, after = allowed, self.start
        for pause in self.pauses:
            room = calendar.days_between(after, pause.first - _ONE_DAY)
            if room >= left:
                break
            if pause.until is None:
                return None
            left, after = left - room, pause.until - _ONE_DAY
        return calendar.add(after, left).on


def _pauses(start: date, marks: Iterable[Mark]) -> Iterator[Pause]:
    """Pauses in order of their days; a second pause inside one, and a resumption without one, change nothing."""
    begun: Mark | None = None
    for mark in marks:
        if mark.kind not in {"pause", "resume", "extend", "stop"}:
            raise ValueError(f"a clock does not know the mark {mark.kind!r}")
        if mark.kind == "pause" and begun is None:
            begun = mark
        elif mark.kind == "resume" and begun is not None:
            first = max(begun.on, start + _ONE_DAY)
            if first < mark.on:
                yield Pause(first, mark.on, begun.reason, begun.name or PAUSED)
            begun = None
    if begun is not None:
        yield Pause(max(begun.on, start + _ONE_DAY), None, begun.reason, begun.name or PAUSED)


@dataclass(frozen=True)
class ClockReading:
    """A term as it stands on one day."""

    used: int
    allowed: int
    """With extensions."""
    due_on: date | None
    """None before a start, and while a pause is open."""
    provisional: bool
    light: Light
    today: date
    schedule: Schedule | None = field(repr=False)
    calendar: WorkingCalendar = field(repr=False, compare=False)
    start_word: str = "起算"
    waits: str = ""
    """What a term that ended, and will be started anew, waits for: 材料补正中."""
    by_law: int = 0
    """What the law allows where an authority promised less; 0 where nothing was promised."""
    promised_on: date | None = None
    """The day that the applicant was told, when a plan announced later moved the due date behind it."""

    @property
    def left(self) -> int:
        """Days left; negative when the term is overdue."""
        return self.allowed - self.used

    @property
    def share(self) -> float:
        """The share of the term that is used, at most 1."""
        return min(self.used / self.allowed, 1.0) if self.allowed else 1.0

    @property
    def started_on(self) -> date | None:
        """The day of the start, which itself is not counted."""
        return self.schedule.start if self.schedule else None

    @property
    def short(self) -> str:
        """For lists: 剩1个工作日."""
        if self.waits:
            return self.waits
        if self.light is Light.OVERDUE:
            return self._overdue()
        if self.light in (Light.NOT_STARTED, Light.PAUSED, Light.STOPPED):
            return self.light.value
        return "今天到期" if self.due_on == self.today else f"剩{self.left}个工作日"

    @property
    def chip(self) -> str:
        """The light with its reason: 紧迫 · 剩1个工作日，10月19日到期."""
        if self.waits:
            return f"{self.waits}，未起算"
        if self.light is Light.PAUSED:
            pause = self.schedule.pause_on(self.today) if self.schedule else None
            return f"{pause.name if pause else PAUSED}，停止计时"
        if self.light is Light.NOT_STARTED:
            return f"未起算，{self._say(self.schedule.start)}{self.start_word}" if self.schedule else self.light.value
        if self.light is Light.STOPPED:
            return f"已办结 · {self._how_long()}"
        if self.light is Light.OVERDUE:
            return f"{self.short}，{self._due_words()}"
        return f"{self.light} · {self.short}" + ("" if self.due_on == self.today else f"，{self._due_words()}")

    @property
    def headline(self) -> str:
        """The sentence above the account, without the name of the term: 10个工作日，已用到第9日."""
        length = self._length()
        if self.waits:
            return f"{self.waits}，重新提交后另行起算"
        if self.light is Light.STOPPED:
            return f"{length}，{self._how_long()}"
        return f"{length}，已用到第{self.used}日" if self.used else f"{length}，尚未计入"

    @property
    def since(self) -> str:
        """From when the account runs: 从受理次日起算，9月25日至今共22天."""
        if not self.schedule or self._elapsed == 0:
            return f"{self.start_word}当日不计入，从次日起算"
        end = self._say(self._end) if self.light is Light.STOPPED else "今"
        return f"从{self.start_word}次日起算，{self._say(self.schedule.start + _ONE_DAY)}至{end}共{self._elapsed}天"

    @property
    def certainty(self) -> str:
        """Whether the due date can still move with a holiday plan."""
        if self.due_on is None:
            return ""
        if self.provisional:
            return f"{self.due_on.year}年放假安排尚未公布，到期日暂定"
        return f"{self.due_on.year}年放假安排已正式公布，到期日为确定日期"

    @cached_property
    def days(self) -> tuple[ClockDay, ...]:
        """Every day from the start to today or to the due date, whichever is later; to the end when it ended."""
        if not self.schedule:
            return ()
        last = self._end if self.light is Light.STOPPED else max(self.today, self.due_on or self.today)
        ordinal, found = 0, []
        for offset in range((last - self.schedule.start).days + 1):
            day = self.calendar.day(self.schedule.start + offset * _ONE_DAY)
            pause = self.schedule.pause_on(day.date) if offset else None
            counted = bool(offset) and day.is_working and pause is None
            ordinal += counted
            found.append(self._clock_day(day, pause, ordinal if counted else 0))
        return tuple(found)

    @cached_property
    def sums(self) -> tuple[Sum, ...]:
        """The account of all days so far, in sentences; the days add up to the days elapsed."""
        if not self.schedule or self._elapsed == 0:
            return ()
        passed = [day for day in self.days[1:] if day.date <= self._end]
        off = Counter(day.reason for day in passed if not day.counted and not day.paused)
        lines = [Sum(self.used, self._counted_sentence(passed))]
        lines += _days_off(off)
        for pause in self.schedule.pauses:
            covered = [day.date for day in passed if pause.covers(day.date)]
            if covered:
                lines.append(Sum(len(covered), f"{pause.label.rstrip('。')}，{self._stretch(covered[0], covered[-1])}"))
        return tuple(lines)

    def weeks(self) -> tuple[tuple[Cell, ...], ...]:
        """The days as calendar weeks, Monday first; cells outside the term are marked."""
        if not self.days:
            return ()
        known = {day.date: day for day in self.days}
        first = self.days[0].date - self.days[0].date.weekday() * _ONE_DAY
        count = (self.days[-1].date - first).days // 7 + 1
        dates = [first + index * _ONE_DAY for index in range(7 * count)]
        cells = [self._cell(day, known.get(day), new_month=day == first or day.day == 1) for day in dates]
        return tuple(tuple(cells[index : index + 7]) for index in range(0, len(cells), 7))

    @property
    def _end(self) -> date:
        """The last day that has happened on this clock."""
        return min(self.today, self.schedule.stop) if self.schedule and self.schedule.stop else self.today

    @property
    def _elapsed(self) -> int:
        return max((self._end - self.schedule.start).days, 0) if self.schedule else 0

    def _clock_day(self, day: Day, pause: Pause | None, ordinal: int) -> ClockDay:
        is_start = day.date == self.started_on
        reason = f"{self.start_word}当日不计入" if is_start else pause.label if pause else day.name
        return ClockDay(
            date=day.date,
            counted=ordinal > 0,
            ordinal=ordinal,
            reason=reason,
            is_start=is_start,
            is_today=day.date == self.today,
            is_due=day.date == self.due_on,
            paused=pause is not None,
            ahead=day.date > self.today,
            provisional=day.provisional,
        )

    def _cell(self, on: date, day: ClockDay | None, *, new_month: bool) -> Cell:
        label = f"{on.month}月{on.day}" if new_month else str(on.day)
        if day is None:
            return Cell(on, label, "x")
        headline = f"第{day.ordinal}日" if day.counted else ""
        notes = [self._cell_word(day), "到期" if day.is_due else ""]
        return Cell(on, "今天" if day.is_today else label, _tone(day), headline, " ".join(filter(None, notes)))

    def _cell_word(self, day: ClockDay) -> str:
        if day.is_start:
            return self.start_word
        if day.paused:
            return day.reason.partition("：")[0]
        return _SHORT_NAMES.get(day.reason, day.reason)

    def _counted_sentence(self, passed: Sequence[ClockDay]) -> str:
        named: dict[str, list[str]] = {}
        for day in passed:
            if day.counted and day.reason:
                named.setdefault(day.reason, []).append(self._say(day.date))
        return "计入" + "".join(f"，其中{'、'.join(days)}为{name}" for name, days in named.items())

    def _how_long(self) -> str:
        if self._elapsed == 0:
            return "当日办结"
        late = self.due_on is not None and self._end > self.due_on
        return f"用时{self.used}个工作日" + (f"，{self._overdue()}" if late else "")

    def _overdue(self) -> str:
        """A weekend after the due date is late, but no working day late."""
        return f"超期{-self.left}个工作日" if self.left < 0 else "超期"

    def _due_words(self) -> str:
        if self.due_on is None:
            return "到期日未定"
        over = "已到期" if self.light is Light.OVERDUE else "到期"
        told = f"{'暂定' if self.provisional else ''}{self._say(self.due_on)}{over}"
        return f"承诺{self._say(self.promised_on)}前，法定{told}" if self.promised_on else told

    def _length(self) -> str:
        """10个工作日; 承诺8个工作日（法定10个）; 15个工作日（含延长5个工作日）."""
        extension = self.schedule.extension if self.schedule else 0
        more = f"（含延长{extension}个工作日）" if extension else ""
        if self.by_law:
            return f"承诺{self.allowed - extension}个工作日（法定{self.by_law}个）" + (
                f"，另延长{extension}个工作日" if extension else ""
            )
        return f"{self.allowed}个工作日{more}"

    def _say(self, day: date) -> str:
        return spoken(day, today=self.today)

    def _stretch(self, first: date, last: date) -> str:
        """10月12日至13日."""
        if first == last:
            return self._say(first)
        end = f"{last.day}日" if (first.year, first.month) == (last.year, last.month) else self._say(last)
        return f"{self._say(first)}至{end}"


def read(
    marks: Sequence[Mark], *, allowed: int, today: date, calendar: WorkingCalendar, start_word: str = ""
) -> ClockReading:
    """Read the clock: `allowed` working days from the last start, as things stand on `today`.

    `start_word` names the event of the start (受理); without it the reason of the start mark does.
    """
    schedule = Schedule.of(marks)
    word = start_word or (schedule.start_reason if schedule else "") or "起算"
    if schedule is None:
        return ClockReading(0, allowed, None, False, Light.NOT_STARTED, today, None, calendar, word)
    return read_schedule(schedule, allowed=allowed, today=today, calendar=calendar, start_word=word)


def read_schedule(
    schedule: Schedule, *, allowed: int, today: date, calendar: WorkingCalendar, start_word: str
) -> ClockReading:
    """Read a clock whose marks have been put together."""
    total = allowed + schedule.extension
    due = schedule.due(total, calendar)
    used = schedule.used(min(today, schedule.stop or today), calendar)
    provisional = due is not None and calendar.is_provisional(schedule.start, due)
    light = _light(schedule, used=used, allowed=total, due=due, today=today)
    return ClockReading(used, total, due, provisional, light, today, schedule, calendar, start_word)


def _light(schedule: Schedule, *, used: int, allowed: int, due: date | None, today: date) -> Light:
    """Green until half, yellow until four fifths, red until due, black after it (handbook 4.2)."""
    if today < schedule.start:
        return Light.NOT_STARTED
    if schedule.stop and schedule.stop <= today:
        return Light.STOPPED
    if due and today > due:
        return Light.OVERDUE
    # The day of the start counts as paused when the pause began on it: it is not counted anyway.
    if schedule.pause_on(today) or (today == schedule.start and schedule.pause_on(today + _ONE_DAY)):
        return Light.PAUSED
    if used * 100 <= allowed * 50:
        return Light.NORMAL
    return Light.NEAR if used * 100 <= allowed * 80 else Light.URGENT


def _days_off(names: Counter[str]) -> Iterator[Sum]:
    """The days off so far: festivals, weekends, days that an authority closed."""
    festivals = {name: days for name, days in names.items() if name in FESTIVALS}
    weekend = [name for name in _WEEKEND if name in names]
    others = {name: days for name, days in names.items() if name not in FESTIVALS and name not in _WEEKEND}
    if festivals:
        each = "、".join(f"{_SHORT_NAMES.get(name, name)}{days}天" for name, days in festivals.items())
        yield Sum(sum(festivals.values()), f"法定节假日，{each}")
    if weekend:
        yield Sum(sum(names[name] for name in weekend), "、".join(weekend))
    for name, days in others.items():
        yield Sum(days, name)


def _tone(day: ClockDay) -> str:
    """The class of a cell; a due date that is today is both."""
    if day.is_today or day.is_due:
        return " ".join(filter(None, ("t" if day.is_today else "", "d" if day.is_due else "")))
    if day.is_start:
        return "s"
    if day.paused:
        return "p"
    if day.counted:
        return "x" if day.ahead else "n"
    return ""
