"""What may differ from province to province (`data/settings.json`): numbers and switches the law does not settle."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from xuke.verifiers.rules import Setting, Settings


@lru_cache(maxsize=1)
def settings() -> dict[str, Setting]:
    """Every setting by its id, in the order of the data."""
    rows = json.loads((Path(__file__).parent / "data" / "settings.json").read_text("utf-8"))["settings"]
    return {
        row["id"]: Setting(row["value"], row["title"], row["basis"], row["confidence"], row.get("unit", ""))
        for row in rows
    }


def number(id: str) -> int:
    """The value of one setting."""
    return settings()[id].value


def for_visits() -> Settings:
    """The settings that the rules of a visit ask."""
    return Settings(
        former_employment_years=number("former_employment_years"),
        training_hours=number("training_hours"),
        workload=number("workload"),
        rotation=bool(number("rotation")),
    )
