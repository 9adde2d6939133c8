"""Licences and the versions of their certificates."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xuke.accounts.models import Authority
from xuke.foundation.identity import new_id
from xuke.foundation.models import Journalled, StoredFile
from xuke.parties.models import Enterprise


class Licence(Journalled):
    """A right to produce. One enterprise holds at most one food production licence in force (Measures art. 4)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.TextField(default="food")
    number = models.CharField(max_length=24, unique=True)
    """The SC number. Used once, kept through change and renewal, never used again."""
    state = models.TextField(default="in_force")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    authority_path = models.TextField(db_collation="C")
    granted_on = models.DateField()
    valid_to = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    """The day from which it no longer counts, other than by the end of its validity; the day of its grant where it was
    rescinded from the beginning (自始无效)."""
    ended_by = models.TextField(default="", db_default="", blank=True)
    """The stream of what ended it, such as ``proceeding:0192…``."""
    cancelled_on = models.DateField(null=True, blank=True)
    """The day of the formality that closes the record (注销): the number is retired."""
    contested_as = models.TextField(default="", db_default="", blank=True)
    """The state in which an open case is to end it, ``rescinded`` or ``revoked``; empty where there is none."""
    contested_by = models.TextField(default="", db_default="", blank=True)
    """The stream of that case: until it is over, nobody else closes the record."""
    contest_told = models.BooleanField(default=False, db_default=False)
    """Whether its holder was told of that case: an investigation is no news to whom it is about."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "enterprise", "kind", condition=Q(state="in_force"), name="one_enterprise_one_certificate"
            ),
            models.CheckConstraint(condition=Q(valid_to__gt=F("granted_on")), name="licence_days"),
        ]

    @property
    def stream(self) -> str:
        return f"licence:{self.number}"

    @property
    def journal_label(self) -> str:
        return f"食品生产许可证 {self.number}"


class CertificateVersion(models.Model):
    """One version of a licence's electronic certificate. Its content is fixed when it is ordered; the file follows."""

    licence = models.ForeignKey(Licence, models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    identifier = models.TextField(unique=True)
    """The e-licence identifier (电子证照标识, GB/T 36904)."""
    content = models.JSONField()
    """What the certificate prints and carries, as `rendering.CertificateContent.as_json`."""
    ordered_at = models.DateTimeField()
    """The signing time: fixed here, so that making the file again gives the same bytes."""
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(null=True, blank=True)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    authority_path = models.TextField(db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint("licence", "version", name="one_row_per_version"),
            models.CheckConstraint(
                condition=Q(file=None, made_at=None) | Q(file__isnull=False, made_at__isnull=False),
                name="certificate_made_all_or_none",
            ),
        ]


class PublicCertificate(models.Model):
    """What anybody may know of a certificate version: a view over licences and versions, outside every scope."""

    identifier = models.TextField(primary_key=True)
    licence_number = models.TextField()
    state = models.TextField()
    granted_on = models.DateField()
    valid_to = models.DateField()
    version = models.PositiveIntegerField()
    newest = models.BooleanField()
    content = models.JSONField()
    digest = models.TextField(null=True)
    made_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "certificates_public"
