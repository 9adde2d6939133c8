"""How a case stands, in the applicant's words: the path, whose turn it is, what happened. Reads rows, writes none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from xuke.documents.models import Notice
from xuke.foundation.calendar import spoken, weekday
from xuke.foundation.journal import SHANGHAI, Event
from xuke.licensing import terms_in_words
from xuke.licensing.judging import visit_need
from xuke.licensing.models import Application, Visit
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.form import in_words_of
from xuke.licensing.queries import visit_of
from xuke.licensing.workflow import RECEIVED
from xuke.web.pieces import Happening, Link, Stop

SUBMITTED, ACCEPTED, REVIEWED, VISITED, DECIDED, ISSUED = range(6)
LABELS = ("提交", "受理", "材料审查", "现场核查", "决定", "发证")

_STANDS_AT = {
    **dict.fromkeys(("submitted", "correcting_on_spot", "correction_requested", "resubmitted"), ACCEPTED),
    **dict.fromkeys(("accepted", "document_review"), REVIEWED),
    "verification_assigned": VISITED,
    **dict.fromkeys(("verification_done", "decision_proposed"), DECIDED),
    "granted": ISSUED,
    "draft": SUBMITTED,
}
"""At which node of the path a case stands, state by state."""
_ENDED_AT = {
    **dict.fromkeys(("not_required", "not_competent", "not_accepted"), ACCEPTED),
    "refused": DECIDED,
    "licence_cancelled": DECIDED,
    "recorded": ACCEPTED,
    "certificate_issued": ISSUED,
}
"""The node at which a case was over; one that was taken back stops where it was."""
LEFT = {"retracted": "已撤回申请", "terminated": "已终止办理"}
"""Ends that stop a case wherever it was."""


@dataclass(frozen=True)
class Turn:
    """Whose turn it is, and what that means for the applicant."""

    who: str
    text: str
    is_mine: bool = False


def stops(application: Application, *, today: date) -> tuple[Stop, ...]:
    """The path of a case: what is done and when, where it stands, what comes. Nodes that are not on it are left out."""
    state = application.state
    days, places = _days(application), _places(application)
    if state in LEFT:
        return (*(_done(place, days, today) for place in places if days[place]), Stop(LEFT[state], done=True))
    if state in _ENDED_AT:
        last = _ENDED_AT[state]
        end = LABELS[last] if state == "certificate_issued" else application.life_state.title
        before = [place for place in places if place < last]
        return (*(_done(place, days, today) for place in before), _done(last, days, today, end))
    at = max(_STANDS_AT[state], DECIDED) if application.waits_on_promise else _STANDS_AT[state]
    return tuple(
        _done(place, days, today) if place < at else _coming(place, at, application, today) for place in places
    )


def _places(application: Application) -> tuple[int, ...]:
    """The nodes on its path: a report is only recorded, a name needs no visit, a cancellation issues nothing."""
    kind = procedure(application.procedure).kind
    if kind == "report":
        return (SUBMITTED, ACCEPTED)
    places = tuple(range(len(LABELS)))
    if application.committed:  # It is decided at once, and checked afterwards.
        places = tuple(place for place in places if place not in (REVIEWED, VISITED))
    if not _is_visited(application):
        places = tuple(place for place in places if place != VISITED)
    return places[:-1] if kind == "cancellation" else places


def _is_visited(application: Application) -> bool:
    """Whether somebody went or may still go to the site."""
    if visit_of(application) is not None:
        return True
    need, past_review = visit_need(application), application.state not in (*RECEIVED, "accepted", "document_review")
    return need.is_required or (need.is_optional and not past_review and application.state != "correction_requested")


def _done(place: int, days: Sequence[date | None], today: date, label: str = "") -> Stop:
    day = days[place]
    return Stop(label or LABELS[place], spoken(day, today=today) if day else "", done=True)


def _coming(place: int, at: int, application: Application, today: date) -> Stop:
    note = _note(place, at, application, today)
    return Stop(LABELS[place], note, current=place == at)


def _note(place: int, at: int, application: Application, today: date) -> str:
    visit = visit_of(application)
    if place == VISITED and visit and place == at:
        return spoken(visit.visit_on, today=today)
    if place == at and application.state in ("correction_requested", "correcting_on_spot"):
        return application.life_state.title
    if application.due_on and _is_due_at(place, at):
        return f"{_due(application, today)}前"
    after = terms_in_words.filled("决定后{food.issue}内", terms_in_words.of_case(application, on=today))
    return after if place == ISSUED and at < ISSUED else ""


def _is_due_at(place: int, at: int) -> bool:
    """Whether the running term ends at this node: acceptance at 受理, everything after it at 决定, the last at 发证."""
    return place == (ACCEPTED if at <= ACCEPTED else ISSUED if at == ISSUED else DECIDED)


def _due(application: Application, today: date) -> str:
    assert application.due_on is not None
    return f"{'暂定' if application.due_provisional else ''}{spoken(application.due_on, today=today)}"


def _days(application: Application) -> tuple[date | None, ...]:
    visit = visit_of(application)
    return (
        application.received_on,
        application.accepted_on,
        _day(visit.assigned_at if visit else None),
        _day(visit.concluded_at if visit else None),
        application.decided_on,
        None,
    )


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(SHANGHAI).date() if moment else None


_TURNS = {
    "submitted": Turn("受理人员", "最迟{due}告知您是否受理，您现在不用做什么。"),
    "correcting_on_spot": Turn("您", "受理人员发现了可以当场更正的错误，请确认或者不同意。", is_mine=True),
    "correction_requested": Turn("您", "请按清单补正{count}项，补齐后重新提交。", is_mine=True),
    "resubmitted": Turn("受理人员", "最迟{due}告知您是否受理，不会再有第二份清单。"),
    "accepted": Turn("审查人员", "先审查材料，再到现场核查，最迟{due}作出决定。"),
    "document_review": Turn("审查人员", "正在审查申请材料，接下来派人到现场核查，最迟{due}作出决定。"),
    "verification_assigned": Turn("核查组", "{team}{visit}到场核查。{prepare}"),
    "verification_done": Turn("审查人员", "现场核查已经结束，正在拟定审查意见，最迟{due}作出决定。"),
    "decision_proposed": Turn("决定人员", "审查意见已经拟定，最迟{due}作出决定。"),
    "granted": Turn("系统", "已经准予许可，正在制作电子证书，最迟{due}发证。"),
    "licence_cancelled": Turn("", "已经准予注销，许可证编号不再使用。"),
    "terminated": Turn("", "已经终止办理。理由和救济途径写在通知书里。"),
    "recorded": Turn("", "报告已经记录，新的电子证书副本可以在“我的许可证”下载。"),
    "certificate_issued": Turn("", "已经发证，证书可以在“我的许可证”下载。"),
    "refused": Turn("", "已经作出不予许可决定。理由、依据和救济途径写在决定书里。"),
    "not_accepted": Turn("", "补正后仍不齐全，不予受理。缺少的项目写在通知书里；补齐后可以重新申请。"),
    "not_required": Turn("", "这项活动不需要取得许可，理由写在通知书里。"),
    "not_competent": Turn("", "这件申请不属于本机关职权，应当向哪个机关申请写在通知书里。"),
    "retracted": Turn("", "您已经撤回这件申请，可以重新申请。"),
    "draft": Turn("您", "还没有提交。", is_mine=True),
}


PREPARE = "请安排人员在场，准备好试制食品检验报告。"
"""What the enterprise makes ready for a visit."""


_PAUSED = {
    "suspension": ("受理机关", "已中止办理，{time}。中止的原因消除以后恢复办理，会通知您。"),
    "hearing": ("受理机关", "正在组织听证，{time}。听证结束之后接着办理。"),
    "testing": ("承担检验的机构", "正在检验、检测，{time}。"),
    "expert_review": ("评审专家", "正在专家评审，{time}。"),
}
"""Who has it in an interruption, and what that means."""
_STILL = {
    **dict.fromkeys(("suspension", "hearing"), "停止计时"),
    **dict.fromkeys(("testing", "expert_review"), "所需时间已经书面告知，不计入决定时限"),
}
_TOO_LONG = "已经超过告知的日期，决定时限接着算，最迟{due}作出决定"


ON_PROMISE = "以告知承诺方式决定，检查在决定之后。"
"""What stands where others read of review and visit."""


def turn(application: Application, *, today: date) -> Turn:
    """Whose turn it is now (现在轮到谁). When a case is over, nobody's."""
    if application.paused_for:
        who, text = _PAUSED[application.paused_for]
        due = _due(application, today) if application.due_on else ""
        time = _TOO_LONG.format(due=due) if due else _STILL[application.paused_for]
        return Turn(who, text.format(time=time))
    known = _turn(application)
    visit = visit_of(application)
    text = known.text.format(
        due=_due(application, today) if application.due_on else "",
        count=len(application.corrections),
        team=team_of(visit) if visit else "",
        visit=f"{spoken(visit.visit_on, today=today)}（{weekday(visit.visit_on)}）" if visit else "",
        prepare=PREPARE if visit and visit.visit_on >= today else "核查结论还没有提交。",
    )
    if application.committed and application.decided_on:
        text = f"{ON_PROMISE}{text}"
    return Turn(known.who, in_words_of(procedure(application.procedure).act, text), known.is_mine)


