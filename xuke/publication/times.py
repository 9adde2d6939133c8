"""Handling times that nobody can move by closing many cases on one day (decision 0035). Pure.

A case counts with its working days from acceptance to decision, as the statutory clock counts them. What one authority
decides on one day is one heap, whatever its size: a heap weighs as many cases as it has, but at most a fiftieth of all
heaps. So a heap of five hundred moves the rank of a figure by two points in a hundred, and no more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

SHARE = 0.02
"""What one authority's day may weigh at most, of as many days of authorities as there are."""
FEWEST = 5.0
"""Below this weight nothing is said: a figure of a few cases tells about single enterprises, and about one bad day."""


class Closed(NamedTuple):
    """So many cases that one authority decided on one day, each after the same number of working days."""

    authority: str
    on: date
    days: int
    cases: int


@dataclass(frozen=True)
class Times:
    """Half of the cases were decided within `p50` working days, nine of ten within `p90`."""

    p50: int
    p90: int
    cases: int
    """All cases, also those that weigh less than one."""
    heaps: int
    """Days of authorities on which something was decided."""
    most: float
    """What one of them weighs at most."""
    limited_heaps: int
    """Those that were limited, and how many cases they have."""
    limited_cases: int


def times(closed: Iterable[Closed]) -> Times | None:
    """The figures, or None when there is too little to say anything."""
    heaps: Mapping[tuple[str, date], Counter[int]] = defaultdict(Counter)
    for row in closed:
        heaps[row.authority, row.on][row.days] += row.cases
    most = max(1.0, SHARE * len(heaps))
    weights: dict[int, float] = defaultdict(float)
    limited_heaps = limited_cases = cases = 0
    for heap in heaps.values():
        size = heap.total()
        for days, count in heap.items():
            weights[days] += count * min(1.0, most / size)
        cases += size
        limited_heaps += size > most
        limited_cases += size if size > most else 0
    if sum(weights.values()) < FEWEST:
        return None
    return Times(
        p50=quantile(weights, 0.5),
        p90=quantile(weights, 0.9),
        cases=cases,
        heaps=len(heaps),
        most=most,
        limited_heaps=limited_heaps,
        limited_cases=limited_cases,
    )


def quantile(weights: Mapping[int, float], share: float) -> int:
    """The smallest number of days within which this share of the weight lies."""
    wanted = share * sum(weights.values()) - 1e-9
    reached = 0.0
    for days in sorted(weights):
        reached += weights[days]
        if reached >= wanted:
            return days
    return max(weights)
