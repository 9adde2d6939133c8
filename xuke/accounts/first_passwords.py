"""Passwords for the first login: shown once to whoever gives them, good for choosing one of one's own."""

from __future__ import annotations

import secrets

_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without the letters and figures that are mistaken for each other on paper."""
_GROUPS, _LENGTH = 4, 4


def made() -> str:
    """A new one, in groups that can be read aloud: 79 bits."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)) for _ in range(_GROUPS))
