"""Which running cases a rule touches when it is published: counted and listed before anybody confirms it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet
from django.db.models.fields.json import KT

from xuke.catalogue import food
from xuke.catalogue.contents import ANY
from xuke.catalogue.rulebook import ACCEPTANCE_DAY, FILING_DAY, Change, Edition
from xuke.licensing.models import Application
from xuke.licensing.workflow import RECEIVED, RETRACTABLE

_WAITING = (*RECEIVED, "correction_requested")
"""States of a case that is filed and not accepted."""


def by(edition: Edition, *, today: date) -> QuerySet[Application]:
    """The running cases that an edition touches, in the scope of the transaction, in no order.

    Running cases keep their rules, unless the edition takes them over: cases not accepted by acceptance day, all
    undecided ones by decision day. Competence always touches what is open: the cases stay or are moved.
    """
    found = in_place(Application.objects.filter(state__in=RETRACTABLE), edition.division)
    if codes := _categories(edition):
        found = found.filter(categories__overlap=codes)
    if edition.topic == "competence":
        return found
    if edition.transition == FILING_DAY:
        return found.none()
    if edition.transition == ACCEPTANCE_DAY:
        return found.filter(state__in=_WAITING)
    return found


def count_of(change: Change, *, today: date) -> int:
    """How many running cases a change of the files touches."""
    said = change.after or change.before
    return 0 if said is None else by(said, today=today).count()


def in_place(cases: QuerySet[Application], division: str) -> QuerySet[Application]:
    """Those whose production lies in a division; all of them where the rule speaks of the nation."""
    significant = division.rstrip("0")
    if not significant:
        return cases
    # 420100 ends in zeros that are part of it: a prefecture has four figures, a province two.
    width = 2 if len(significant) <= 2 else 4 if len(significant) <= 4 else 6
    return cases.alias(place=KT("form__site__division_code")).filter(place__startswith=division[:width])


def _categories(edition: Edition) -> list[str]:
    """The categories an edition speaks of; empty for all."""
    if edition.topic == "gate":
        return list(edition.content.get("categories", ()))
    if edition.topic in ("competence", "commitment"):
        return list(_named(edition.key.partition(":")[0]))
    return []


def _named(code: str) -> Iterable[str]:
    if code == ANY:
        return ()
    known = food.subcategory(code)
    return (known.category_code if known else code,)
