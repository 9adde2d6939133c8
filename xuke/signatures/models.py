"""Signatures under statements. A row is added once and stays: the application may neither change nor delete it."""

from __future__ import annotations

from typing import Any

from django.db import models

from xuke.foundation.canonical import moment
from xuke.foundation.identity import new_id
from xuke.foundation.vault import SealedField, Unreadable
from xuke.parties.models import Enterprise
from xuke.signatures import records, statement
from xuke.signatures.records import Record
from xuke.signatures.statement import Kind, Statement


class StatementField(SealedField):
    """A sealed text. One that somebody spoilt reads as empty, so that the check says so and the page is not lost."""

    def from_db_value(self, value: Any, *more: Any) -> str | None:
        try:
            return super().from_db_value(value, *more)
        except Unreadable:
            return ""


class Signature(models.Model):
    """Somebody signed one statement about one state of one subject, once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    about = models.TextField()
    """The stream of the subject, such as ``application:0192…``."""
    about_revision = models.PositiveIntegerField()
    """The state of the subject that was shown and signed."""
    kind = models.TextField(choices=[(kind.value, kind.words) for kind in Kind])
    statement = StatementField(purpose="statement")
    """The canonical text, whole: it holds telephone numbers, so it is sealed at rest. Replacing the key seals it anew;
    that is the one change the application may make, and one that the digest would tell from any other."""
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the statement, in hexadecimal: nothing is signed twice."""
    means = models.TextField(choices=[(means.value, means.label) for means in records.Means])
    signer_id = models.BigIntegerField()
    """The number of the account. With the name as text, so that the row outlives what it describes."""
    signer_name = models.TextField()
    capacity = models.TextField()
    standing = models.JSONField(default=dict)
    """Enterprise, person and mandate as they stood."""
    key = models.BinaryField(default=b"")
    """The certificate (DER), or the public key of the passkey (COSE)."""
    evidence = models.JSONField(default=dict)
    signature = models.BinaryField(default=b"")
    algorithm = models.TextField()
    signed_at = models.DateTimeField()
    attested_by = models.CharField(max_length=64)
    """The id of the platform's key of that day."""
    attestation = models.BinaryField()
    """What the platform signed over the whole record."""
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    authority_path = models.TextField(default="", blank=True, db_collation="C")

    class Meta:
        constraints = [models.UniqueConstraint("about", "about_revision", name="one_signature_per_state")]

    revision = 1
    """Its one entry in the journal."""

    @property
    def stream(self) -> str:
        """Where its entry stands in the journal."""
        return f"statement:{self.pk}"

    @property
    def journal_label(self) -> str:
        """How the entry names it."""
        return f"{self.signer_name}{Kind(self.kind).words}的签名"

    @property
    def journal_authority(self) -> str:
        """Whose officers read the entry."""
        return self.authority_path

    @property
    def journal_enterprise(self) -> str:
        """Which enterprise reads the entry."""
        return str(self.enterprise_id)

    @property
    def by_what(self) -> records.Means:
        """The means, with its words."""
        return records.Means(self.means)

    @property
    def content(self) -> Statement:
        """What was signed; raises `NotAStatement` when somebody spoilt the text."""
        return statement.read(self.statement)

    @property
    def record(self) -> Record:
        """The row as it is checked and taken away."""
        return Record(
            id=str(self.pk),
            kind=self.kind,
            about=self.about,
            revision=self.about_revision,
            digest=self.digest,
            means=records.Means(self.means),
            signer=self.signer_id,
            name=self.signer_name,
            capacity=self.capacity,
            standing=self.standing,
            key=bytes(self.key),
            evidence=self.evidence,
            signature=bytes(self.signature),
            algorithm=self.algorithm,
            signed_at=moment(self.signed_at),
            attested_by=self.attested_by,
        )
