"""Who may take which step of a proceeding, and the reason why not, as a sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from xuke.accounts.officers import Officer, Role
from xuke.foundation.actors import Actor, System
from xuke.foundation.refusals import NotPermitted, StepNotOpen
from xuke.foundation.workflow import Step
from xuke.parties.applicants import Applicant
from xuke.parties.permissions import why_not_power
from xuke.parties.rules import SIGN
from xuke.proceedings import rules
from xuke.proceedings.models import Proceeding
from xuke.proceedings.rules import Facts
from xuke.proceedings.workflow import CHAIR, HOLDER, INVESTIGATOR, LIFE

INVESTIGATES = (Role.REVIEWER, Role.SUPERVISOR)
"""Whoever reviews or supervises investigates."""


def why_not_begin(actor: Actor) -> str:
    """The reason somebody begins no proceeding, or an empty string. A reaction to news does, as the system."""
    if isinstance(actor, System):
        return ""
    if isinstance(actor, Officer) and any(actor.has(role) for role in INVESTIGATES):
        return ""
    return "撤回、撤销、吊销和依职权注销由审查或者监督人员立案调查。"


def why_not(actor: Actor, verb: str, proceeding: Proceeding, *, today: date | None = None) -> str:
    """The reason this actor may not take this step now, or an empty string."""
    step = LIFE.find(verb, proceeding.state)
    if step is None:
        return f"现在的状态是“{proceeding.life_state.title}”，不能办理这一步。"
    return step.why_not(facts_of(proceeding, today)) or why_not_this_person(actor, step, proceeding)


def demand(actor: Actor, verb: str, proceeding: Proceeding, *, today: date) -> Step[Facts]:
    """The step, when it is open and this actor may take it; raises `StepNotOpen` or `NotPermitted` with the reason."""
    step = LIFE.find(verb, proceeding.state)
    if step is None:
        raise StepNotOpen(f"现在的状态是“{proceeding.life_state.title}”，不能办理这一步。")
    if reason := why_not_this_person(actor, step, proceeding):
        raise NotPermitted(reason)
    if reason := step.why_not(facts_of(proceeding, today)):
        raise StepNotOpen(reason)
    return step


def facts_of(proceeding: Proceeding, today: date | None) -> Facts:
    """What the rules ask on a day."""
    return replace(proceeding.facts_of_life, today=today)


def why_not_this_person(actor: Actor, step: Step[Facts], proceeding: Proceeding) -> str:
    """The reason this person, of all people, may not take an open step, or an empty string."""
    if isinstance(actor, Applicant):
        return _why_not_holder(actor, step, proceeding)
    if isinstance(actor, Officer):
        return _why_not_officer(actor, step, proceeding)
    return "系统不代替任何人办理这一步。"


def _why_not_holder(actor: Applicant, step: Step[Facts], proceeding: Proceeding) -> str:
    if actor.enterprise_id != proceeding.enterprise_id:
        return "这不是针对您企业的案件。"
    if step.role != HOLDER:
        return "这一步由办理机关进行。"
    return why_not_power(actor, SIGN)


def _why_not_officer(officer: Officer, step: Step[Facts], proceeding: Proceeding) -> str:
    if step.role == HOLDER:
        return "这一步由企业办理。"
    if officer.authority_id != proceeding.authority_id:
        return "这件案件由其他机关办理，您可以查看，不能办理。"
    if step.role == INVESTIGATOR:
        return _why_not_investigator(officer, proceeding)
    if step.role == CHAIR:
        return "" if officer.user_id == proceeding.chair_id else "听证笔录由听证主持人记录。"
    return _why_not_decider(officer, proceeding)


def _why_not_investigator(officer: Officer, proceeding: Proceeding) -> str:
    if not any(officer.has(role) for role in INVESTIGATES):
        return f"这一步由审查或者监督人员办理，您的岗位是{officer.titles}。"
    if officer.user_id in proceeding.considered_by or officer.user_id == proceeding.decided_by_id:
        return "您在决定环节办理过这件案件，不能再调查。"
    if reason := rules.recused(officer.user_id, kept_away=proceeding.kept_away):
        return f"{reason}请由没有经手过的同事调查。"
    if officer.user_id == proceeding.chair_id:
        return "您主持了这件案件的听证，听证主持人不能是调查人员（行政许可法第四十八条）。"
    if proceeding.investigator_id and not (
        officer.acts_for(proceeding.investigator_id) or waits_for_another(proceeding)
    ):
        return "这件案件由另一位同事调查。"
    return ""


def waits_for_another(proceeding: Proceeding) -> bool:
    """Whether nobody investigates, or only who has to keep away: then a colleague takes it over."""
    return proceeding.investigator_id is None or proceeding.investigator_id in proceeding.kept_away


def _why_not_decider(officer: Officer, proceeding: Proceeding) -> str:
    if not officer.has(Role.DECIDER):
        return f"这一步由决定人员办理，您的岗位是{officer.titles}。"
    if officer.user_id in proceeding.investigated_by or officer.user_id == proceeding.investigator_id:
        return "您调查了这件案件，调查人员不能再决定。"
    if reason := rules.recused(officer.user_id, kept_away=proceeding.kept_away):
        return f"{reason}请由没有经手过的决定人员决定；本机关没有的，报请上级机关办理（行政许可法第六十九条）。"
    return ""


def why_not_chair(officer_id: int, proceeding: Proceeding) -> str:
    """The reason somebody cannot chair the hearing, or an empty string (Administrative Licensing Law art. 48)."""
    if officer_id in proceeding.kept_away:
        return "听证主持人不能是审查过这项许可申请的人员（行政许可法第四十八条）。"
    hands = investigating(proceeding)
    return rules.separate_hands(investigated_by=hands, decided_by=None, chair=officer_id)


def investigating(proceeding: Proceeding) -> list[int]:
    """Everybody who took a step of the investigation."""
    return [person for person in {*proceeding.investigated_by, proceeding.investigator_id} if person is not None]


def check_hands(proceeding: Proceeding) -> None:
    """Demand the separation once more over the row as it is about to be saved."""
    if {proceeding.chair_id, proceeding.decided_by_id} & set(proceeding.kept_away):
        raise NotPermitted("经手过作出这项许可决定的申请的人员，不能办理撤销它的案件（参照行政处罚法第四十三条）。")
    for person in {*proceeding.considered_by, proceeding.decided_by_id}:
        reason = rules.separate_hands(
            investigated_by=investigating(proceeding), decided_by=person, chair=proceeding.chair_id
        )
        if reason:
            raise NotPermitted(reason)


ROLE_OF = {step.verb: step.role for step in LIFE.steps}
