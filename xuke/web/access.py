"""Who may open an address at all. Every view says so; the door refuses a view that does not, and `make check` finds it.

What somebody sees behind the address is asked row by row, by the gate (`xuke.foundation.gate`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from django.urls import URLPattern, URLResolver, get_resolver

V = TypeVar("V", bound=Callable[..., Any])


class Audience(StrEnum):
    """For whom a page is made."""

    PUBLIC = "public"
    """Anybody, logged in or not."""
    PERSON = "person"
    """Whoever is logged in, about themselves, even when they act for nobody."""
    MEMBER = "member"
    """Whoever acts for an authority or an enterprise."""
    APPLICANT = "applicant"
    OFFICER = "officer"


@dataclass(frozen=True)
class Access:
    """The audience of a view and, for officers, the roles of which one is needed."""

    audience: Audience
    roles: frozenset[str] = frozenset()


def declare(view: V, access: Access) -> V:
    """Write onto a view who may open it."""
    view.access = access  # type: ignore[attr-defined]
    return view


def public_view(view: V) -> V:
    """A page for everybody."""
    return declare(view, Access(Audience.PUBLIC))


def access_of(view: Any) -> Access | None:
    """What a view says about who may open it."""
    found = getattr(view, "access", None)
    return found if isinstance(found, Access) else None


@dataclass(frozen=True)
class Address:
    """One address of the product."""

    pattern: str
    name: str
    access: Access | None


def addresses(resolver: URLResolver | None = None, before: str = "") -> Iterator[Address]:
    """Every address there is, with who may open it."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, pattern)
        elif isinstance(entry, URLPattern):
            yield Address(pattern, entry.name or "", access_of(entry.callback))
