"""What the statutory clocks leave behind: alarms, breaches, and the account of every term that has ended."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from xuke.accounts.models import Authority
from xuke.parties.models import Enterprise


class _OfCase(models.Model):
    """A row about one term of one application, behind the same wall as the application."""

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey("licensing.Application", models.PROTECT, related_name="+", db_index=False)
    clock = models.TextField()
    """acceptance, decision or issue; for alarms and breaches also what `licensing.alarms.BESIDE` names."""
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", db_index=False)
    authority_path = models.TextField(db_collation="C")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class Alarm(_OfCase):
    """The clock has something to say: a term is half over, about to end, or was let pass (handbook 4.2)."""

    level = models.TextField()
    """One of `licensing.alarms.LEVELS`."""
    reach = models.PositiveSmallIntegerField()
    """How far it goes: 1 whoever has the case in hand, 2 also the supervisor, 3 also the authority above."""
    due_on = models.DateField()
    """When the term ends that it is about."""
    raised_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    """When the term ended, and with it the reason for alarm."""
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)
    """When a supervisor of the authority took note."""
    seen_above_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    seen_above_at = models.DateTimeField(null=True, blank=True)
    """When a supervisor of an authority above took note."""

    class Meta:
        constraints = [
            models.UniqueConstraint("application", "clock", "level", "due_on", name="one_alarm_of_a_level"),
        ]
        indexes = [
            models.Index(
                fields=["authority_path", "reach", "due_on", "id"],
                condition=Q(closed_at=None),
                name="alarm_open_place",
            ),
            models.Index(
                fields=["application"],
                condition=Q(closed_at=None, clock__in=("suspension", "hearing", "testing", "expert_review", "visit")),
                name="alarm_beside",
            ),
        ]


class Breach(_OfCase):
    """A term was let pass (超期). Written when the day is over, at the latest with the step that ends the term."""

    limit = models.PositiveSmallIntegerField()
    """The working days that were promised or allowed, without the extension."""
    extension = models.PositiveSmallIntegerField(default=0)
    began_on = models.DateField()
    due_on = models.DateField()
    law_due_on = models.DateField()
    """When the law's own limit ends; later than `due_on` where less was promised."""
    found_at = models.DateTimeField()
    ended_on = models.DateField(null=True, blank=True)
    """The day on which the term ended after all."""
    over = models.PositiveIntegerField(null=True, blank=True)
    """Working days over the limit, once it has ended."""
    lapsed_at = models.DateTimeField(null=True, blank=True)
    """When a day off that was decided later moved the due date on, so that nothing had been let pass."""
    cause = models.TextField(default="", blank=True)
    """Why, in the words of the authority."""
    explained_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    explained_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("application", "clock", "due_on", name="one_breach_of_a_term"),
            models.CheckConstraint(
                condition=Q(explained_by=None, explained_at=None, cause="")
                | (Q(explained_by__isnull=False, explained_at__isnull=False) & ~Q(cause="")),
                name="explained_all_or_none",
            ),
        ]
        indexes = [
            models.Index(fields=["authority_path", "due_on", "id"], name="breach_place"),
        ]


class EndedTerm(_OfCase):
    """The account of one term that has ended: what the performance of an authority is told from."""

    procedure = models.TextField()
    ended_by = models.TextField()
    """The event that ended it, such as accepted or granted."""
    began_on = models.DateField()
    ended_on = models.DateField()
    used = models.PositiveIntegerField()
    """Working days that counted."""
    limit = models.PositiveSmallIntegerField()
    extension = models.PositiveSmallIntegerField(default=0)
    paused = models.PositiveIntegerField(default=0)
    """Days on which the clock stood still."""
    paused_for = ArrayField(models.TextField(), default=list, db_default=[], blank=True)
    """What the pauses were called."""
    late = models.BooleanField()
    """Whether it ended after its last day, or after a day that the applicant had been told."""
    silent = models.BooleanField(default=False)
    """Whether the law itself acted because nobody did."""

    class Meta:
        indexes = [
            # A board reads hundreds of thousands of accounts, and nothing of them but this.
            models.Index(
                fields=["authority_path", "ended_on"],
                include=["procedure", "clock", "ended_by", "used", "late", "extension", "paused", "silent"],
                name="endedterm_place",
            ),
            models.Index(fields=["application", "clock"], name="endedterm_case"),
        ]
