"""Questions about licences and certificates."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import QuerySet, Subquery

from xuke.certificates.models import CertificateVersion, Licence, PublicCertificate
from xuke.foundation import gate
from xuke.foundation.refusals import NotFound
from xuke.parties.applicants import Applicant
from xuke.parties.models import Enterprise


def in_force(enterprise: Enterprise | int, *, today: date) -> Licence | None:
    """The food production licence an enterprise holds in force on a day, or None."""
    held = Licence.objects.filter(enterprise=enterprise, kind="food", state="in_force", valid_to__gte=today)
    return held.first()


def newest_version(licence: Licence) -> CertificateVersion:
    """The version of a licence's certificate that counts."""
    versions = CertificateVersion.objects.filter(licence=licence).select_related("licence")
    return versions.order_by("-version")[:1].get()


def newest_content(licence: Any) -> Subquery:
    """What the version that counts says, as an annotation of rows that name a licence."""
    versions = CertificateVersion.objects.filter(licence=licence).order_by("-version")
    return Subquery(versions.values("content")[:1])


def held_by(applicant: Applicant) -> list[CertificateVersion]:
    """The current certificate version of every licence of the applicant's enterprise, newest licence first."""
    versions = gate.seen_by(applicant, CertificateVersion.objects.select_related("licence", "file", "enterprise"))
    newest: dict[object, CertificateVersion] = {}
    for version in versions.order_by("version"):
        newest[version.licence_id] = version
    return sorted(newest.values(), key=lambda version: version.licence.granted_on, reverse=True)


def version_of(applicant: Applicant, number: str, version: int) -> CertificateVersion:
    """One version of a licence of the applicant's enterprise; raises `NotFound`, also for somebody else's."""
    versions = gate.seen_by(applicant, CertificateVersion.objects.select_related("licence", "file"))
    found = versions.filter(licence__number=number, version=version).first()
    if found is None:
        raise NotFound("没有找到这张证书，地址可能写错了，或者它不属于您的企业。")
    return found


def _public() -> QuerySet[PublicCertificate]:
    """As everybody: in the role that sees nothing else, so that no mistake of a page can show more."""
    return PublicCertificate.objects.using("public")


def public_by_identifier(identifier: str) -> PublicCertificate | None:
    """What is public about the version with this e-licence identifier; None when it was never issued here."""
    return _public().filter(identifier=identifier).first()


def public_by_number(number: str) -> PublicCertificate | None:
    """What is public about the newest version of a licence."""
    return _public().filter(licence_number=number, newest=True).first()


def public_by_numbers(numbers: Collection[str]) -> list[PublicCertificate]:
    """What is public about the newest versions of many licences; in no order."""
    return list(_public().filter(licence_number__in=numbers, newest=True)) if numbers else []


def public_by_identifiers(identifiers: Collection[str]) -> list[PublicCertificate]:
    """What is public about many versions with these e-licence identifiers; in no order."""
    return list(_public().filter(identifier__in=identifiers)) if identifiers else []


def public_version(number: str, version: int) -> PublicCertificate | None:
    """What is public about one version of a licence."""
    return _public().filter(licence_number=number, version=version).first()


def standing(licence: Licence | PublicCertificate, *, today: date) -> tuple[str, str]:
    """The state of a licence on a day, in code and in words: in force, expired, or how it ended."""
    if licence.state == "in_force":
        return ("expired", "有效期届满") if today > licence.valid_to else ("in_force", "有效")
    return licence.state, STANDINGS[licence.state]


STANDINGS = {
    "in_force": "有效",
    "expired": "有效期届满",
    "withdrawn": "已撤回",
    "rescinded": "已撤销",
    "revoked": "已吊销",
    "cancelled": "已注销",
}
