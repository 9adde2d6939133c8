"""Stored files, addressed by their content."""

from django.db import models


class StoredFile(models.Model):
    """One content, stored once. Who may read it is said by the rows that refer to it, never here."""

    digest = models.CharField(primary_key=True, max_length=64)
    """SHA-256 of the content, lower-case hexadecimal."""
    size = models.PositiveBigIntegerField()
    media_type = models.TextField()
    pages = models.PositiveIntegerField(default=0)
    stored_at = models.DateTimeField()
