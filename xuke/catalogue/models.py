"""Rule editions: what the nation and the provinces said, kept for good."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xuke.catalogue.rulebook import CONFIDENCES, LEVELS, TOPICS, TRANSITIONS, Edition
from xuke.foundation.models import Journalled


class RuleEdition(Journalled):
    """What one level said about one key, for which days. Written once; the newest record wins for its days.

    `xuke.catalogue.rulebook` says what that means; `xuke.catalogue.editions` reads all of them as one book.
    """

    topic = models.TextField(choices=list(TOPICS.items()))
    key = models.TextField()
    level = models.TextField(choices=list(LEVELS.items()))
    division = models.TextField(default="", blank=True)
    """The place it speaks of (GB/T 2260); empty for the nation."""
    content = models.JSONField(default=dict)
    ends = models.BooleanField(default=False)
    """Whether it says that its level says nothing for these days."""
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    """The last day it speaks of."""
    recorded_at = models.DateTimeField()
    published_by = models.TextField()
    """Who published it, as text: it outlives the account."""
    published_for = models.TextField(default="", blank=True, db_collation="C")
    """The path of the authority it was published for; empty for what was loaded from files."""
    basis = models.TextField()
    transition = models.TextField(choices=list(TRANSITIONS.items()), default="filing_day")
    confidence = models.TextField(choices=[(each, each) for each in CONFIDENCES], default="known")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(basis=""), name="edition_has_a_basis"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="edition_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(level="nation", division="") | Q(level="province", division__regex=r"^[0-9]{6}$"),
                name="edition_level_and_place",
            ),
        ]

    @property
    def stream(self) -> str:
        return f"edition:{self.pk}"

    @property
    def journal_label(self) -> str:
        return f"{TOPICS[self.topic]} {self.content.get('title') or self.key}"

    @property
    def journal_authority(self) -> str:
        return self.published_for

    def as_edition(self) -> Edition:
        """The row as the book knows it."""
        return Edition(
            id=str(self.pk),
            topic=self.topic,
            key=self.key,
            content=self.content,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            recorded_at=self.recorded_at,
            published_by=self.published_by,
            basis=self.basis,
            level=self.level,
            division=self.division,
            transition=self.transition,
            confidence=self.confidence,
            ends=self.ends,
            seq=self.pk,
        )
