"""Who may change people and authorities, and the reason why not, as a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from xuke.accounts.models import User
from xuke.accounts.officers import Officer
from xuke.accounts.roles import TITLES, Role
from xuke.accounts.rules import FACTORS, PASSWORD, Done, why_not_both
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


def why_not_post(actor: Actor, person: int, path: str, places: Iterable[str] = ()) -> str:
    """The reason this actor may not give this person a post at a place, or take one away, or an empty string.

    Who belongs to `places` gets a post from whoever keeps these too: nobody reaches for the people of a neighbour.
    """
    if reason := why_not_administer(actor, path, Role.SECURITY_ADMINISTRATOR):
        return reason
    if any(why_not_administer(actor, place, Role.SECURITY_ADMINISTRATOR) for place in places):
        return "这个人员是其他机关的，由管理两个机关的上级机关安全管理人员办理。"
    return "自己的岗位由另一位安全管理人员办理。" if _is_oneself(actor, person) else ""


def why_not_keep(actor: Actor, user: User, paths: frozenset[str]) -> str:
    """The reason this actor may not rename, disable or enable a person with posts at these places.

    A person who serves at several places is kept by whoever keeps all of them; one of no place, by the product alone.
    """
    if isinstance(actor, System):
        return ""
    if not user.serves:
        return "企业人员的账号由他们自己管理。"
    for path in paths or frozenset({""}):
        if reason := why_not_administer(actor, path, Role.SECURITY_ADMINISTRATOR):
            return reason
    return "自己的账号由另一位安全管理人员办理。" if _is_oneself(actor, user.pk) else ""


def why_not_give_password(actor: Actor, done: Sequence[Done], *, now: datetime) -> str:
    """The reason this actor may not give a person a password after what they did to the account, or an empty string."""
    return "" if isinstance(actor, System) else why_not_both(PASSWORD, FACTORS, done, by=actor.code, now=now)


def why_not_reset_factors(actor: Actor, done: Sequence[Done], *, now: datetime) -> str:
    """The reason this actor may not take a person's second factors away after what they did to the account."""
    return "" if isinstance(actor, System) else why_not_both(FACTORS, PASSWORD, done, by=actor.code, now=now)


def demand(reason: str) -> None:
    """Raise `NotPermitted` with a reason, if there is one."""
    if reason:
        raise NotPermitted(reason)


def _is_oneself(actor: Actor, person: int) -> bool:
    return isinstance(actor, Officer) and actor.user_id == person
