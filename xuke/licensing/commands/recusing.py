"""Recusal (回避) of somebody who is on a team already: the case hears of it."""

from __future__ import annotations

from datetime import datetime

from xuke.foundation.actors import Actor
from xuke.foundation.transactions import command
from xuke.licensing.commands.steps import lock, note
from xuke.licensing.models import Application
from xuke.verifiers.models import Recusal


@command
def tell_recusal(*, recusal: Recusal, by: Actor, now: datetime) -> int:
    """Tell the visits under way to the enterprise that a member of the team has declared recusal; how many were told.

    From the declaration on they neither score nor conclude (Measures art. 22; `demand_fit`): the reviewer, who reads it
    in the case, sends another team.
    """
    cases = Application.objects.filter(
        state="verification_assigned", verified_by__contains=[recusal.user_id], enterprise__uscc=recusal.uscc
    )
    told = 0
    for application in cases:
        application = lock(application)
        if application.state == "verification_assigned" and recusal.user_id in application.verified_by:
            note(application, "tell_recusal", by=by, now=now, person=recusal.name)
            told += 1
    return told
