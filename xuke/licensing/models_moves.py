"""Cases that go to another authority because competence was moved: the plan, and each case that went."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xuke.catalogue.models import RuleEdition
from xuke.foundation.models import Journalled
from xuke.parties.models import Enterprise


class MovePlan(Journalled):
    """What happens to running cases when an edition moves the competence for a category."""

    STAY, WAITING, ALL = "stay", "waiting", "all"
    CHOICES = {
        STAY: "在办的由原机关办完",
        WAITING: "还没有受理的移交，已经受理的由原机关办完",
        ALL: "在办的全部移交",
    }

    edition = models.OneToOneField(RuleEdition, models.PROTECT, related_name="+")
    choice = models.TextField(choices=list(CHOICES.items()))
    starts_on = models.DateField()
    """The day the edition begins to apply: from then on cases are moved."""
    authority_path = models.TextField(db_collation="C")
    """Of the authority that made it."""
    made_by = models.TextField()
    made_at = models.DateTimeField()
    moved = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    """Cases that could not be moved yet when it was last looked at."""
    next_at = models.DateTimeField()
    """When the job looks at it again."""
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["next_at"], condition=Q(finished_at=None), name="moveplan_open")]

    @property
    def stream(self) -> str:
        return f"moveplan:{self.pk}"

    @property
    def journal_label(self) -> str:
        return f"许可权限调整的在办移交方案 {self.edition.key}"


class MovedCase(models.Model):
    """One case that went from one authority to another, and why. The old one reads here where it went."""

    application = models.ForeignKey("licensing.Application", models.PROTECT, related_name="moves")
    stream = models.TextField()
    """Of the application: what was written about the case before stays readable to where it went."""
    plan = models.ForeignKey(MovePlan, models.PROTECT, related_name="cases")
    from_path = models.TextField(db_collation="C")
    from_name = models.TextField()
    to_path = models.TextField(db_collation="C")
    to_name = models.TextField()
    told = models.TextField()
    """The sentence that says what and why, for whoever wants to act on it in the old place."""
    moved_at = models.DateTimeField()
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["stream"], name="movedcase_stream"),
            models.Index(fields=["to_path"], name="movedcase_to"),
        ]
