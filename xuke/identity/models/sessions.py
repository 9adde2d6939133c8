"""Sessions: somebody logged in at one device."""

from __future__ import annotations

from django.db import models

from xuke.accounts.models import User
from xuke.foundation.identity import new_id


class Session(models.Model):
    """One browser that is logged in, or on the way in. The key itself is known to that browser alone.

    The columns beside `data` are what lists show and limits ask. What counts for a person's rights (who it is, by which
    means, how strong) stands in `data`, signed, so that nobody gains anything by writing a column.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.BinaryField(unique=True)
    """SHA-256 of the key: whoever reads the table, or a backup of it, can take over nobody's session."""
    data = models.TextField()
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    """Nobody yet, while somebody is on the way in."""
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    """When it was used last, to the minute."""
    proved_at = models.DateTimeField(null=True)
    means = models.TextField(default="", blank=True)
    strong = models.BooleanField(default=False)
    """Whether two factors stood behind it."""
    address = models.TextField(default="", blank=True)
    agent = models.TextField(default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-seen_at"], name="session_of_user")]

    revision = 1
    """Of a session the journal tells its end only; its beginning is the entry of the attempt."""

    @property
    def stream(self) -> str:
        """Where its entries stand in the journal."""
        return f"session:{self.pk}"

    @property
    def journal_label(self) -> str:
        """How entries name it."""
        return "登录会话"

    @property
    def journal_authority(self) -> str:
        """It belongs to a person, not to a place."""
        return ""

    @property
    def journal_enterprise(self) -> str:
        """Nor to an enterprise."""
        return ""
