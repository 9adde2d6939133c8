"""Joint review (联合审查): what another level says about the categories that it licenses."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from xuke.accounts.models import Authority
from xuke.foundation.identity import new_id
from xuke.parties.models import Enterprise


class JointReview(models.Model):
    """One authority is asked about the categories of an application that it, and not the accepting one, licenses.

    The applicant chose who accepts (Measures art. 18); without this opinion nothing is proposed for its categories.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey("licensing.Application", models.PROTECT, related_name="joint_reviews")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    """Who is asked."""
    codes = ArrayField(models.TextField())
    """The subcategories it licenses, such as 0501."""
    basis = models.TextField()
    """On what its competence rests."""
    asked_on = models.DateField()
    due_on = models.DateField()
    """By when it should answer: set by the authority, the law does not say (uncertain)."""
    results = models.JSONField(default=dict)
    """By subcategory: pass or fail."""
    opinion = models.TextField(default="", blank=True)
    given_at = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    given_name = models.TextField(default="", blank=True)
    """Who gave it, as the journal names them."""
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    authority_path = models.TextField(db_collation="C")
    """Of the accepting authority."""

    class Meta:
        constraints = [
            models.UniqueConstraint("application", "authority", name="one_joint_opinion_per_authority"),
            models.CheckConstraint(
                condition=Q(given_at=None, given_by=None) | Q(given_at__isnull=False, given_by__isnull=False),
                name="joint_opinion_all_or_none",
            ),
        ]
        indexes = [
            models.Index(fields=["authority", "due_on"], condition=Q(given_at=None), name="joint_opinion_waiting"),
            models.Index(fields=["authority", "-asked_on", "id"], name="joint_opinion_newest"),
        ]

    @property
    def is_given(self) -> bool:
        """Whether the opinion is there."""
        return self.given_at is not None
