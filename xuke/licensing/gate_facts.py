"""What the gates ask about an application: values, read once by `gating`. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from xuke.parties.bans import Barring

START, SUBMIT, ACCEPT, DECIDE, COMMIT = "start", "submit", "accept", "decide", "commit"
"""When gates are asked."""
APPLYING = ("first", "change", "renewal", "renewal_change")
"""Kinds that ask for a right to produce; the others report, give up or print again."""
LEVELS = {"province": "省级", "prefecture": "市级", "county": "县级"}


def level_of(seat: str) -> str:
    """The level of the authority of a division: 420500 is a prefecture's."""
    if seat.endswith("0000"):
        return "province"
    return "prefecture" if seat.endswith("00") else "county"


@dataclass(frozen=True)
class Subject:
    """The enterprise as the registration authority keeps it."""

    name: str
    state: str = "in_operation"
    state_title: str = "存续"
    term_ends_on: date | None = None


@dataclass(frozen=True)
class CategoryFacts:
    """One subcategory applied for, and who licenses it."""

    code: str
    """Of the subcategory, such as 2401: a category may be licensed on two levels."""
    name: str
    category: str = ""
    """Of the category, such as 124."""
    is_special: bool = False
    is_additive: bool = False
    level: str = ""
    """Who licenses it today; empty when no edition says so any more."""
    level_filed: str = ""
    """Who licensed it on the day that binds the case; empty before it was filed."""
    seat: str = ""
    """The division of the authority that licenses it today, for the place of production."""
    is_fixed: bool = False
    """Whether the nation fixed that level (Measures art. 7)."""
    is_absent: bool = False
    """Whether that authority is to be asked (联合审查) and does not work with this system."""
    basis: str = ""
    since: date | None = None
    """Since when the edition that says so applies."""
    ended_on: date | None = None
    """The last day of the last edition, where none applies today."""
    ended_basis: str = ""


@dataclass(frozen=True)
class LicenceFacts:
    """A licence of the enterprise, as it stands today."""

    number: str
    standing: str
    """in_force, expired, cancelled …"""
    standing_title: str
    valid_to: date
    division: str = ""
    address: str = ""
    kept: bool = False
    """Whether it goes on counting past its end, because a renewal that was filed in time waits (APL art. 50)."""
    contested_as: str = ""
    """The state in which an open case is to end it, ``rescinded`` or ``revoked``; empty where there is none."""
    contest_told: bool = False
    """Whether its holder was told of that case."""


@dataclass(frozen=True)
class OtherCase:
    """Another application of the same enterprise that is under way."""

    kind: str
    title: str
    number: str
    licence: str = ""
    """The number of the licence it starts from."""


@dataclass(frozen=True)
class Window:
    """When a renewal is to be applied for."""

    last_on: date
    """The last day in time: so many working days before the licence ends."""
    days: int
    provisional: bool = False
    first_on: date | None = None
    """The first day that is customary in the place: the law names none."""
    late_is_taken: bool = True
    """Whether a late one is still taken while the licence is in force; a switch of the province, uncertain in law."""


@dataclass(frozen=True)
class Happened:
    """What happened at the enterprise, and by when it was to come to the authority with it (Measures art. 32, 40)."""

    on: date
    last_on: date
    days: int
    law: str
    provisional: bool = False


@dataclass(frozen=True)
class CommitmentFacts:
    """What the province says about deciding on a promise (告知承诺)."""

    allowed: bool = False
    asked: bool = False
    """Whether the applicant chose it."""
    basis: str = ""
    ended_on: date | None = None
    """The last day on which it was allowed, where it no longer is."""
    check_days: int = 30
    """Working days until what was promised is checked."""


@dataclass(frozen=True)
class ClosedWay:
    """A procedure that the province has switched off: it is not filed any more, what was filed goes on."""

    title: str
    law: str


@dataclass(frozen=True)
class Registration:
    """The registration or filing of one special food, as the form names it."""

    name: str
    number: str
    last_on: date | None = None


@dataclass(frozen=True)
class LocalGate:
    """A condition that a province published, met or not."""

    code: str
    title: str
    says: str
    law: str
    met: bool = True
    moments: tuple[str, ...] = ("submit", "accept")


@dataclass(frozen=True)
class GateFacts:
    """Everything the gates ask about one application, or about one that is to be begun."""

    kind: str
    today: date
    subject: Subject
    filed_on: date | None = None
    categories: tuple[CategoryFacts, ...] = ()
    held: LicenceFacts | None = None
    """The licence the enterprise holds in force."""
    starts_from: LicenceFacts | None = None
    division: str = ""
    """The county of production as the form names it."""
    address: str = ""
    others: tuple[OtherCase, ...] = ()
    bans: tuple[Barring, ...] = ()
    window: Window | None = None
    happened: Happened | None = None
    commitment: CommitmentFacts = field(default_factory=CommitmentFacts)
    registrations: tuple[Registration, ...] = ()
    seat: str = ""
    """The division of the authority where the case lies; empty before submission."""
    seat_name: str = ""
    closed_way: ClosedWay | None = None
    """The procedure itself, where the place does not offer it and nothing was filed yet."""
    joint: bool = False
    """Whether several categories of different levels are handled together (联合审查)."""
    local: tuple[LocalGate, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The facts as JSON values, for the snapshot of a decision."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
