"""A broken glass: one person may take a second hand in one case, because nobody else is there. Pure.

Kept on the application as one value, so that permissions ask no other table; the requests and answers are rows of
`BrokenGlass`, reported every month.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

REVIEWER, DECIDER = "reviewer", "decider"
ROLES = {REVIEWER: "审查", DECIDER: "决定"}
"""The hands that can be taken besides one's own. Acceptance can always wait for a colleague: silence accepts it."""
DAYS = 1
"""Good on the day of the approval and so many days after it."""


def allows(glass: Mapping[str, Any], *, person: int, role: str, today: date | None) -> bool:
    """Whether this person may take this hand today. Without `today`, the day is checked when the step is written."""
    if glass.get("person") != person or glass.get("role") != role:
        return False
    return today is None or today <= date.fromisoformat(glass["until"])


def same_hands(*hands: Collection[int]) -> set[int]:
    """Everybody who is in two hands of a case."""
    seen: set[int] = set()
    twice: set[int] = set()
    for hand in hands:
        people = set(hand)
        twice |= seen & people
        seen |= people
    return twice
