"""Naming another contact when the one who handled an application has left the enterprise."""

from __future__ import annotations

from datetime import datetime

from xuke.accounts.models import User
from xuke.accounts.queries import real_name
from xuke.foundation.actors import Actor
from xuke.foundation.transactions import command
from xuke.licensing.commands.steps import lock, note
from xuke.licensing.models import Application
from xuke.licensing.workflow import LIFE
from xuke.parties.models import Enterprise
from xuke.parties.rules import is_same_name

_FINALS = [state.name for state in LIFE.states if state.final]


@command
def change_contacts(*, enterprise: Enterprise, leaver: str, successor: User, by: Actor, now: datetime) -> int:
    """Put the successor into everything under way that names the leaver as its contact; how many applications.

    The telephone number is the one the successor has proven; without one, the former stays. What was signed is kept
    with its signature as it was.
    """
    changed = 0
    for application in Application.objects.filter(enterprise=enterprise).exclude(state__in=_FINALS).order_by("pk"):
        locked = lock(application)
        typed = locked.form.get("enterprise", {})
        if locked.life_state.final or not is_same_name(str(typed.get("contact_name", "")), leaver):
            continue
        proven = real_name(successor)
        phone = {"contact_phone": proven.mobile} if proven and proven.mobile else {}
        locked.form = {**locked.form, "enterprise": {**typed, "contact_name": successor.name, **phone}}
        note(locked, "change_contact", "form", by=by, now=now, person=leaver, successor=successor.name)
        changed += 1
    return changed
