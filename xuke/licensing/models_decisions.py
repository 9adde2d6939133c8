"""What each decision was made on, kept for whoever asks in ten years."""

from __future__ import annotations

from django.db import models

from xuke.parties.models import Enterprise


class DecisionSnapshot(models.Model):
    """The facts and the rule editions that one decision was made on. Written once; replay reads these."""

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey("licensing.Application", models.PROTECT, related_name="snapshots")
    verb = models.TextField()
    """The step: accept, propose, grant, refuse …"""
    facts = models.JSONField()
    """What the rules asked, by name."""
    editions = models.JSONField(default=dict)
    """The rule editions it rests on (`licensing.binding`)."""
    taken_at = models.DateTimeField()
    taken_by = models.TextField()
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    authority_path = models.TextField(db_collation="C")
