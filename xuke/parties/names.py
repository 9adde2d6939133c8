"""Enterprises by parts of their names: cutting names into pairs, and finding by them within bounds."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.models import F, Q

from xuke.foundation.bigrams import bigrams, plain
from xuke.parties.models import Enterprise, EnterpriseName

MOST_FOUND = 5_000
"""Enterprises that a question may find. One that finds more is too short to be answered this way."""
_AT_A_TIME = 2_000


def keep(enterprises: Iterable[Enterprise]) -> None:
    """Cut the present names of enterprises. Called by whoever writes names; says nothing new, so it leaves no entry."""
    rows = [
        EnterpriseName(enterprise=each, name=each.name, plain=plain(each.name), tokens=list(bigrams(each.name)))
        for each in enterprises
    ]
    EnterpriseName.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["enterprise"],
        update_fields=["name", "plain", "tokens"],
    )


def keep_missing() -> int:
    """Cut the names that nobody has cut, or that have changed since; how many.

    An older release that still runs beside this one writes names without cutting them, and so does whoever copies
    rows into the database.
    """
    stale = Q(naming=None) | ~Q(naming__name=F("name"))
    done = 0
    while found := list(Enterprise.objects.filter(stale).only("pk", "name")[:_AT_A_TIME]):
        keep(found)
        done += len(found)
    return done


def named(text: str) -> list[int] | None:
    """The enterprises whose names contain a text, in no order; None where there are too many to tell."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM parties_named(%s::text[], %s, %s)", [list(bigrams(text)), plain(text), MOST_FOUND + 1]
        )
        found = [key for (key,) in cursor.fetchall()]
    return None if None in found or len(found) > MOST_FOUND else found
