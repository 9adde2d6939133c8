"""The sheet of a visit is confirmed by whoever was there: each verifier, and the applicant (Measures art. 21)."""

from __future__ import annotations

from datetime import datetime

from xuke.accounts.officers import Officer
from xuke.foundation.refusals import Conflict, NotPermitted, StepNotOpen
from xuke.foundation.transactions import command
from xuke.licensing import permissions
from xuke.licensing.commands.steps import lock, note
from xuke.licensing.models import Application, Visit
from xuke.licensing.rounds import why_not_of_team
from xuke.parties.applicants import Applicant
from xuke.parties.permissions import demand_power
from xuke.parties.rules import SIGN


@command
def confirm_sheet(
    *, application: Application, by: Officer | Applicant, now: datetime, shown: int | None = None
) -> Visit:
    """Confirm the score sheet as it stands, for oneself; the leader does so by ending the visit.

    A verifier of this round confirms what the team found, somebody who may sign for the enterprise that they checked it
    (核对无误). A mark given afterwards ends what was confirmed. `shown` is the state of the sheet that was read.
    """
    application = lock(application)
    visit = Visit.objects.filter(application=application).first()
    _demand_there(by, application, visit)
    if closed := why_not_confirm(application, visit):
        raise StepNotOpen(closed)
    assert visit is not None
    if shown is not None and shown != visit.sheet_revision:
        raise Conflict("评分刚刚有了变化，请看过新的评分再确认。")
    is_applicant, person = isinstance(by, Applicant), by.user_id
    if any((row["user_id"], row["applicant"]) == (person, is_applicant) for row in visit.confirmed):
        return visit
    row = {"user_id": person, "name": by.name, "at": now.isoformat(), "applicant": is_applicant}
    visit.confirmed = [*visit.confirmed, row]
    visit.save(update_fields=["confirmed"])
    note(application, "confirm_sheet", by=by, now=now, sheet=visit.sheet_revision)
    return visit


def why_not_confirm(application: Application, visit: Visit | None) -> str:
    """The reason there is nothing to confirm now, or an empty string."""
    if visit is None or application.state != "verification_assigned":
        return "现在没有等待确认的核查评分。"
    return "" if visit.sheet else "评分表还是空的，评完再核对确认。"


def why_not_from_here(by: Applicant) -> str:
    """The reason nothing is confirmed for an enterprise from where somebody acts, or an empty string.

    An officer at the counter was not on site, and what they press is no signature of the visitor's.
    """
    if by.counter is None:
        return ""
    return "窗口代办不能代申请人确认评分。请申请人在评分记录表上签字，交核查组上传，或者由申请人自己登录确认。"


def _demand_there(by: Officer | Applicant, application: Application, visit: Visit | None) -> None:
    if isinstance(by, Applicant):
        demand_power(by, SIGN)
        if by.enterprise_id != application.enterprise_id:
            raise NotPermitted("这不是您企业的申请。")
        if reason := why_not_from_here(by):
            raise NotPermitted(reason)
        return
    permissions.demand(by, "conclude_verification", application)
    if reason := why_not_of_team(by.user_id, visit):
        raise NotPermitted(reason)
