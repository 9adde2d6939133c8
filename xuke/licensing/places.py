"""The tree of authorities as lists need it: who stands below whom. Read at most once a minute in each process."""

from __future__ import annotations

import time
from dataclasses import dataclass

from xuke.accounts.models import Authority

FRESH_SECONDS = 60.0


@dataclass(frozen=True)
class Place:
    """An authority by its code, its name and where it stands in the tree."""

    path: str
    code: str
    name: str
    is_open: bool = True


@dataclass(frozen=True)
class _Kept:
    places: tuple[Place, ...]
    read_at: float


_kept: _Kept | None = None


def below(path: str) -> tuple[Place, ...]:
    """The authority at a path and those below it, from the top down, as of the last minute."""
    return tuple(place for place in _known() if place.path.startswith(path))


def open_codes() -> frozenset[str]:
    """The divisions whose authority works with this system, as of the last minute."""
    return frozenset(place.code for place in _known() if place.is_open)


def forget() -> None:
    """Read the tree again at the next question: between tests."""
    global _kept
    _kept = None


def _known() -> tuple[Place, ...]:
    global _kept
    now = time.monotonic()
    if _kept is None or now - _kept.read_at >= FRESH_SECONDS:
        rows = Authority.objects.order_by("path").values_list("path", "code", "name", "closed_on")
        _kept = _Kept(tuple(Place(path, code, name, closed is None) for path, code, name, closed in rows), now)
    return _kept.places
