"""What is known about the articles that a text cites: the tag `{% law %}` asks here, an app above answers.

The page does not know the library of laws; whoever keeps it says so once, when the app is ready. Until then a basis is
plain text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Cited:
    """One citation in a text: where it stands, where its page is, and what it says in our words."""

    start: int
    end: int
    url: str
    title: str
    summary: str
    is_uncertain: bool = False
    """Whether number or content still wait to be checked (待核实)."""
    is_past: bool = False
    """Whether what is cited is not in force on the day of the page."""


Library = Callable[[str, date | None], tuple[Cited, ...]]


def _nothing(text: str, on: date | None) -> tuple[Cited, ...]:
    return ()


_library: Library = _nothing


def answered_by(library: Library) -> None:
    """Ask this library from now on."""
    global _library
    _library = library


def cited(text: str, on: date | None = None) -> tuple[Cited, ...]:
    """What a text cites, in its order, none of it overlapping."""
    return _library(text, on)
