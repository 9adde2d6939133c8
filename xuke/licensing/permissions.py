"""Who may take which step, and the reason why not, as a sentence. Pages ask first; commands demand."""

from __future__ import annotations

from datetime import date

from xuke.accounts.officers import Officer
from xuke.foundation.actors import Actor, System
from xuke.foundation.refusals import NotPermitted, StepNotOpen
from xuke.foundation.workflow import Step
from xuke.licensing import binding, clocks, glass, hearing, moves, renewing, rules
from xuke.licensing.judging import visit_need
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.form import NONE, REQUIRED
from xuke.licensing.rules import Facts
from xuke.licensing.workflow import APPLICANT, CHAIR, DECIDER, JOINT, LIFE, REVIEWER, ROLES, SYSTEM, VERIFIER
from xuke.parties.applicants import Applicant
from xuke.parties.permissions import demand_power, why_not_power
from xuke.parties.rules import DRAFT, SIGN

CLOSED = {
    "ask_correction": "受理后不能再要求补正。",
    "accept": "只有等待受理的申请可以受理。",
    "grant": "审查人员拟定意见之后才能作出决定。",
    "refuse": "审查人员拟定意见之后才能作出决定。",
    "submit": "这件申请已经提交。",
    "retract": "已经作出决定或者已经办结的申请不能撤回。",
    "conclude_verification": "现在没有进行中的现场核查。",
}
"""Why a step has no row in a state, where a general sentence would help nobody."""


def facts_of(application: Application, *, today: date | None = None) -> Facts:
    """What the rules of the life ask, read from the row. Without `today`, the authority is taken to be in time."""
    results, which = application.proposal.get("results", {}), procedure(application.procedure)
    visit = visit_need(application).need
    return Facts(
        correction_asked=bool(application.corrections),
        silent=today is not None and _is_silent(application, today),
        kind=which.kind,
        visit_needed=visit == REQUIRED,
        visit_possible=visit != NONE,
        visited=bool(application.verified_by),
        passed=sum(result == "pass" for result in results.values()),
        failed=sum(result == "fail" for result in results.values()),
        paused_for=application.paused_for,
        hearing=hearing.read(application.hearing).standing,
        hearing_own=hearing.own_say(application.hearing, today=today),
        others_open=hearing.others_may_answer(application.hearing, today),
        hearing_owed=today is not None and _owes_hearing(application, today),
        undecided=hearing.why_undecided(
            application.hearing, today=today, proposed_at=str(application.proposal.get("at", ""))
        ),
        joint_waits=tuple(application.joint_waits.values()),
        committed=application.committed,
        extension=str(application.extension.get("status", "")),
        is_over=today is not None and application.due_on is not None and today > application.due_on,
        renewal_silent=today is not None and renewing.is_renewed_by_law(application, today=today),
    )


def _owes_hearing(application: Application, today: date) -> bool:
    """Whether a refusal, of some varieties too, has to be preceded by the word that a hearing may be asked for (art.
    47): always where a third party was told, elsewhere where the rules that bind the case say so."""
    if application.state != "decision_proposed":
        return False
    return hearing.concerns_others(application.hearing) or binding.switch(application, "food.hearing_offered", on=today)


def _is_silent(application: Application, today: date) -> bool:
    """Whether the term for telling the applicant has passed without a word (Administrative Permit Law art. 32(4))."""
    waits = application.state in ("submitted", "correcting_on_spot", "resubmitted")
    began = application.term_began_on
    return waits and began is not None and today > clocks.ends_on(clocks.ACCEPTANCE, began, application)


def receipt_hands(application: Application) -> list[int]:
    """Everybody who handled the receipt."""
    return [person for person in {*application.received_by, application.accepted_by_id} if person is not None]


def review_hands(application: Application) -> list[int]:
    """Everybody who reviewed, for a colleague too, and everybody who went to the site."""
    reviewers = {*application.examined_by, application.reviewed_by_id, *application.verified_by}
    return [person for person in reviewers if person is not None]


def why_not(actor: Actor, verb: str, application: Application, *, today: date | None = None) -> str:
    """The reason this actor may not take this step now, or an empty string."""
    step = LIFE.find(verb, application.state)
    if step is None:
        return CLOSED.get(verb) or f"现在的状态是“{application.life_state.title}”，不能办理这一步。"
    return step.why_not(facts_of(application, today=today)) or why_not_this_person(actor, step, application, today)


def why_not_this_person(actor: Actor, step: Step[Facts], application: Application, today: date | None = None) -> str:
    """The reason this person, of all people, may not take an open step, or an empty string."""
    if isinstance(actor, System):
        return "" if step.role == SYSTEM else "系统不代替工作人员办理这一步。"
    if isinstance(actor, Applicant):
        if step.role != APPLICANT:
            return "这一步由受理机关办理。"
        if actor.enterprise_id != application.enterprise_id:
            return "这不是您企业的申请。"
        return why_not_power(actor, SIGN)
    if isinstance(actor, Officer):
        return _why_not_officer(actor, step, application, today)
    return "请先登录。"


def why_not_officer_at_all(actor: Actor) -> str:
    """The reason somebody who acts for no authority takes no step of the office, or an empty string."""
    return "" if isinstance(actor, Officer) else "这一步由受理机关办理。"


def demand_applicant(actor: Actor) -> None:
    """Whoever drafts acts for an enterprise that lets them draft."""
    if not isinstance(actor, Applicant):
        raise NotPermitted("这一步由申请人办理。")
    demand_power(actor, DRAFT)


