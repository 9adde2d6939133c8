"""Who may read the journal as such."""

from __future__ import annotations

from xuke.accounts.officers import Officer, Role
from xuke.foundation.actors import Actor, System
from xuke.foundation.refusals import NotPermitted


def why_not_audit(actor: Actor) -> str:
    """The reason this actor may not read the journal, or an empty string."""
    if isinstance(actor, System) or (isinstance(actor, Officer) and actor.has(Role.AUDITOR)):
        return ""
    return "日志由审计人员查阅。"


def demand_auditor(actor: Actor) -> None:
    """Raise `NotPermitted` unless this actor audits."""
    if reason := why_not_audit(actor):
        raise NotPermitted(reason)
