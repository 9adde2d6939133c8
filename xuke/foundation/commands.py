"""The only writer of decided days."""

from __future__ import annotations

from datetime import date, datetime

from xuke.foundation import journal, working_days
from xuke.foundation.actors import Actor
from xuke.foundation.models import CalendarDay
from xuke.foundation.refusals import Invalid, Problem
from xuke.foundation.transactions import command


@command
def decide_day(*, day: date, is_workday: bool, name: str, source: str, by: Actor, now: datetime) -> CalendarDay:
    """Decide whether a day is worked, over every plan. Deciding again replaces the decision; the journal keeps both.

    Reaches every process within a minute. `source` names the document, such as 国办发明电〔2026〕7号.
    """
    if not source.strip():
        raise Invalid(Problem("source", "请写明依据的文件，例如“国办发明电〔2026〕7号”。"))
    found = CalendarDay.objects.select_for_update(no_key=True).filter(date=day).first()
    decided = found or CalendarDay(date=day, revision=0)
    decided.revision += 1
    decided.is_workday, decided.name, decided.source = is_workday, name.strip(), source.strip()
    decided.recorded_at = now
    decided.save(force_insert=found is None)
    journal.record(
        "day.decided", subject=decided, by=by, at=now, is_workday=is_workday, name=decided.name, source=decided.source
    )
    working_days.forget()
    return decided
