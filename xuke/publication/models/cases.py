"""What is public about cases: decisions with the name of the enterprise, progress without it, and figures of both."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Announcement(models.Model):
    """A decision that is announced (许可决定公示): granted or refused, for whom, by whom, when; never why."""

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
    place = models.TextField(default="", db_default="", blank=True)
    """The division in words: 湖北省宜昌市夷陵区."""
    level = models.TextField(default="", db_default="", blank=True)
    """Of the authority: nation, province, prefecture, county."""
    category = models.SmallIntegerField(default=0, db_default=0)
    """The number of the main food category (1 to 32)."""
    categories = ArrayField(models.SmallIntegerField(), default=list, db_default=[])
    days = models.SmallIntegerField(null=True)
    """Working days the office took from acceptance to decision; pauses and the applicant's own time do not count."""
    on_time = models.BooleanField(default=True, db_default=True)
    """Whether it was announced within the days in which a decision is to be made public."""

    class Meta:
        indexes = [
            models.Index(fields=["-decided_on", "-id"], name="announcement_newest"),
            models.Index(fields=["division", "-decided_on", "-id"], name="announcement_division"),
            models.Index(fields=["category", "-decided_on", "-id"], name="announcement_category"),
        ]


class Progress(models.Model):
    """How far an application is, by its receipt number: steps and days, nobody's name."""

    receipt_number = models.TextField(primary_key=True, db_collation="C")
    procedure = models.TextField()
    state = models.TextField()
    authority = models.TextField()
    steps = models.JSONField(default=list)
    """Rows of verb and day, oldest first: what the enterprise was told of. `shown` is the moment it became public."""
    received_on = models.DateField()
    due_on = models.DateField(null=True)
    """When the running term ends."""
    due_provisional = models.BooleanField(default=False)
    licence_number = models.TextField(default="", db_default="", blank=True)
    changed_at = models.DateTimeField()
    acceptance_number = models.TextField(default="", db_default="", db_collation="C", blank=True)
    marks = models.JSONField(default=list, db_default=[])
    """Rows of day, mark and days: what moved a statutory clock, without the reason."""
    online = models.BooleanField(default=True, db_default=True)
    """Whether the enterprise itself submitted it online."""
    closed_on = models.DateField(null=True)
    """The day on which the office was done with it, or it was taken back."""
    late_steps = models.SmallIntegerField(default=0, db_default=0)
    """Steps that became public later than a day after they happened."""
    hearing_on = models.DateField(null=True)
    """The day of a hearing that everybody may attend (Administrative Permit Law art. 48); none once it is over."""
    hearing = models.JSONField(default=dict, db_default={})
    """Its hour, place and chair."""

    class Meta:
        indexes = [
            models.Index(
                fields=["hearing_on", "receipt_number"],
                condition=Q(hearing_on__isnull=False),
                name="progress_hearings",
            ),
            models.Index(fields=["received_on", "receipt_number"], name="progress_received"),
            models.Index(
                fields=["closed_on", "receipt_number"], condition=Q(closed_on__isnull=False), name="progress_closed"
            ),
            models.Index(
                fields=["acceptance_number"], condition=~Q(acceptance_number=""), name="progress_by_acceptance"
            ),
        ]


class PublicFigure(models.Model):
    """A figure that the worker counted for the public pages, with the moment and what counting it cost."""

    name = models.TextField(primary_key=True)
    value = models.JSONField()
    counted_at = models.DateTimeField()
    seconds = models.FloatField(default=0.0)
