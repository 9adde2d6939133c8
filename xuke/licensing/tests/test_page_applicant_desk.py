"""The applicant's desk and the lists behind it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from xuke.documents import commands as documents
from xuke.licensing.tests.applicant_pages import MOST_STATEMENTS, address, log_in, statements, words
from xuke.licensing.workflow import STATES
from xuke.tests.cast import NOON, everything, notices_about


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """The clock that the pages read."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


@pytest.fixture
def browser(client, wu_the_applicant):
    return log_in(client, wu_the_applicant)


def test_a_new_enterprise_finds_an_empty_desk_and_one_way_on(browser, wu_the_applicant):
    page = words(browser.get("/my/"))
    assert wu_the_applicant.enterprise_name in page
    assert "法定代表人 郑国强" in page
    assert "现在没有需要您处理的事项" in page
    assert "新的申请" in page


@pytest.mark.parametrize("url", ["/my/", "/my/applications/", "/my/notices/", "/my/licences/"])
@pytest.mark.parametrize("state", [state.name for state in STATES])
def test_no_list_asks_more_than_eight_statements_in_any_state(browser, at, state, url):
    at(state)
    assert len(statements(browser, url)) <= MOST_STATEMENTS


def test_the_number_of_statements_does_not_grow_with_the_rows(browser, at, wu_the_applicant):
    at("retracted")
    at("not_required")
    few = statements(browser, "/my/")
    for minutes in range(3):
        at("draft", now=lambda minutes=minutes: NOON - timedelta(minutes=5 + minutes))
    at("submitted")
    assert len(statements(browser, "/my/")) <= len(few) + 1  # The calendar, for the clock that runs now.


def test_a_running_case_shows_its_path_its_clock_and_whose_turn_it_is(browser, at):
    application = at("verification_assigned")
    page = words(browser.get("/my/"))
    for told in (
        "热加工糕点",
        "正常 · 剩10个工作日，9月20日到期",
        "现在轮到谁： 核查组",
        "准备现场核查：9月7日（星期一）",
    ):
        assert told in page
    assert address(application) in browser.get("/my/").content.decode()


def test_the_act_is_said_once(browser, at):
    case = at("accepted", procedure="food.renewal")
    page = browser.get("/my/").content.decode()
    assert "食品生产许可延续：" in page and "延续：延续：" not in page
    for place in ("/my/applications/", address(case), f"{address(case)}retract/"):
        assert "延续：热加工糕点" not in words(browser.get(place)).replace("许可延续：热加工糕点", "")


def test_a_list_to_correct_and_a_correction_to_confirm_stand_first(browser, at):
    at("correction_requested")
    assert "补正申请材料，共2项" in words(browser.get("/my/"))


def test_a_correction_on_the_spot_waits_on_the_desk(browser, at):
    at("correcting_on_spot")
    page = words(browser.get("/my/"))
    assert "确认当场更正" in page
    assert "时限不停" in page


def test_one_notice_to_sign_is_named_and_several_are_counted(browser, at, wu_the_applicant):
    application = at("submitted")
    assert "签收申请材料接收凭证" in words(browser.get("/my/"))
    at("accepted", application=application)
    assert "签收2份文书" in words(browser.get("/my/"))
    with everything():
        for notice in notices_about(application):
            documents.sign_for(notice=notice, by=wu_the_applicant, now=NOON)
    page = words(browser.get("/my/"))
    assert "待签收" not in page
    assert "已签收" in page


def test_a_draft_says_how_far_it_is(browser, at):
    draft = at("draft", equipment={"list": []})
    page = words(browser.get("/my/"))
    assert "已填5/6步" in page
    assert address(draft, "discard/") in browser.get("/my/").content.decode()
    assert browser.get(address(draft))["Location"] == address(draft, "form/enterprise/")


@pytest.mark.parametrize("url", ["/my/", "/my/applications/"])
def test_while_a_case_runs_the_button_says_why_there_is_no_second_one(browser, at, url):
    at("submitted")
    page = browser.get(url)
    assert "贵企业已有一件同样的申请正在办理" in words(page)
    assert 'aria-disabled="true"' in page.content.decode()


def test_who_holds_a_licence_sees_it_and_what_can_be_begun_from_it(browser, at):
    at("granted")
    page = words(browser.get("/my/"))
    for told in ("有效", "第1版", "2031年9月6日", "电子证书正在制作", "变更、报告、延续、注销"):
        assert told in page
    assert "一企一证，不能再首次申请" in words(browser.get("/my/applications/new/"))


def test_the_lists_show_what_is_there(browser, at):
    application = at("accepted")
    page = words(browser.get("/my/applications/"))
    for told in (application.acceptance_number, "热加工糕点", "已受理", "剩10个工作日"):
        assert told in page
    page = words(browser.get("/my/notices/"))
    assert application.acceptance_number in page
    assert application.receipt_number in page


@pytest.mark.parametrize("url", ["/my/applications/", "/my/notices/", "/my/licences/"])
def test_an_empty_list_says_what_would_be_there(browser, world, url):
    assert "还没有" in words(browser.get(url))


def test_nobody_sees_the_desk_of_another_enterprise(client, at, wang_the_sauce_brewer):
    application = at("accepted")
    stranger = log_in(client, wang_the_sauce_brewer)
    for url in ("/my/", "/my/applications/", "/my/notices/", "/my/licences/"):
        page = stranger.get(url).content.decode()
        assert "禾穗坊" not in page
        assert str(application.pk) not in page
        assert application.acceptance_number not in page
