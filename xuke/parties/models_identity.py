"""Checks of identity: whether a person is the one whom a ban binds, or only shares the name."""

from __future__ import annotations

from django.db import models

from xuke.foundation.identity import new_id
from xuke.foundation.models import Journalled


class IdentityCheck(Journalled):
    """An officer looked at somebody's card and said whether they are who a ban means (身份核对).

    It counts for one ban, one enterprise and one name; the newest counts. The number that was read is compared and not
    kept: most of those who are checked did nothing.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    ban = models.ForeignKey("parties.Ban", models.PROTECT, related_name="+")
    enterprise = models.ForeignKey("parties.Enterprise", models.PROTECT, related_name="+")
    person = models.TextField()
    """The name that both bear."""
    is_same = models.BooleanField()
    """Whether they are the person whom the ban binds."""
    note = models.TextField()
    """How it was checked, in words."""
    authority_path = models.TextField(db_collation="C")
    checked_at = models.DateTimeField()
    checked_by = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["enterprise", "ban", "person", "-checked_at"], name="identity_check_of")]

    @property
    def stream(self) -> str:
        return f"identity_check:{self.pk}"

    @property
    def journal_label(self) -> str:
        return f"身份核对：{self.person}"

    @property
    def journal_enterprise(self) -> str:
        return str(self.enterprise_id)
