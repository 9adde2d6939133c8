"""Questions about notices, each on somebody's behalf. The only door for readers."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from xuke.accounts.officers import Officer
from xuke.documents.models import Notice
from xuke.foundation import gate
from xuke.foundation.refusals import NotFound
from xuke.parties.applicants import Applicant


def visible_to(actor: Officer | Applicant) -> QuerySet[Notice]:
    """Notices of the authorities in the officer's territory; an applicant sees those addressed to the enterprise."""
    return gate.seen_by(actor, Notice.objects.all())


def get(actor: Officer | Applicant, id: UUID | str) -> Notice:
    """One notice with its authority and enterprise; raises `NotFound`, also for somebody else's."""
    notice = visible_to(actor).select_related("authority", "enterprise", "file").filter(pk=id).first()
    if notice is None:
        raise NotFound("没有找到这份文书，地址可能写错了，或者它不是发给您的。")
    return notice


def about(actor: Officer | Applicant, stream: str) -> list[Notice]:
    """The notices that belong to one stream, such as an application's, oldest first."""
    return list(visible_to(actor).filter(about=stream).select_related("file").order_by("issued_at", "pk"))


def addressed_to(applicant: Applicant) -> QuerySet[Notice]:
    """The notices addressed to the applicant's enterprise, newest first."""
    return visible_to(applicant).select_related("authority").order_by("-issued_at", "-pk")
