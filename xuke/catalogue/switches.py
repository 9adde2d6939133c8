"""Ways of handling that a province switches on or off, such as a local re-issue."""

from __future__ import annotations

from datetime import date, datetime

from xuke.catalogue import editions


def is_on(name: str, *, division: str, on: date, known_at: datetime | None = None) -> bool:
    """Whether a switch is on in a place on a day; raises LookupError for one that nobody ever defined."""
    found = editions.book().find("switch", name, division=division, on=on, known_at=known_at)
    if found is None:
        raise LookupError(f"no switch {name} on {on}")
    return bool(found.content["on"])
