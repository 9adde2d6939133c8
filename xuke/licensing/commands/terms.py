"""Terms after the calendar has changed."""

from __future__ import annotations

from datetime import date, datetime

from xuke.foundation.actors import Actor
from xuke.foundation.transactions import command
from xuke.licensing import clocks
from xuke.licensing.commands.steps import lock, note
from xuke.licensing.models import Application


@command
def renew_terms(*, touching: date, by: Actor, now: datetime) -> int:
    """Compute anew when running terms end that a day may belong to; how many have moved.

    Only what the lists are sorted by is renewed: whatever has legal consequences computes from the day the term began.
    """
    running = Application.objects.filter(term_began_on__lt=touching, due_on__isnull=False).order_by("pk")
    moved = 0
    for application in running:
        locked = lock(application)
        if locked.term_began_on is None or (clock := clocks.running_in(locked.state)) is None:
            continue
        due_on, provisional = clocks.due(f"{clock}.start", locked.term_began_on)
        if (due_on, provisional) != (locked.due_on, locked.due_provisional):
            locked.due_on, locked.due_provisional = due_on, provisional
            note(locked, "renew_terms", "due_on", "due_provisional", by=by, now=now, due_on=due_on)
            moved += 1
    return moved
