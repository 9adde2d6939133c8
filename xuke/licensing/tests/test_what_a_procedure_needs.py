"""What everything reads of a procedure, and nothing would miss: for whoever adds one. No database."""

from collections.abc import Iterator

import pytest

from xuke.catalogue import switches
from xuke.catalogue.contents import KINDS
from xuke.catalogue.limits import time_limit
from xuke.config.demonstration.filling import FORMS, ROADS
from xuke.licensing.procedures import PROCEDURES
from xuke.licensing.procedures.form import NONE, Field, Procedure
from xuke.publication import guide_parts, guides
from xuke.tests.cast import NOON

TODAY = NOON.date()
SERVED_AS = {
    "first": "grant_decision",
    "change": "change_decision",
    "report": "report_record",
    "renewal": "renewal_decision",
    "renewal_change": "renewal_decision",
    "cancellation": "cancellation_decision",
    "reissue": "grant_decision",
}
"""By kind, the notice of a favourable decision."""
SHARED = ("enterprise", "site", "products", "route")
"""Sections that are the same thing under other titles."""

every_procedure = pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda procedure: procedure.code)


def fields(procedure: Procedure) -> Iterator[tuple[str, Field]]:
    """Every field with its place."""
    for section in procedure.sections:
        yield from ((f"{section.name}.{field.name}", field) for field in section.fields)


@every_procedure
def test_officers_read_of_every_application_who_where_and_what(procedure):
    names = [section.name for section in procedure.sections]
    assert {"enterprise", "site"} <= set(names), "pages, registers and routing read both; of a licence, as licensed"
    assert any(section.varieties for section in procedure.sections), "one section holds the products"
    assert names[-1] == "declaration" and len(names) == len(set(names))


@every_procedure
def test_whoever_is_told_yes_gets_the_notice_of_that_kind(procedure):
    assert procedure.kind in KINDS, "a kind that nothing knows"
    assert procedure.decision_notice == SERVED_AS[procedure.kind]
    assert procedure.needs_licence is (procedure.kind != "first"), "needs_licence: all but a first application"


@every_procedure
def test_the_limit_and_the_switch_that_a_procedure_names_exist(procedure):
    if procedure.window:
        assert time_limit(procedure.window.limit, TODAY).basis
        day = procedure.window.day
        assert day.startswith("licence.") or dict(fields(procedure))[day].kind == "date"
    if procedure.switch:
        assert switches.is_on(procedure.switch, division="420506", on=TODAY) in (True, False)


@every_procedure
def test_stories_know_what_its_applicant_types_and_which_way_it_goes(procedure):
    assert procedure.code in FORMS and procedure.code in ROADS
    visited = any(each.need != NONE for each in guide_parts.needs_of(procedure))
    assert visited or "verification_assigned" not in ROADS[procedure.code]


@every_procedure
def test_a_guide_tells_the_days_of_a_visit_only_where_there_may_be_one(procedure):
    visited = any(each.need != NONE for each in guide_parts.needs_of(procedure))
    assert ("verification" in guides.terms(procedure)) is visited
    limits = guides.limits(procedure, on=TODAY)
    assert ("现场核查" in [step.title for step in guide_parts.steps(procedure, limits)]) is visited


@every_procedure
def test_a_remark_has_a_model_of_its_own_procedure_in_the_guide(procedure):
    without = [place for place, field in fields(procedure) if field.name == "note" and not field.example]
    assert without == [], "example= of the field: what one might write here"


def test_officers_read_one_name_for_one_section_and_one_file():
    """Pages of officers name both by their code alone (`licensing.words`)."""
    sections = {(each.name, each.title) for procedure in PROCEDURES for each in procedure.sections}
    own = [name for name, _ in sections if name not in SHARED]
    assert sorted(own) == sorted(set(own))
    files = {(each.name, each.label) for procedure in PROCEDURES for each in procedure.materials}
    assert len(files) == len({name for name, _ in files})


def test_codes_differ_and_are_words_of_small_letters():
    codes = [procedure.code for procedure in PROCEDURES]
    assert len(codes) == len(set(codes))
    assert all(code.replace(".", "", 1).replace("_", "").isalpha() and code == code.lower() for code in codes)
