"""What authorities decided about single days, against or ahead of the announced holiday plan."""

from django.db import models

from xuke.foundation.models.journalled import Journalled


class CalendarDay(Journalled):
    """One decided day. It wins over the announced plan and over the provisional rule (handbook 4.3)."""

    date = models.DateField(primary_key=True)
    is_workday = models.BooleanField()
    name = models.TextField(blank=True)
    """What people call the day, such as 防汛停工; empty for a plain day off or a make-up working day."""
    source = models.TextField()
    """The document that decided it."""
    recorded_at = models.DateTimeField()

    @property
    def stream(self) -> str:
        """Where its entries stand in the journal."""
        return f"day:{self.date.isoformat()}"

    @property
    def journal_label(self) -> str:
        """How entries name it."""
        return self.date.isoformat()
