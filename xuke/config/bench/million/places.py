"""The tree of authorities of one province, and who works there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from xuke.accounts.models import Authority, Posting, User
from xuke.accounts.officers import Role
from xuke.config.demonstration import people
from xuke.config.demonstration.people import Person, Seat
from xuke.foundation import divisions
from xuke.foundation.models.division import Level
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for

PROVINCE, PREFECTURE, COUNTY = "420000", "420500", "420506"
WEIGHTS = {COUNTY: 3.0, "420102": 2.0, "420112": 2.5, "420381": 0.6, "429021": 0.3}
"""Counties with more or fewer enterprises than the others."""
LONG_AGO = timedelta(days=3650)
_HANDS = (Role.ACCEPTOR, Role.REVIEWER, Role.VERIFIER, Role.VERIFIER, Role.DECIDER)
_NAMED: dict[str, tuple[Person, ...]] = {
    PROVINCE: (
        Person("sheng-jiandu", "龚明远", (Role.SUPERVISOR,)),
        Person("sheng-shouli", "汤小琴", (Role.ACCEPTOR,)),
        Person("sheng-shencha", "卢志刚", (Role.REVIEWER,)),
        Person("sheng-shenji", "简明", (Role.AUDITOR,)),
        Person("sheng-xitong", "罗汀", (Role.SYSTEM_ADMINISTRATOR,)),
    ),
    PREFECTURE: (
        Person("shi-jiandu", "徐建平", (Role.SUPERVISOR,)),
        Person("shi-shouli", "王岩", (Role.ACCEPTOR,)),
        Person("shi-shencha", "李红梅", (Role.REVIEWER,)),
    ),
    COUNTY: (
        Person("xian-shouli", "周敏", (Role.ACCEPTOR,)),
        Person("xian-shencha", "陈立新", (Role.REVIEWER,)),
        Person("xian-hecha", "赵海峰", (Role.VERIFIER,)),
        Person("xian-hecha-2", "孙雨桐", (Role.VERIFIER,)),
        Person("xian-jueding", "刘正平", (Role.DECIDER,)),
        Person("xian-jiandu", "何志强", (Role.SUPERVISOR,)),
    ),
}
"""Officers with a password, by which somebody can log in and look. All others can not."""
UNUSABLE = "!"
"""As Django marks an account to which no password leads."""
LOOKING = {"county": "xian-shouli", "prefecture": "shi-jiandu", "province": "sheng-jiandu"}
"""Whose lists are measured."""


@dataclass(frozen=True)
class Hand:
    """An officer as rows and entries name them."""

    id: int
    name: str
    label: str

    @property
    def code(self) -> str:
        return f"officer:{self.id}"


@dataclass(frozen=True)
class Place:
    """A county with its authority."""

    code: str
    short: str
    """As names of enterprises begin: 夷陵."""
    prefecture: str
    """The same of the prefecture; the county's own where it stands directly below the province."""
    full: str
    authority: int
    uscc: str
    authority_name: str
    abbreviation: str
    path: str
    acceptor: Hand
    reviewer: Hand
    verifiers: tuple[Hand, Hand]
    decider: Hand
    weight: float


def settle(*, now: datetime, everywhere: bool) -> tuple[Place, ...]:
    """Make authorities and officers; the counties in the order of their codes. Nothing may be there yet."""
    then = now - LONG_AGO
    today = now.date()
    seats = _seats(today, everywhere)
    with opened_for(EVERYTHING):
        authorities = people.seat_authorities(seats, now=then)
        for code, staff in _NAMED.items():
            for person in staff:
                people.hire(person, authorities[code], place=_number(person), now=then, entered=False)
        hands = _hire_hands([authorities[seat.code] for seat in seats if seat.level == "county"], then.date())
        counties = [seat.code for seat in seats if seat.level == "county"]
        return tuple(_place(authorities[code], hands[code], today) for code in counties)


