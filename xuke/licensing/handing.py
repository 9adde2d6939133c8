"""Who gets which case: a plan for handing out many, made before anything is moved. Pure.

Everybody gets as even a share as what they have in hand already and what separates the hands allow; the cases that are
due first are given first. The same cases and people give the same plan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Case = TypeVar("Case")


@dataclass(frozen=True)
class Handed(Generic[Case]):
    """One line of the plan: to whom, or why to nobody."""

    case: Case
    person: int | None
    reason: str = ""


def plan(
    cases: Sequence[Case],
    people: Sequence[int],
    loads: Mapping[int, int],
    why_not: Callable[[int, Case], str],
) -> tuple[Handed[Case], ...]:
    """Give each case to the person with the fewest in hand who may take it, in the order of `cases`.

    `why_not` gives the reason a person may not take a case. A case that nobody may take keeps the reason of the first.
    """
    load = {person: loads.get(person, 0) for person in people}
    lines = []
    for case in cases:
        reasons = {person: why_not(person, case) for person in people}
        able = [person for person in people if not reasons[person]]
        if not able:
            lines.append(Handed(case, None, next(iter(reasons.values()), "没有选择人员。")))
            continue
        person = min(able, key=lambda one: (load[one], people.index(one)))
        load[person] += 1
        lines.append(Handed(case, person))
    return tuple(lines)
