"""Every attempt to come in, whether it led anywhere or not."""

from __future__ import annotations

from django.db import models

from xuke.accounts.models import User
from xuke.foundation.identity import new_id


class Attempt(models.Model):
    """Somebody tried to log in. The journal tells the same for good; these rows are what throttling counts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    """Whose account it was about, if there is one of that name."""
    means = models.TextField()
    login_name = models.TextField(default="", blank=True)
    """Only a name that exists: people type their password into the wrong field."""
    name_mark = models.BinaryField(default=b"", blank=True)
    """A keyed digest of whatever name was typed, to count different ones by."""
    address = models.TextField(default="", blank=True)
    agent = models.TextField(default="", blank=True)
    accepted = models.BooleanField()
    wrong = models.BooleanField(default=False)
    """Whether a secret was guessed wrongly: what throttling counts. Being turned away by it does not count again."""
    reason = models.TextField(default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["address", "at"], name="attempt_address"),
            models.Index(fields=["name_mark", "at"], name="attempt_name"),
            models.Index(fields=["user", "-at"], name="attempt_user"),
        ]

    revision = 1

    @property
    def stream(self) -> str:
        """Where its entry stands in the journal."""
        return f"login:{self.pk}"

    @property
    def journal_label(self) -> str:
        """How the entry names it."""
        return self.user.name if self.user else "未识别的人"

    @property
    def journal_authority(self) -> str:
        """Given with the entry: the place of the person's posting."""
        return ""

    @property
    def journal_enterprise(self) -> str:
        """No enterprise is chosen yet when somebody logs in."""
        return ""
