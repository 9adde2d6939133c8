"""Pages of joint review and of decisions on a promise: who sees them, what they cost, what is pressed there."""

import pytest

from xuke.config.demonstration import stories_categories
from xuke.licensing import commands
from xuke.licensing.models import Application
from xuke.licensing.tests.applicant_pages import address, as_stored, form_on, log_in, step, words
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.tests.cast import NOON, Minutes, notices_about


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
    for said in ("宜昌禾穗坊食品有限公司", "液体乳", "宜昌市夷陵区市场监督管理局", "9月14日"):
        assert said in listed.main
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
    look = desk.send(the_cast.decider, case_url(promised, "commitment"), {"revision": page.revision, "preview": "1"})
    assert "还没有签发，可以返回修改" in look.main and "准予延续许可决定书" in look.main
    assert Application.objects.get(pk=promised.pk).state == "accepted"
    assert desk.send(the_cast.decider, case_url(promised, "commitment"), {"revision": page.revision}).status == 303
    assert Application.objects.get(pk=promised.pk).decided_on == NOON.date()


def test_page_of_the_decision_says_what_is_in_the_way(promised, desk, the_cast):
    stories_categories.list_as_dishonest(the_cast, now=NOON)
    page = desk.open(the_cast.decider, case_url(promised, "commitment"))
    assert "被列入严重违法失信名单" in page.main
    refused = desk.send(the_cast.decider, case_url(promised, "commitment"), {"revision": page.revision})
    assert refused.status == 409


@pytest.fixture
def wu_at_the_route(client, at, wu_the_applicant, noon):
    """A browser, and a draft of which a step can be opened."""

    def begun(**values):
        return log_in(client, wu_the_applicant), at("draft", **values)

    return begun


def test_the_promises_appear_when_they_are_chosen_and_are_no_errors(wu_at_the_route):
    stories_categories.open_commitment(division="420506", kind="first", now=NOON)
    browser, draft = wu_at_the_route()
    url, typed = step(draft, "route"), {"route.way": "commitment", "revision": as_stored(draft).revision}
    assert "承诺：已经知晓" not in words(browser.get(url))
    shown = browser.post(url, typed | {"do": "next"})  # Without a script: the page once more, with a notice.
    assert shown.status_code == 303 and "more=1" in shown["Location"]
    page = browser.get(shown["Location"].partition("#")[0])
    assert "这一步还要填几项" in words(page) and form_on(page).summary == []
    assert form_on(page).fields["route.way"] == ["commitment"] and "承诺：已经知晓" in words(page)
    told = form_on(page).press(browser, "next")
    assert told.status_code == 422 and len(form_on(told).summary) == 3


def test_with_a_script_the_promises_come_with_the_note_that_the_step_was_saved(wu_at_the_route):
    stories_categories.open_commitment(division="420506", kind="first", now=NOON)
    browser, draft = wu_at_the_route()
    alone = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TRIGGER": "step", "HTTP_HX_TARGET": "saved"}
    for way, comes in (("commitment", True), ("ordinary", False)):
        typed = {"route.way": way, "revision": as_stored(draft).revision}
        saved = browser.post(step(draft, "route"), typed, **alone).content.decode()
        assert 'id="fields" hx-swap-oob="true"' in saved and ("承诺：已经知晓" in saved) is comes
    again = browser.post(step(draft, "route"), typed | {"revision": as_stored(draft).revision}, **alone)
    assert 'id="fields"' not in again.content.decode()


def test_of_several_departments_the_one_that_was_named_is_chosen_already(wu_at_the_route, the_yichang_cast):
    browser, draft = wu_at_the_route(products=stories_categories.MIXED["products"])
    assert "现在是 宜昌市市场监督管理局" in words(browser.get(step(draft, "products")))
    form = form_on(browser.get(step(draft, "route")))
    assert form.fields["route.accepting"] == ["prefecture"]
    told = form.press(browser, "next", route__accepting="")
    assert form_on(told).summary == ["请选择由哪个部门受理。"]
    assert (
        form_on(browser.get(step(draft, "route"))).press(browser, "next", route__accepting="county").status_code == 303
    )


def test_of_a_promise_everybody_reads_that_it_is_decided_first_and_checked_afterwards(
    promised, desk, client, the_cast, wu_the_applicant
):
    said = "以告知承诺方式决定，检查在决定之后"
    page = desk.open(the_cast.decider, case_url(promised))
    assert said in page.main and "还没有到这一环节" not in page.main
    mine = words(log_in(client, wu_the_applicant).get(address(promised)))
    path, _, turn = mine.partition("现在轮到谁")
    assert said in turn and "决定人员" in turn and "材料审查" not in path and "现场核查" not in path
    commands.grant_on_commitment(application=promised, by=the_cast.decider, now=NOON)
    assert said in words(client.get(address(promised)))
    done = desk.open(the_cast.decider, case_url(promised))
    assert said in done.main and "没有到这一环节" not in done.main


def test_who_filed_a_report_reads_that_it_is_recorded_and_not_accepted_by_silence(at, noon, client, wu_the_applicant):
    report = at("submitted", procedure="food.report")
    page = words(log_in(client, wu_the_applicant).get(address(report, "submitted/")))
    assert "报告已进入" in page and "核对之后记录" in page and "即为受理" not in page
    (receipt,) = [notice for notice in notices_about(report) if notice.kind == "receipt"]
    assert "即为受理" not in words(client.get(f"/notices/{receipt.pk}/"))
