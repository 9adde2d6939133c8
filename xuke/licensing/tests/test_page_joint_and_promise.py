"""Pages of joint review and of decisions on a promise: who sees them, what they cost, what is pressed there."""

import pytest

from xuke.config.demonstration import stories_categories
from xuke.licensing import commands
from xuke.licensing.models import Application
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.tests.cast import NOON, Minutes


@pytest.fixture
def asked(at):
    """A case of the county about whose milk the prefecture is asked."""
    return at("document_review", **stories_categories.MIXED)


@pytest.fixture
def promised(world, the_cast):
    """A renewal with a letter of commitment."""
    return stories_categories.promised(the_cast, Minutes(), file=lambda *_: world.file)


def test_page_of_what_others_ask_leads_to_the_answer(asked, desk, the_yichang_cast, the_cast):
    reviewer = the_yichang_cast.reviewer
    listed = desk.open(reviewer, "/office/joint/")
    assert listed.status == 200
    assert len(listed.statements) <= MOST_STATEMENTS
    for words in ("宜昌禾穗坊食品有限公司", "液体乳", "宜昌市夷陵区市场监督管理局", "9月14日"):
        assert words in listed.main
    assert "联合审查1" in listed.words
    page = desk.open(reviewer, case_url(asked, "joint-opinion"))
    assert len(page.statements) <= MOST_STATEMENTS
    assert "待核实" in page.main
    wrong = desk.send(reviewer, case_url(asked, "joint-opinion"), {"revision": page.revision})
    assert wrong.status == 422
    answer = {"revision": page.revision, "results.0501": "pass", "opinion": "符合要求。"}
    assert desk.send(reviewer, case_url(asked, "joint-opinion"), answer).status == 303
    assert Application.objects.get(pk=asked.pk).joint_waits == {}
    case = desk.open(the_cast.reviewer, case_url(asked))
    assert len(case.statements) <= MOST_STATEMENTS
    assert "符合要求。" in case.main
    assert "同意" in desk.open(reviewer, "/office/joint/").main


def test_page_of_the_proposal_begins_with_what_the_other_level_said(at, desk, the_cast, the_yichang_cast):
    case = at("verification_done", **stories_categories.MIXED)
    waiting = desk.open(the_cast.reviewer, case_url(case, "propose"))
    assert "还在等待宜昌市市场监督管理局的意见" in waiting.main
    commands.give_joint_opinion(
        application=case, results={"0501": "fail"}, opinion="没有检验设备。", by=the_yichang_cast.reviewer, now=NOON
    )
    page = desk.open(the_cast.reviewer, case_url(case, "propose"))
    assert len(page.statements) <= MOST_STATEMENTS
    assert "宜昌市市场监督管理局联合审查不同意：没有检验设备。" in page.html
    assert page.main.count("建议准予许可") == 1


def test_page_of_promises_leads_to_the_decision(promised, desk, the_cast):
    listed = desk.open(the_cast.decider, "/office/commitments/")
    assert len(listed.statements) <= MOST_STATEMENTS
    assert "延续：热加工糕点" in listed.main
    assert "告知承诺1" in listed.words
    page = desk.open(the_cast.decider, case_url(promised, "commitment"))
    assert len(page.statements) <= MOST_STATEMENTS
    assert "承诺不实的，愿意接受撤销许可" in page.main
    assert desk.send(the_cast.decider, case_url(promised, "commitment"), {"revision": page.revision}).status == 303
    assert Application.objects.get(pk=promised.pk).decided_on == NOON.date()


def test_page_of_the_decision_says_what_is_in_the_way(promised, desk, the_cast):
    stories_categories.list_as_dishonest(the_cast, now=NOON)
    page = desk.open(the_cast.decider, case_url(promised, "commitment"))
    assert "被列入严重违法失信名单" in page.main
    refused = desk.send(the_cast.decider, case_url(promised, "commitment"), {"revision": page.revision})
    assert refused.status == 409
