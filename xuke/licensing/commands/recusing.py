"""Recusal (回避) of somebody who is on a team: asked by the applicant, decided by the head, declared by themselves."""

from __future__ import annotations

from datetime import datetime

from xuke.accounts.officers import Officer
from xuke.foundation.actors import Actor
from xuke.foundation.refusals import NotFound, NotPermitted, StepNotOpen
from xuke.foundation.transactions import command
from xuke.licensing import permissions
from xuke.licensing.commands.steps import lock, note
from xuke.licensing.models import Application, Visit
from xuke.parties.applicants import Applicant
from xuke.parties.permissions import demand_power
from xuke.parties.rules import SIGN
from xuke.verifiers import commands as verifiers
from xuke.verifiers.models import Recusal


@command
def request_team_recusal(
    *, application: Application, member: int | str, ground: str, text: str, by: Actor, now: datetime
) -> Recusal:
    """The applicant asks that somebody who was to come stays away (申请回避); the head decides before the visit.

    `member` is the user id of somebody on the team, or the id of a technical expert in the register.
    """
    application = lock(application)
    permissions.demand_applicant(by)
    demand_power(by, SIGN)
    assert isinstance(by, Applicant)
    if by.enterprise_id != application.enterprise_id:
        raise NotPermitted("这不是您企业的申请。")
    visit = Visit.objects.filter(application=application).first()
    if closed := why_not_recuse(application, visit):
        raise StepNotOpen(closed)
    assert visit is not None
    name, verifier, user = next((each for each in who_comes(visit) if member in each[1:]), ("", "", None))
    if not verifier:
        raise NotFound("核查组里没有这个人员，请看最新的核查通知。")
    asked = verifiers.request_recusal(
        verifier_id=verifier,
        user_id=user,
        name=name,
        enterprise=application.enterprise,
        authority_path=application.authority_path,
        about=application.stream,
        ground=ground,
        text=text,
        by=by,
        now=now,
    )
    note(application, "request_recusal", by=by, now=now, person=name, ground=ground, recusal=str(asked.pk))
    return asked


def who_comes(visit: Visit) -> list[tuple[str, str, int | None]]:
    """Whoever may be asked to stay away: name, id in the register and account, for those who have one."""
    team = [(each["name"], each["verifier"], each["user_id"]) for each in visit.team if each.get("verifier")]
    return [*team, *((each["name"], each["id"], None) for each in visit.experts)]


def why_not_recuse(application: Application, visit: Visit | None) -> str:
    """The reason nobody can be asked to stay away any more: there is no visit, or the team has been there.

    A day that passed and on which nobody came closes nothing: it was suspended, or missed.
    """
    if visit is None or application.state != "verification_assigned" or visit.concluded_at:
        return "现在没有等待进行的现场核查。"
    return "核查组已经到场核查，回避应当在现场核查之前申请。" if visit.visited_on else ""


@command
def decide_team_recusal(
    *, application: Application, recusal: Recusal, upheld: bool, decision: str, by: Officer, now: datetime
) -> Recusal:
    """The head decides an applicant's request before the visit; where it is upheld, another team is sent."""
    application = lock(application)
    if recusal.about != application.stream:
        raise NotFound("没有找到这件回避申请。")
    decided = verifiers.decide_recusal(recusal=recusal, upheld=upheld, decision=decision, by=by, now=now)
    note(
        application,
        "decide_recusal",
        by=by,
        now=now,
        person=recusal.name,
        upheld=upheld,
        reason=decided.decision,
        recusal=str(decided.pk),
    )
    return decided


@command
def tell_recusal(*, recusal: Recusal, by: Actor, now: datetime) -> int:
    """Tell the visits under way to the enterprise that a member of the team has declared recusal; how many were told.

    From the declaration on they neither score nor conclude (Measures art. 22; `demand_fit`): the reviewer, who reads it
    in the case, sends another team.
    """
    goes = {"visit__team__contains": [{"user_id": recusal.user_id}], "state": "verification_assigned"}
    cases = Application.objects.filter(**goes, enterprise__uscc=recusal.uscc)
    told = 0
    for application in cases:
        application = lock(application)
        if Application.objects.filter(**goes, pk=application.pk).exists():
            note(application, "tell_recusal", by=by, now=now, person=recusal.name)
            told += 1
    return told
