"""Questions that the officers' desk asks: what waits by stage, what a search finds, everything about one case."""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import JSONObject
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from xuke.accounts import queries as accounts
from xuke.accounts.officers import Officer
from xuke.documents import queries as documents
from xuke.documents.kinds import kind as kind_of
from xuke.foundation.journal import legal_day
from xuke.foundation.typed import why_not_storable
from xuke.licensing import alarms, declared, queries, queries_joint
from xuke.licensing.alarms import Passed, Told
from xuke.licensing.models import Application
from xuke.licensing.queries_joint import Answer
from xuke.verifiers.models import Recusal
from xuke.verifiers.rules import STANDING

MOST_VISITS = 100
"""How many visits ahead are listed: more than anybody can make."""

_SHOWN_BY = ("enterprise", "authority", "accepted_by", "reviewed_by", "claimed_by", "visit")
_NOT_IN_LISTS = ("form", "spot_correction", "outcome", "visit__sheet", "visit__result")


def as_list(found: QuerySet[Application]) -> QuerySet[Application]:
    """The same cases with what a list shows of each, and without their long columns."""
    return found.select_related(*_SHOWN_BY).defer(*_NOT_IN_LISTS)


def handled_by(officer: Officer, *, closed: bool) -> QuerySet[Application]:
    """What this officer has had a hand in: what is still open, or everything."""
    found = queries.handled_by(officer)
    return found if closed else found.filter(state__in=queries.OPEN_STATES)


# Search --------------------------------------------------------------------------------------------------------------

# Each column is searched in the way its index allows. Behind a policy that is a comparison, never LIKE.
_RECEIPT = re.compile(r"20\d{6}(-\d{0,6}(-\d{0,4})?)?")
_LICENCE = re.compile(r"SC\d{7,14}")
"""From the prefecture on: the category alone is that of tens of thousands."""
_USCC = re.compile(r"[1-9A-Y][1-9A-Y]\d{6}[0-9A-Y]{0,10}")
_TELLING = 12
"""Characters of a credit code from which on it is that of few: two kinds, six of the place, then the organisation."""
_ACCEPTANCE = re.compile(r"([^\d〔]*)(〔\d{1,4}(〕(\d*|\d+号))?)")
_SERIAL = re.compile(r"(\d{1,6})号?")
_YEARS = 10
"""How far back a serial without its year is looked for."""
_BRACKETS = str.maketrans("([【{)]】}", "〔〔〔〔〕〕〕〕")


def number_in(text: str, officer: Officer, today: date) -> Q | None:
    """The condition for a text that looks like a number, or like a part of one; None for one that is a name.

    A number may be typed in part: from its beginning; an acceptance number also from its bracket, or its serial alone.
    """
    code = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    if why_not_storable(code):
        return None
    if _RECEIPT.fullmatch(code):
        return begins("receipt_number", code)
    if _LICENCE.fullmatch(code):
        return begins("licence__number", code)
    if _USCC.fullmatch(code):
        return begins("enterprise__uscc", code)
    number = code.translate(_BRACKETS)
    if parts := _ACCEPTANCE.fullmatch(number):
        beginnings = [series + parts[2] for series in _series(officer) if series.endswith(parts[1])]
        return reduce(or_, (begins("acceptance_number", each) for each in beginnings or [number]))
    if serial := _SERIAL.fullmatch(number):
        years = range(today.year, today.year - _YEARS, -1)
        ends = [f"〔{year}〕{serial[1].zfill(4)}号" for year in years]
        return Q(acceptance_number__in=[series + end for series in _series(officer) for end in ends])
    return None


def begun_code(text: str) -> str:
    """The beginning of a credit code that tells no more than where an enterprise was registered; else nothing."""
    code = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    is_code = _USCC.fullmatch(code) and not code.startswith("SC")
    return code if is_code and len(code) < _TELLING else ""


def _series(officer: Officer) -> list[str]:
    """What acceptance numbers begin with in the officer's territory, authority by authority."""
    kind = kind_of("acceptance_notice")
    return [kind.series(abbreviation) for abbreviation in accounts.abbreviations(officer)]