def _why_not_officer(officer: Officer, step: Step[Facts], application: Application, today: date | None) -> str:
    if step.role == APPLICANT:
        return "这一步由申请人办理。"
    if step.role == SYSTEM:
        return "这一步由系统办理。"
    if step.role == CHAIR:
        return "" if officer.user_id == application.hearing_chair_id else "听证由指定的主持人结束。"
    if step.role == JOINT:
        return "" if is_asked_jointly(officer, application) else "联合审查的意见由被征求意见的机关的审查人员提出。"
    if step.role == VERIFIER and officer.user_id not in application.verified_by:
        return "您不在这件申请的核查组里。"
    if step.role == VERIFIER and application.shared_with and officer.authority_path in application.shared_with:
        # A visit entrusted to a lower level (Measures art. 21): its verifiers score and conclude.
        return "" if officer.has(step.role) else f"这一步由{ROLES[step.role]}人员办理，您的岗位是{officer.titles}。"
    if officer.authority_id != application.authority_id:
        return moves.why_moved(officer, application) or "这件申请由其他机关承办，您可以查看，不能办理。"
    if not officer.has(step.role):
        return f"这一步由{ROLES[step.role]}人员办理，您的岗位是{officer.titles}。"
    return _why_same_hand(officer, step, application, today) or _why_claimed(officer, application)


def why_separated(officer: Officer, role: str, application: Application, today: date | None = None) -> str:
    """The reason the separation of hands (三分离) keeps this officer from a role in this case, or an empty string."""
    me = officer.user_id
    if role == REVIEWER and me == application.hearing_chair_id:
        return hearing.CHAIRED
    if role in (REVIEWER, DECIDER) and me in hearing.kept_away(application.hearing):
        return hearing.KEPT_AWAY
    if glass.allows(application.glass, person=me, role=role, today=today):
        return ""
    if role == REVIEWER:
        if me in receipt_hands(application):
            return rules.apart("您办理过这件申请的受理，受理人员不能再审查")
        decided = me in application.considered_by
        return rules.apart("您在决定环节办理过这件申请，不能再审查") if decided else ""
    if role == DECIDER:
        if me in receipt_hands(application):
            return rules.apart("您办理过这件申请的受理，受理人员不能再决定")
        if me in review_hands(application):
            return rules.apart("您审查或者核查了这件申请，审查、核查人员不能再决定")
    return ""


def _why_same_hand(officer: Officer, step: Step[Facts], application: Application, today: date | None) -> str:
    if reason := why_separated(officer, step.role, application, today):
        return reason
    reviewer = application.reviewed_by_id
    if step.role == REVIEWER and reviewer and not officer.acts_for(reviewer):
        return "这件申请由另一位审查人员办理。"
    return ""


def _why_claimed(officer: Officer, application: Application) -> str:
    if application.claimed_by_id and not officer.acts_for(application.claimed_by_id):
        return "这件申请已由同事领取，正在办理。需要接手的，请同事先退回。"
    return ""


def is_asked_jointly(officer: Officer, application: Application) -> bool:
    """Whether the opinion of this officer's authority is asked, and this officer reviews there (Measures art. 18)."""
    return officer.has(REVIEWER) and code_at(officer.authority_path) in application.joint_waits


def code_at(path: str) -> str:
    """The code of the authority at a path: 420500 of 420000/420500/."""
    return path.rstrip("/").rpartition("/")[2]


def demand(actor: Actor, verb: str, application: Application, *, today: date | None = None) -> Step[Facts]:
    """The step, when it is open and this actor may take it; raises `StepNotOpen` or `NotPermitted` with the reason."""
    step = LIFE.find(verb, application.state)
    if step is None:
        raise StepNotOpen(CLOSED.get(verb) or f"现在的状态是“{application.life_state.title}”，不能办理这一步。")
    if reason := why_not_this_person(actor, step, application, today):
        raise NotPermitted(reason, basis=_basis_of(reason))
    if reason := step.why_not(facts_of(application, today=today)):
        raise StepNotOpen(reason)
    return step


def _basis_of(reason: str) -> str:
    """The separation of hands is a matter of law; a posting is not."""
    return next((basis for basis in (rules.APART, hearing.ART_48) if basis in reason), "")


def check_hands(application: Application, *, today: date | None = None) -> None:
    """Demand the three-way separation once more over the row as it is about to be saved.

    Somebody in two hands is let pass only with a broken glass that is good today; the row remembers that it was used.
    """
    deciding = {*application.considered_by, *filter(None, [application.decided_by_id])}
    if application.hearing_chair_id in review_hands(application):
        raise NotPermitted(hearing.CHAIRED, basis=hearing.ART_48)
    people: list[int | None] = [*deciding] or [None]
    reasons = (
        rules.same_hand(
            accepted_by=receipt_hands(application), reviewed_by=review_hands(application), decided_by=person
        )
        for person in people
    )
    reason = next(filter(None, reasons), "")
    if not reason:
        return
    twice = glass.same_hands(receipt_hands(application), review_hands(application), deciding)
    if set(receipt_hands(application)) & set(review_hands(application)) & deciding:
        raise NotPermitted(rules.apart("一个人不能受理、审查、决定同一件申请，应急例外也不行"), basis=rules.APART)
    person, role = application.glass.get("person"), str(application.glass.get("role"))
    if twice != {person}:
        raise NotPermitted(reason, basis=rules.APART)
    if not application.glass_broken and not glass.allows(application.glass, person=person, role=role, today=today):
        raise NotPermitted(f"{reason}应急例外已经过期，请重新申请。", basis=rules.APART)
    application.glass_broken = True
