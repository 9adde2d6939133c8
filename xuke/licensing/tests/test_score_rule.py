"""When a visit is passed is what the rules in force say: the rate, the item at 0, and the sheet they name."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from xuke.catalogue import contents, editions
from xuke.catalogue.models import RuleEdition
from xuke.catalogue.rulebook import DECISION_DAY
from xuke.config.demonstration.stories import marks, sign_sheet
from xuke.licensing import binding, commands
from xuke.licensing.commands.papers import file_visit_papers
from xuke.licensing.models import Visit
from xuke.licensing.tests.applicant_pages import log_in
from xuke.tests.cast import NOON, TOMORROW, notices_about

SINCE = date(2026, 9, 8)


@pytest.fixture
def milder(world):
    """From September 8 on the nation asks for a rate of 30 %, and an item at 0 fails nothing."""

    def publish(**facts) -> None:
        row = RuleEdition.objects.get(topic="score", key="food")
        row.content = row.content | {"pass_percent": 30, "zero_fails": False}
        row.pk, row.valid_from, row.basis = None, SINCE, "食品生产许可审查通则（2026版）"
        row.recorded_at = NOON - timedelta(hours=5)
        for name, value in facts.items():
            setattr(row, name, value)
        row.save(force_insert=True)
        editions.forget()

    return publish


def visited(case, cast, *, weak):
    commands.score(application=case, marks=marks(weak=weak, failed=(1,)), by=cast.verifiers[0], now=TOMORROW)
    sign_sheet(case, cast, TOMORROW)
    leader = cast.verifiers[0]
    return commands.conclude_verification(application=case, applicant_signed=True, by=leader, now=TOMORROW)


def results(case) -> set[str]:
    return {found["result"] for found in Visit.objects.get(application=case).result["varieties"].values()}


def test_a_case_filed_before_is_judged_by_the_rate_that_bound_it(at, the_cast, milder):
    milder()
    case = visited(at("verification_assigned"), the_cast, weak=tuple(range(2, 30)))
    assert results(case) == {"fail"}
    found = Visit.objects.get(application=case).result
    assert (found["rule"]["pass_percent"], found["rule"]["zero_fails"]) == (85, True)
    assert "低于85%" in next(iter(found["varieties"].values()))["reason"]


def test_a_rule_that_takes_running_cases_over_judges_the_visit_and_stands_on_its_sheet(
    client, noon, at, the_cast, milder
):
    milder(transition=DECISION_DAY)
    case = visited(at("verification_assigned"), the_cast, weak=tuple(range(2, 30)))
    assert results(case) == {"pass"}
    page = log_in(client, the_cast.verifiers[0]).get(f"/office/applications/{case.pk}/visit/").content.decode()
    assert "得分率不低于30%。" in page and "没有0分项" not in page
    assert "食品生产许可审查通则（2026版）" in page
    file_visit_papers(application=case, by=the_cast.verifiers[0], now=TOMORROW)
    (record,) = [notice for notice in notices_about(case) if notice.kind == "score_record"]
    assert record.content["pass_rule"] == "得分率不低于30%。"


def test_an_edition_names_a_sheet_that_there_is(at):
    rule = {"pass_percent": 85, "zero_fails": True, "sheet": "2022"}
    assert contents.why_not("score", ["food"], rule) == []
    assert contents.why_not("score", ["food"], rule | {"sheet": "2031"}) == [
        "评分记录表（sheet）应当是2022之一，现为“2031”。"
    ]
    assert binding.score_rule(at("draft"), on=NOON.date()).words == "没有0分项，而且得分率不低于85%。"
