"""Questions about notices, each on somebody's behalf. The only door for readers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from xuke.accounts.officers import Officer
from xuke.documents.kinds import OF_THE_OFFICE, RECORDS
from xuke.documents.models import Notice, ServedBy, ServiceConsent, ServiceCorrection
from xuke.documents.service import ELECTRONIC
from xuke.foundation import gate
from xuke.foundation.refusals import NotFound
from xuke.parties.applicants import Applicant
from xuke.parties.models import Enterprise


def visible_to(actor: Officer | Applicant) -> QuerySet[Notice]:
    """Notices of the authorities in the officer's territory; an applicant sees those addressed to the enterprise.

    Records (lists, sheets, reports, proofs of service) stay in the file of the authority, but for the forms that the
    applicant itself filed, and what is addressed to a third party is theirs.
    """
    seen = gate.seen_by(actor, Notice.objects.all())
    if isinstance(actor, Applicant):
        return seen.exclude(kind__in=OF_THE_OFFICE).exclude(content__has_key="recipient")
    return seen


def get(actor: Officer | Applicant, id: UUID | str) -> Notice:
    """One notice with its authority, enterprise and proof of service; raises `NotFound`, also for somebody else's."""
    beside = ("authority", "enterprise", "file", "service__file", "service__record")
    notice = visible_to(actor).select_related(*beside).filter(pk=id).first()
    if notice is None and isinstance(actor, Officer):
        record = Notice.objects.select_related(*beside).filter(pk=id, kind__in=RECORDS).first()
        notice = record if record and _is_shared(actor, record) else None
    if notice is None:
        raise NotFound("没有找到这份文书，地址可能写错了，或者它不是发给您的。")
    return notice


def _is_shared(officer: Officer, record: Notice) -> bool:
    """Whether the officer's authority takes part in what a record of another is about: asked of the apps above."""
    return any(import_string(name)(officer, record.about, record.kind) for name in settings.XUKE_SHARED_RECORDS)


def about(actor: Officer | Applicant, stream: str) -> list[Notice]:
    """The notices that belong to one stream, such as an application's, oldest first."""
    return list(visible_to(actor).filter(about=stream).select_related("file").order_by("issued_at", "pk"))


def on_file(stream: str, kinds: Collection[str]) -> list[Notice]:
    """The records of these kinds on the file of a case, for an authority that takes part in it.

    Whoever asks has found that it does; the second wall shows it these records, and no other notice.
    """
    found = Notice.objects.filter(about=stream, kind__in=set(RECORDS).intersection(kinds))
    return list(found.select_related("file").order_by("issued_at", "pk"))


def addressed_to(applicant: Applicant) -> QuerySet[Notice]:
    """The notices addressed to the applicant's enterprise, newest first."""
    found = visible_to(applicant).exclude(kind__in=RECORDS)
    return found.select_related("authority").order_by("-issued_at", "-pk")


def may_serve_electronically(enterprise: Enterprise) -> bool:
    """Whether the enterprise agreed to electronic service and has not withdrawn that."""
    return ServiceConsent.objects.filter(enterprise=enterprise, withdrawn_at=None).exists()


def consent_of(applicant: Applicant) -> ServiceConsent | None:
    """The newest consent of the applicant's enterprise, open or withdrawn."""
    return ServiceConsent.objects.filter(enterprise_id=applicant.enterprise_id).order_by("-given_at", "-pk").first()


def not_served(officer: Officer) -> QuerySet[Notice]:
    """Notices of the officer's own authority that wait for service, the oldest first."""
    own = visible_to(officer).filter(authority_path=officer.authority_path, served_on=None)
    return own.exclude(kind__in=RECORDS).select_related("enterprise").order_by("issued_at", "pk")


def unread(officer: Officer, *, before: datetime) -> QuerySet[Notice]:
    """Notices of the officer's own authority that were served electronically before a moment and not signed for."""
    own = visible_to(officer).filter(authority_path=officer.authority_path, channel=ELECTRONIC, read_at=None)
    served = own.filter(served_on__isnull=False, issued_at__lt=before).exclude(kind__in=RECORDS)
    return served.select_related("enterprise").order_by("issued_at", "pk")


def corrections_of(notice: Notice) -> list[ServiceCorrection]:
    """What was put right about the service of a notice, oldest first; asks nothing where nothing was written down."""
    if getattr(notice, "service", None) is None:
        return []
    return list(notice.service_corrections.select_related("file", "record").order_by("pk"))


def services_of(notice: Notice) -> list[ServedBy]:
    """Everything officers wrote down about the service of a notice: the first record, then what corrected it."""
    first = getattr(notice, "service", None)
    return [] if first is None else [first, *corrections_of(notice)]


def proof_of(notice: Notice) -> ServedBy | None:
    """What counts of what officers wrote down about the service of a notice: the newest."""
    found = services_of(notice)
    return found[-1] if found else None


def records_of(officer: Officer, notice: Notice) -> list[Notice]:
    """The 送达回证 that were made of a notice, oldest first."""
    return about(officer, notice.stream)
