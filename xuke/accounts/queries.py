"""Questions about people and authorities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F, Q

from xuke.accounts.models import Authority, Posting, RealName, User
from xuke.accounts.officers import Officer
from xuke.accounts.particulars import TITLES, Known, Particulars
from xuke.accounts.roles import HANDS, Role
from xuke.accounts.rules import REMEMBERED, Done, Held
from xuke.foundation import vault


def held_on(day: date) -> Q:
    """Postings that are held on a day. The last day is no longer held, so that a dismissal acts at once."""
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))


def officer(user: User, *, today: date, authority: Authority | None = None) -> Officer | None:
    """The officer a person is today, in one authority (their only or first one when none is given).

    Asked before anybody's scope is known, so a function of the database answers for one person.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT held_postings FROM accounts_person(%s, NULL)", [user.pk])
        found = cursor.fetchone()
    return officer_from(found[0], user, today=today, authority=authority.pk if authority else None) if found else None


def officer_from(
    postings: Iterable[Mapping[str, Any]], user: User, *, today: date, authority: int | None = None
) -> Officer | None:
    """The officer that these rows of postings make today; None when none is held (any more)."""
    day = today.isoformat()
    held = [
        row
        for row in postings
        if row["valid_from"] <= day
        and (row["valid_to"] is None or row["valid_to"] > day)
        and authority in (None, row["authority"])
    ]
    if not held:
        return None
    place = held[0]
    here = [row for row in held if row["authority"] == place["authority"]]
    return Officer(
        user.pk,
        user.name,
        place["authority"],
        place["name"],
        place["path"],
        roles=frozenset(Role(row["role"]) for row in here),
        stands_in_for=frozenset(row["instead_of"] for row in here if row["instead_of"]),
    )


def held(user: User) -> list[Held]:
    """All postings of a person, as the rules see them."""
    columns = ("role", "authority", "valid_from", "valid_to", "instead_of")
    rows = Posting.objects.filter(user=user).order_by("pk").values_list(*columns)
    return [Held(Role(role), *others) for role, *others in rows]


def places_of(user: User, *, today: date) -> frozenset[str]:
    """Where a person holds posts today or will; of somebody who has left, where they were last; of somebody who never
    had one, where they were added."""
    rows = list(
        Posting.objects.filter(user=user)
        .exclude(valid_to=F("valid_from"))
        .order_by("pk")
        .values_list("authority__path", "valid_to")
    )
    present = frozenset(path for path, ends in rows if ends is None or ends > today)
    left = sorted((ends, path) for path, ends in rows if ends is not None)
    return present or frozenset(path for _, path in left[-1:]) or added_in(user)


def added_in(user: User) -> frozenset[str]:
    """Where an administrator added a person; nowhere, where the product did."""
    return frozenset({user.added_in}) if user.added_in else frozenset()


def done_to(user_id: int, verbs: Iterable[str] = REMEMBERED) -> tuple[Done, ...]:
    """What was done to the ways into an account, oldest first; whoever was where then and is where now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_done_to(%s, %s)", [user_id, sorted(verbs)])
        return tuple(Done(*row) for row in cursor.fetchall())


def keeps_people(user: User, *, today: date) -> bool:
    """Whether a person is a security administrator today."""
    return Posting.objects.filter(held_on(today), user=user, role=Role.SECURITY_ADMINISTRATOR).exists()


def has_another_keeper(user: User, *, today: date) -> bool:
    """Whether somebody else stays who can give posts to people: a security administrator appointed for good."""
    others = Posting.objects.exclude(user=user).filter(held_on(today), user__is_active=True, valid_to=None)
    return others.filter(role=Role.SECURITY_ADMINISTRATOR, kind=Posting.REGULAR).exists()


def taken(login_names: Iterable[str]) -> set[str]:
    """Which of these login names somebody has, also somebody whom the asker may not see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM unnest(%s::text[]) AS name WHERE accounts_is_taken(name)", [list(login_names)])
        return {name for (name,) in cursor.fetchall()}


# --- real names -------------------------------------------------------------------------------------------------------


