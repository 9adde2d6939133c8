"""What every verb of the life does the same way: lock, ask, and in the end change and record."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Greatest

from xuke.accounts.officers import Officer
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.models import Entry
from xuke.foundation.refusals import Conflict, NotFound
from xuke.foundation.workflow import Step
from xuke.licensing import clocks, moves, permissions, snapshots
from xuke.licensing.commands.term_ends import hush, note_term_end
from xuke.licensing.models import Application, BrokenGlass, Interruption
from xuke.licensing.rules import Facts
from xuke.licensing.workflow import ACCEPTOR, DECIDER, LIFE, REVIEWER
from xuke.parties.applicants import Applicant

PAST = {
    "submit": "submitted",
    "tell_not_required": "told_not_required",
    "tell_not_competent": "told_not_competent",
    "offer_correction": "correction_offered",
    "confirm_correction": "correction_confirmed",
    "decline_correction": "correction_declined",
    "ask_correction": "correction_asked",
    "resubmit": "resubmitted",
    "accept": "accepted",
    "decline_acceptance": "acceptance_declined",
    "begin_review": "review_begun",
    "assign_verification": "verification_assigned",
    "reassign_verification": "verification_reassigned",
    "redraw_team": "team_redrawn",
    "prolong_visit": "visit_prolonged",
    "request_recusal": "recusal_requested",
    "decide_recusal": "recusal_decided",
    "tell_recusal": "recusal_told",
    "tell_unfit": "unfit_told",
    "confirm_sheet": "sheet_confirmed",
    "conclude_verification": "verification_concluded",
    "propose": "proposed",
    "return_to_review": "returned_to_review",
    "grant": "granted",
    "refuse": "refused",
    "record_certificate": "certificate_recorded",
    "retract": "retracted",
    "deem_accepted": "deemed_accepted",
    "record_report": "report_recorded",
    "cancel_licence": "licence_cancelled",
    "grant_on_commitment": "granted_on_commitment",
    "leave_commitment": "commitment_left",
    "deem_renewed": "deemed_renewed",
    "give_joint_opinion": "joint_opinion_given",
    "suspend": "suspended",
    "resume": "resumed",
    "terminate": "terminated",
    "begin_special_time": "special_time_begun",
    "end_special_time": "special_time_ended",
    "let_term_run": "pause_too_long",
    "prolong_pause": "pause_prolonged",
    "tell_third_party": "third_party_told",
    "note_third_party": "third_party_heard",
    "note_told": "told_by_service",
    "tell_hearing_right": "hearing_right_told",
    "request_hearing": "hearing_requested",
    "take_hearing_request": "hearing_request_taken",
    "waive_hearing": "hearing_waived",
    "arrange_hearing": "hearing_arranged",
    "conclude_hearing": "hearing_concluded",
    "ask_chair_recusal": "chair_recusal_asked",
    "decide_chair_recusal": "chair_recusal_decided",
    "claim": "claimed",
    "release": "released",
    "hand_over": "handed_over",
    "ask_glass": "glass_asked",
    "answer_glass": "glass_answered",
    "comment": "commented",
    "send_message": "message_sent",
    "read_messages": "messages_read",
    "save_section": "saved",
    "file_material": "material_filed",
    "score": "scored",
    "show_contact": "contact_shown",
    "read_material": "material_read",
    "read_statement": "statement_read",
    "renew_terms": "term_renewed",
    "ask_extension": "extension_asked",
    "extend": "term_extended",
    "decline_extension": "extension_declined",
    "change_contact": "contact_changed",
    "rebind_rules": "rules_rebound",
    "move": "moved",
}
"""The event a verb leaves in the journal."""

QUIET = ("saved", "material_filed", "scored", "claimed", "released")
"""Events that move nothing in the life; one's own are no news to oneself."""

LOOKS = (
    "application.visit_prolonged",
    "application.sheet_confirmed",
    "application.recusal_told",
    "application.unfit_told",
    "application.told_by_service",
    "application.glass_asked",
    "application.glass_answered",
    "application.commented",
    "application.message_sent",
    "application.messages_read",
    "application.contact_shown",
    "application.material_read",
    "application.statement_read",
    "application.term_renewed",
    "application.pause_too_long",
    "application.term_breached",
    "application.alarm_seen",
    "application.breach_explained",
    "application.contact_changed",
)
"""Events that change nothing at all, and are news to nobody."""
BACKSTAGE = (
    "application.recusal_told",
    "application.unfit_told",
    "application.extension_asked",
    "application.extension_declined",
    "application.glass_asked",
    "application.glass_answered",
    "application.commented",
    "application.messages_read",
    "application.handed_over",
    "application.team_redrawn",
    "application.scored",
    "application.claimed",
    "application.released",
    "application.material_read",
    "application.statement_read",
)
"""What officers do among themselves, and is no news to an applicant."""

