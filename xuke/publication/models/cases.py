"""What is public about cases: decisions with the name of the enterprise, progress without it."""

from __future__ import annotations

from django.db import models


class Announcement(models.Model):
    """A decision that is announced (许可决定公示): granted or refused, for whom, by whom, when."""

    id = models.BigIntegerField(primary_key=True)
    """The number of its entry in the journal."""
    verb = models.TextField()
    """``granted``, ``refused`` …"""
    acceptance_number = models.TextField()
    holder = models.TextField()
    uscc = models.TextField(db_collation="C")
    title = models.TextField()
    """What was applied for."""
    procedure = models.TextField()
    division = models.CharField(max_length=6, db_collation="C")
    authority = models.TextField()
    authority_path = models.TextField(db_collation="C")
    decided_on = models.DateField()
    announced_at = models.DateTimeField()
    licence_number = models.TextField(default="", db_default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["-decided_on", "-id"], name="announcement_newest")]


class Progress(models.Model):
    """How far an application is, by its receipt number: steps and days, nobody's name."""

    receipt_number = models.TextField(primary_key=True, db_collation="C")
    procedure = models.TextField()
    state = models.TextField()
    authority = models.TextField()
    steps = models.JSONField(default=list)
    """Rows of verb and day, oldest first: what the enterprise was told of."""
    received_on = models.DateField()
    due_on = models.DateField(null=True)
    """When the running term ends."""
    due_provisional = models.BooleanField(default=False)
    licence_number = models.TextField(default="", db_default="", blank=True)
    changed_at = models.DateTimeField()