def _number(person: Person) -> int:
    """A place of their own in the order of all who are named."""
    everybody = [each.login_name for staff in _NAMED.values() for each in staff]
    return everybody.index(person.login_name) + 1


def _seats(today: date, everywhere: bool) -> list[Seat]:
    """The tree, parents first."""
    seats = [Seat(PROVINCE, "湖北省市场监督管理局", "鄂市监", "province")]
    for prefecture in divisions.children(PROVINCE, today):
        if not everywhere and prefecture.code != PREFECTURE:
            continue
        if prefecture.level == Level.COUNTY:
            seats.append(_seat(prefecture.code, prefecture.name, prefecture.name, "county", PROVINCE))
            continue
        seats.append(_seat(prefecture.code, prefecture.name, prefecture.name, "prefecture", PROVINCE))
        seats += [
            _seat(
                county.code, prefecture.name + county.name, county.name, "county", prefecture.code, prefecture.name[0]
            )
            for county in divisions.children(prefecture.code, today)
        ]
    return seats


def _seat(code: str, name: str, short: str, level: str, parent: str, above: str = "") -> Seat:
    """Its mark begins with a character of the prefecture: 荆州区 is in 荆州市."""
    return Seat(code, f"{name}市场监督管理局", f"{above}{_short(short)}市监", level, parent)


def _short(name: str) -> str:
    """夷陵区 and 宜昌市 without their last character; 长阳土家族自治县 is 长阳."""
    for end in ("土家族苗族自治州", "土家族自治县", "林区"):
        if name.endswith(end):
            return name.removesuffix(end)
    return name[:-1] if len(name) > 2 else name


def _hire_hands(authorities: list[Authority], since: date) -> dict[str, list[User]]:
    """Five officers for every county, but the one whose officers have names and passwords already."""
    users = [
        User(
            login_name=f"x{authority.code}-{number}", name=_name(authority.code, number), password=UNUSABLE, serves=True
        )
        for authority in authorities
        for number in range(len(_HANDS))
        if authority.code != COUNTY
    ]
    User.objects.bulk_create(users)
    by_login = {user.login_name: user for user in users}
    found = {
        authority.code: [by_login[f"x{authority.code}-{number}"] for number in range(len(_HANDS))]
        for authority in authorities
        if authority.code != COUNTY
    }
    Posting.objects.bulk_create(
        Posting(
            user=user,
            authority=authority,
            role=role,
            credential=f"鄂食核〔2016〕{authority.code}号（演示）" if role is Role.VERIFIER else "",
            valid_from=since,
        )
        for authority in authorities
        if authority.code in found
        for user, role in zip(found[authority.code], _HANDS, strict=True)
    )
    logins = [person.login_name for person in _NAMED[COUNTY]][: len(_HANDS)]
    known = {user.login_name: user for user in User.objects.filter(login_name__in=logins)}
    return found | {COUNTY: [known[login] for login in logins]}


def _name(code: str, number: int) -> str:
    surnames, given = "王李张刘陈杨黄赵吴周徐孙马朱胡", "伟芳敏静丽强磊军洋勇艳杰"
    at = int(code) * 7 + number * 5
    return surnames[at % len(surnames)] + given[at // 3 % len(given)]


def _place(authority: Authority, users: list[User], today: date) -> Place:
    hands = [Hand(user.pk, user.name, f"{user.name}（{authority.name}）") for user in users]
    above = authority.parent
    short = _short(divisions.name_of(authority.code, today))
    direct = above is None or above.level == "province"
    return Place(
        code=authority.code,
        short=short,
        prefecture=short if direct or above is None else _short(divisions.name_of(above.code, today)),
        full=divisions.full_name(authority.code, today),
        authority=authority.pk,
        uscc=authority.uscc,
        authority_name=authority.name,
        abbreviation=authority.abbreviation,
        path=authority.path,
        acceptor=hands[0],
        reviewer=hands[1],
        verifiers=(hands[2], hands[3]),
        decider=hands[4],
        weight=WEIGHTS.get(authority.code, 1.0),
    )