TOLD = {
    "submitted": "提交申请",
    "told_not_required": "告知不需要许可",
    "told_not_competent": "告知不属于本机关职权",
    "correction_offered": "提出当场更正",
    "correction_confirmed": "确认当场更正",
    "correction_declined": "未同意当场更正",
    "correction_asked": "一次告知补正",
    "resubmitted": "重新提交",
    "accepted": "受理",
    "acceptance_declined": "不予受理",
    "review_begun": "开始审查",
    "verification_assigned": "派出核查组",
    "verification_reassigned": "重新派出核查组",
    "team_redrawn": "重新抽取核查组",
    "visit_prolonged": "中止的日子不计入核查期限",
    "recusal_requested": "申请核查人员回避",
    "recusal_decided": "决定回避申请",
    "recusal_told": "核查组成员申报回避，需要重新派出核查组",
    "unfit_told": "核查组成员能否继续核查有变化",
    "sheet_confirmed": "核对确认核查评分",
    "verification_concluded": "现场核查结束",
    "proposed": "拟定审查意见",
    "returned_to_review": "退回审查",
    "granted": "准予许可",
    "refused": "不予许可",
    "certificate_recorded": "制成电子证书",
    "retracted": "撤回申请",
    "deemed_accepted": "逾期未告知，视为受理",
    "report_recorded": "记录报告",
    "licence_cancelled": "准予注销",
    "granted_on_commitment": "按告知承诺准予许可",
    "commitment_left": "不适用告知承诺，转入一般程序",
    "deemed_renewed": "逾期未决定，视为准予延续",
    "joint_opinion_given": "联合审查意见",
    "suspended": "中止办理",
    "resumed": "恢复办理",
    "terminated": "终止办理",
    "special_time_begun": "开始检验检测、专家评审",
    "special_time_ended": "检验检测、专家评审结束",
    "pause_too_long": "超过告知的日期，时限接着算",
    "pause_prolonged": "另定停止计时的日期",
    "third_party_told": "告知利害关系人",
    "third_party_heard": "记录利害关系人意见",
    "told_by_service": "告知书送达，期限起算",
    "hearing_right_told": "告知听证权利",
    "hearing_requested": "要求听证",
    "hearing_request_taken": "收到听证申请",
    "hearing_waived": "放弃听证",
    "hearing_arranged": "通知听证",
    "hearing_concluded": "听证结束",
    "chair_recusal_asked": "申请听证主持人回避",
    "chair_recusal_decided": "决定听证主持人回避",
    "claimed": "领取",
    "released": "退回待领",
    "handed_over": "转交同事",
    "glass_asked": "申请应急例外",
    "glass_answered": "答复应急例外",
    "commented": "同事留言",
    "message_sent": "发送消息",
    "messages_read": "阅读消息",
    "started": "新建草稿",
    "saved": "保存草稿",
    "material_filed": "上传材料",
    "scored": "保存核查评分",
    "contact_shown": "查看联系电话",
    "material_read": "下载材料",
    "statement_read": "下载签名包",
    "term_renewed": "按新的放假安排重算到期日",
    "term_breached": "时限届满未办结",
    "alarm_seen": "签阅时限提醒",
    "breach_explained": "说明超期原因",
    "extension_asked": "申请延长期限",
    "term_extended": "批准延长期限",
    "extension_declined": "不同意延长期限",
    "contact_changed": "更换经办人",
    "rules_rebound": "重新适用规则",
    "moved": "移交承办机关",
}
"""An event in words, as histories and conflicts tell it."""


DECISIONS = (
    "accept",
    "deem_accepted",
    "decline_acceptance",
    "tell_not_required",
    "tell_not_competent",
    "propose",
    "grant",
    "refuse",
    "grant_on_commitment",
    "cancel_licence",
    "record_report",
    "deem_renewed",
    "suspend",
    "extend",
    "decline_extension",
    "terminate",
)
"""Steps that decide something: what each was decided on is kept (`snapshots`)."""

HANDS = {ACCEPTOR: "received_by", REVIEWER: "examined_by", DECIDER: "considered_by"}
"""Where everybody is remembered who took a step of one hand: a deputy counts as well as whoever they stood in for."""


def lock(application: Application) -> Application:
    """The newest row, locked until the transaction ends. A row that may not be seen is not found."""
    locked = (
        Application.objects.select_for_update(no_key=True, of=("self",))
        .select_related("enterprise", "authority")
        .filter(pk=application.pk)
        .first()
    )
    if locked is None:
        moves.demand_not_moved(application.pk)
        raise NotFound()
    return locked


