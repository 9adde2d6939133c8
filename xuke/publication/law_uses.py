"""What rests on which article, gathered from the data that checks and draws everything: the law library shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

from django.urls import reverse

from xuke.catalogue import limits, score_sheet
from xuke.documents.kinds import KINDS
from xuke.knowledge.uses import Use
from xuke.licensing.gates import GATES
from xuke.licensing.procedures import PROCEDURES
from xuke.licensing.procedures.form import Procedure, Section
from xuke.licensing.workflow import LIFE
from xuke.publication import bases, guide_parts

FEW = 3
"""So many items are named beside what several of them ask; more are counted."""


@lru_cache(maxsize=4)
def in_use(on: date) -> tuple[Use, ...]:
    """Everything that cites articles on a day, in the order in which people meet it."""
    return (*_joined(_of_items()), *_of_limits(on), *_of_gates(), *_of_steps(), *_of_notices(), *_of_the_sheet())


def _of_items() -> Iterator[Use]:
    for procedure in PROCEDURES:
        url = reverse("guide", args=[procedure.code])
        for kind, title, basis in _asked(procedure):
            yield Use(kind, title, basis, procedure.title, url)


def _asked(procedure: Procedure) -> Iterator[tuple[str, str, str]]:
    """Kind, name and basis of everything in a procedure that cites a law."""
    yield "办理事项", procedure.title, "；".join(filter(None, (procedure.law.title, procedure.basis)))
    yield from (("申请条件", each.text, each.title) for each in procedure.conditions)
    for section in procedure.sections:
        yield from _in_section(section)
    yield from (("现场核查", each.reason, each.basis) for each in guide_parts.visits(procedure))


def _in_section(section: Section) -> Iterator[tuple[str, str, str]]:
    for field in section.fields:
        if law := field.law or section.law:
            yield "填报项", field.label, law.title
    if section.varieties and section.law:
        yield "填报项", "食品类别和品种明细", section.law.title
    for table in section.rows:
        if law := table.law or section.law:
            yield "填报项", table.label, law.title
    for kind in section.materials:
        if kind.law:
            yield "申请材料", kind.label, kind.law.title


def _joined(uses: Iterable[Use]) -> Iterator[Use]:
    """What several items ask on the same basis, once, with the items it belongs to."""
    found: dict[tuple[str, str, str], list[Use]] = {}
    for use in uses:
        found.setdefault((use.kind, use.title, use.basis), []).append(use)
    for (kind, title, basis), several in found.items():
        items = list(dict.fromkeys(use.where for use in several))
        named = "、".join(items[:FEW]) + (f"等{len(items)}个事项" if len(items) > FEW else "")
        yield Use(kind, title, basis, "" if title == named else named, several[0].url)


def _of_limits(on: date) -> Iterator[Use]:
    for each in limits.all_limits():
        if each.valid_from <= on and (each.valid_to is None or on <= each.valid_to):
            yield Use("时限", each.title, each.basis)


def _of_gates() -> Iterator[Use]:
    return (Use("办理条件", each.title, bases.GATES.get(each.code) or each.law) for each in GATES)


def _of_steps() -> Iterator[Use]:
    verbs = dict.fromkeys(step.verb for step in LIFE.steps)
    return (Use("环节", *bases.STEPS[verb]) for verb in verbs if verb in bases.STEPS)


def _of_notices() -> Iterator[Use]:
    return (Use("文书", each.title, bases.NOTICES[each.name]) for each in KINDS if each.name in bases.NOTICES)


def _of_the_sheet() -> Iterator[Use]:
    return (Use("核查项目", f"{each.label} {each.title}", each.basis) for each in score_sheet.items())
