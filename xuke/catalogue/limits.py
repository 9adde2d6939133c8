"""Statutory time limits as dated data (`data/time_limits.json`). Each carries its article."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class TimeLimit:
    """How long a step may take, from when, on which basis."""

    id: str
    title: str
    value: int
    unit: str
    """working_day, day, month or year."""
    starts_from: str
    basis: str
    text: str
    confidence: str
    valid_from: date
    valid_to: date | None
    extension: int = 0
    """By how much it may be extended once, in the same unit; 0 where the law allows none."""
    direction: str = "after"
    """after, or before: the last day lies that long before the event, as for a renewal."""
    may_be_promised: bool = False
    """Whether a province may promise a shorter one: it binds the authority, not the applicant."""


@lru_cache(maxsize=1)
def all_limits() -> tuple[TimeLimit, ...]:
    """Every limit that is or was in force, in the order of the data."""
    rows = json.loads((Path(__file__).parent / "data" / "time_limits.json").read_text("utf-8"))["limits"]
    return tuple(
        TimeLimit(
            **{
                **row,
                "valid_from": date.fromisoformat(row["valid_from"]),
                "valid_to": date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            }
        )
        for row in rows
    )


@lru_cache(maxsize=256)
def time_limit(id: str, on: date) -> TimeLimit:
    """The limit in force on a day; raises LookupError when the data has none."""
    for row in all_limits():
        if row.id == id and row.valid_from <= on and (row.valid_to is None or on <= row.valid_to):
            return row
    raise LookupError(f"no time limit {id} in force on {on}")
