"""Questions that only the applicant's pages ask."""

from __future__ import annotations

from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from xuke.foundation.refusals import NotFound
from xuke.licensing.models import Application, Material
from xuke.licensing.queries import visible_to
from xuke.parties.applicants import Applicant

FILED = ArraySubquery(
    Material.objects.filter(application=OuterRef("pk"), superseded_at=None).order_by("kind").values("kind")
)
"""The kinds of files that an application has, read along with it."""
MOST_LISTED = 100


def of_enterprise(applicant: Applicant) -> list[Application]:
    """The enterprise's applications, newest first, with what its desk shows, and the kinds of their files (`filed`)."""
    beside = ("enterprise", "authority", "visit", "rectification__licence")
    rows = visible_to(applicant).select_related(*beside).annotate(filed=FILED)
    return list(rows.order_by("-saved_at")[:MOST_LISTED])


def material(applicant: Applicant, application: UUID, id: UUID) -> Material:
    """One file of the enterprise's own application; raises `NotFound`, also for somebody else's."""
    found = (
        Material.objects.filter(application__enterprise=applicant.enterprise_id, application=application, pk=id)
        .select_related("file")
        .first()
    )
    if found is None:
        raise NotFound("没有找到这份材料，地址可能写错了，或者它不属于您的企业。")
    return found
