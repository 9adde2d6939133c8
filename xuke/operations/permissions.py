"""Who keeps the installation running."""

from __future__ import annotations

from xuke.accounts.officers import Officer, Role
from xuke.foundation.actors import Actor, System
from xuke.foundation.refusals import NotPermitted


def demand_operator(actor: Actor) -> None:
    """Raise `NotPermitted` unless this actor is a system administrator, or the command line."""
    if not isinstance(actor, System) and not (isinstance(actor, Officer) and actor.has(Role.SYSTEM_ADMINISTRATOR)):
        raise NotPermitted("系统的运行由系统管理人员维护。")
