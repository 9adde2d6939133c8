"""Questions about what follows a licence: checks that are due, rectification that is waited for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Q

from xuke.accounts.officers import Officer
from xuke.certificates.endings import ENDED
from xuke.foundation.gate import territory
from xuke.foundation.refusals import NotFound
from xuke.licensing.models import Application, PostIssueCheck, Rectification

PAGE = 50
OPEN = ~Q(licence__state__in=ENDED)
"""Nothing is checked or put right any more under a licence that has ended."""


@dataclass(frozen=True)
class Slice:
    """One page of checks."""

    rows: tuple[PostIssueCheck, ...]
    number: int
    has_more: bool


def checks(officer: Officer, *, over: bool, page: int = 1) -> Slice:
    """Checks of the officer's territory: those to be made by their due day, or those that were, newest first."""
    rows = PostIssueCheck.objects.filter(territory(officer.authority_path)).select_related("licence", "enterprise")
    if over:
        rows = rows.filter(checked_on__isnull=False).order_by("-checked_on", "-id")
    else:
        rows = rows.filter(OPEN, checked_on=None).order_by("due_on", "id")
    first = (page - 1) * PAGE
    found = tuple(rows[first : first + PAGE + 1])
    return Slice(found[:PAGE], page, len(found) > PAGE)


def count_late(officer: Officer, *, today: date) -> int:
    """How many checks of the territory are late."""
    here = territory(officer.authority_path)
    return PostIssueCheck.objects.filter(OPEN, here, checked_on=None, due_on__lt=today).count()


def check(officer: Officer, id: UUID) -> PostIssueCheck:
    """One check of the officer's territory; raises `NotFound`."""
    found = (
        PostIssueCheck.objects.filter(territory(officer.authority_path))
        .select_related("licence", "enterprise")
        .filter(pk=id)
        .first()
    )
    if found is None:
        raise NotFound("没有找到这项检查。")
    return found


def rectifications(officer: Officer) -> list[Rectification]:
    """Rectification of the territory that was not confirmed yet: reported first, then by the due day."""
    rows = Rectification.objects.filter(OPEN, territory(officer.authority_path), confirmed_on=None)
    return list(
        rows.select_related("licence", "enterprise").order_by(F("reported_at").asc(nulls_last=True), "due_on")[:PAGE]
    )


def rectification(officer: Officer, id: UUID) -> Rectification:
    """One rectification of the officer's territory; raises `NotFound`."""
    found = (
        Rectification.objects.filter(territory(officer.authority_path))
        .select_related("licence", "enterprise", "file")
        .filter(pk=id)
        .first()
    )
    if found is None:
        raise NotFound("没有找到这项整改。")
    return found


def rectification_beside(check: PostIssueCheck) -> Rectification | None:
    """What is to be put right under the same decision. The case itself may be of an authority above, and hidden."""
    return Rectification.objects.filter(application=check.application_id).first()


def rectification_of(application: Application) -> Rectification | None:
    """What the enterprise has to put right after a visit it passed, if anything."""
    return Rectification.objects.filter(Q(application=application)).select_related("licence", "file").first()
