"""What is to be put right after a visit is counted from the day on which its notice was served."""

from __future__ import annotations

from datetime import date, datetime

from xuke.documents.models import Notice
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.transactions import command
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import binding
from xuke.licensing.checks import after
from xuke.licensing.models import Rectification


@command
def recount_rectification(*, rectification: Rectification, notice: Notice, by: Actor, now: datetime) -> Rectification:
    """The notice was served later than it was issued: the enterprise has its time from there (uncertain).

    Doing it again changes nothing, and no day that was told becomes an earlier one: whoever was told a day, in a notice
    or after a service that was corrected since, may rely on it.
    """
    row = (
        Rectification.objects.select_for_update(no_key=True, of=("self",))
        .select_related("application", "licence")
        .get(pk=rectification.pk)
    )
    served_on = notice.served_on
    if row.confirmed_on is not None or served_on is None or served_on <= notice.issued_on:
        return row
    due = _due(row, notice, served_on)
    if due is None or due <= row.due_on:
        return row
    row.due_on, row.revision = due, row.revision + 1
    row.save(update_fields=["due_on", "revision"])
    journal.record("rectification.recounted", subject=row, by=by, at=now, due_on=due, served_on=served_on)
    return row


def _due(row: Rectification, notice: Notice, served_on: date) -> date | None:
    """The last day after a service: the time of the first order, or as many days as a new day left; None where another
    notice has set another day since."""
    if not notice.content.get("again"):
        limit = binding.limit(row.application, "food.rectification", on=served_on)
        return None if row.earlier else after(served_on, limit.value, limit.unit).on
    set_by = {"again_by": notice.content["rectify_by"], "found_on": notice.content["again"]["found_on"]}
    if not row.earlier or set_by.items() - row.earlier[-1].items():
        return None
    left = (date.fromisoformat(set_by["again_by"]) - notice.issued_on).days
    return current_calendar().days_after(served_on, left).on
