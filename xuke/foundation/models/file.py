"""Stored files, addressed by their content."""

from django.db import models

from xuke.foundation.identity import new_id


class StoredFile(models.Model):
    """One content, stored once. Who may read it is said by the rows that refer to it, never here."""

    digest = models.CharField(primary_key=True, max_length=64)
    """SHA-256 of the content, lower-case hexadecimal."""
    size = models.PositiveBigIntegerField()
    media_type = models.TextField()
    pages = models.PositiveIntegerField(default=0)
    stored_at = models.DateTimeField()


class KeptFile(models.Model):
    """A content of which only the digest is written down somewhere, such as in the evidence of a signature.

    The row keeps it from being swept away, for as long as what it was filed with is kept.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    stream = models.TextField()
    """The stream of what it was filed with, such as ``application:0192…``."""
