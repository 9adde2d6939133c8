"""The emergency exception from the separation of hands (应急例外): asked, approved by a second person, reported."""

from __future__ import annotations

from datetime import datetime, timedelta

from xuke.accounts.officers import Officer, Role
from xuke.foundation import journal
from xuke.foundation.refusals import Conflict, NotFound, NotPermitted, StepNotOpen
from xuke.foundation.transactions import command
from xuke.licensing import glass, hearing, permissions
from xuke.licensing.commands.steps import lock, note
from xuke.licensing.commands.wording import Wording
from xuke.licensing.models import Application, BrokenGlass


def why_not_ask(officer: Officer, application: Application, role: str) -> str:
    """The reason this officer may not ask for a second hand in the case, or an empty string."""
    if role not in glass.ROLES:
        return "只有审查、决定可以申请应急例外。"
    if application.life_state.final or application.accepted_on is None:
        return "受理之后、办结之前的申请才可以申请应急例外。"
    if officer.authority_id != application.authority_id or not officer.has(role):
        return f"应急例外由本机关{glass.ROLES[role]}岗位的人员申请。"
    reason = permissions.why_separated(officer, role, application)
    if not reason:
        return "三分离不妨碍您办理这一环节，不用申请例外。"
    if reason in (hearing.CHAIRED, hearing.KEPT_AWAY):
        return f"{reason}应急例外也不行。"
    return why_no_more(application, officer.user_id)


def why_no_more(application: Application, person: int) -> str:
    """The reason no further exception is made in this case, or for this person, or an empty string."""
    if application.glass_broken:
        return "这件申请已经用过一次应急例外，不能再用。"
    hands = (permissions.receipt_hands(application), permissions.review_hands(application))
    if person in glass.same_hands(*hands, application.considered_by):
        return "一个人不能受理、审查、决定同一件申请，应急例外也不行。"
    return ""


@command
def ask_glass(*, application: Application, role: str, reason: str, by: Officer, now: datetime) -> BrokenGlass:
    """Ask to take a second hand in a case, because nobody else is there and it cannot wait."""
    application = lock(application)
    if why := why_not_ask(by, application, role):
        raise StepNotOpen(why)
    wording = Wording()
    reason = wording.text("reason", reason, label="理由", most=1000, missing="请写明为什么没有别人能办、为什么不能等。")
    wording.demand()
    if BrokenGlass.objects.filter(application=application, asked_by=by.user_id, answered_at=None).exists():
        raise Conflict("您已经申请过，正在等批准。")
    asked = BrokenGlass(
        application=application,
        role=role,
        reason=reason,
        asked_by_id=by.user_id,
        asked_label=by.label,
        asked_at=now,
        authority_path=application.authority_path,
    )
    asked.save(force_insert=True)
    note(application, "ask_glass", by=by, now=now, role=role, reason=reason)
    return asked


def why_not_answer(officer: Officer, asked: BrokenGlass) -> str:
    """The reason this officer may not answer a request, or an empty string."""
    if asked.answered_at is not None:
        return "这项申请已经答复。"
    if officer.user_id == asked.asked_by_id:
        return "应急例外要由另一个人批准，不能自己批准自己。"
    if not officer.has(Role.SUPERVISOR) or not asked.authority_path.startswith(officer.authority_path):
        return "应急例外由本机关或者上级机关的监督人员批准。"
    return ""


@command
def answer_glass(*, asked: int, approved: bool, answer: str, by: Officer, now: datetime) -> BrokenGlass:
    """Approve or decline, as a second person. Approved, it is good until the next day ends, for that case only."""
    found = BrokenGlass.objects.filter(pk=asked).select_related("application").first()
    if found is None:
        raise NotFound()
    application = lock(found.application)
    found = BrokenGlass.objects.select_for_update(of=("self",)).get(pk=asked)
    if why := why_not_answer(by, found):
        raise NotPermitted(why)
    if approved and (why := why_no_more(application, found.asked_by_id)):
        raise StepNotOpen(why)
    wording = Wording()
    missing = "" if approved else "不批准的，请写明理由。"
    answer = wording.text("answer", answer, label="意见", most=500, missing=missing)
    wording.demand()
    today = journal.legal_day(now)
    until = today + timedelta(days=glass.DAYS)
    found.approved, found.answer = approved, answer
    found.answered_by_id, found.answered_label, found.answered_at = by.user_id, by.label, now
    found.valid_until = now + timedelta(days=glass.DAYS) if approved else None
    found.save(update_fields=["approved", "answer", "answered_by", "answered_label", "answered_at", "valid_until"])
    if approved:
        application.glass = {
            "person": found.asked_by_id,
            "role": found.role,
            "until": until.isoformat(),
            "by": by.label,
            "request": found.pk,
        }
    note(
        application, "answer_glass", "glass", by=by, now=now, approved=approved, answer=answer, person=found.asked_label
    )
    return found
