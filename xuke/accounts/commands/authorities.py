"""The tree of authorities: establishing, changing particulars, closing, opening again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db.models import Q

from xuke.accounts import rules
from xuke.accounts.commands.steps import lock_authority, lock_tree, why
from xuke.accounts.models import Authority
from xuke.accounts.particulars import TITLES, Particulars, why_taken
from xuke.accounts.permissions import demand_administrator
from xuke.accounts.queries import known_as
from xuke.accounts.roles import Role
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.identifiers import division_code
from xuke.foundation.refusals import Conflict, Invalid, Problem
from xuke.foundation.transactions import command


@command
def establish_authority(
    *,
    code: str,
    uscc: str,
    name: str,
    abbreviation: str,
    level: str,
    parent: Authority | None,
    reconsideration_body: str,
    court: str,
    by: Actor,
    now: datetime,
    address: str = "",
    phone: str = "",
    reason: str = "",
) -> Authority:
    """Add a node to the tree of authorities. It takes over nothing: what is open elsewhere stays there."""
    demand_administrator(by, f"{parent.path if parent else ''}{code}/", Role.SYSTEM_ADMINISTRATOR)
    facts = Particulars(name, abbreviation, uscc, reconsideration_body, court, address, phone).tidy()
    problems = facts.problems() + [Problem("code", problem.message) for problem in division_code.parse(code).errors]
    problems += rules.level_problems(level, parent.level if parent else None)
    if problems:
        raise Invalid(*problems)
    if parent is not None and parent.closed_on is not None:
        raise Conflict(f"上级机关{parent.name}已经撤销，不能在它下面设立机关。")
    lock_tree()
    if Authority.objects.filter(code=code).exists():
        raise Conflict(f"行政区划{code}已经设有机关。")
    _demand_nobody_has(facts, code=code)
    path = f"{parent.path if parent else ''}{code}/"
    authority = Authority.objects.create(code=code, level=level, parent=parent, path=path, **asdict(facts))
    told = {"level": level, "reason": " ".join(reason.split())}
    record(authority, "authority.established", by, now, name=authority.name, **told)
    return authority


@command
def change_authority(
    *, authority: Authority, changes: Mapping[str, str], by: Actor, now: datetime, reason: str = ""
) -> Authority:
    """Change particulars of an authority: its name, its mark, where to reach it (`TITLES`).

    Notices, certificates and histories keep what was written when they were made.
    """
    demand_administrator(by, authority.path, Role.SYSTEM_ADMINISTRATOR)
    lock_tree()
    authority = lock_authority(authority)
    reason = why(reason, by, what="修改")
    before = known_as(authority).facts
    facts = replace(before, **changes).tidy()
    if problems := facts.problems():
        raise Invalid(*problems)
    if not before.differences(facts):
        raise Conflict("内容没有改变。")
    _demand_nobody_has(facts, code=authority.code)
    note(authority, facts, by=by, now=now, reason=reason)
    return authority


def note(authority: Authority, facts: Particulars, *, by: Actor, now: datetime, reason: str) -> None:
    """Give an authority other particulars, which were found good while the tree was locked. A helper of commands."""
    before = known_as(authority).facts
    changed = before.differences(facts)
    for name, (_, value) in changed.items():
        setattr(authority, name, value)
    if "abbreviation" in changed:
        kept = {*authority.former_abbreviations, before.abbreviation} - {facts.abbreviation}
        authority.former_abbreviations = sorted(kept)
    authority.revision += 1
    authority.save(update_fields=[*changed, "former_abbreviations", "revision"])
    told = {TITLES[name]: {"from": was, "to": becomes} for name, (was, becomes) in changed.items()}
    record(authority, "authority.changed", by, now, changes=told, reason=reason)


@command
def close_authority(*, authority: Authority, by: Actor, now: datetime, reason: str = "") -> Authority:
    """Close an authority: no new application goes to it from today on, nobody is appointed there.

    Who serves there finishes what is open. Everything it did stays under its name.
    """
    demand_administrator(by, authority.path, Role.SYSTEM_ADMINISTRATOR)
    authority = lock_authority(authority)
    reason = why(reason, by, what="撤销")
    if authority.closed_on is not None:
        raise Conflict(f"{authority.name}已经撤销。")
    below = Authority.objects.filter(parent=authority, closed_on=None).count()
    if below:
        raise Conflict(f"{authority.name}下面还有{below}个机关，请先撤销它们。")
    if authority.parent_id is None:
        raise Conflict("最上级的机关不能撤销。")
    authority.closed_on = journal.legal_day(now)
    authority.revision += 1
    authority.save(update_fields=["closed_on", "revision"])
    record(authority, "authority.closed", by, now, reason=reason)
    return authority


@command
def reopen_authority(*, authority: Authority, by: Actor, now: datetime, reason: str = "") -> Authority:
    """Open a closed authority again; applications go to it from now on."""
    demand_administrator(by, authority.path, Role.SYSTEM_ADMINISTRATOR)
    authority = lock_authority(authority)
    reason = why(reason, by, what="恢复")
    if authority.closed_on is None:
        raise Conflict(f"{authority.name}没有撤销。")
    if authority.parent is not None and authority.parent.closed_on is not None:
        raise Conflict("上级机关已经撤销，请先恢复上级机关。")
    authority.closed_on = None
    authority.revision += 1
    authority.save(update_fields=["closed_on", "revision"])
    record(authority, "authority.reopened", by, now, reason=reason)
    return authority


def _demand_nobody_has(facts: Particulars, *, code: str) -> None:
    """Refuse what another authority than the one of this code has or had. The tree is locked."""
    others = Authority.objects.filter(
        Q(uscc=facts.uscc) | Q(abbreviation=facts.abbreviation) | Q(former_abbreviations__contains=[facts.abbreviation])
    )
    for other in others.exclude(code=code).order_by("path"):
        raise Conflict(why_taken(facts, known_as(other)))


def record(authority: Authority, verb: str, by: Actor, now: datetime, **facts: Any) -> None:
    """Write the journal of an authority. Empty facts are left out."""
    told: Mapping[str, Any] = {name: fact for name, fact in facts.items() if fact not in ("", None)}
    journal.record(verb, subject=authority, by=by, at=now, **told)
