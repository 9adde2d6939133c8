"""Who may change people and authorities, and the reason why not, as a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from xuke.accounts.officers import Officer, Role
from xuke.foundation.actors import Actor, System
from xuke.foundation.refusals import NotPermitted


def why_not_administer(actor: Actor, path: str) -> str:
    """The reason this actor may not change who works at or below a place in the tree, or an empty string."""
    if isinstance(actor, System):
        return ""
    if isinstance(actor, Officer) and actor.has(Role.ADMINISTRATOR):
        return "" if path.startswith(actor.authority_path) else "这个机关不归您管理。"
    return "机构和人员由本机关或者上级机关的管理人员维护。"


def demand_administrator(actor: Actor, path: str) -> None:
    """Raise `NotPermitted` unless this actor administers that place."""
    if reason := why_not_administer(actor, path):
        raise NotPermitted(reason)


def why_not_together(role: Role, held: Iterable[str]) -> str:
    """The reason a person with these roles may not have another one, or an empty string.

    An auditor reads everything and changes nothing, so nobody audits what they do themselves (三员分立).
    """
    others = set(held) - {role}
    if others and (role == Role.AUDITOR or Role.AUDITOR in others):
        return "审计人员只查看、不办理，不能兼任其他岗位。"
    return ""
