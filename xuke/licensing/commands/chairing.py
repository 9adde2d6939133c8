"""The chair of a hearing stays away where they have an interest (主持人回避, Administrative Permit Law art. 48(3))."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from xuke.accounts.officers import Officer
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.refusals import Conflict, NotFound, NotPermitted, StepNotOpen
from xuke.foundation.transactions import command
from xuke.licensing import hearing, permissions
from xuke.licensing.commands.steps import lock, note
from xuke.licensing.commands.wording import Wording
from xuke.licensing.hearing import ChairRecusal, Hearing
from xuke.licensing.models import Application, ThirdParty
from xuke.parties.applicants import Applicant
from xuke.parties.permissions import demand_power
from xuke.parties.rules import SIGN


@command
def ask_chair_recusal(
    *, application: Application, text: str, party: int | None = None, by: Actor, now: datetime
) -> Application:
    """Ask that the chair stays away, before the hearing is over; the head of the authority decides.

    The applicant asks online. What a third party asks on paper is written down by an officer, with its `party`.
    """
    application = lock(application)
    who = _who_asks(application, party, by)
    held = hearing.read(application.hearing)
    if closed := why_not_ask(application):
        raise StepNotOpen(closed)
    if any((each.chair, each.who) == (held.chair_id, who) for each in held.recusals):
        raise Conflict(f"{who}已经申请过{held.chair}回避，同一个主持人只能申请一次。")
    wording = Wording()
    text = wording.text("text", text, label="理由", most=500, missing="请写明主持人与这件申请有什么直接利害关系。")
    wording.demand()
    asked = ChairRecusal(held.chair_id, held.chair, who, text, journal.legal_day(now))
    _keep(application, (*held.recusals, asked))
    return note(application, "ask_chair_recusal", "hearing", by=by, now=now, person=held.chair, who=who, said=text)


def why_not_ask(application: Application) -> str:
    """The reason the chair cannot be asked to stay away now, or an empty string."""
    held = hearing.read(application.hearing)
    if held.standing is hearing.Standing.HELD:
        return "听证已经结束，不能再申请主持人回避。"
    if held.standing is not hearing.Standing.ARRANGED:
        return "还没有通知听证，没有指定主持人。"
    return "" if application.paused_for else "这件申请已经办结，听证不再举行。"


def _who_asks(application: Application, party: int | None, by: Actor) -> str:
    if isinstance(by, Applicant):
        demand_power(by, SIGN)
        if by.enterprise_id != application.enterprise_id:
            raise NotPermitted("这不是您企业的申请。")
        return application.enterprise.name
    permissions.demand(by, "tell_third_party", application)
    found = ThirdParty.objects.filter(application=application, pk=party or 0).first()
    if found is None:
        raise NotFound("没有告知过这个利害关系人。")
    return found.name


@command
def decide_chair_recusal(
    *, application: Application, upheld: bool, decision: str, by: Officer, now: datetime
) -> Application:
    """The head decides what is asked of the chair; where it is upheld, the hearing is called anew with another one."""
    application = lock(application)
    held = hearing.read(application.hearing)
    if why := why_not_decide(by, application, held, today=journal.legal_day(now)):
        raise NotPermitted(why)
    if not held.open_recusals:
        raise Conflict("主持人的回避申请已经决定。")
    wording = Wording()
    decision = wording.text("decision", decision, label="理由", most=500, missing="请写明决定的理由。")
    wording.demand()
    said = {"decided_on": journal.legal_day(now), "upheld": upheld, "decision": decision}
    _keep(application, tuple(replace(e, **said) if e in held.open_recusals else e for e in held.recusals))  # type: ignore[arg-type]
    fields = ["hearing"]
    if upheld:
        application.hearing = {**hearing.uncalled(application.hearing), "standing": hearing.Standing.REQUESTED}
        application.hearing_chair_id = None
        fields.append("hearing_chair")
    facts = {"person": held.chair, "upheld": upheld, "reason": decision}
    return note(application, "decide_chair_recusal", *fields, by=by, now=now, **facts)


def why_not_decide(by: Actor, application: Application, held: Hearing, *, today: date) -> str:
    """The reason somebody does not decide about the chair: whoever may call the hearing does, but not about oneself."""
    if isinstance(by, Officer) and by.user_id == held.chair_id:
        return "不能决定对自己的回避申请。"
    return permissions.why_not(by, "arrange_hearing", application, today=today)


def _keep(application: Application, recusals: tuple[ChairRecusal, ...]) -> None:
    def plain(value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value

    rows = [{name: plain(value) for name, value in asdict(each).items()} for each in recusals]
    application.hearing = {**application.hearing, "recusals": rows}
