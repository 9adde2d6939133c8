"""Numbers of people as they are shown by default: with their middle hidden."""

from __future__ import annotations

_LONG_ENOUGH = 11


def phone(number: str) -> str:
    """138****5678; a short number is hidden whole."""
    if len(number) < _LONG_ENOUGH:
        return "****" if number else ""
    return f"{number[:3]}****{number[-4:]}"
