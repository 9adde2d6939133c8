"""Recusal (回避): declared by oneself, requested by the applicant, decided by the head before the visit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.identifiers import credit_code
from xuke.foundation.refusals import Conflict, NotFound
from xuke.foundation.transactions import command
from xuke.parties.models import Enterprise
from xuke.verifiers import permissions
from xuke.verifiers.commands.steps import Words
from xuke.verifiers.models import Recusal, Verifier
from xuke.verifiers.rules import DISMISSED, ENDED, GROUNDS, REQUESTED, STANDING, UPHELD


@command
def declare_recusal(
    *,
    verifier: Verifier,
    uscc: str,
    enterprise_name: str,
    ground: str,
    by: Actor,
    now: datetime,
    text: str = "",
    ended_on: date | None = None,
) -> Recusal:
    """Declare that somebody stays away from an enterprise. It counts at once; nobody has to decide it."""
    permissions.demand(permissions.why_not_declare(by, verifier))
    words = Words()
    uscc = words.text("uscc", uscc, label="统一社会信用代码", missing="请填写企业的统一社会信用代码。")
    found = credit_code.parse(uscc)
    for problem in found.errors if uscc else ():
        words.wrong("uscc", problem.message)
    name = words.text("enterprise_name", enterprise_name, label="企业名称", missing="请填写企业名称。", most=100)
    words.one_of("ground", ground, GROUNDS, label="回避事由")
    text = words.text("text", text, label="说明", most=500)
    if ended_on and ended_on > journal.legal_day(now):
        words.wrong("ended_on", "离职或者终止日期不能在今天以后。")
    words.demand()
    recusal = _of(verifier, found.normal_form, name, ground, text, STANDING, now)
    recusal.ended_on = ended_on
    recusal.save(force_insert=True)
    _record("declared", recusal, by, now, ended_on=ended_on)
    return recusal


@command
def end_recusal(*, recusal: Recusal, reason: str, by: Actor, now: datetime) -> Recusal:
    """Take a declaration back, because what it rested on is over."""
    recusal = _locked(recusal)
    permissions.demand(permissions.why_not_declare(by, recusal.verifier))
    if recusal.state != STANDING:
        raise Conflict("只有本人申报的回避可以解除。")
    words = Words()
    reason = words.text("reason", reason, label="原因", missing="请写明解除的原因。")
    words.demand()
    recusal.state, recusal.revision = ENDED, recusal.revision + 1
    recusal.save(update_fields=["state", "revision"])
    _record("ended", recusal, by, now, reason=reason)
    return recusal


@command
def request_recusal(
    *,
    verifier_id: Any,
    name: str,
    enterprise: Enterprise,
    authority_path: str,
    about: str,
    ground: str,
    text: str,
    by: Actor,
    now: datetime,
    user_id: int | None = None,
) -> Recusal:
    """Ask that somebody of the team stays away (申请回避). The head decides before the visit."""
    permissions.demand(permissions.why_not_request(by))
    words = Words()
    words.one_of("ground", ground, GROUNDS, label="回避事由")
    text = words.text("text", text, label="理由", missing="请写明申请回避的理由和事实。", most=500)
    words.demand()
    recusal = Recusal(
        verifier_id=verifier_id,
        user_id=user_id,
        name=name,
        authority_path=authority_path,
        uscc=enterprise.uscc,
        enterprise_name=enterprise.name,
        enterprise=enterprise,
        about=about,
        ground=ground,
        text=text,
        state=REQUESTED,
        declared_on=journal.legal_day(now),
    )
    try:
        with transaction.atomic():
            recusal.save(force_insert=True)
    except IntegrityError:
        raise Conflict(f"您已经申请{name}回避，请等待决定。") from None
    _record("requested", recusal, by, now)
    return recusal


@command
def decide_recusal(*, recusal: Recusal, upheld: bool, decision: str, by: Actor, now: datetime) -> Recusal:
    """Decide a request: the head says yes or no, with the reason, before the visit."""
    recusal = _locked(recusal)
    permissions.demand(permissions.why_not_decide(by, recusal))
    if recusal.state != REQUESTED:
        raise Conflict("这件回避申请已经决定。")
    words = Words()
    decision = words.text("decision", decision, label="理由", missing="请写明决定的理由。", most=500)
    words.demand()
    recusal.state, recusal.revision = UPHELD if upheld else DISMISSED, recusal.revision + 1
    recusal.decided_on, recusal.decided_by, recusal.decision = journal.legal_day(now), by.label, decision
    recusal.save(update_fields=["state", "revision", "decided_on", "decided_by", "decision"])
    _record("decided", recusal, by, now, state=recusal.state, decision=decision)
    return recusal


def _of(
    verifier: Verifier, uscc: str, enterprise_name: str, ground: str, text: str, state: str, now: datetime
) -> Recusal:
    return Recusal(
        verifier=verifier,
        user_id=verifier.user_id,
        name=verifier.name,
        authority_path=verifier.authority_path,
        uscc=uscc,
        enterprise_name=enterprise_name,
        ground=ground,
        text=text,
        state=state,
        declared_on=journal.legal_day(now),
    )


def _locked(recusal: Recusal) -> Recusal:
    found = Recusal.objects.select_for_update(no_key=True, of=("self",)).filter(pk=recusal.pk).first()
    if found is None:
        raise NotFound("没有找到这件回避。")
    return found


def _record(past: str, recusal: Recusal, by: Actor, now: datetime, **facts: Any) -> None:
    told = {"person": recusal.name, "enterprise": recusal.enterprise_name, "ground": recusal.ground} | facts
    told = {name: fact for name, fact in told.items() if fact not in ("", None)}
    journal.record(f"recusal.{past}", subject=recusal, by=by, at=now, **told)
