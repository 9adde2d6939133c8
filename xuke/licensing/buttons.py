"""Which buttons an officer sees for a case, and why one of them is closed. Asks `permissions`; reads no database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.urls import reverse

from xuke.accounts.officers import Officer
from xuke.foundation.calendar import spoken
from xuke.licensing import permissions, terms_in_words
from xuke.licensing.commands.breaking_glass import why_not_ask
from xuke.licensing.commands.claiming import why_not_claim, why_not_release
from xuke.licensing.commands.verifying import why_too_early
from xuke.licensing.judging import visit_need
from xuke.licensing.models import Application, Visit
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.form import NONE, OPTIONAL
from xuke.licensing.queries import visit_of
from xuke.licensing.rounds import why_not_again, why_not_of_team
from xuke.licensing.workflow import ACCEPTOR, APPLICANT, CHAIR, DECIDER, JOINT, LIFE, REVIEWER, ROLES, SYSTEM, VERIFIER
from xuke.web.buttons import Button, Kind


@dataclass(frozen=True)
class Act:
    """One step as the case page offers it."""

    verb: str
    label: str
    slug: str
    """The last part of its address."""
    hint: str
    kind: Kind = Kind.PLAIN
    needs_form: bool = True
    rare: bool = False
    """Whether it is kept out of sight until somebody looks for it, and shown only where it can be done."""


ACTS = (
    Act("accept", "受理", "accept", "签发受理通知书，决定时限从次日起算。", Kind.PRIMARY),
    Act("record_report", "记录报告", "record-report", "核对无误后更新电子证书副本，不需要作出决定。", Kind.PRIMARY),
    Act("ask_correction", "一次告知补正", "ask-correction", "全部列明，不会再有第二份清单。"),
    Act("offer_correction", "当场更正", "offer-correction", "小错误由申请人确认后更正，时限不停。"),
    Act("decline_acceptance", "不予受理", "decline", "写明依法不能受理的情形，或者清单里仍然缺少的内容。", Kind.RISK),
    Act("tell_not_required", "不需要许可", "not-required", "即时告知，写明理由。", Kind.RISK),
    Act("tell_not_competent", "不属于本机关职权", "not-competent", "即时告知应当向哪个机关申请。", Kind.RISK),
    Act("begin_review", "开始审查", "begin-review", "由您审查到拟定意见为止。", Kind.PRIMARY, needs_form=False),
    Act("grant_on_commitment", "按告知承诺决定", "commitment", "当场准予许可，之后全覆盖检查。", Kind.PRIMARY),
    Act("leave_commitment", "转入一般程序", "leave-commitment", "不宜当场决定的，写明理由，交审查人员审查。"),
    Act("assign_verification", "派出核查组", "assign", "至少两人，一名组长，{food.verification}内完成。", Kind.PRIMARY),
    Act("score", "现场评分", "visit", "34项，没有网络也能填写。", Kind.PRIMARY),
    Act("conclude_verification", "结束核查", "conclude", "组长确认评分，申请人签字。"),
    Act("reassign_verification", "重新派出核查组", "reassign", "换核查组，或者补核没有核查的品种；原来的一轮保留。"),
    Act("propose", "拟定审查意见", "propose", "逐个品种提出建议，交决定人员。", Kind.PRIMARY),
    Act("grant", "准予许可", "grant", "同时编定许可证编号、签发电子证书。下一步先预览决定书。", Kind.PRIMARY),
    Act("cancel_licence", "准予注销", "cancel-licence", "许可证就此注销，编号不再使用。", Kind.PRIMARY),
    Act("refuse", "不予许可", "refuse", "须写明理由、依据和救济途径。", Kind.RISK),
    Act("return_to_review", "退回审查", "return", "说明要查清的问题，时限不停。"),
    Act("give_joint_opinion", "联合审查意见", "joint-opinion", "对本机关许可的类别逐个提出意见。", Kind.PRIMARY),
    Act("resume", "恢复办理", "resume", "决定时限接着算，通知申请人。", Kind.PRIMARY),
    Act("end_special_time", "检验、评审结束", "end-special-time", "记下结果，决定时限接着算。", Kind.PRIMARY),
    Act("prolong_pause", "另定日期", "prolong", "还需要时间的，书面告知申请人新的日期。"),
    Act("terminate", "终止办理", "terminate", "中止之后不能恢复的，写明理由和救济途径。", Kind.RISK),
    Act(
        "arrange_hearing",
        "通知听证",
        "arrange-hearing",
        "定时间、地点和主持人，提前{food.hearing_notice}告知。",
        Kind.PRIMARY,
    ),
    Act("conclude_hearing", "结束听证", "conclude-hearing", "主持人写笔录和听证意见，决定时限接着算。", Kind.PRIMARY),
    Act("take_hearing_request", "收到听证申请", "hearing-request", "申请人或者利害关系人书面要求听证的。", rare=True),
    Act("tell_hearing_right", "告知听证权利", "hearing-right", "拟作出不利决定之前，告知可以要求听证。", rare=True),
    Act("tell_third_party", "告知利害关系人", "tell-third-party", "许可直接关系他人重大利益的。", rare=True),
    Act("begin_special_time", "检验、专家评审", "special-time", "所需时间不计入时限，书面告知申请人。", rare=True),
    Act("extend", "批准延长期限", "extend", "决定时限延长一次，通知书告知申请人理由。", Kind.PRIMARY),
    Act("decline_extension", "不同意延长", "decline-extension", "决定时限不变。"),
    Act(
        "ask_extension", "申请延长期限", "ask-extension", "因特殊原因不能按期决定的，经负责人批准延长一次。", rare=True
    ),
    Act("suspend", "中止办理", "suspend", "不可抗力、停电停水、立案调查等，停止计时。", rare=True),
)
_NOT_FOR = {"accept": ("report",), "grant": ("cancellation",), "refuse": ("report",), "propose": ("report",)}
"""Kinds of applications for which a step does not exist, so that nobody is shown it, not even closed."""
_GRANT_HINTS = {
    "change": "换发新版本的电子证书，编号和有效期不变。下一步先预览决定书。",
    "renewal": "换发新版本的电子证书，编号不变，有效期{food.validity}。下一步先预览决定书。",
    "renewal_change": "换发新版本的电子证书，编号不变，有效期{food.validity}。下一步先预览决定书。",
    "reissue": "重新签发电子证书，内容不变。下一步先预览决定书。",
}
_CLAIM = Act("claim", "领取", "claim", "领取后同事能看到您在办理。", needs_form=False)
_RELEASE = Act("release", "退回待领", "release", "退回后同事可以领取。", needs_form=False)

_ROLE_OF = {step.verb: step.role for step in LIFE.steps} | {"score": VERIFIER}
_ASKED_FOR = {
    "ask_correction": (ACCEPTOR, REVIEWER, DECIDER),
    "grant": (DECIDER,),
    "refuse": (DECIDER,),
}
"""Steps that people look for from acceptance to the decision, and who does: shown with the reason when closed."""


ONLY_WHEN_OPEN = frozenset(
    {
        "resume",
        "end_special_time",
        "prolong_pause",
        "terminate",
        "arrange_hearing",
        "conclude_hearing",
        "record_report",
        "cancel_licence",
        "grant_on_commitment",
        "leave_commitment",
        "extend",
        "decline_extension",
        "give_joint_opinion",
        "reassign_verification",
    }
)
"""Steps that nobody looks for until something has made them possible: not shown while they are closed."""


def address(application: Application, slug: str) -> str:
    """Where a step is taken."""
    return reverse(f"officer-{slug}", args=[application.pk])


def of_case(
    officer: Officer, application: Application, *, today: date | None = None, asked_on: date | None = None
) -> tuple[Button, ...]:
    """The steps of this officer's roles and claiming: what can be done first, then what cannot, with the reason.

    `asked_on` is the day on which the correction notice was sent, if ever.
    """
    acts = (*_offered(officer, application, ACTS), *_claiming(officer, application))
    return tuple(
        sorted(
            (_button(officer, application, act, today, asked_on) for act in acts), key=lambda each: bool(each.reason)
        )
    )


def rare_of_case(officer: Officer, application: Application, *, today: date | None = None) -> tuple[Button, ...]:
    """The steps that are seldom taken, where this officer can take them now."""
    rare = [act for act in ACTS if act.rare and _is_for_role(officer, act, application) and _has_row(act, application)]
    found = (_button(officer, application, act, today, None) for act in rare)
    return tuple(button for button in found if not button.reason)


def _offered(officer: Officer, application: Application, acts: Iterable[Act]) -> Iterator[Act]:
    """The acts that belong on the page: with a row of the table in this state, or closed and asked for."""
    under_way = application.accepted_on is not None and application.decided_on is None
    is_open = under_way and not application.life_state.final
    for act in (_worded(act, application) for act in acts if _fits(act, application)):
        if act.rare or (act.verb in ONLY_WHEN_OPEN and why_not(officer, application, act.verb)):
            continue
        has_row = _is_for_role(officer, act, application) and _has_row(act, application)
        if has_row or (is_open and any(officer.has(role) for role in _ASKED_FOR.get(act.verb, ()))):
            yield act


def _is_for_role(officer: Officer, act: Act, application: Application) -> bool:
    role = _ROLE_OF[act.verb]
    if role == JOINT:
        return permissions.is_asked_jointly(officer, application)
    return officer.has(role) or (role == CHAIR and officer.user_id == application.hearing_chair_id)


def _fits(act: Act, application: Application) -> bool:
    """Whether a step exists for this kind of application at all."""
    if act.verb == "assign_verification" and (application.verified_by or visit_need(application).need == NONE):
        return False  # Where somebody went already, it is another team that is sent.
    if act.verb == "begin_review" and application.committed:
        return False  # Decided at once, by somebody else.
    if act.verb == "decline_acceptance" and application.state != "resubmitted":
        return False  # What the law bars from the start is told on the page of accepting, with the way to decline it.
    return procedure(application.procedure).kind not in _NOT_FOR.get(act.verb, ())


def _worded(act: Act, application: Application) -> Act:
    """The step in the words of the procedure: 准予延续, 不予变更. A visit that may be left out is no main step."""
    which = procedure(application.procedure)
    if act.verb == "grant":
        return replace(act, label=f"准予{which.act}", hint=_GRANT_HINTS.get(which.kind, act.hint))
    if act.verb == "refuse":
        return replace(act, label=f"不予{which.act}")
    if act.verb == "assign_verification" and visit_need(application).need == OPTIONAL:
        return replace(act, kind=Kind.PLAIN, hint="申请人声明生产条件没有变化；有疑问的，派人核查。")
    return act


def _has_row(act: Act, application: Application) -> bool:
    if not _fits(act, application):
        return False
    verb = "conclude_verification" if act.verb == "score" else act.verb
    return LIFE.find(verb, application.state) is not None


def _claiming(officer: Officer, application: Application) -> Iterator[Act]:
    if not why_not_release(officer, application):
        yield _RELEASE
    elif not application.claimed_by_id and not why_not_claim(officer, application):
        yield _CLAIM


def _button(officer: Officer, application: Application, act: Act, today: date | None, asked_on: date | None) -> Button:
    terms = terms_in_words.of_case(application, on=today) if today else terms_in_words.unknown
    button = Button(
        act.label,
        address(application, act.slug),
        kind=act.kind,
        hint=terms_in_words.filled(act.hint, terms),
        needs_form=act.needs_form,
        fields=() if act.needs_form else (("revision", str(application.revision)),),
    )
    if act in (_CLAIM, _RELEASE):
        return button
    return replace(button, reason=why_not(officer, application, act.verb, today=today, asked_on=asked_on))


def why_not(
    officer: Officer,
    application: Application,
    verb: str,
    *,
    today: date | None = None,
    asked_on: date | None = None,
) -> str:
    """The reason this officer cannot take a step now, as the page says it, or an empty string."""
    asked = "conclude_verification" if verb == "score" else verb
    reason = permissions.why_not(officer, asked, application, today=today)
    if verb == "score" and not reason:
        return why_not_of_team(officer.user_id, visit_of(application))
    if verb == "conclude_verification" and not reason:
        visit = visit_of(application)
        return why_not_leader(officer, visit) or why_not_yet(visit, today)
    if verb == "reassign_verification" and not reason:
        return why_not_again(visit_of(application))
    if verb == "ask_correction" and reason and application.accepted_on and asked_on:
        told = f"；本案已于{spoken(asked_on, today=application.accepted_on)}一次告知。"
        return reason.removesuffix("。") + told
    return reason


def why_not_leader(officer: Officer, visit: Visit | None) -> str:
    """The reason this verifier does not end the visit (组长负责制), or an empty string."""
    leader = next((member for member in visit.team if member["leader"]), None) if visit else None
    if leader is None or leader["user_id"] == officer.user_id:
        return ""
    return f"由组长{leader['name']}结束核查（组长负责制）。"


def why_not_yet(visit: Visit | None, today: date | None) -> str:
    """The reason a visit cannot be ended on that day, or an empty string."""
    return why_too_early(visit, today=today) if visit and today else ""


def whose_turn(application: Application) -> str:
    """Which function the case waits for, in one word: 受理, 审查, 核查, 决定, 申请人; empty when it is closed."""
    if application.waits_on_promise:
        return ROLES[DECIDER]
    roles = [step.role for step in LIFE.open_from(application.state)]
    working = [role for role in roles if role not in (APPLICANT, SYSTEM)]
    waiting = working or [role for role in roles if role != SYSTEM]
    return ROLES[waiting[0]] if waiting else ""


def next_verb(application: Application) -> str:
    """The step that a case in this state normally takes next, for an officer; empty when it waits for somebody else."""
    possible = (act for act in ACTS if _worded(act, application).kind is Kind.PRIMARY)
    return next((act.verb for act in possible if _has_row(act, application)), "")


def is_for(officer: Officer, application: Application) -> bool:
    """Whether the present step is for people of this officer's roles."""
    return officer.has(_ROLE_OF.get(next_verb(application), ""))


def set_apart(officer: Officer, application: Application) -> str:
    """Why the separation keeps this officer from the present step, in few words for a list; else an empty string."""
    if not is_for(officer, application):
        return ""
    role, done = _ROLE_OF[next_verb(application)], _has_done(officer.user_id, application)
    if role == VERIFIER or not permissions.why_separated(officer, role, application):
        return ""
    return f"您{done}过，不能{ROLES[role]}" if done else ""


def role_kept_from(officer: Officer, application: Application) -> str:
    """The role of the present step that only the separation of hands keeps this officer from, or an empty string."""
    role = _ROLE_OF.get(next_verb(application), "")
    return role if role and not why_not_ask(officer, application, role) else ""


def _has_done(person: int, application: Application) -> str:
    if person == application.accepted_by_id:
        return "受理"
    if person == application.reviewed_by_id or person in application.examined_by:
        return "审查"
    return "核查" if person in application.verified_by else ""
