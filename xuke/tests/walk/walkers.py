"""Who walks: an officer of every role in every place around one case, the people of two enterprises, strangers."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F

from xuke.accounts import commands as accounts
from xuke.accounts.models import Authority, Posting, User
from xuke.accounts.officers import READERS, Role
from xuke.config.demonstration import people
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.parties.models import Enterprise, Mandate
from xuke.tests.cast import LONG_AGO, World

OWN, ABOVE, SIBLING, FOREIGN = "own", "above", "sibling", "foreign"
"""Where an officer stands to the case, which is Yiling's: there; in the prefecture above, for whom it is a
subordinate's; in a county beside it; in another prefecture."""
PLACES = {OWN: "420506", ABOVE: "420500", SIBLING: "420581", FOREIGN: "420100"}

NOBODY, PERSON, HEAD, CONTACT, OTHER = "nobody", "person", "head", "contact", "other"
"""Without a login; logged in and acting for nobody; the enterprise's legal representative; its contact; the contact of
another enterprise."""
CHEN, ZHAO = "chen", "zhao"
"""The reviewer and the leading verifier of the case, in person."""
OURS = frozenset({HEAD, CONTACT})
APPLICANTS = OURS | {OTHER}


def officers(*roles: Role, at: tuple[str, ...] = tuple(PLACES)) -> frozenset[str]:
    """The names of officers with one of these roles in one of these places."""
    return frozenset(f"{role}@{place}" for role in roles for place in at)


ALL_OFFICERS = officers(*Role)
EVERYBODY = ALL_OFFICERS | APPLICANTS | {NOBODY, PERSON, CHEN, ZHAO}
SEE_THE_CASE = officers(*READERS, at=(OWN, ABOVE)) | OURS | {CHEN, ZHAO}
"""Whoever may see the case at all. No answer to anybody else names it."""


@dataclass(frozen=True)
class Walker:
    """Somebody who tries every address."""

    name: str
    """``acceptor@own``, ``head``, ``nobody``."""
    user_id: int | None = None

    def __str__(self) -> str:
        return self.name


def walkers(world: World) -> list[Walker]:
    """Everybody, newly hired, so that nobody has a hand in the case but by their role."""
    contact = world.casts["wuxiaomei"].applicant
    enterprise = Enterprise.objects.get(pk=contact.enterprise_id)
    day = journal.legal_day(LONG_AGO)
    places = {place: _authority(code) for place, code in PLACES.items()}
    seats = [(place, role) for place in PLACES for role in Role]
    hired = User.objects.bulk_create(
        User(login_name=f"{role}-{place}", name=f"某{role.label}", password="!", serves=True) for place, role in seats
    )
    Posting.objects.bulk_create(
        Posting(user=user, authority=places[place], role=role, valid_from=day)
        for user, (place, role) in zip(hired, seats, strict=True)
    )
    person = User.objects.create(login_name="zhangsan", name="张三", password="!")
    seated = Mandate.objects.filter(enterprise=enterprise, capacity=Mandate.LEGAL_REPRESENTATIVE, ended_at=None)
    seated.update(valid_to=F("valid_from"), ended_at=LONG_AGO)  # There is one head.
    head = User.objects.create(login_name="thehead", name=enterprise.legal_representative, password="!")
    Mandate.objects.create(user=head, enterprise=enterprise, capacity=Mandate.LEGAL_REPRESENTATIVE, valid_from=day)
    return [
        Walker(NOBODY),
        Walker(PERSON, person.pk),
        Walker(HEAD, head.pk),
        Walker(CONTACT, contact.user_id),
        Walker(OTHER, world.casts["wangjie"].applicant.user_id),
        Walker(CHEN, world.casts["wuxiaomei"].reviewer.user_id),
        Walker(ZHAO, world.casts["wuxiaomei"].verifiers[0].user_id),
        *(Walker(f"{role}@{place}", user.pk) for user, (place, role) in zip(hired, seats, strict=True)),
    ]


def _authority(code: str) -> Authority:
    if found := Authority.objects.filter(code=code).first():
        return found
    seat = next(seat for seat in people.SEATS if seat.code == code)
    return accounts.establish_authority(
        code=code,
        uscc=people.number_of(91000, code, registrar="11"),
        name=seat.name,
        abbreviation=seat.abbreviation,
        level=seat.level,
        parent=Authority.objects.get(code=seat.parent),
        reconsideration_body="湖北省人民政府",
        court=seat.court,
        by=SYSTEM,
        now=LONG_AGO,
    )
