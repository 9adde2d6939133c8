"""The tree of authorities: establishing, changing particulars, closing, opening again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from xuke.accounts import rules
from xuke.accounts.commands.steps import lock_authority, lock_tree, why
from xuke.accounts.models import Authority
from xuke.accounts.permissions import demand_administrator
from xuke.accounts.roles import Role
from xuke.foundation import journal
from xuke.foundation.actors import Actor
from xuke.foundation.identifiers import credit_code, division_code
from xuke.foundation.refusals import Conflict, Invalid, Problem
from xuke.foundation.transactions import command

TITLES = {
    "name": "机关名称",
    "abbreviation": "文号代字",
    "uscc": "统一社会信用代码",
    "reconsideration_body": "行政复议机关",
    "court": "有管辖权的法院",
    "address": "地址",
    "phone": "电话",
}
"""The particulars of an authority, which may change; its code, its level and its place in the tree do not."""


@dataclass(frozen=True)
class Particulars:
    """What is known about an authority beside its place in the tree."""

    name: str
    abbreviation: str
    uscc: str
    reconsideration_body: str
    court: str
    address: str = ""
    phone: str = ""

    def tidy(self) -> Particulars:
        """The same without stray spaces, the credit code in its normal form."""
        plain = {name: " ".join(value.split()) for name, value in asdict(self).items()}
        return replace(Particulars(**plain), uscc=credit_code.parse(self.uscc).normal_form)

    def problems(self) -> list[Problem]:
        """Everything that is wrong with them by themselves."""
        found = [Problem("uscc", problem.message) for problem in credit_code.parse(self.uscc).errors]
        for field, most in rules.LENGTHS.items():
            value = getattr(self, field)
            if field in rules.NEEDED and not value:
                found.append(Problem(field, f"请填写{TITLES[field]}，最多{most}个字。"))
            elif len(value) > most:
                found.append(Problem(field, f"{TITLES[field]}最多{most}个字，现在有{len(value)}个字。"))
        return found


def particulars_of(authority: Authority) -> Particulars:
    """What is known about an authority now."""
    return Particulars(**{name: getattr(authority, name) for name in TITLES})


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
    _demand_nobody_has(facts, code=code)
    authority = Authority(
        code=code, level=level, parent=parent, path=f"{parent.path if parent else ''}{code}/", **asdict(facts)
    )
    _save(authority, force_insert=True)
    told = {"level": level, "reason": " ".join(reason.split())}
    _record(authority, "established", by, now, name=authority.name, **told)
    return authority


@command
def change_authority(
    *, authority: Authority, changes: Mapping[str, str], by: Actor, now: datetime, reason: str = ""
) -> Authority:
    """Change particulars of an authority: its name, its mark, where to reach it (`TITLES`).

    Notices, certificates and histories keep what was written when they were made.
    """
    demand_administrator(by, authority.path, Role.SYSTEM_ADMINISTRATOR)
    authority = lock_authority(authority)
    reason = why(reason, by, what="修改")
    facts = replace(particulars_of(authority), **changes).tidy()
    if problems := facts.problems():
        raise Invalid(*problems)
    if not apply(authority, facts, by=by, now=now, reason=reason):
        raise Conflict("内容没有改变。")
    return authority


def apply(authority: Authority, facts: Particulars, *, by: Actor, now: datetime, reason: str) -> bool:
    """Give a locked authority other particulars; False where nothing is different. A helper of commands."""
    before = particulars_of(authority)
    changed = {name: value for name, value in asdict(facts).items() if value != getattr(before, name)}
    if not changed:
        return False
    _demand_nobody_has(facts, code="", besides=authority)
    for name, value in changed.items():
        setattr(authority, name, value)
    if "abbreviation" in changed:
        kept = {*authority.former_abbreviations, before.abbreviation} - {facts.abbreviation}
        authority.former_abbreviations = sorted(kept)
    authority.revision += 1
    _save(authority, update_fields=[*changed, "former_abbreviations", "revision"])
    told = {TITLES[name]: {"from": getattr(before, name), "to": value} for name, value in changed.items()}
    _record(authority, "changed", by, now, changes=told, reason=reason)
    return True


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
    _record(authority, "closed", by, now, reason=reason)
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
    _record(authority, "reopened", by, now, reason=reason)
    return authority


def _demand_nobody_has(facts: Particulars, *, code: str, besides: Authority | None = None) -> None:
    others = Authority.objects.filter(
        Q(code=code)
        | Q(uscc=facts.uscc)
        | Q(abbreviation=facts.abbreviation)
        | Q(former_abbreviations__contains=[facts.abbreviation])
    )
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    for other in others.order_by("path"):
        raise Conflict(why_taken(facts, code=code, other=other))


def why_taken(facts: Particulars, *, code: str, other: Authority) -> str:
    """What two authorities would share that names only one. With one mark they would give a number twice."""
    if other.code == code:
        return f"行政区划{code}已经设有机关。"
    if other.uscc == facts.uscc:
        return f"统一社会信用代码{facts.uscc}属于{other.name}。"
    used = "使用" if other.abbreviation == facts.abbreviation else "用过，用过的文号代字不再给别的机关"
    return f"文号代字{facts.abbreviation}已由{other.name}{used}。"


def _save(authority: Authority, **how: Any) -> None:
    try:
        with transaction.atomic():
            authority.save(**how)
    except IntegrityError:
        raise Conflict("机构刚刚有了变化，请看过最新情况再办理。") from None


def _record(authority: Authority, verb: str, by: Actor, now: datetime, **facts: Any) -> None:
    told: Mapping[str, Any] = {name: fact for name, fact in facts.items() if fact not in ("", None)}
    journal.record(f"authority.{verb}", subject=authority, by=by, at=now, **told)
