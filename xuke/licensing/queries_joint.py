"""Questions about joint review, each on somebody's behalf."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import JSONObject

from xuke.accounts.officers import Officer
from xuke.catalogue.food import subcategory
from xuke.licensing.models import Application, JointReview
from xuke.licensing.queries import OPEN_STATES

MOST = 200
"""How many are listed: far more than an authority is asked in three months."""


@dataclass(frozen=True)
class Asking:
    """One application about whose categories an authority is asked."""

    review: JointReview
    application: Application
    is_open: bool
    """Whether an answer is still waited for."""

    @property
    def names(self) -> str:
        """The subcategories, in words."""
        return "、".join(known.name for code in self.review.codes if (known := subcategory(code)))

    @property
    def verdict(self) -> str:
        """What was answered, or why nobody answers any more."""
        if not self.review.is_given:
            return self.application.life_state.title
        against = [code for code, result in self.review.results.items() if result != "pass"]
        names = "、".join(known.name for code in against if (known := subcategory(code)))
        return f"不同意{names}" if names else "同意"


def asked_of(officer: Officer, *, since: date) -> list[Asking]:
    """What the officer's authority is asked: what waits, by its day, then what was asked lately."""
    rows = (
        JointReview.objects.filter(authority_id=officer.authority_id)
        .filter(Q(given_at=None) | Q(asked_on__gte=since))
        .select_related("application__enterprise", "application__authority")
        .defer("application__form", "application__outcome", "application__spot_correction")
        .order_by("-asked_on", "pk")[:MOST]
    )
    found = [Asking(row, row.application, not row.is_given and row.application.state in OPEN_STATES) for row in rows]
    return sorted(found, key=lambda each: (not each.is_open, each.review.due_on if each.is_open else date.min))


def promised_to(officer: Officer) -> list[Application]:
    """What the officer's authority accepted with a letter of commitment and has not decided, the oldest term first."""
    found = Application.objects.filter(authority_id=officer.authority_id, committed=True, state="accepted")
    return list(found.select_related("enterprise").defer("form", "outcome").order_by("due_on", "pk")[:MOST])


def asked_about(application: Application, *, of: Officer) -> JointReview | None:
    """What an officer's authority is asked about one application; None where it is not asked."""
    found = JointReview.objects.filter(application=application, authority_id=of.authority_id)
    return found.select_related("authority").first()


@dataclass(frozen=True)
class Answer:
    """What another level is asked about a case, and what it said, as the case's page shows it."""

    authority: str
    codes: tuple[str, ...]
    asked_on: date
    due_on: date
    results: Mapping[str, str]
    opinion: str
    given_name: str

    @property
    def is_given(self) -> bool:
        """Whether it answered."""
        return bool(self.given_name)

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Answer:
        """Of a row as `answers` has it."""
        days = {name: date.fromisoformat(row[name]) for name in ("asked_on", "due_on")}
        return cls(**{**row, **days, "codes": tuple(row["codes"])})


def answers(id: Any) -> QuerySet[Any]:
    """The joint review of one case, as one statement of rows for the statement of its page."""
    columns = ("codes", "asked_on", "due_on", "results", "opinion", "given_name")
    facts = JSONObject(authority="authority__name", **{name: name for name in columns})
    return JointReview.objects.filter(application=id).order_by("asked_on", "pk").values(row=facts)


def of_case(application: Application) -> list[Answer]:
    """The same for other pages; nothing is asked of cases that no other level takes part in."""
    return [Answer.read(found["row"]) for found in answers(application.pk)] if application.shared_with else []
