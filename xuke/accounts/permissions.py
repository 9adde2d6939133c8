"""Who may change people and authorities, and the reason why not, as a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from xuke.accounts.officers import THREE_ADMINISTRATORS, TITLES, Officer, Role
from xuke.foundation.actors import Actor, System
from xuke.foundation.refusals import NotPermitted

KEEPS = {Role.SYSTEM_ADMINISTRATOR: "机构", Role.SECURITY_ADMINISTRATOR: "人员和岗位"}
"""What each of the two administrators keeps; the auditor keeps nothing and reads everything."""


def why_not_administer(actor: Actor, path: str, role: Role) -> str:
    """The reason this actor may not keep authorities (系统管理) or people (安全管理) at a place, or an empty string."""
    if isinstance(actor, System):
        return ""
    if isinstance(actor, Officer) and actor.has(role):
        return "" if path.startswith(actor.authority_path) else "这个机关不归您管理。"
    return f"{KEEPS[role]}由本机关或者上级机关的{TITLES[role]}人员维护。"


def demand_administrator(actor: Actor, path: str, role: Role) -> None:
    """Raise `NotPermitted` unless this actor is that administrator of that place."""
    if reason := why_not_administer(actor, path, role):
        raise NotPermitted(reason)


def why_not_together(role: Role, held: Iterable[str]) -> str:
    """The reason a person with these roles may not have another one, or an empty string.

    An auditor reads everything and changes nothing, so nobody audits what they do themselves (三员分立).
    """
    others = set(held) - {role}
    if role in THREE_ADMINISTRATORS and others & THREE_ADMINISTRATORS:
        return "系统管理、安全管理、审计三个岗位由三个人分别担任（三员分立）。"
    if others and (role == Role.AUDITOR or Role.AUDITOR in others):
        return "审计人员只查看、不办理，不能兼任其他岗位。"
    return ""
