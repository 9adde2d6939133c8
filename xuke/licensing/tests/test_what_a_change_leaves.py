"""What stands on a certificate after a change: what passed is new, what did not is as it was, reports are kept."""

from __future__ import annotations

import pytest

from xuke.certificates.models import Licence
from xuke.certificates.queries import newest_version
from xuke.config.demonstration import signing, stories
from xuke.config.demonstration.filling import UNCHANGED
from xuke.licensing import commands
from xuke.licensing.commands.drafting import kinds_asked
from xuke.licensing.judging import judged
from xuke.licensing.models import Application
from xuke.licensing.procedures.food.comparing import changes
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.tests.cast import NOON, notices_about


def test_a_row_that_is_just_being_typed_is_named_by_the_catalogue():
    typed = {"licence": {}, "products": {"varieties": [{"code": "0304", "detail": "酿造酱"}]}}
    assert [change.after for change in changes(typed)] == ["0304 酱类：酿造酱"]


def printed(licence) -> list[tuple[str, str]]:
    rows = newest_version(Licence.objects.get(pk=licence.pk)).content["product_details"]
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    return [(row["code"], row["detail"]) for row in rows]


@pytest.fixture
def licence(at):
    return at("granted").licence


@pytest.fixture
def change(the_cast, world, licence):
    """The enterprise applies for other products in the categories it has: its rows, edited by a function."""
    me = the_cast.applicant

    def submit(edit):
        case = commands.start(procedure_code="food.change", licence=licence, by=me, now=NOON)
        sections = {
            "changes": {"products": "yes", "since": NOON.date().isoformat(), "note": "改品种"},
            "enterprise": {**case.form["enterprise"], "contact_phone": "13972500001"},
            "conditions": UNCHANGED["conditions"],
            "products": {"varieties": edit([dict(row) for row in case.varieties])},
            "declaration": {"truthful": "yes", "unchanged": "yes"},
        }
        for name, values in sections.items():
            case = commands.save_section(application=case, section=name, values=values, by=me, now=NOON)
        for kind in kinds_asked(case):
            commands.file_material(application=case, kind=kind, file=world.file, name=f"{kind}.pdf", by=me, now=NOON)
        case = Application.objects.get(pk=case.pk)
        proof = signing.proof("submit", case, by=me, now=NOON)
        return commands.submit(application=case, proof=proof, by=me, now=NOON)

    return submit


@pytest.fixture
def decided(the_cast):
    """The office reviews a change without a visit and grants what did not fail."""

    def decide(case, fails="", *, grant=True):
        case = commands.accept(application=case, by=the_cast.acceptor, now=NOON)
        case = commands.begin_review(application=case, by=the_cast.reviewer, now=NOON)
        failed = [row["key"] for row in judged(case) if fails and fails in row["detail"]]
        stories.put_right(case, the_cast, NOON)
        proposed = commands.propose(
            application=case,
            opinion="部分品种不符合要求。",
            results=dict.fromkeys(failed, "fail"),
            reasons=dict.fromkeys(failed, "没有相应的设备。"),
            no_visit="申请人声明生产条件没有变化。",
            nothing_against=True,
            by=the_cast.reviewer,
            now=NOON,
        )
        return commands.grant(application=proposed, by=the_cast.decider, now=NOON) if grant else proposed

    return decide


def fresh_row(rows, detail):
    return {**{name: value for name, value in rows[-1].items() if name != "key"}, "detail": detail, "main": False}


def test_a_product_that_was_to_be_written_otherwise_and_failed_stays_as_it_was(licence, change, decided):
    before = printed(licence)

    def edit(rows):
        rows[0]["detail"] += "、冻干类"
        return [*rows, fresh_row(rows, "果味类")]

    decided(change(edit), fails="冻干类")
    assert sorted(printed(licence)) == sorted([*before, (before[-1][0], "果味类")])
    assert printed(licence)[0] == before[0]


def test_a_product_that_was_written_otherwise_and_passed_takes_the_place_of_the_old(licence, change, decided):
    before = printed(licence)

    def edit(rows):
        rows[0]["detail"] += "、冻干类"
        return [*rows, fresh_row(rows, "果味类")]

    decided(change(edit), fails="果味类")
    assert printed(licence) == [(before[0][0], before[0][1] + "、冻干类"), *before[1:]]


def test_what_was_reported_while_a_change_was_under_way_stays_on_the_certificate(licence, change, decided, at):
    case = change(lambda rows: [*rows, fresh_row(rows, "果味类")])
    at("recorded", procedure="food.report")
    reported = printed(licence)
    decided(case)
    assert sorted(printed(licence)) == sorted([*reported, (reported[-1][0], "果味类")])
    assert newest_version(licence).version == 3


def test_a_report_recorded_after_a_change_does_not_undo_it(licence, change, decided, at):
    report = at("submitted", procedure="food.report")
    decided(change(lambda rows: [*rows, fresh_row(rows, "果味类")]))
    changed = printed(licence)
    at("recorded", application=report)
    assert len(printed(licence)) == len(changed) and printed(licence) != changed
    assert any(detail == "果味类" for _, detail in printed(licence))


def test_decision_page_and_certificate_of_a_change_name_the_same_products(
    licence, change, decided, at, desk, liu_the_decider
):
    case = change(lambda rows: [*rows, fresh_row(rows, "果味类")])
    at("recorded", procedure="food.report")
    reported = printed(licence)
    proposed = decided(case, grant=False)
    preview = desk.open(liu_the_decider, case_url(proposed, "grant"))
    assert len(preview.statements) <= MOST_STATEMENTS
    done = commands.grant(application=proposed, by=liu_the_decider, now=NOON)
    told = notices_about(done)[-1].content
    assert [(row["code"], row["detail"]) for row in told["granted"]] == printed(licence)
    for _, detail in reported:
        assert detail in preview.main
    assert [change["label"] for change in told["changes"]] == ["增加品种"]
    page = desk.open(liu_the_decider, case_url(done))
    names = "、".join(dict.fromkeys(row["name"] for row in told["granted"]))
    assert f"变更后证书上有：{names}" in page.main


def test_the_decision_says_nothing_of_a_change_that_was_refused(licence, change, decided):
    before = printed(licence)

    def edit(rows):
        rows[0]["detail"] += "、冻干类"
        return [*rows, fresh_row(rows, "果味类")]

    told = notices_about(decided(change(edit), fails="冻干类"))[-1].content
    assert [line["label"] for line in told["changes"]] == ["增加品种"]
    assert [row["detail"] for row in told["refused"]] == [before[0][1] + "、冻干类"]


def test_the_decision_on_a_renewal_names_what_was_reported_meanwhile(licence, at):
    renewal = at("submitted", procedure="food.renewal")
    at("recorded", procedure="food.report")
    done = at("granted", application=renewal)
    told = notices_about(done)[-1].content
    assert [(row["code"], row["detail"]) for row in told["granted"]] == printed(licence)
    assert "changes" not in told