def _turn(application: Application) -> Turn:
    """What is said in a state; before the decision, without a visit that nobody makes."""
    known, state = _TURNS[application.state], application.state
    if procedure(application.procedure).kind == "report" and state in RECEIVED:
        return Turn("受理人员", "核对之后记录，更新电子证书副本，不需要作出许可决定。")
    if application.waits_on_promise:
        return Turn("决定人员", f"{ON_PROMISE}最迟{{due}}作出决定。")
    if state in ("accepted", "document_review") and not _is_visited(application):
        return Turn("审查人员", "正在审查申请材料，不需要现场核查，最迟{due}作出决定。")
    if state == "not_accepted" and not application.corrections:
        return Turn("", "依法不能受理，理由、依据和救济途径写在通知书里。")
    if state == "verification_done" and not application.verified_by:
        return Turn("审查人员", "决定之前还有问题要查清，正在补充审查，最迟{due}作出决定。")
    return known


def team_of(visit: Visit) -> str:
    """Who comes, by name."""
    return "、".join(member["name"] for member in visit.team)


TOLD = {
    "submitted": ("提交申请", "系统即时出具接收凭证"),
    "told_not_required": ("告知不需要许可", ""),
    "told_not_competent": ("告知不属于本机关职权", ""),
    "correction_offered": ("提出当场更正", "等您确认"),
    "correction_confirmed": ("确认当场更正", ""),
    "correction_declined": ("未同意当场更正", "按原来填写的内容继续办理"),
    "correction_asked": ("一次告知补正", ""),
    "resubmitted": ("重新提交", ""),
    "accepted": ("受理", "决定时限从次日起算"),
    "acceptance_declined": ("不予受理", ""),
    "review_begun": ("开始审查材料", ""),
    "verification_assigned": ("派出核查组", ""),
    "verification_reassigned": ("重新派出核查组", ""),
    "verification_concluded": ("现场核查结束", ""),
    "granted": ("准予许可", ""),
    "refused": ("不予许可", ""),
    "certificate_recorded": ("制成电子证书", "已经发证"),
    "retracted": ("撤回申请", ""),
    "granted_on_commitment": ("按告知承诺准予许可", "承诺的内容在决定之后检查"),
    "commitment_left": ("不适用告知承诺，转入一般程序", ""),
    "joint_opinion_given": ("联合审查的机关提出意见", ""),
    "deemed_accepted": ("逾期未告知，视为受理", "决定时限从收到材料的次日起算"),
    "deemed_renewed": ("逾期未决定，视为准予延续", ""),
    "report_recorded": ("记录报告", "不需要许可决定"),
    "licence_cancelled": ("准予注销", ""),
    "suspended": ("中止办理", "决定时限停止计算"),
    "resumed": ("恢复办理", "决定时限接着算"),
    "terminated": ("终止办理", ""),
    "term_extended": ("延长决定时限", "理由写在通知书里"),
    "hearing_right_told": ("告知听证权利", "可以要求听证，也可以放弃"),
    "hearing_requested": ("要求听证", "决定时限停止计算"),
    "hearing_request_taken": ("收到听证申请", "决定时限停止计算"),
    "hearing_waived": ("放弃听证", ""),
    "hearing_arranged": ("通知听证", "时间和地点写在通知书里"),
    "hearing_concluded": ("听证结束", "决定时限接着算，决定根据听证笔录作出"),
    "chair_recusal_asked": ("申请听证主持人回避", "由机关负责人决定"),
    "chair_recusal_decided": ("决定听证主持人回避", "同意的，另行通知听证"),
    "special_time_begun": ("开始检验检测、专家评审", "所需时间不计入决定时限"),
    "special_time_ended": ("检验检测、专家评审结束", "决定时限接着算"),
    "pause_too_long": ("超过告知的日期", "决定时限接着算"),
    "pause_prolonged": ("另定停止计时的日期", "新的日期写在通知书里"),
    "moved": ("移交承办机关", "办理时限不变"),
    "rules_rebound": ("重新适用规则", ""),
}
"""What concerns the applicant. The office's own steps (claiming, drafting an opinion, scoring) are not told here."""
NOTICE_OF: Mapping[str, tuple[str, ...]] = {
    "submitted": ("receipt",),
    "correction_asked": ("correction_notice",),
    "accepted": ("acceptance_notice",),
    "acceptance_declined": ("non_acceptance_notice",),
    "told_not_required": ("non_acceptance_notice",),
    "told_not_competent": ("non_acceptance_notice",),
    "verification_assigned": ("verification_notice",),
    "granted": ("grant_decision", "change_decision", "renewal_decision"),
    "granted_on_commitment": ("grant_decision", "change_decision", "renewal_decision"),
    "deemed_renewed": ("renewal_decision",),
    "report_recorded": ("report_record",),
    "licence_cancelled": ("cancellation_decision",),
    "refused": ("refusal_decision",),
    "terminated": ("termination_notice",),
    "term_extended": ("extension_notice",),
    "deemed_accepted": ("acceptance_notice",),
    "hearing_right_told": ("hearing_right_notice",),
    "hearing_arranged": ("hearing_notice",),
    "suspended": ("suspension_notice",),
    "resumed": ("resumption_notice",),
    "special_time_begun": ("special_time_notice",),
    "pause_prolonged": ("suspension_notice", "special_time_notice"),
}
"""The kinds of notices of which one says what a step did; others may be issued in the same moment."""


