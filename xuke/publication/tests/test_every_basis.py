"""Whatever asks, limits, checks or decides something says by which article, and the library keeps that article.

New procedures, limits, gates, steps, kinds of notices and check items are walked without being named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from xuke.catalogue import limits, score_sheet
from xuke.documents.kinds import KINDS
from xuke.knowledge import library
from xuke.knowledge.uses import everything
from xuke.licensing.gates import GATES
from xuke.licensing.procedures import PROCEDURES
from xuke.licensing.procedures.form import Procedure
from xuke.licensing.workflow import LIFE
from xuke.parties.bans import KINDS as BANS
from xuke.publication import bases, guide_parts, guides
from xuke.tests.cast import NOON

TODAY = NOON.date()


def why_not(basis: str, on: date) -> str:
    """What is wrong with a basis on a day, or an empty string."""
    if not basis:
        return "no basis"
    for part in re.split("[；;]", basis):
        found = library.find(part, on)
        if not found:
            return f"{part}: names no law that is kept here"
        for each in found:
            if not each.is_found:
                return f"{part}: {each.law.name} has no such article"
            if not each.in_force:
                return f"{part}: not in force on {on}"
    return ""


def of_a_procedure(procedure: Procedure) -> Iterator[tuple[str, str]]:
    """Where in a procedure a basis stands, and the basis."""
    yield "law", procedure.law.title
    yield from ((f"visit {each.reason}", each.basis) for each in guide_parts.visits(procedure))
    if procedure.basis:
        yield "basis", procedure.basis
    yield from ((f"condition {each.text}", each.title) for each in guides.conditions(procedure))
    for section in procedure.sections:
        own = section.law.title if section.law else ""
        if section.varieties:
            yield f"{section.name}.varieties", own
        for part in (*section.fields, *section.rows):
            yield f"{section.name}.{part.name}", part.law.title if part.law else own
        for kind in section.materials:
            yield f"{section.name}.{kind.name}", kind.law.title if kind.law else ""


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda procedure: procedure.code)
def test_everything_a_procedure_asks_says_why(procedure):
    wrong = {place: why for place, basis in of_a_procedure(procedure) if (why := why_not(basis, TODAY))}
    assert wrong == {}


def test_every_time_limit_rests_on_an_article_that_held_when_it_began():
    """A limit that is itself uncertain may rest on what still waits to be found."""
    wrong = {
        f"{limit.id} {limit.valid_from}": why
        for limit in limits.all_limits()
        if not limit.is_uncertain and (why := why_not(limit.basis, limit.valid_from))
    }
    assert wrong == {}
    assert all(limit.basis for limit in limits.all_limits())


def test_every_gate_step_notice_and_ban_rests_on_an_article():
    found = {f"gate {gate.code}": bases.GATES.get(gate.code) or gate.law for gate in GATES}
    found |= {f"step {step.verb}": bases.STEPS.get(step.verb, ("", ""))[1] for step in LIFE.steps}
    found |= {f"notice {kind.name}": bases.NOTICES.get(kind.name, "") for kind in KINDS}
    found |= {f"ban {ban.code}": ban.basis for ban in BANS}
    found |= {"fees": bases.FEES, "remedies": bases.REMEDIES, "competence": bases.COMPETENCE}
    wrong = {place: why for place, basis in found.items() if (why := why_not(basis, TODAY))}
    assert wrong == {}, "a new step, notice or gate gets its line in xuke/publication/bases.py"


def test_each_of_the_34_check_items_says_what_it_checks():
    wrong = {item.label: why for item in score_sheet.items() if (why := why_not(item.basis, TODAY))}
    assert wrong == {} and len(score_sheet.items()) == 34


def test_the_library_shows_who_uses_an_article(client):
    page = client.get("/laws/food-production-licensing-measures-2020/13/").content.decode()
    assert "申请材料" in page and "食品安全管理制度" in page and "/guide/food.first/" in page
    assert {use.kind for use in everything(TODAY)} >= {
        "办理事项",
        "填报项",
        "申请材料",
        "申请条件",
        "时限",
        "办理条件",
        "环节",
        "文书",
        "核查项目",
    }
