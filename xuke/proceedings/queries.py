"""Questions about proceedings, each on somebody's behalf. The only door for readers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from xuke.accounts.models import Posting
from xuke.accounts.officers import HANDS, Officer, Role
from xuke.accounts.queries import held_on
from xuke.certificates.models import Licence
from xuke.foundation import gate, journal
from xuke.foundation.journal import Event
from xuke.foundation.refusals import NotFound
from xuke.licensing.models import Application, Visit
from xuke.licensing.queries import OPEN_STATES
from xuke.parties.applicants import Applicant
from xuke.proceedings import permissions
from xuke.proceedings.models import Proceeding
from xuke.proceedings.workflow import OPEN

HANDS_OF_A_CASE = (
    "accepted_by",
    "reviewed_by",
    "decided_by",
    "received_by",
    "examined_by",
    "considered_by",
    "verified_by",
)
UNTOLD = ("opened",)
"""States in which nobody has been told yet: an investigation is no news to whom it is about."""


def visible_to(actor: Officer | Applicant) -> QuerySet[Proceeding]:
    """Proceedings in the officer's territory; an enterprise sees those against it once it was told."""
    found = gate.seen_by(actor, Proceeding.objects.all())
    if isinstance(actor, Officer):
        return found
    # What is decided without a notice, or dropped before one, was not told either until its decision.
    return found.exclude(state__in=UNTOLD).exclude(Q(state__in=("proposed", "heard", "dropped"), told_on=None))


def get(actor: Officer | Applicant, id: UUID | str) -> Proceeding:
    """One proceeding with its licence, enterprise and people; raises `NotFound`, also for somebody else's."""
    joined = ("enterprise", "authority", "licence", "investigator", "chair", "decided_by")
    found = visible_to(actor).select_related(*joined).filter(pk=id).first()
    if found is None:
        raise NotFound("没有找到这件案件，地址可能写错了，或者它不属于您的单位或企业。")
    return found


def history(proceeding: Proceeding) -> tuple[Event, ...]:
    """Everything that happened to a proceeding, oldest first."""
    return journal.history(proceeding.stream)


def listed(officer: Officer, *, closed: bool = False) -> QuerySet[Proceeding]:
    """The proceedings of the officer's territory that are open, or those that are over; the newest first."""
    over = Q(state__in=("record_closed", "dropped")) | Q(state="decided", licence=None)
    over |= Q(state="decided", licence__cancelled_on__isnull=False)
    rows = visible_to(officer).filter(over) if closed else visible_to(officer).exclude(over)
    return rows.select_related("enterprise", "licence", "investigator", "authority").order_by("-opened_at", "-pk")


def open_against(applicant: Applicant) -> list[Proceeding]:
    """What is under way against the applicant's enterprise and was told, for its desk; the newest first."""
    rows = visible_to(applicant).filter(state__in=OPEN).select_related("licence", "authority")
    return list(rows.order_by("-opened_at")[:10])


def numbers_against(actor: Officer | Applicant, licence: Any) -> QuerySet[Proceeding, str]:
    """The number of the case that is open against a licence, for a statement that names one (`OuterRef`)."""
    return visible_to(actor).filter(licence=licence, state__in=OPEN).values_list("number", flat=True)


def of_enterprise(applicant: Applicant) -> list[Proceeding]:
    """Everything against the applicant's enterprise that it was told of, the newest first."""
    return list(visible_to(applicant).select_related("licence", "authority").order_by("-opened_at")[:100])


def licence_numbered(officer: Officer, number: str) -> Licence | None:
    """A licence in the officer's territory by its number, as somebody typed it."""
    wanted = number.strip().upper().replace(" ", "")
    found = gate.seen_by(officer, Licence.objects.all()).filter(number__in=(wanted, f"SC{wanted}"))
    return found.select_related("enterprise", "authority").first()


def application_numbered(officer: Officer, number: str) -> Application | None:
    """An application in the officer's territory by its receipt or acceptance number."""
    wanted = number.strip()
    found = gate.seen_by(officer, Application.objects.all()).exclude(state="draft")
    chosen = found.filter(Q(receipt_number=wanted) | Q(acceptance_number=wanted) & ~Q(acceptance_number=""))
    return chosen.select_related("enterprise", "authority").first()


def expired_open(officer: Officer, *, today: date) -> QuerySet[Licence]:
    """Licences that expired and whose record nobody closed yet, without a case about them; the oldest first."""
    ended = gate.seen_by(officer, Licence.objects.all()).filter(state="expired", valid_to__lt=today, cancelled_on=None)
    about = Proceeding.objects.filter(state__in=OPEN).exclude(licence=None).values("licence")
    waiting = Application.objects.filter(state__in=OPEN_STATES).exclude(starts_from=None).values("starts_from")
    return (
        ended.exclude(pk__in=about).exclude(pk__in=waiting).select_related("enterprise").order_by("valid_to", "number")
    )


def possible_chairs(proceeding: Proceeding, *, today: date) -> list[tuple[int, str]]:
    """Who can chair the hearing: whoever handles cases in the authority and did not investigate this one."""
    posts = Posting.objects.filter(held_on(today), authority=proceeding.authority_id, role__in=HANDS)
    hands = [*permissions.investigating(proceeding), *proceeding.kept_away]
    people = posts.exclude(user__in=hands).order_by("user__name").values_list("user_id", "user__name")
    return list(dict.fromkeys(people))


def hands_in(licence: Licence) -> list[int]:
    """Everybody who accepted, reviewed, visited or decided an application by which a licence became what it is."""
    cases = Application.objects.filter(licence=licence).only(*HANDS_OF_A_CASE)
    found: set[int | None] = set()
    for case in cases:
        found |= {case.accepted_by_id, case.reviewed_by_id, case.decided_by_id}
        found |= {*case.received_by, *case.examined_by, *case.considered_by, *case.verified_by}
    teams = Visit.objects.filter(application__licence=licence).values_list("earlier", flat=True)
    found |= {member["user_id"] for earlier in teams for one in earlier for member in one["team"]}
    return sorted(person for person in found if person is not None)


def able(officer: Officer, roles: Collection[Role], *, kept_away: Collection[int], today: date) -> list[str]:
    """Who of the officer's authority holds one of these roles and is kept away from nothing, by name."""
    posts = Posting.objects.filter(held_on(today), authority=officer.authority_id, role__in=roles)
    names = posts.exclude(user__in=list(kept_away)).order_by("user__name").values_list("user__name", flat=True)
    return list(dict.fromkeys(names))
