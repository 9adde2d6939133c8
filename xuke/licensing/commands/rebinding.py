"""Binding a running case to the rules that apply today: the only way to change what it was bound to when filed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from xuke.accounts.officers import Officer, Role
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.refusals import Conflict, NotPermitted, StepNotOpen
from xuke.foundation.transactions import command
from xuke.licensing import binding, clocks, renewing
from xuke.licensing.commands.steps import is_repeat, lock, note
from xuke.licensing.commands.term_ends import move_end
from xuke.licensing.commands.wording import Wording
from xuke.licensing.kept import COLUMNS
from xuke.licensing.models import Application
from xuke.licensing.workflow import RETRACTABLE


def why_not_rebind(actor: Actor, application: Application) -> str:
    """The reason this person may not bind the case anew, or an empty string."""
    if not isinstance(actor, Officer):
        return "重新适用规则由监督人员决定。"
    if application.state not in RETRACTABLE:
        return "只有正在办理的申请可以重新适用规则：办结的申请按当时的规则留存。"
    if not application.authority_path.startswith(actor.authority_path):
        return "这件申请由其他机关承办，您可以查看，不能办理。"
    return "" if actor.has(Role.SUPERVISOR) else f"重新适用规则由监督人员决定，您的岗位是{actor.titles}。"


def demand_rebind(actor: Actor, application: Application) -> None:
    """Demand that somebody may bind the case anew."""
    if why_not := why_not_rebind(actor, application):
        raise NotPermitted(why_not) if application.state in RETRACTABLE else StepNotOpen(why_not)


@command
def rebind(
    *, application: Application, reason: str, by: Officer, now: datetime, revision: int | None = None
) -> Application:
    """Bind a running case to the rules that apply today, as known now. What it was bound to stays in the journal."""
    application = lock(application)
    if is_repeat(application, "rebind_rules", by=by, revision=revision):
        return application
    demand_rebind(by, application)
    wording = Wording()
    reason = wording.text(
        "reason", reason, label="理由和依据", most=500, missing="请写明为什么改用现在的规则，依据哪一条。"
    )
    wording.demand()
    before, was = dict(application.rules), application.due_on
    bound = binding.bind(application, on=journal.legal_day(now), known_at=now)
    # Where it was handed over from is no rule, and stays what it was; so does what the applicant was told.
    application.rules = bound | {name: before[name] for name in ("moved", renewing.TOLD) if name in before}
    changed = differences(before, application.rules)
    if not changed:
        raise Conflict("这件申请适用的规则和现在的一样，不用重新适用。")
    kept = clocks.kept_of(application, journal.history(application.stream))
    for column in COLUMNS:
        setattr(application, column, getattr(kept, column))
    application.term = dict(kept.term or {})
    term = clocks.running_of(application)
    if term is not None and was is not None and was != application.due_on:
        move_end([application.pk], term, was, now=now)
    return note(
        application, "rebind_rules", "rules", *COLUMNS, by=by, now=now, reason=reason, changed=changed, before=before
    )


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, str]]:
    """What a case is bound to differently, topic by topic: the key, and the editions before and after."""
    found = []
    for topic in ("limits", "competence", "commitment", "gate", "switch", "score"):
        old, new = before.get(topic, {}), after.get(topic, {})
        for key in sorted({*old, *new}):
            was, is_ = _id(old.get(key)), _id(new.get(key))
            if was != is_:
                found.append({"topic": topic, "key": key, "from": was, "to": is_})
    return found


def _id(bound: Any) -> str:
    return str(bound.get("edition", "") if isinstance(bound, dict) else bound or "")
