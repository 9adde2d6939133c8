"""Personal numbers as they are shown by default: enough to recognise one's own, not enough to use (handbook 7)."""

from __future__ import annotations

_HEAD, _TAIL = 4, 4
_MOBILE = 11


def document_number(number: str) -> str:
    """4201**********1234: the first four and the last four characters; a short number is hidden whole."""
    hidden = len(number) - _HEAD - _TAIL
    if hidden < _HEAD:
        return "*" * len(number)
    return f"{number[:_HEAD]}{'*' * hidden}{number[-_TAIL:]}"


def mobile(number: str) -> str:
    """138****5678; anything shorter is hidden whole."""
    if len(number) < _MOBILE:
        return "*" * len(number)
    return f"{number[:3]}****{number[-4:]}"
