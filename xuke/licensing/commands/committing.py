"""Notification and commitment (告知承诺): the letter that is filed with the application, and the decision at once.

The applicant promises to meet the conditions and is decided without a review before it; everything promised is checked
afterwards, and a promise that was untrue costs the licence (handbook 2.9; 国办发〔2020〕42号).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from xuke.accounts.officers import Officer
from xuke.documents import commands as documents
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.transactions import command
from xuke.licensing import checks, gates, gating
from xuke.licensing.commands.deciding import favour
from xuke.licensing.commands.drafting import parties_of
from xuke.licensing.commands.steps import finish, open_step
from xuke.licensing.commands.wording import Wording
from xuke.licensing.judging import judged
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.food.goods import COMMITMENTS, on_promise

BASIS = "国办发〔2020〕42号"


def note_choice(application: Application) -> bool:
    """Keep on the row whether it was filed with a letter of commitment; whether it was."""
    application.committed = on_promise(application.form)
    return application.committed


def file_letter(application: Application, *, by: Actor, now: datetime) -> None:
    """Make the letter of commitment out of what was just signed with the submission, where it was filed with one."""
    if not application.committed:
        return
    assert application.authority is not None
    which = procedure(application.procedure)
    documents.issue(
        kind="commitment_letter",
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        content={
            **parties_of(application),
            **({"licence_number": application.form["licence"]["number"]} if application.starts_from_id else {}),
            "conditions": [law.text for law in which.conditions],
            "commitments": list(COMMITMENTS),
            "signed_by": by.label,
            "signed_at": now.astimezone(journal.SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
            "basis": BASIS,
        },
        by=by,
        now=now,
    )


def check_by(application: Application, *, today: date) -> date:
    """By when everything that was promised is checked: so many working days, as the province says."""
    wanted = checks.what_check(application, visited=False, today=today)
    assert wanted is not None
    return checks.after(today, wanted.days, wanted.limit.unit).on


@command
def leave_commitment(
    *, application: Application, reason: str, by: Officer, now: datetime, revision: int | None = None
) -> Application:
    """Send an application on a promise to the ordinary review: what was promised cannot be decided on at once.

    The letter stays in the file, nothing is held against the applicant, and the term goes on as it began.
    """
    application, step = open_step(
        "leave_commitment", application, by=by, revision=revision, today=journal.legal_day(now)
    )
    if step is None:
        return application
    wording = Wording()
    reason = wording.text("reason", reason, label="理由", most=1000, missing="请写明为什么不宜当场决定。")
    wording.demand()
    application.committed = False
    return finish(application, step, "committed", by=by, now=now, reason=reason)


@command
def grant_on_commitment(
    *, application: Application, by: Officer, now: datetime, revision: int | None = None
) -> Application:
    """Grant everything applied for on the applicant's promise, the same day; what was promised is checked afterwards.

    Somebody decides who did not receive the application (三分离; there is no review to keep apart).
    """
    application, step = open_step(
        "grant_on_commitment", application, by=by, revision=revision, today=journal.legal_day(now)
    )
    if step is None:
        return application
    today = journal.legal_day(now)
    for moment in (gates.COMMIT, gates.DECIDE):
        gating.demand(application, moment, today=today)
    rows = judged(application)
    application.decided_by_id, application.decided_on = by.user_id, today
    application.outcome = {
        "granted": [row["key"] for row in application.varieties],
        "refused": [],
        "basis": f"{procedure(application.procedure).basis}；{BASIS}",
        "committed": True,
    }
    more: dict[str, Any] = {
        "committed": True,
        "check_by": check_by(application, today=today).isoformat(),
        "no_visit": "以告知承诺方式决定，现场核查在决定之后进行。",
    }
    decided = favour(application, rows, step=step, by=by, now=now, more=more)
    assert decided.licence is not None
    checks.order_for(decided, decided.licence, today=today, by=by, now=now)
    return decided