def number_mark(document: str, number: str) -> bytes:
    """The fingerprint by which a document's number, in its normal form, is kept and found."""
    return vault.fingerprint(f"{document}:{number}", "resident_id")


def real_name(user: User | int) -> RealName | None:
    """Who a person is, where that has been proven and was not taken back. Asked by the person and the system only."""
    return RealName.objects.filter(user=user, withdrawn_at=None).first()


def person_with_number(document: str, number: str) -> User | None:
    """The person who has proven this number, under whichever key it was sealed. Asked by the system only."""
    found = RealName.objects.filter(number_mark__in=_marks(document, number), withdrawn_at=None)
    return User.objects.filter(real_name__in=found).first()


def is_proven_elsewhere(document: str, number: str, *, user: User) -> bool:
    """Whether another account has proven this number, also one that the asker may not see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_is_proven(%s::bytea[], %s)", [_marks(document, number), user.pk])
        return bool(cursor.fetchone()[0])


def _marks(document: str, number: str) -> list[bytes]:
    return vault.fingerprints(f"{document}:{number}", "resident_id")


# --- authorities ------------------------------------------------------------------------------------------------------


def known_as(authority: Authority, *, above: str = "") -> Known:
    """An authority as the rules see it."""
    return Known(
        authority.code,
        authority.level,
        above,
        authority.path,
        Particulars(**{name: getattr(authority, name) for name in TITLES}),
        tuple(authority.former_abbreviations),
        authority.closed_on is not None,
    )


def place_of(user: User) -> str:
    """Whose business a person is: the place of their newest posting; of somebody without one, where they were added, or
    the root of the tree."""
    newest = Posting.objects.filter(user=user).order_by("-valid_from", "-pk").values_list("authority__path", flat=True)
    return newest.first() or user.added_in or (f"{root}/" if (root := root_division()) else "")


def authority_of(division: str) -> Authority | None:
    """The authority that serves exactly this division, while it is open."""
    return Authority.objects.filter(code=division, closed_on=None).first()


def known_authorities() -> dict[str, Known]:
    """The whole tree, by code, as the rules see it: one statement."""
    rows = Authority.objects.select_related("parent").order_by("path")
    return {row.code: known_as(row, above=row.parent.code if row.parent else "") for row in rows}


def path_serving(division: str) -> str:
    """The path of the authority nearest to a division: its own, its prefecture's, its province's; empty without any."""
    above = (division, f"{division[:4]}00", f"{division[:2]}0000")
    return Authority.objects.filter(code__in=above).order_by("-path").values_list("path", flat=True).first() or ""


def abbreviations(officer: Officer) -> list[str]:
    """The marks of the authorities in the officer's territory, such as 宜市监."""
    territory = Q(path__gte=officer.authority_path, path__lt=officer.authority_path + "~")
    return list(Authority.objects.filter(territory).values_list("abbreviation", flat=True))


def root_division() -> str:
    """The division that this installation's tree of authorities serves; empty before the tree is planted."""
    return Authority.objects.filter(parent=None).values_list("code", flat=True).order_by("pk").first() or ""


def colleagues(officer: Officer, *, today: date) -> list[User]:
    """Everybody who handles cases in the officer's authority on a day, by name."""
    posts = Posting.objects.filter(
        held_on(today), role__in=[role.value for role in HANDS], user__is_active=True, authority=officer.authority_id
    ).select_related("user")
    people = {post.user_id: post.user for post in posts.order_by("user__name", "user_id")}
    return list(people.values())


def colleagues_at_work(officer: Officer, *, today: date) -> list[Officer]:
    """Everybody who handles cases in the officer's authority on a day, with their roles there, by name."""
    posts = Posting.objects.filter(
        held_on(today), role__in=[role.value for role in HANDS], user__is_active=True, authority=officer.authority_id
    ).select_related("user")
    roles: dict[User, set[Role]] = {}
    for post in posts.order_by("user__name", "user_id"):
        roles.setdefault(post.user, set()).add(Role(post.role))
    return [
        Officer(
            user.pk, user.name, officer.authority_id, officer.authority_name, officer.authority_path, frozenset(held)
        )
        for user, held in roles.items()
    ]
