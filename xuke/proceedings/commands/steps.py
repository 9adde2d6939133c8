"""What every verb of a proceeding does the same way: lock, ask, and in the end change and record."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from xuke.accounts.officers import Officer
from xuke.certificates import endings
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.models import Entry
from xuke.foundation.refusals import Conflict, NotFound
from xuke.foundation.workflow import Step
from xuke.proceedings import permissions
from xuke.proceedings.models import Proceeding
from xuke.proceedings.rules import Facts
from xuke.proceedings.workflow import DECIDER, INVESTIGATOR

PAST = {
    "notify": "notified",
    "answer": "answered",
    "waive": "waived",
    "close_statements": "statements_closed",
    "ask_hearing": "hearing_asked",
    "set_hearing": "hearing_set",
    "give_up_hearing": "hearing_given_up",
    "record_hearing": "hearing_recorded",
    "propose": "proposed",
    "send_back": "sent_back",
    "decide": "decided",
    "cancel": "cancelled",
    "close_record": "record_closed",
    "drop": "dropped",
}
"""The event a verb leaves in the journal."""

TOLD = {
    "begun": "立案调查",
    "notified": "事先告知",
    "service_noted": "事先告知书送达",
    "answered": "陈述申辩",
    "waived": "放弃陈述申辩和听证",
    "statements_closed": "陈述申辩期满",
    "hearing_asked": "要求听证",
    "hearing_set": "确定听证时间",
    "hearing_given_up": "放弃听证",
    "hearing_recorded": "举行听证，记录笔录",
    "proposed": "提出处理意见",
    "sent_back": "退回调查",
    "decided": "作出决定",
    "cancelled": "注销许可",
    "record_closed": "办理注销手续",
    "dropped": "不予处理",
    "statement_read": "下载陈述申辩材料",
}
"""An event in words, as histories and conflicts tell it."""

QUIET = ("proceeding.service_noted", "proceeding.statement_read")
"""Events that are news to nobody who has a page open."""
HANDS = {INVESTIGATOR: "investigated_by", DECIDER: "considered_by"}


def lock(proceeding: Proceeding) -> Proceeding:
    """The newest row, locked until the transaction ends. A row that may not be seen is not found."""
    locked = (
        Proceeding.objects.select_for_update(no_key=True, of=("self",))
        .select_related("enterprise", "authority", "licence")
        .filter(pk=proceeding.pk)
        .first()
    )
    if locked is None:
        raise NotFound()
    return locked


def is_repeat(proceeding: Proceeding, verb: str, *, by: Actor, revision: int | None) -> bool:
    """Whether this very click was carried out already; raises `Conflict` if somebody else was faster."""
    if revision is None or revision == proceeding.revision:
        return False
    later = Entry.objects.filter(stream=proceeding.stream, seq__gt=revision).exclude(verb__in=QUIET)
    event = later.order_by("seq").first()
    if event is None:
        if revision > proceeding.revision:
            raise Conflict()
        return False
    past = event.verb.partition(".")[2]
    if event.actor == by.code and past == PAST[verb]:
        return True
    raise Conflict(who=event.actor_label, what=TOLD.get(past, "办理"), at=event.at)


def open_step(
    verb: str, proceeding: Proceeding, *, by: Actor, revision: int | None, today: date
) -> tuple[Proceeding, Step[Facts] | None]:
    """Lock the proceeding and ask for a step. No step is returned when it is the repetition of a click."""
    proceeding = lock(proceeding)
    if is_repeat(proceeding, verb, by=by, revision=revision):
        return proceeding, None
    return proceeding, permissions.demand(by, verb, proceeding, today=today)


def contest(proceeding: Proceeding, *, told: bool = False, by: Actor, now: datetime) -> None:
    """Let the licence know of a case that is to rescind or revoke it: giving it up waits until the case is over."""
    if proceeding.licence is not None and proceeding.of_kind.contests:
        ending = proceeding.of_kind.outcome
        endings.contest(licence=proceeding.licence, ending=ending, source=proceeding.stream, told=told, by=by, now=now)


def finish(
    proceeding: Proceeding, step: Step[Facts], *fields: str, by: Actor, now: datetime, **facts: Any
) -> Proceeding:
    """Move the proceeding along the step, remember whose hand it was, and write the journal. `fields` were changed."""
    proceeding.state = step.target
    proceeding.revision += 1
    changed = ["state", "revision", *fields]
    hands = HANDS.get(step.role, "")
    if hands and isinstance(by, Officer):
        if by.user_id not in getattr(proceeding, hands):
            setattr(proceeding, hands, [*getattr(proceeding, hands), by.user_id])
            changed.append(hands)
        if step.role == INVESTIGATOR and permissions.waits_for_another(proceeding):
            proceeding.investigator_id = by.user_id
            changed.append("investigator")
    permissions.check_hands(proceeding)
    proceeding.save(update_fields=changed)
    journal.record(f"proceeding.{PAST[step.verb]}", subject=proceeding, by=by, at=now, **facts)
    return proceeding
