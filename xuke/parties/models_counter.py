"""Visits to the counter (窗口): somebody comes in person, and an officer files in the name of their enterprise."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from xuke.accounts.models import Authority, RealName
from xuke.foundation import vault
from xuke.foundation.models import Journalled, StoredFile
from xuke.parties import rules

CAPACITIES = {rules.LEGAL_REPRESENTATIVE: "法定代表人", "case_contact": "经办人"}


class CounterVisit(Journalled):
    """One visitor of one enterprise at one counter on one day. What is filed in it says so in every entry."""

    id = models.BigAutoField(primary_key=True)
    enterprise = models.ForeignKey("parties.Enterprise", models.PROTECT, related_name="+")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    authority_path = models.TextField(db_collation="C")
    visitor = models.TextField()
    """The name on the document that was shown."""
    document = models.TextField(choices=list(RealName.DOCUMENTS.items()), default=RealName.RESIDENT_ID)
    document_number = vault.SealedField(purpose="resident_id")
    capacity = models.TextField(choices=list(CAPACITIES.items()))
    authorisation = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    """The scanned power of attorney of an agent; none for the legal representative."""
    begun_on = models.DateField()
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["authority_path", "begun_on"], name="counter_visits_of_day")]

    @property
    def stream(self) -> str:
        return f"counter:{self.pk}"

    @property
    def journal_label(self) -> str:
        return f"窗口代办 {self.visitor}"
