"""The demonstration accounts as the login page shows them, in an installation that has them."""

from __future__ import annotations

from dataclasses import dataclass

from xuke.accounts.queries import taken
from xuke.config.demonstration.people import FIRMS, PASSWORD, PROVINCE, SEATS, STAFF

SEATS_SHOWN = ("420506", PROVINCE)
"""One county with somebody for every part, and whoever keeps the whole province."""
_FIRMS_SHOWN = 4


@dataclass(frozen=True)
class Shown:
    """Login names with who they are, and the password they share."""

    people: tuple[tuple[str, str], ...]
    password: str = PASSWORD


def shown() -> Shown | None:
    """One account for every role of one county, the administrators of the province, and a few enterprises; None where
    nobody made the demonstration."""
    known = _known()
    there = taken(known)
    people = tuple((login_name, who) for login_name, who in known.items() if login_name in there)
    return Shown(people) if people else None


def _known() -> dict[str, str]:
    places = {seat.code: seat.name for seat in SEATS}
    officers = {
        person.login_name: f"{person.name}，{'、'.join(role.label for role in person.roles)}（{places[code]}）"
        for code in SEATS_SHOWN
        for person in STAFF[code]
    }
    heads = {
        firm.head_login_name: f"{firm.legal_representative}，法定代表人（{firm.name}）"
        for firm in FIRMS
        if firm.head_login_name
    }
    return officers | {firm.login_name: f"{firm.contact}（{firm.name}）" for firm in FIRMS[:_FIRMS_SHOWN]} | heads
