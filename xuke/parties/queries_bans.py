"""Questions about bans: whom they touch, what an officer may look up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from xuke.foundation.refusals import NotFound
from xuke.parties.bans import Barring
from xuke.parties.models import Enterprise
from xuke.parties.models_bans import Ban

_TOUCHING = (
    "SELECT kind, name, role, from_on, last_on, basis, origin, certain, ban::text, cleared, checked"
    " FROM parties_bans_touching(%s, %s::text[], %s)"
)


def bans_touching(enterprise: Enterprise | int, *, on: date, staff: Iterable[str] = ()) -> tuple[Barring, ...]:
    """The bans on a day that bind an enterprise itself, or a person who stands for it: its legal representative, those
    who act for it, and the `staff` named. One statement, whoever asks; nobody's number is told."""
    key = enterprise if isinstance(enterprise, int) else enterprise.pk
    names = sorted({name.strip() for name in staff if name.strip()})
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHING, [key, names, on])
        return tuple(Barring(*row) for row in cursor.fetchall())


def namesakes(enterprise: Enterprise | int, names: Iterable[str], *, on: date) -> tuple[Barring, ...]:
    """The bans that would keep an enterprise from applying if who is named here, or heads it, were who they mean: the
    doubts that an officer clears (身份核对), with those that somebody has looked into already."""
    found = bans_touching(enterprise, on=on, staff=names)
    return tuple(each for each in found if each.is_by_name and each.would_bind)


@dataclass(frozen=True)
class Answerable:
    """A person who acts or acted for an enterprise, as an officer chooses whom a ban binds."""

    user_id: int
    name: str
    capacity: str
    is_proven: bool
    """Whether their number is known, so that a ban on them holds wherever they come back."""


def answerable(enterprise: Enterprise | int) -> list[Answerable]:
    """Who acts or acted for an enterprise, its head first. For officers and the system only."""
    key = enterprise if isinstance(enterprise, int) else enterprise.pk
    with connection.cursor() as cursor:
        cursor.execute("SELECT person, name, capacity, proven FROM parties_answerable(%s)", [key])
        found = [Answerable(*row) for row in cursor.fetchall()]
    return sorted(found, key=lambda each: (each.capacity != "legal_representative", each.user_id))


def bans_from(source: str) -> list[Ban]:
    """The bans that followed from something, such as a proceeding: that on the enterprise first."""
    found = Ban.objects.filter(source=source).select_related("enterprise")
    return sorted(found, key=lambda ban: (ban.person != "", ban.imposed_at, ban.person))


def bans_listed(q: str = "", *, on: date | None = None) -> QuerySet[Ban]:
    """Bans whose enterprise or person a text names, the newest first; those of a day only, where one is given. For
    officers."""
    rows = Ban.objects.select_related("enterprise").order_by("-from_on", "-pk")
    if wanted := "".join(q.split()):
        names = Q(person__icontains=wanted) | Q(enterprise__name__icontains=wanted)
        rows = rows.filter(names | Q(enterprise__uscc=wanted.upper()))
    if on is not None:
        rows = rows.filter(Q(last_on=None) | Q(last_on__gte=on), lifted_at=None)
    return rows


def ban(id: UUID | str) -> Ban:
    """One ban; raises `NotFound`. For officers."""
    found = Ban.objects.select_related("enterprise").filter(pk=id).first()
    if found is None:
        raise NotFound("没有找到这条禁止申请的记录。")
    return found
