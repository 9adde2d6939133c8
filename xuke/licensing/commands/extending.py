"""One extension of the decision term, with approval and notice (Measures art. 22; Permit Law art. 42)."""

from __future__ import annotations

from datetime import datetime

from xuke.accounts.officers import Officer
from xuke.documents import commands as documents
from xuke.foundation import journal
from xuke.foundation.transactions import command
from xuke.licensing import binding
from xuke.licensing.commands.drafting import parties_of
from xuke.licensing.commands.steps import finish, open_step
from xuke.licensing.commands.wording import Wording
from xuke.licensing.models import Application

ASKED, APPROVED, DECLINED = "asked", "approved", "declined"


def most_days(application: Application) -> int:
    """By how many working days the decision term of a case may be extended."""
    return binding.limit(
        application, "food.decision", on=application.accepted_on or application.saved_at.date()
    ).extension


@command
def ask_extension(
    *, application: Application, days: int, reason: str, by: Officer, now: datetime, revision: int | None = None
) -> Application:
    """Ask the head of the authority for more time, with the reason that the applicant will be told."""
    today = journal.legal_day(now)
    application, step = open_step("ask_extension", application, by=by, revision=revision, today=today)
    if step is None:
        return application
    wording = Wording()
    most = most_days(application)
    if not 1 <= days <= most:
        wording.wrong("days", f"最多延长{most}个工作日（食品生产许可管理办法第二十二条）。")
    reason = wording.text("reason", reason, label="理由", most=500, missing="请写明需要延长期限的特殊原因。")
    wording.demand()
    application.extension = {
        "status": ASKED,
        "days": days,
        "reason": reason,
        "asked_by": by.name,
        "asked_on": today.isoformat(),
    }
    return finish(application, step, "extension", by=by, now=now, reason=reason, days=days)


@command
def extend(*, application: Application, by: Officer, now: datetime, revision: int | None = None) -> Application:
    """Approve the extension: the term is longer by the days asked for, and the applicant is told why."""
    today = journal.legal_day(now)
    application, step = open_step("extend", application, by=by, revision=revision, today=today)
    if step is None:
        return application
    assert application.authority is not None
    asked = application.extension
    application.extension = {**asked, "status": APPROVED, "answered_by": by.name, "answered_on": today.isoformat()}
    done = finish(application, step, "extension", by=by, now=now, reason=asked["reason"], days=asked["days"])
    limit = binding.limit(application, "food.decision", on=application.accepted_on or today)
    assert done.due_on is not None
    documents.issue(
        kind="extension_notice",
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        content={
            **parties_of(application),
            "acceptance_number": application.acceptance_number,
            "days": asked["days"],
            "due_on": done.due_on.isoformat(),
            "reason": asked["reason"],
            "provisional": done.due_provisional,
            "basis": limit.basis,
        },
        by=by,
        now=now,
    )
    return done


@command
def decline_extension(
    *, application: Application, reason: str, by: Officer, now: datetime, revision: int | None = None
) -> Application:
    """Do not approve the extension: the term ends when it did."""
    today = journal.legal_day(now)
    application, step = open_step("decline_extension", application, by=by, revision=revision, today=today)
    if step is None:
        return application
    wording = Wording()
    reason = wording.text("reason", reason, label="理由", most=500, missing="请写明为什么不同意延长。")
    wording.demand()
    answer = {"status": DECLINED, "answered_by": by.name, "answered_on": today.isoformat(), "answer": reason}
    application.extension = {**application.extension, **answer}
    return finish(application, step, "extension", by=by, now=now, reason=reason)
