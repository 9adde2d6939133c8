"""How people work on a case together: comments between officers, messages with the applicant, a broken glass."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from xuke.licensing.glass import ROLES
from xuke.parties.models import Enterprise


class Comment(models.Model):
    """What an officer says to colleagues about a case. No applicant reads it, and nothing rests on it."""

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey("licensing.Application", models.PROTECT, related_name="comments")
    text = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    author_label = models.TextField()
    written_at = models.DateTimeField()
    authority_path = models.TextField(db_collation="C")

    class Meta:
        indexes = [models.Index(fields=["application", "id"], name="comments_of_case")]


class Message(models.Model):
    """One message between the accepting authority and the applicant about a case (沟通). It is no notice: it serves
    nothing, and no term runs from it."""

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey("licensing.Application", models.PROTECT, related_name="messages")
    from_office = models.BooleanField()
    text = models.TextField()
    author_label = models.TextField()
    """Who wrote it, as the other side sees it."""
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    """When somebody of the other side first opened it."""
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    authority_path = models.TextField(db_collation="C")

    class Meta:
        indexes = [models.Index(fields=["application", "id"], name="messages_of_case")]


class BrokenGlass(models.Model):
    """Somebody may take a step from which the separation of hands (三分离) keeps them, because nobody else is there.

    Asked for with a reason, approved by a second person, good for one role in one case until a moment; reported every
    month.
    """

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey("licensing.Application", models.PROTECT, related_name="broken_glasses")
    role = models.TextField()
    """The hand that is taken besides one's own: reviewer or decider."""
    reason = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_label = models.TextField()
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_label = models.TextField(default="", blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    approved = models.BooleanField(null=True, blank=True)
    answer = models.TextField(default="", blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    """When the first step was taken with it."""
    authority_path = models.TextField(db_collation="C")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("asked_by")), name="second_person_breaks_the_glass"
            ),
            models.UniqueConstraint(
                "application", "asked_by", condition=Q(answered_at=None), name="one_open_request_to_break_the_glass"
            ),
        ]
        indexes = [models.Index(fields=["authority_path", "asked_at"], name="broken_glass_by_month")]

    @property
    def role_title(self) -> str:
        """The hand in one word: 审查, 决定."""
        return ROLES[self.role]