def begins(column: str, text: str) -> Q:
    """A column begins with a text: a range in the order of bytes, for which there is an index."""
    return Q(_NotBefore(F(column), text), _Before(F(column), text + chr(sys.maxunicode)))


class _NotBefore(GreaterThanOrEqual):
    """``>=`` in the order of bytes, as the indexes with ``text_pattern_ops`` have it."""

    def get_rhs_op(self, connection: object, rhs: str) -> str:
        return f"~>=~ {rhs}"


class _Before(LessThan):
    """``<`` in the order of bytes."""

    def get_rhs_op(self, connection: object, rhs: str) -> str:
        return f"~<~ {rhs}"


# One case ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class IssuedNotice:
    """A notice about a case, without its words."""

    id: UUID
    kind: str
    title: str
    number: str
    issued_at: datetime

    @property
    def issued_on(self) -> date:
        """The legal day of issue."""
        return legal_day(self.issued_at)

    @property
    def url(self) -> str:
        """Where it is read as a page."""
        return f"/notices/{self.id}/"


@dataclass(frozen=True)
class Case:
    """An application as its page needs it."""

    application: Application
    notices: tuple[IssuedNotice, ...]
    """Newest first."""
    alarms: tuple[Told, ...] = ()
    breaches: tuple[Passed, ...] = ()
    joint: tuple[Answer, ...] = ()
    """What other levels are asked and said (联合审查)."""
    kept_away: tuple[int, ...] = ()
    """Accounts of verifiers who declared that they stay away from this enterprise."""


def case(officer: Officer, id: UUID) -> Case:
    """One case with its visit, its people and its notices, in one statement; raises `NotFound`."""
    # The stream is a constant here: made from the column, the policy would keep the index from being used.
    stream = Application(pk=id).stream
    issued = documents.visible_to(officer).filter(about=stream).order_by("-issued_at", "-pk")
    facts = JSONObject(id="pk", kind="kind", title="title", number="number", issued_at="issued_at")
    found = queries.get(
        officer,
        id,
        notices_about=ArraySubquery(issued.values(row=facts)),
        said=ArraySubquery(alarms.of_case(id)),
        breached=ArraySubquery(alarms.breaches_of_case(id)),
        answers=ArraySubquery(queries_joint.answers(id)),
        kept_away=ArraySubquery(_declared()),
        **declared.along(officer),
    )
    along = vars(found)
    return Case(
        found,
        tuple(_notice(row) for row in along["notices_about"]),
        tuple(Told(**row) for row in along["said"]),
        tuple(Passed(**row) for row in along["breached"]),
        tuple(Answer.read(row) for row in along["answers"]),
        tuple(along["kept_away"]),
    )


def _declared() -> QuerySet[Recusal, int]:
    """Who declared to stay away from the enterprise of a case, for as long as what it rests on lasts."""
    declared = Recusal.objects.filter(state=STANDING, uscc=OuterRef("enterprise__uscc"), ended_on=None)
    return declared.values_list("verifier__user_id", flat=True)


def _notice(row: dict[str, Any]) -> IssuedNotice:
    return IssuedNotice(
        UUID(row["id"]), row["kind"], row["title"], row["number"], datetime.fromisoformat(row["issued_at"])
    )


def visits_ahead(officer: Officer) -> list[Application]:
    """The visits this officer takes part in that are still to be made or concluded, by their day."""
    found = (
        queries.seen_or_shared(officer)
        .filter(queries.on_team(officer.user_id), hands__person=officer.user_id, hands__is_ahead=True)
        .select_related("enterprise", "visit")
        .defer("form", "corrections", "spot_correction", "outcome", "proposal", "visit__result")
        .annotate(address=KT("form__site__production_address"))
    )
    return list(found.order_by("visit__visit_on", "pk")[:MOST_VISITS])


def visits_over(officer: Officer) -> QuerySet[Application]:
    """The visits this officer took part in that are over, or go on with another team, in no order."""
    over = Q(hands__is_ahead=False) | ~queries.on_team(officer.user_id)
    return (
        queries.visible_to(officer)
        .filter(over, hands__person=officer.user_id, hands__visits=True)
        .annotate(handled_at=F("hands__submitted_at"), handled_key=F("hands__application_id"))
    )
