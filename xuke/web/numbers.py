"""Numbers in addresses and hidden fields: what we wrote there comes back, or something else does."""

from __future__ import annotations

LARGEST = 999_999_999
"""Fits every integer column. Anything longer is nothing we wrote, and reading it costs more than it is worth."""


def whole(text: str, most: int = LARGEST) -> int | None:
    """The whole number in a text, or None: not a number, more than nine digits, or over `most`."""
    if not text.isdecimal() or len(text) > len(str(LARGEST)):
        return None
    number = int(text)
    return number if number <= most else None
