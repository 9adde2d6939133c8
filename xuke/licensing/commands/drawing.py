"""Drawing a team once more (重新抽取核查组): why, whom not, and what it was drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from xuke.accounts.officers import Officer
from xuke.foundation import journal
from xuke.foundation.transactions import command
from xuke.licensing import permissions, teams
from xuke.licensing.commands.sending import entrusted
from xuke.licensing.commands.steps import lock, note
from xuke.licensing.commands.wording import Wording
from xuke.licensing.models import Application, TeamDraw
from xuke.verifiers import rules as fitness

LEAST_REASON = 5
"""Characters of a reason for another draw."""


@command
def redraw_team(
    *,
    application: Application,
    visit_on: date,
    reason: str,
    by: Officer,
    now: datetime,
    excluded: Sequence[str] = (),
    entrusted_to: str = "",
) -> TeamDraw:
    """Draw a team once more, leaving out named persons; the reason and what it was drawn from are kept.

    Whoever an earlier draw left out stays out: nobody comes back by drawing until the draw is to one's liking.
    """
    application = lock(application)
    verb = "reassign_verification" if application.verified_by else "assign_verification"
    permissions.demand(by, verb, application, today=journal.legal_day(now))
    wording = Wording()
    reason = wording.text("reason", reason, label="重新抽取的原因", most=200, missing="请写明为什么重新抽取。")
    if 0 < len(reason) < LEAST_REASON:
        wording.wrong("reason", f"请具体写明为什么重新抽取，至少{LEAST_REASON}个字。")
    place = entrusted(application, entrusted_to, wording)
    wording.demand()
    found = teams.candidates(application, on=visit_on, authority=place)
    left_out = frozenset(excluded).union(*(each.excluded for each in found.drawn))
    number = len(found.drawn) + 1
    seed = teams.seed_of(application, number)
    proposed = fitness.propose_team(found.people, found.visit, seed=seed, excluded=left_out)
    draw = TeamDraw(
        application=application,
        number=number,
        seed=seed,
        visit_on=visit_on,
        reason=reason,
        excluded=sorted(left_out),
        facts=found.frozen(),
        team=list(proposed.team),
        drawn_by=by.label,
        drawn_at=now,
        enterprise_id=application.enterprise_id,
        authority_path=application.authority_path,
    )
    draw.save(force_insert=True)
    names = {one.id: one.name for one in found.people}
    note(
        application,
        "redraw_team",
        by=by,
        now=now,
        reason=reason,
        seed=seed,
        team=[names[id] for id in proposed.team],
        excluded=[names.get(id, id) for id in draw.excluded],
    )
    return draw
