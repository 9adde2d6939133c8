"""The only writers of licences and certificate versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from xuke.accounts.models import Authority
from xuke.certificates.models import CertificateVersion, Licence
from xuke.foundation import jobs, journal, sequences
from xuke.foundation.actors import Actor
from xuke.foundation.identifiers import e_licence, food_licence
from xuke.foundation.models import StoredFile
from xuke.foundation.refusals import Conflict
from xuke.foundation.transactions import command
from xuke.parties.models import Enterprise

HIGHEST_SEQUENCE = 9999
"""The sequence in a licence number has four digits (handbook 1.1)."""


@dataclass(frozen=True)
class Grant:
    """What a decision grants: everything the certificate says (Measures art. 29)."""

    producer_name: str
    uscc: str
    legal_representative: str
    domicile: str
    production_address: str
    division_code: str
    main_category: str
    """Three digits, such as 124."""
    food_categories: tuple[str, ...]
    product_details: tuple[dict[str, Any], ...]
    """Rows of seq, category, code, name, detail, remark."""
    valid_to: date


class AlreadyLicensed(Conflict):
    """这家企业已经持有有效的食品生产许可证。一企一证，需要增加品种的请申请变更。"""


@command
def issue(*, grant: Grant, enterprise: Enterprise, authority: Authority, by: Actor, now: datetime) -> Licence:
    """Create the right with its number, and order its certificate, in the transaction of the decision.

    Raises `AlreadyLicensed` when the enterprise holds a licence in force (Measures art. 4).
    """
    today = journal.legal_day(now)
    if Licence.objects.filter(enterprise=enterprise, kind="food", state="in_force").exists():
        raise AlreadyLicensed()
    licence = Licence(
        enterprise=enterprise,
        authority=authority,
        authority_path=authority.path,
        granted_on=today,
        valid_to=grant.valid_to,
    )
    _save_with_number(licence, grant)
    journal.record("licence.issued", subject=licence, by=by, at=now, number=licence.number, valid_to=grant.valid_to)
    _order_version(licence, authority, grant, version=1, today=today, now=now)
    return licence


@command
def expire_ended(*, by: Actor, now: datetime) -> int:
    """Note as expired every licence whose validity is over (有效期届满), so that its holder may apply anew."""
    today = journal.legal_day(now)
    ended = list(Licence.objects.select_for_update(no_key=True).filter(state="in_force", valid_to__lt=today))
    for licence in ended:
        licence.state = "expired"
        licence.revision += 1
        licence.save(update_fields=["state", "revision"])
        journal.record("licence.expired", subject=licence, by=by, at=now, valid_to=licence.valid_to)
    return len(ended)


def _save_with_number(licence: Licence, grant: Grant) -> None:
    """Save the licence under the next number that no licence has, not even one of an authority out of sight.

    A number that a migrated licence carries already is refused by the database, which sees all of them, and skipped.
    """
    key = f"licence:SC{grant.main_category}{grant.division_code}"
    while True:
        licence.number = food_licence.compose(
            category=grant.main_category,
            division=grant.division_code,
            sequence=sequences.next_number(key, upto=HIGHEST_SEQUENCE),
        )
        try:
            with transaction.atomic():
                licence.save(force_insert=True)
        except IntegrityError as error:
            if "one_enterprise_one_certificate" in str(error):
                raise AlreadyLicensed() from error
            if "certificates_licence_number" not in str(error):
                raise
        else:
            return


def _order_version(
    licence: Licence, authority: Authority, grant: Grant, *, version: int, today: date, now: datetime
) -> CertificateVersion:
    identifier = e_licence.compose(
        type_code=settings.XUKE_LICENCE_TYPE_CODE, issuer_code=authority.uscc, serial=licence.number, version=version
    )
    content = {
        "licence_number": licence.number,
        "producer_name": grant.producer_name,
        "uscc": grant.uscc,
        "legal_representative": grant.legal_representative,
        "domicile": grant.domicile,
        "production_address": grant.production_address,
        "food_categories": list(grant.food_categories),
        "product_details": list(grant.product_details),
        "valid_to": grant.valid_to.isoformat(),
        "issued_on": today.isoformat(),
        "first_issued_on": licence.granted_on.isoformat(),
        "issuer": authority.name,
        "division_code": grant.division_code,
        "e_licence_identifier": identifier,
        "version": version,
        "verify_address": settings.XUKE_ADDRESS,
        "demo": settings.XUKE_DEMO,
    }
    ordered = CertificateVersion(
        licence=licence,
        version=version,
        identifier=identifier,
        content=content,
        ordered_at=now,
        enterprise_id=licence.enterprise_id,
        authority_path=licence.authority_path,
    )
    ordered.save(force_insert=True)
    jobs.defer("certificates.make", priority=jobs.URGENT, version=ordered.pk)
    return ordered


@command
def attach_file(*, version: CertificateVersion, file: StoredFile, by: Actor, now: datetime) -> CertificateVersion:
    """Attach the sealed file to its version: once. A second file for the same version is refused."""
    licence = Licence.objects.select_for_update(no_key=True).get(pk=version.licence_id)
    version = CertificateVersion.objects.get(pk=version.pk)
    if version.file_id == file.pk:
        return version
    if version.file_id is not None:
        raise Conflict("这一版证书已经制成，不能再换文件。")
    version.file, version.made_at = file, now
    version.save(update_fields=["file", "made_at"])
    licence.revision += 1
    licence.save(update_fields=["revision"])
    journal.record(
        "licence.certificate_made", subject=licence, by=by, at=now, version=version.version, digest=file.digest
    )
    return version
