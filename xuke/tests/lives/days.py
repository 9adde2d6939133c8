"""The statutory clocks counted a second time, plainly: one day after the other, with nothing of `foundation.clock`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from xuke.foundation.journal import Event, legal_day

ALLOWED = {"acceptance": 5, "decision": 10, "issue": 5}
"""Working days by law (Measures art. 19, 22; Administrative Permit Law art. 44)."""
ONE_DAY = timedelta(days=1)


@dataclass
class Stretch:
    """A clock from one start to its end: what happened on it, as the journal tells."""

    clock: str
    began_on: date
    pauses: list[tuple[date, date | None]] = field(default_factory=list)
    extension: int = 0
    ended_on: date | None = None
    ended_by: str = ""
    law: int = 0
    """Working days without the extension."""

    @property
    def allowed(self) -> int:
        """Working days with the extension."""
        return self.law + self.extension

    def used(self, through: date, is_working: Callable[[date], bool]) -> int:
        """Working days after the first day, through a day, on which the clock did not stand still."""
        count, day = 0, self.began_on + ONE_DAY
        while day <= through:
            count += is_working(day) and not self._stands_still(day)
            day += ONE_DAY
        return count

    def _stands_still(self, day: date) -> bool:
        return any(first <= day and (until is None or day < until) for first, until in self.pauses)


def stretches(history: Sequence[Event]) -> list[Stretch]:
    """Every term of a case, from its journal. A term ends on the day on which its end was recorded."""
    found: list[Stretch] = []
    for event in history:
        if not event.clock:
            continue
        clock, _, kind = event.clock.partition(".")
        for each in found:
            ends = clock in (each.clock, "any") if kind == "stop" else kind == "start"
            if each.ended_on is None and ends:
                each.ended_on, each.ended_by = legal_day(event.at), event.verb
        if kind == "start":
            found.append(Stretch(clock, event.effective_on, law=ALLOWED[clock]))
        elif kind in ("pause", "resume", "extend"):
            _move(next(each for each in reversed(found) if each.clock == clock), kind, event)
    return found


def _move(stretch: Stretch, kind: str, event: Event) -> None:
    if kind == "extend":
        stretch.extension += int(event.facts["days"])
    elif kind == "pause":
        stretch.pauses.append((event.effective_on, None))
    else:
        first, _ = stretch.pauses.pop()
        stretch.pauses.append((first, event.effective_on))
