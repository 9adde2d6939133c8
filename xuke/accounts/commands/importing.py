"""Importing a whole tree of authorities from a sheet, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from xuke.accounts import plans, queries
from xuke.accounts.commands.authorities import note, record
from xuke.accounts.commands.steps import lock_tree, why
from xuke.accounts.models import Authority
from xuke.accounts.permissions import demand_administrator
from xuke.accounts.plans import Fate, Line, Plan, Row
from xuke.accounts.roles import Role
from xuke.foundation.actors import Actor
from xuke.foundation.refusals import Conflict, Invalid, Problem
from xuke.foundation.transactions import command


@command
def import_authorities(*, rows: Sequence[Row], by: Actor, now: datetime, reason: str, mark: str = "") -> Plan:
    """Establish and change authorities as a sheet says: all rows, or none when one is wrong.

    What is not in the sheet stays as it is; what is there already as the sheet says is left alone.

    `mark` is that of the plan somebody was shown; when the tree has changed since, nothing is done.
    """
    territory = by.scope.administers
    demand_administrator(by, territory, Role.SYSTEM_ADMINISTRATOR)
    reason = why(reason, by, what="导入")
    lock_tree()
    made = plans.plan(rows, queries.known_authorities(), territory=territory)
    if wrong := made.of(Fate.WRONG):
        raise Invalid(*(_problem(line, problem) for line in wrong for problem in line.problems))
    if mark and mark != made.mark:
        raise Conflict("机构在您查看之后有了变化，请重新上传，再看一遍会改什么。")
    _establish(made.of(Fate.NEW), by, now, reason)
    _change(made.of(Fate.CHANGED), by, now, reason)
    return made


def _problem(line: Line, problem: Problem) -> Problem:
    return Problem(problem.field, f"第{line.number}行：{problem.message}")


def _establish(lines: Sequence[Line], by: Actor, now: datetime, reason: str) -> None:
    """Level by level, so that everybody's parent is there."""
    numbers = dict(Authority.objects.filter(code__in={line.above for line in lines}).values_list("code", "pk"))
    for depth in sorted({line.path.count("/") for line in lines}):
        rows = [
            Authority(
                code=line.code,
                level=line.level,
                parent_id=numbers.get(line.above),
                path=line.path,
                **asdict(line.facts),
            )
            for line in lines
            if line.path.count("/") == depth
        ]
        for authority in Authority.objects.bulk_create(rows):
            numbers[authority.code] = authority.pk
            record(
                authority, "authority.established", by, now, name=authority.name, level=authority.level, reason=reason
            )


def _change(lines: Sequence[Line], by: Actor, now: datetime, reason: str) -> None:
    wanted = {line.code: line.facts for line in lines}
    for authority in Authority.objects.select_for_update(no_key=True).filter(code__in=wanted).order_by("path"):
        note(authority, wanted[authority.code], by=by, now=now, reason=reason)
