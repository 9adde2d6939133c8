"""Notices, how they were served, and who agreed to be served electronically."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from xuke.accounts.models import Authority
from xuke.documents.kinds import kind as kind_of
from xuke.documents.service import CHANNELS, ELECTRONIC
from xuke.foundation import journal
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
    served_on = models.DateField(null=True, blank=True)
    """The day of service (送达), from which the periods for remedies run; empty until it was served."""
    channel = models.TextField(default=ELECTRONIC, db_default=ELECTRONIC, blank=True)
    """How it was served, one of `service.CHANNELS`; empty until it was, and for records, which are served on nobody."""
    arrived_at = models.DateTimeField(null=True, blank=True)
    """When it entered the recipient's system: the moment of electronic service. Empty for those from before, which
    were there when they were issued."""
    reconsideration_until = models.DateField(null=True, blank=True)
    litigation_until = models.DateField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    """When the applicant first opened it (签收)."""
    read_by = models.TextField(default="", db_default="", blank=True)
    """Who signed for it."""
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["enterprise", "-issued_at"], name="notices_of_enterprise"),
            models.Index(
                fields=["authority_path", "issued_at"], name="notices_not_served", condition=Q(served_on__isnull=True)
            ),
            models.Index(
                fields=["authority_path", "issued_at"], name="notices_not_read", condition=Q(read_at__isnull=True)
            ),
        ]

    @property
    def issued_on(self) -> date:
        """The legal day on which it was issued, printed under its words."""
        return journal.legal_day(self.issued_at)

    @property
    def recipient(self) -> str:
        """Whom it addresses: the enterprise as it was called, or a third party that the content names."""
        return str(self.content.get("recipient") or self.content.get("applicant", ""))

    @property
    def is_record(self) -> bool:
        """Whether it lies on file and nobody signs for it."""
        return kind_of(self.kind).is_record

    @property
    def channel_title(self) -> str:
        """How it was served, in words."""
        return CHANNELS[self.channel].title if self.channel else ""

    @property
    def stream(self) -> str:
        return f"notice:{self.pk}"

    @property
    def journal_label(self) -> str:
        return f"{self.title} {self.number}"


class ServedBy(models.Model):
    """How a notice was served by another channel than this platform, and the proof of it (送达回证)."""

    channel = models.TextField()
    served_on = models.DateField()
    place = models.TextField(default="", db_default="", blank=True)
    receiver = models.TextField(default="", db_default="", blank=True)
    """Who signed for it, and what they are to the recipient."""
    relation = models.TextField(default="", db_default="", blank=True)
    tracking = models.TextField(default="", db_default="", blank=True)
    """The number of the postal item."""
    witnesses = models.TextField(default="", db_default="", blank=True)
    """Who saw it left behind, or how that was filmed."""
    publication = models.TextField(default="", db_default="", blank=True)
    """Where the public announcement stands."""
    published_on = models.DateField(null=True, blank=True)
    note = models.TextField(default="", db_default="", blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    """The signed page, the postal receipt or the picture."""
    record = models.ForeignKey(Notice, models.PROTECT, null=True, blank=True, related_name="+")
    """The 送达回证 that was made of it."""
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()
    authority_path = models.TextField(db_collation="C")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    @property
    def channel_title(self) -> str:
        """How it was served, in words."""
        return CHANNELS[self.channel].title


class Service(ServedBy):
    """What was written down first about a service. One per notice; it is never changed."""

    notice = models.OneToOneField(Notice, models.PROTECT, related_name="service")


class ServiceCorrection(ServedBy):
    """What was written down wrongly, put right with a reason (送达更正). The newest counts, what it corrects stays."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="service_corrections")
    reason = models.TextField()


class ServiceConsent(Journalled):
    """An enterprise agreed to electronic service (电子送达确认), until it withdraws that. One is open at a time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    given_by = models.TextField()
    note = models.TextField(default="", db_default="", blank=True)
    """How it was given, where not on its page: when registering, or by having filed online before it was asked."""
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.TextField(default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "enterprise", condition=Q(withdrawn_at=None), name="one_open_consent_per_enterprise"
            )
        ]

    @property
    def stream(self) -> str:
        return f"consent:{self.pk}"

    @property
    def journal_label(self) -> str:
        return "电子送达确认"
