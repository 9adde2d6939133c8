"""Questions that the officers' desk asks: what waits by stage, what a search finds, everything about one case."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Concat, JSONObject

from xuke.accounts.officers import Officer
from xuke.documents import queries as documents
from xuke.foundation.journal import legal_day
from xuke.foundation.typed import why_not_storable
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import queries
from xuke.licensing.models import Application
from xuke.licensing.workflow import LIFE

SOON = 3
"""Working days before its due date from which a case counts as due soon."""

_SHOWN_BY = ("enterprise", "authority", "accepted_by", "reviewed_by", "claimed_by", "visit")
_NOT_IN_LISTS = ("form", "spot_correction", "outcome", "visit__sheet", "visit__result")
_FINAL = tuple(state.name for state in LIFE.states if state.final)


def as_list(found: QuerySet[Application]) -> QuerySet[Application]:
    """The same cases with what a list shows of each, and without their long columns."""
    return found.select_related(*_SHOWN_BY).defer(*_NOT_IN_LISTS)


@dataclass(frozen=True)
class Waiting:
    """How much waits for an officer in one state, and how urgent it is."""

    state: str
    count: int
    overdue: int
    today: int
    soon: int


def last_soon_day(today: date) -> date:
    """The last day that counts as soon."""
    return current_calendar().add(today, SOON).on


def waiting_by_state(officer: Officer, *, today: date) -> list[Waiting]:
    """The figures above the inbox, state by state, in one statement."""
    soon = last_soon_day(today)
    rows = (
        queries.waiting_for(officer)
        .order_by()
        .values("state")
        .annotate(
            count=Count("pk"),
            overdue=Count("pk", filter=Q(due_on__lt=today)),
            today=Count("pk", filter=Q(due_on=today)),
            soon=Count("pk", filter=Q(due_on__gt=today, due_on__lte=soon)),
        )
    )
    return [Waiting(**row) for row in rows]


def handled_by(officer: Officer, *, closed: bool) -> QuerySet[Application]:
    """What this officer has had a hand in: what is still open, or everything."""
    found = queries.handled_by(officer)
    return found if closed else found.exclude(state__in=(*_FINAL, "granted"))


# Search --------------------------------------------------------------------------------------------------------------

_RECEIPT = re.compile(r"\d{8}-\d{6}-\d{4}")
_LICENCE = re.compile(r"SC\d{14}")
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_BRACKETS = str.maketrans("([【{)]】}", "〔〔〔〔〕〕〕〕")


def found_by(officer: Officer, text: str) -> QuerySet[Application]:
    """Cases in the officer's territory whose enterprise, number or licence is what was typed, newest first."""
    cases = queries.visible_to(officer)
    return cases.none() if why_not_storable(text) else cases.filter(_meant_by(text)).order_by("-submitted_at", "-pk")


def _meant_by(text: str) -> Q:
    """What somebody means by a text: an identifier when it looks like one, else part of a name or of a number."""
    plain = unicodedata.normalize("NFKC", text).strip()
    code = re.sub(r"\s", "", plain).upper()
    if _RECEIPT.fullmatch(code):
        return Q(receipt_number=code)
    if _LICENCE.fullmatch(code):
        return Q(licence__number=code)
    if _USCC.fullmatch(code):
        return Q(enterprise__uscc=code)
    return Q(enterprise__name__icontains=plain) | Q(acceptance_number__contains=code.translate(_BRACKETS))


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


def case(officer: Officer, id: UUID) -> Case:
    """One case with its visit, its people and its notices, in one statement; raises `NotFound`."""
    stream = Concat(Value("application:"), Cast(OuterRef("pk"), TextField()))
    issued = documents.visible_to(officer).filter(about=stream).order_by("-issued_at", "-pk")
    facts = JSONObject(id="pk", kind="kind", title="title", number="number", issued_at="issued_at")
    found = queries.get(officer, id, notices_about=ArraySubquery(issued.values(row=facts)))
    return Case(found, tuple(_notice(row) for row in vars(found)["notices_about"]))


def _notice(row: dict[str, Any]) -> IssuedNotice:
    return IssuedNotice(
        UUID(row["id"]), row["kind"], row["title"], row["number"], datetime.fromisoformat(row["issued_at"])
    )


def visits_of(officer: Officer) -> list[Application]:
    """The visits this officer takes part in, open ones by their day, then the concluded ones; with the address."""
    return list(
        queries.visible_to(officer)
        .filter(verified_by__contains=[officer.user_id])
        .select_related("enterprise", "visit")
        .defer("form", "corrections", "spot_correction", "outcome", "proposal", "visit__result")
        .annotate(address=KT("form__site__production_address"))
        .order_by(F("visit__concluded_at").desc(nulls_first=True), "visit__visit_on")[:100]
    )
