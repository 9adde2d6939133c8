"""Days and moments as text, worked out once for each day: every row has some."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from random import Random

from xuke.catalogue.limits import time_limit
from xuke.foundation.calendar import valid_until
from xuke.foundation.clock import Mark, read
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import clocks

_EPOCH = date(1970, 1, 1)


@lru_cache(maxsize=65_536)
def days_of_decision(began_on: date, ended_on: date) -> int:
    """Working days that a decision took, as the statutory clock counts them."""
    reading = read(
        (Mark(began_on, "start"), Mark(ended_on, "stop")),
        allowed=time_limit("food.decision", began_on).value,
        today=ended_on,
        calendar=current_calendar(),
    )
    return reading.used


@dataclass(frozen=True)
class Due:
    """When a term ends, as a row has it."""

    on: str
    provisional: str


class Day:
    """A day in the past, or today."""

    def __init__(self, on: date) -> None:
        self.on = on
        self.text = on.isoformat()
        self.compact = on.strftime("%Y%m%d")
        self.year = on.year
        self.milliseconds = (on - _EPOCH).days * 86_400_000

    @cached_property
    def valid_to(self) -> date:
        """The last day of five years of validity (Measures art. 32)."""
        return valid_until(self.on, 5)

    def term(self, clock: str) -> Due:
        """When a term ends that was started on this day."""
        ends, provisional = clocks.due(f"{clock}.start", self.on)
        assert ends is not None
        return Due(ends.isoformat(), "t" if provisional else "f")

    @cached_property
    def acceptance(self) -> Due:
        """The term within which the applicant is told."""
        return self.term(clocks.ACCEPTANCE)

    @cached_property
    def decision(self) -> Due:
        """The term of the decision."""
        return self.term(clocks.DECISION)

    @cached_property
    def next(self) -> Day:
        """The day after."""
        return Day(self.on + timedelta(days=1))

    def moment(self, random: Random) -> Moment:
        """Some moment of its office hours."""
        return Moment(self, int(random.random() * 27_000_000_000))


class Moment:
    """A moment of a day: half past eight to four in the afternoon in Shanghai, which is the same day in UTC."""

    __slots__ = ("day", "microseconds")

    def __init__(self, day: Day, microseconds: int) -> None:
        self.day, self.microseconds = day, microseconds

    @property
    def text(self) -> str:
        """As the journal seals it."""
        seconds, fraction = divmod(self.microseconds + 1_800_000_000, 1_000_000)
        return f"{self.day.text}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{fraction:06}Z"

    @property
    def shown(self) -> Moment:
        """When everybody could read it: two seconds later."""
        return Moment(self.day, self.microseconds + 2_000_000)

    def new_id(self, random: Random) -> str:
        """A UUID of version 7 of this moment (RFC 9562)."""
        time = f"{self.day.milliseconds + self.microseconds // 1000 + 1_800_000:012x}"
        bits = random.getrandbits(74)
        return f"{time[:8]}-{time[8:]}-7{bits & 0xFFF:03x}-{0x8000 | bits >> 12 & 0x3FFF:04x}-{bits >> 26:012x}"


class Calendar:
    """Days counted backwards from today."""

    def __init__(self, today: date) -> None:
        self.today = today
        self._days: dict[date, Day] = {}

    def ago(self, days: int) -> Day:
        """So many days ago."""
        return self.at(self.today - timedelta(days=days))

    def at(self, on: date) -> Day:
        """This day."""
        day = self._days.get(on)
        if day is None:
            day = self._days[on] = Day(on)
        return day
