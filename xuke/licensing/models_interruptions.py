"""What stops the decision term, and who is heard: interruptions, third parties, requests for a hearing."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xuke.parties.models import Enterprise


class Interruption(models.Model):
    """A stretch in which the decision term stands still, for a reason that the law names (Administrative Permit Law
    art. 45; 审查通则2022)."""

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey("licensing.Application", models.PROTECT, related_name="interruptions")
    kind = models.TextField()
    """suspension, hearing, testing or expert_review."""
    reason = models.TextField()
    organisation = models.TextField(default="", blank=True)
    """Who tests or reviews."""
    began_on = models.DateField()
    expected_until = models.DateField(null=True, blank=True)
    """The last day that the applicant was told of in writing (art. 45)."""
    ended_on = models.DateField(null=True, blank=True)
    outcome = models.TextField(default="", blank=True)
    """What came of it: the result of the test, the record of the hearing."""
    begun_by = models.TextField()
    ended_by = models.TextField(default="", blank=True)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    authority_path = models.TextField(db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "application", "kind", condition=Q(ended_on=None), name="one_open_interruption_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("began_on")), name="interruption_days"
            ),
        ]
        indexes = [models.Index(fields=["expected_until"], condition=Q(ended_on=None), name="interruption_open")]


class ThirdParty(models.Model):
    """Somebody with a major interest in what is to be permitted (利害关系人), told and heard (art. 36)."""

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey("licensing.Application", models.PROTECT, related_name="third_parties")
    name = models.TextField()
    interest = models.TextField()
    """What the matter means for them."""
    address = models.TextField()
    """Where the notice goes."""
    told_on = models.DateField()
    answer_by = models.DateField()
    answer = models.TextField(default="", blank=True)
    answered_on = models.DateField(null=True, blank=True)
    waived_on = models.DateField(null=True, blank=True)
    """When they said that they want no hearing; a statement alone does not say that."""
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    authority_path = models.TextField(db_collation="C")

    class Meta:
        constraints = [models.UniqueConstraint("application", "name", name="one_notice_per_third_party")]


class HearingRequest(models.Model):
    """Somebody asked for a hearing (听证申请): the applicant, or a third party that was told (art. 47). Once each."""

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey("licensing.Application", models.PROTECT, related_name="hearing_requests")
    party = models.ForeignKey(ThirdParty, models.PROTECT, null=True, blank=True, related_name="hearing_requests")
    """Which third party; none for the applicant."""
    who = models.TextField()
    reason = models.TextField(default="", blank=True)
    requested_on = models.DateField()
    taken_by = models.TextField()
    """Who sent it, or took the paper."""
    withdrawn_on = models.DateField(null=True, blank=True)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    authority_path = models.TextField(db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "party"], nulls_distinct=False, name="one_hearing_request_of_a_party"
            )
        ]
