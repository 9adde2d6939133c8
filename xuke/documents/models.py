"""Notices."""

from __future__ import annotations

from django.db import models

from xuke.accounts.models import Authority
from xuke.foundation.identity import new_id
from xuke.foundation.models import Journalled, StoredFile
from xuke.parties.models import Enterprise


class Notice(Journalled):
    """A written act of an authority towards an enterprise. Its words are fixed when it is issued; the PDF follows."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.TextField()
    title = models.TextField()
    number = models.TextField(unique=True)
    """The document number (文号), such as 宜市监食许受〔2026〕0137号; gapless per authority, kind and year."""
    about = models.TextField(db_index=True)
    """The stream it belongs to, such as ``application:0192…``."""
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    authority_path = models.TextField(db_collation="C")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    template = models.TextField()
    """The dated template, such as ``acceptance_notice@2020-03-01``."""
    content = models.JSONField()
    """Everything the template prints."""
    issued_at = models.DateTimeField()
    issued_by = models.TextField()
    served_on = models.DateField()
    """The day of service (送达), from which the periods for remedies run."""
    reconsideration_until = models.DateField(null=True, blank=True)
    litigation_until = models.DateField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    """When the applicant first opened it (签收)."""
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["enterprise", "-issued_at"], name="notices_of_enterprise")]

    @property
    def stream(self) -> str:
        return f"notice:{self.pk}"

    @property
    def journal_label(self) -> str:
        return f"{self.title} {self.number}"