def is_repeat(application: Application, verb: str, *, by: Actor, revision: int | None) -> bool:
    """Whether this very click was carried out already (a double click, a browser that sends again).

    `revision` is the state the page showed. Raises `Conflict` with who did what when, if somebody else was faster.
    What the person saved, scored or claimed since then, in this window or another, is no news to them.
    """
    if revision is None or revision == application.revision:
        return False
    if revision > application.revision:
        raise Conflict()
    no_news = [f"application.{past}" for past in QUIET if past != PAST[verb]]
    later = Entry.objects.filter(stream=application.stream, seq__gt=revision).exclude(verb__in=LOOKS)
    if isinstance(by, Applicant):
        later = later.exclude(verb__in=BACKSTAGE)
    event = later.exclude(Q(actor=by.code, verb__in=no_news)).order_by("seq").first()
    if event is None:
        return False
    past = event.verb.partition(".")[2]
    if event.actor == by.code and past == PAST[verb]:
        return True
    raise Conflict(who=event.actor_label, what=TOLD.get(past, "办理"), at=event.at)


def open_step(
    verb: str, application: Application, *, by: Actor, revision: int | None, today: date | None = None
) -> tuple[Application, Step[Facts] | None]:
    """Lock the application and ask for a step. No step is returned when it is the repetition of a click.

    `today` is given for steps whose rule asks for the day.
    """
    application = lock(application)
    if is_repeat(application, verb, by=by, revision=revision):
        return application, None
    step = permissions.demand(by, verb, application, today=today)
    if verb in DECISIONS:
        application.asked = permissions.facts_of(application, today=today)
    return application, step


def finish(
    application: Application,
    step: Step[Facts],
    *fields: str,
    by: Actor,
    now: datetime,
    effective_on: date | None = None,
    mark: str | None = None,
    **facts: Any,
) -> Application:
    """Move the application along the step, hand it back to the pool, and write the journal. `fields` were changed.

    `mark` is given where the step leaves another mark on the clock than the table says: none for a pause in a pause.
    """
    day = effective_on or journal.legal_day(now)
    clock, past = step.clock if mark is None else mark, PAST[step.verb]
    if step.verb in DECISIONS and application.asked is not None:
        snapshots.take(application, step.verb, facts=application.asked, said=facts, by=by, now=now)
    if clock.endswith((".start", ".stop")) and (running := clocks.running_of(application)):
        facts |= note_term_end(application, running, past, now=now)
    elif clock:
        hush(application, now=now)
    application.state = step.target
    application.revision += 1
    application.claimed_by = application.claimed_at = None
    changed = ["state", "revision", "claimed_by", "claimed_at", *fields]
    if clock:
        changed += clocks.keep(application, clock, f"application.{past}", day, facts)
        if application.due_on:
            facts |= {"due_on": application.due_on}
    hands = HANDS.get(step.role, "")
    if hands and isinstance(by, Officer) and by.user_id not in getattr(application, hands):
        setattr(application, hands, [*getattr(application, hands), by.user_id])
        changed.append(hands)
    changed += [*_end_pauses(application, step, past, by=by, day=day), *_counter_hand(application, by)]
    changed += use_glass(application, now=now)
    application.save(update_fields=changed)
    journal.record(
        f"application.{PAST[step.verb]}",
        subject=application,
        by=by,
        at=now,
        clock=clock,
        effective_on=day,
        **facts,
    )
    return application


def _end_pauses(application: Application, step: Step[Facts], past: str, *, by: Actor, day: date) -> list[str]:
    """Where the case is over, so is every interruption of it. The fields that change."""
    if not application.paused_for or step.target == step.source:
        return []
    if not (LIFE.state(step.target).final or step.target == "granted"):
        return []
    running = Interruption.objects.filter(application=application, ended_on=None)
    running.update(ended_on=Greatest(F("began_on"), day), ended_by=by.label, outcome=TOLD[past])
    application.paused_for = ""
    return ["paused_for"]


def _counter_hand(application: Application, by: Actor) -> list[str]:
    """Whoever acts for a visitor at the counter has a hand in the receipt. The fields that change."""
    if not isinstance(by, Applicant) or by.counter is None or by.user_id in application.received_by:
        return []
    application.received_by = [*application.received_by, by.user_id]
    return ["received_by"]


def use_glass(application: Application, *, now: datetime) -> list[str]:
    """Demand the separation of hands over what is about to be saved; the fields that change where a glass is broken."""
    was_broken = application.glass_broken
    permissions.check_hands(application, today=journal.legal_day(now))
    if application.glass_broken and not was_broken:
        BrokenGlass.objects.filter(pk=application.glass["request"], used_at=None).update(used_at=now)
        return ["glass_broken"]
    return []


def note(application: Application, verb: str, *fields: str, by: Actor, now: datetime, **facts: Any) -> Application:
    """Record an act that moves nothing in the life, such as saving a draft or claiming a case."""
    application.revision += 1
    counter = _counter_hand(application, by)
    if counter:
        permissions.check_hands(application)
    application.save(update_fields=["revision", *fields, *counter])
    journal.record(f"application.{PAST[verb]}", subject=application, by=by, at=now, **facts)
    return application
