"""What makes the officers' lists quick: sums instead of counting, and whose hands were in which case.

All of it is kept by triggers on applications, so that no writer can forget it, and can be made anew at any time
(`xuke.licensing.counts.repair`). Nothing here is known that the applications do not say.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class OpenCount(models.Model):
    """So many more, or fewer, open applications of one authority in one state. Rows are added up, never changed."""

    id = models.BigAutoField(primary_key=True)
    authority_path = models.TextField(db_collation="C")
    state = models.TextField()
    n = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["authority_path", "state"], include=["n"], name="opencount_of")]


class WaitingCount(models.Model):
    """So many more, or fewer, applications of one authority that wait for the same people until the same day."""

    id = models.BigAutoField(primary_key=True)
    authority_path = models.TextField(db_collation="C")
    state = models.TextField()
    due_on = models.DateField(null=True)
    claimed_by = models.BigIntegerField()
    """The user who claimed them; 0 for nobody."""
    reviewed_by = models.BigIntegerField()
    """The user who began their review, in states in which only that user goes on; else 0."""
    n = models.IntegerField()

    class Meta:
        indexes = [
            models.Index(
                fields=["authority_path", "state", "claimed_by", "reviewed_by"],
                include=["due_on", "n"],
                name="waitingcount_of",
            )
        ]


class Hand(models.Model):
    """Somebody has, or had, a hand in an application: received, examined, verified, decided or claimed it."""

    id = models.BigAutoField(primary_key=True)
    person = models.BigIntegerField()
    """The user."""
    application = models.ForeignKey("licensing.Application", models.CASCADE, related_name="hands", db_index=False)
    authority_path = models.TextField(db_collation="C")
    submitted_at = models.DateTimeField()
    is_open = models.BooleanField()
    visits = models.BooleanField()
    """The person is of the verification team, or was of one that verified."""
    is_ahead = models.BooleanField()
    """A visit of the case is still to be made or concluded: by the person, where the team that goes has them."""

    class Meta:
        constraints = [models.UniqueConstraint("application", "person", name="one_hand_per_person")]
        indexes = [
            models.Index("person", F("submitted_at").desc(), F("application").desc(), name="hand_newest"),
            models.Index(
                "person",
                F("submitted_at").desc(),
                F("application").desc(),
                condition=Q(is_open=True),
                include=["authority_path"],
                name="hand_open",
            ),
            models.Index(fields=["person", "application"], condition=Q(is_ahead=True), name="hand_ahead"),
        ]
