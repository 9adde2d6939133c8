"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something that must not stay so, in one sentence, and what to do about it in another."""

    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"✗ {self.problem}\n  {self.remedy}"
