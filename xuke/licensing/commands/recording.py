"""What ends without a decision of a person: a report is recorded, and the law itself renews what nobody decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from xuke.accounts.officers import Officer
from xuke.documents import commands as documents
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.transactions import command
from xuke.licensing import checks
from xuke.licensing.commands import outcomes
from xuke.licensing.commands.deciding import shown
from xuke.licensing.commands.drafting import parties_of
from xuke.licensing.commands.outcomes import Decided
from xuke.licensing.commands.steps import finish, open_step
from xuke.licensing.commands.wording import Wording
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure


@command
def record_report(
    *, application: Application, remark: str = "", by: Officer, now: datetime, revision: int | None = None
) -> Application:
    """Record a report (Measures art. 32): the duplicate of the certificate is written anew, and nothing is decided."""
    application, step = open_step("record_report", application, by=by, revision=revision, today=journal.legal_day(now))
    if step is None:
        return application
    assert application.authority is not None
    which, today = procedure(application.procedure), journal.legal_day(now)
    wording = Wording()
    remark = wording.text("remark", remark, label="核对说明", most=500)
    wording.demand()
    foreseen = outcomes.foresee(application, [])
    application.licence = outcomes.carry_out(Decided(application, foreseen.rows, by, now, today))
    keys = [row["key"] for row in application.varieties]
    application.outcome = {"granted": keys, "refused": [], "basis": which.basis, "reason": remark}
    documents.issue(
        kind=which.decision_notice,
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        content={
            **parties_of(application),
            **outcomes.told(application, application.licence, foreseen.changes),
            "reported_on": (application.received_on or today).isoformat(),
            "note": remark,
            "basis": which.basis,
        },
        by=by,
        now=now,
    )
    number = application.licence.number
    return finish(application, step, "licence", "outcome", by=by, now=now, number=number, remark=remark)


@command
def deem_renewed(*, application: Application, by: Actor, now: datetime) -> Application:
    """Note that the law renewed a licence, because nobody decided before it ended (APL art. 50; Measures art. 36).

    It counts from the day after the licence would have ended, however late this is noted. A change that was applied for
    in the same application is not decided by silence: the licence says what it said.
    """
    today = journal.legal_day(now)
    application, step = open_step("deem_renewed", application, by=by, revision=None, today=today)
    assert step is not None and application.authority is not None and application.starts_from is not None
    which, day = procedure(application.procedure), outcomes.silent_day(application.starts_from)
    rows = outcomes.standing_rows(application.starts_from)
    application.licence = outcomes.renew_by_law(Decided(application, rows, by, now, day))
    checks.order_for(application, application.licence, today=day, by=by, now=now)
    application.outcome = {"granted": [], "refused": [], "basis": which.basis, "deemed_on": day.isoformat()}
    documents.issue(
        kind="renewal_decision",
        about=application.stream,
        authority=application.authority,
        enterprise=application.enterprise,
        content=_told_of_silence(application, rows),
        by=by,
        now=now,
    )
    number = application.licence.number
    return finish(application, step, "licence", "outcome", by=by, now=now, effective_on=day, number=number)


def _told_of_silence(application: Application, rows: outcomes.Rows) -> dict[str, Any]:
    assert application.licence is not None
    return {
        **parties_of(application),
        "acceptance_number": application.acceptance_number,
        **outcomes.told(application, application.licence),
        "granted": shown(rows),
        "deemed": True,
        "basis": "行政许可法第五十条；食品生产许可管理办法（2020年）第三十六条",
    }
