"""What every row with a stream of its own in the journal has in common."""

from django.db import models


class Journalled(models.Model):
    """A subject of the journal. Its revision is the sequence number of its newest entry, advanced by every command."""

    revision = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True

    @property
    def journal_authority(self) -> str:
        """The territory in which entries about it are seen; empty where it has none."""
        return str(getattr(self, "authority_path", ""))

    @property
    def journal_enterprise(self) -> str:
        """The enterprise that sees entries about it; empty where there is none."""
        return str(getattr(self, "enterprise_id", ""))
