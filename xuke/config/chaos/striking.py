"""Striking one fault after the other, until every one has struck: one that finds nothing has its turn again later."""

from __future__ import annotations

import statistics
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from xuke.config.chaos import plan
from xuke.config.chaos.checking import FAULT, STORY, Violation
from xuke.config.chaos.people import Pulse
from xuke.config.chaos.plan import Fault

RECOVERED_WITHIN = 60.0
"""Seconds after a fault within which people must be served again, and for which a victim is looked for."""
LONGEST = 2.0
"""How many times the minutes somebody gave it may strike on when the machine is slow."""

Tell = Callable[[dict[str, Any]], None]


class Victims(Protocol):
    """What can be struck."""

    def strike(self, fault: Fault) -> str: ...


@dataclass
class Striking:
    """Most faults strike once people are served again after the one before."""

    victims: Victims
    pulse: Pulse
    tell: Tell
    log: Path
    """Where it stands what was struck when, in the time of the ledger."""
    by_kind: Counter[str] = field(default_factory=Counter)
    found_nothing: Counter[str] = field(default_factory=Counter)
    """How often a fault found nothing to strike, by its kind."""
    under_way: int = 0
    """Kills that struck while somebody waited for an answer."""
    recoveries: dict[str, list[float]] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)

    def all(self, faults: Sequence[Fault], *, seconds: float) -> Striking:
        """Strike until every fault has struck. It should take `seconds`, and ends after `LONGEST` times as many: what
        has not struck by then is a violation, because a run that did less than it was asked proves less."""
        began = time.monotonic()
        self.pulse.await_answer(began, timeout=RECOVERED_WITHIN)
        left, last_told = deque(faults), 0
        while left and time.monotonic() - began < seconds * LONGEST:
            fault = left.popleft()
            if not (struck_at := self._strike(fault)):
                self.found_nothing[fault.kind] += 1
                left.append(fault)
                continue
            done = len(faults) - len(left)
            # A machine that is behind catches up: what must be recovered from comes thicker, and is never left out.
            is_late = left and time.monotonic() - began > seconds * done / len(faults)
            if not (left and left[0].at_once) and not is_late:
                self._await_recovery(fault, struck_at)
            if done // 25 > last_told or not left:
                last_told = done // 25
                self.tell({"phase": "faults", "struck": dict(self.by_kind), "seconds": since(began)})
        self.violations += self._not_done(faults)
        return self

    def _not_done(self, faults: Sequence[Fault]) -> Iterator[Violation]:
        if not faults:
            yield Violation(FAULT, "没有一种要求的破坏是这台机器能做的")
        for kind, (asked, done) in plan.not_done(faults, self.by_kind).items():
            nothing = f"，{times}次没有找到目标" if (times := self.found_nothing[kind]) else ""
            yield Violation(FAULT, f"{kind}：要求{asked}次，只做了{done}次{nothing}")

    def _note(self, fault: Fault, what: str) -> None:
        with self.log.open("a") as log:
            log.write(f"{time.perf_counter():.3f} {fault.kind}: {what}\n")

    def _strike(self, fault: Fault) -> float:
        """When it struck; 0 when there was nothing to strike for a long time."""
        time.sleep(fault.pause * (0.1 if fault.at_once else 1.0))
        until = time.monotonic() + RECOVERED_WITHIN
        while time.monotonic() < until:
            waiting = self.pulse.under_way
            if what := self.victims.strike(fault):
                self._note(fault, what)
                self.by_kind[fault.kind] += 1
                self.under_way += bool(fault.is_kill and waiting)
                return time.monotonic()
            time.sleep(0.02)
        self._note(fault, "found nothing to strike")
        return 0.0

    def _await_recovery(self, fault: Fault, struck_at: float) -> None:
        """Until somebody has an answer to what they asked after the fault."""
        if self.pulse.await_answer(struck_at, timeout=RECOVERED_WITHIN):
            self.recoveries.setdefault(fault.kind, []).append(time.monotonic() - struck_at)
        else:
            message = f"{fault.kind} 之后{RECOVERED_WITHIN:.0f}秒没有一个请求得到答复"
            self.violations.append(Violation(STORY, message))

    def facts(self) -> dict[str, Any]:
        """For the summary."""
        kills = {kind: times for kind, times in self.by_kind.items() if kind in plan.KILLS}
        return {
            "kills_done": sum(kills.values()),
            "kills_by_kind": kills,
            "kills_with_requests_under_way": self.under_way,
            "other_faults": {kind: times for kind, times in self.by_kind.items() if kind not in plan.KILLS},
            "found_nothing": dict(self.found_nothing),
            "recovery_s": {kind: spread(times) for kind, times in sorted(self.recoveries.items())},
        }


def spread(times: Sequence[float]) -> dict[str, float]:
    """How often, how long at half of the times, and at most."""
    if not times:
        return {"times": 0}
    return {"times": len(times), "p50": round(statistics.median(times), 2), "max": round(max(times), 2)}


def since(began: float) -> float:
    """Seconds since that moment, as they are told."""
    return round(time.monotonic() - began, 1)
