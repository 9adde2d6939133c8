"""The only writers of licences and certificate versions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from xuke.accounts.models import Authority
from xuke.certificates.models import CertificateVersion, Licence
from xuke.certificates.queries import STANDINGS, newest_version
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
def amend(*, licence: Licence, grant: Grant, verb: str = "amended", by: Actor, now: datetime) -> Licence:
    """Change what a licence says (变更): a new version from today on, the same number, and the expiry stays (art. 38).

    `verb` is ``reported`` for a change that needed no decision: only the duplicate is written anew, and the day of
    issue stays.
    """
    licence = _lock_in_force(licence)
    newest = newest_version(licence)
    today = journal.legal_day(now)
    issued_on = date.fromisoformat(newest.content["issued_on"]) if verb == "reported" else today
    return _anew(licence, replace(grant, valid_to=licence.valid_to), newest, verb, issued_on, by=by, now=now)


@command
def renew(
    *,
    licence: Licence,
    grant: Grant,
    effective_on: date | None = None,
    by: Actor,
    now: datetime,
    basis: str = "",
) -> Licence:
    """Renew a licence (延续): the same number, valid from the day of the decision to the expiry in `grant` (art. 39).

    `effective_on` is the day from which the law itself renews (silence, art. 36); then the licence may have been over
    for some days when this is noted.
    """
    licence = _lock_in_force(licence)
    newest = newest_version(licence)
    day = effective_on or journal.legal_day(now)
    licence.valid_to = grant.valid_to
    licence.save(update_fields=["valid_to"])
    return _anew(licence, grant, newest, "renewed", day, by=by, now=now, effective_on=day, basis=basis)


@command
def reissue(*, licence: Licence, by: Actor, now: datetime) -> Licence:
    """Issue the certificate again (补办): a new version that says the same, and the expiry stays."""
    licence = _lock_in_force(licence)
    newest = newest_version(licence)
    return _anew(licence, granted_by(newest), newest, "reissued", journal.legal_day(now), by=by, now=now)


def granted_by(version: CertificateVersion) -> Grant:
    """What a version of a certificate says, as a decision could grant it again."""
    said = version.content
    return Grant(
        producer_name=said["producer_name"],
        uscc=said["uscc"],
        legal_representative=said["legal_representative"],
        domicile=said["domicile"],
        production_address=said["production_address"],
        division_code=said["division_code"],
        main_category=version.licence.number[2:5],
        food_categories=tuple(said["food_categories"]),
        product_details=tuple(said["product_details"]),
        valid_to=version.licence.valid_to,
    )


def _lock_in_force(licence: Licence) -> Licence:
    """The newest row of a licence that can still be changed. Whoever waited for a decision is not asked for the day."""
    found = Licence.objects.select_for_update(no_key=True, of=("self",)).select_related("authority")
    locked = found.get(pk=licence.pk)
    if locked.state != "in_force":
        raise Conflict(f"许可证{locked.number}{STANDINGS[locked.state]}，不能再变更、延续或者补办。")
    return locked


def _anew(
    licence: Licence,
    grant: Grant,
    newest: CertificateVersion,
    verb: str,
    issued_on: date,
    *,
    by: Actor,
    now: datetime,
    effective_on: date | None = None,
    **facts: Any,
) -> Licence:
    """Order the next version of a certificate, which replaces the one before, and tell what happened."""
    licence.revision += 1
    licence.save(update_fields=["revision"])
    version = newest.version + 1
    journal.record(
        f"licence.{verb}",
        subject=licence,
        by=by,
        at=now,
        effective_on=effective_on or journal.legal_day(now),
        version=version,
        valid_to=grant.valid_to,
        **{name: value for name, value in facts.items() if value},
    )
    _order_version(licence, licence.authority, grant, version=version, today=issued_on, now=now)
    return licence


@command
def expire_ended(*, by: Actor, now: datetime, keep: Collection[UUID] = ()) -> int:
    """Note as expired every licence whose validity is over (有效期届满), so that its holder may apply anew.

    `keep` holds licences whose renewal waits for the authority: the law renews those (art. 36), and they do not end.
    """
    today = journal.legal_day(now)
    over = Licence.objects.select_for_update(no_key=True).filter(state="in_force", valid_to__lt=today)
    ended = list(over.exclude(pk__in=keep))
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