def happenings(events: Iterable[Event], notices: Iterable[Notice], *, act: str = "许可") -> tuple[Happening, ...]:
    """The history as the applicant reads it, newest first, with the notice that each step left."""
    found = tuple(notices)
    told = [event for event in events if event.verb.partition(".")[2] in TOLD]
    return tuple(_happening(event, found, act, latest=place == 0) for place, event in enumerate(reversed(told)))


def _happening(event: Event, notices: Sequence[Notice], act: str, *, latest: bool) -> Happening:
    past = event.verb.partition(".")[2]
    title, text = TOLD[past]
    notice = _notice_of(event, [each for each in notices if each.kind in NOTICE_OF.get(past, ())])
    links = (Link(notice.title, address_of(notice)),) if notice else ()
    said = "，".join(filter(None, (_detail(event, past), text)))
    return Happening(event.at, in_words_of(act, title), said, latest=latest, links=links)


def _notice_of(event: Event, notices: Sequence[Notice]) -> Notice | None:
    """The one that the step itself issued, where a case has several of a kind; else the last."""
    return next((each for each in notices if each.issued_at == event.at), notices[-1] if notices else None)


def _detail(event: Event, past: str) -> str:
    if past == "correction_asked":
        return f"共{len(event.facts.get('items', []))}项"
    if past in ("retracted", "rules_rebound", "commitment_left"):
        return str(event.facts.get("reason", ""))
    if past == "moved":
        facts = event.facts
        return f"由{facts.get('from_authority', '')}移交{facts.get('to_authority', '')}（{facts.get('basis', '')}）"
    return ""


def address_of(notice: Notice) -> str:
    """Where a notice is read and signed for."""
    return reverse("notice", args=[notice.pk])
