"""What is to be put right after a visit is counted from the day on which its notice was served."""

from __future__ import annotations

from datetime import date, datetime

from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.transactions import command
from xuke.licensing import binding
from xuke.licensing.checks import after
from xuke.licensing.models import Rectification


@command
def recount_rectification(*, rectification: Rectification, served_on: date, by: Actor, now: datetime) -> Rectification:
    """The notice was served later than it was issued: the enterprise has its month from there (uncertain).

    Doing it again changes nothing, and no day that was told becomes an earlier one.
    """
    row = (
        Rectification.objects.select_for_update(no_key=True, of=("self",))
        .select_related("application", "licence")
        .get(pk=rectification.pk)
    )
    limit = binding.limit(row.application, "food.rectification", on=served_on)
    due = after(served_on, limit.value, limit.unit).on
    if row.confirmed_on is not None or row.earlier or due <= row.due_on:
        return row
    row.due_on, row.revision = due, row.revision + 1
    row.save(update_fields=["due_on", "revision"])
    journal.record("rectification.recounted", subject=row, by=by, at=now, due_on=due, served_on=served_on)
    return row
