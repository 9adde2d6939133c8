"""A case as the applicant follows it: whose turn it is, the clock day by day, what to answer, taking it back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from xuke.foundation import journal
from xuke.licensing import commands, progress
from xuke.licensing.tests.acts import BY_VERB
from xuke.licensing.tests.applicant_pages import (
    MOST_STATEMENTS,
    address,
    as_stored,
    log_in,
    press_to_sign,
    statements,
    words,
)
from xuke.licensing.workflow import STATES
from xuke.tests.cast import NOON, TOMORROW, everything, notices_about, verbs

TODAY = NOON.date()


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """The clock that the pages read."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


@pytest.fixture
def browser(client, wu_the_applicant):
    return log_in(client, wu_the_applicant)


@pytest.mark.parametrize("state", [state.name for state in STATES if state.name != "draft"])
def test_every_state_has_a_page_that_says_whose_turn_it_is(browser, at, state):
    application = at(state)
    url = address(application)
    page = words(browser.get(url))
    stored = as_stored(application)
    with everything():
        turn = progress.turn(stored, today=TODAY)
    assert turn.text in page
    assert stored.life_state.title in page
    assert "时限怎么算的" in page
    assert len(statements(browser, url)) <= MOST_STATEMENTS


def test_the_history_tells_of_the_hearing_and_leads_to_its_notices(browser, at, the_cast):
    application = BY_VERB["arrange_hearing"].ready(at, the_cast)
    application = BY_VERB["arrange_hearing"].do(application, the_cast)
    told = browser.get(address(application)).content.decode().partition('class="xk-time"')[2].partition("</ol>")[0]
    for title, notice in (("告知听证权利", "听证告知书"), ("要求听证", ""), ("通知听证", "听证通知书")):
        entry = told.partition(f"<b>{title}</b>")[2].partition("</li>")[0]
        assert entry and notice in entry


def test_a_second_suspension_leads_to_its_own_notice(at, the_cast):
    application = at("document_review")
    reviewer, words = the_cast.reviewer, {"reason": "涉嫌未经许可生产，已经立案调查。", "until": None}
    for day in (0, 2):
        now = NOON + timedelta(days=day)
        application = commands.suspend(application=application, ground="investigation", by=reviewer, now=now, **words)
        if not day:
            ended = NOON + timedelta(days=1)
            application = commands.resume(application=application, reason="已经查清。", by=reviewer, now=ended)
    stopped = [notice for notice in notices_about(application) if notice.kind == "suspension_notice"]
    told = progress.happenings(journal.history(application.stream), notices_about(application))
    links = [each.links[0].url for each in reversed(told) if each.title == "中止办理"]
    assert len(stopped) == 2 and links == [progress.address_of(notice) for notice in stopped]


def test_the_path_says_what_is_done_and_what_comes(browser, at):
    application = at("verification_assigned")
    page = words(browser.get(address(application)))
    assert "提交 ，已完成 9月7日" in page
    assert "现场核查 9月7日 决定 9月20日前 发证 决定后5个工作日内" in page
    assert "赵海峰、孙雨桐9月7日（星期一）到场核查" in page


@pytest.mark.parametrize("state", [state.name for state in STATES])
def test_the_path_has_at_most_one_present(at, state):
    stops = progress.stops(at(state), today=TODAY)
    assert sum(stop.current for stop in stops) <= 1
    assert [stop.done for stop in stops] == sorted((stop.done for stop in stops), reverse=True)


def test_the_clock_is_explained_day_by_day_with_its_article(client, at, wu_the_applicant, monkeypatch):
    application = at("accepted")
    monkeypatch.setattr("django.utils.timezone.now", lambda: TOMORROW)
    page = words(log_in(client, wu_the_applicant).get(address(application)))
    assert "决定时限10个工作日，已用到第1日" in page
    assert "正常 · 剩9个工作日，9月20日到期" in page
    assert "9月8日 ，今天：第1日" in page
    assert "食品生产许可管理办法（2020年）第二十二条" in page


def test_the_opinion_of_the_office_is_not_shown(browser, at):
    application = at("decision_proposed")
    page = words(browser.get(address(application)))
    assert as_stored(application).proposal["opinion"] not in page
    for told in ("现场核查结束", "派出核查组", "开始审查材料", "受理", "提交申请"):
        assert told in page
    for internal in ("拟定审查意见，", "保存核查评分", "领取", "88."):
        assert internal not in page


def test_the_one_list_of_corrections_is_shown_in_full(browser, at):
    page = words(browser.get(address(at("correction_requested"))))
    for told in ("需要补正2项", "内包装间与冷却区未标明隔断", "请补充留样品种、数量、保存期限", "不会再有第二份清单"):
        assert told in page
    assert "去补正" in page
    assert "您补正期间不计时" in page


def test_a_correction_on_the_spot_is_confirmed_by_the_applicant(browser, at, wu_the_applicant):
    application = at("correcting_on_spot")
    page = browser.get(address(application))
    assert "生产场所面积（平方米） 1200 1250" in words(page)
    sent = {"revision": as_stored(application).revision, "answer": "confirm"}
    response = browser.post(address(application, "correction/"), sent)
    assert (response.status_code, response["Location"]) == (303, address(application, "sign/"))
    shown = browser.get(address(application, "sign/"))
    assert "同意按上表当场更正" in words(shown)
    for _ in range(2):
        response = press_to_sign(browser, application, shown, wu_the_applicant)
        assert (response.status_code, response["Location"]) == (303, address(application))
    stored = as_stored(application)
    assert stored.form["site"]["area"] == "1250"
    assert stored.spot_correction["confirmed_by"] == wu_the_applicant.label
    with everything():
        assert verbs(stored).count("application.correction_confirmed") == 1
    assert "确认当场更正" in words(browser.get(address(application, "content/")))


def test_a_correction_on_the_spot_may_be_declined(browser, at):
    application = at("correcting_on_spot")
    browser.post(address(application, "correction/"), {"answer": "decline"})
    stored = as_stored(application)
    assert (stored.state, stored.form["site"]["area"]) == ("submitted", "1200")


def test_opening_the_address_of_an_answer_answers_nothing(browser, at):
    application = at("correcting_on_spot")
    assert browser.get(address(application, "correction/"))["Location"] == address(application)
    assert as_stored(application).state == "correcting_on_spot"


def test_taking_a_case_back_needs_a_reason(browser, at):
    application = at("accepted")
    response = browser.post(address(application, "retract/"), {"reason": "  "})
    assert response.status_code == 422
    assert words(response).count("请写明撤回的原因。") == 2
    assert as_stored(application).state == "accepted"


def test_taking_a_case_back_twice_is_taking_it_back_once(browser, at):
    application = at("accepted")
    sent = {"reason": "投资计划调整", "revision": as_stored(application).revision}
    for _ in range(2):
        assert browser.post(address(application, "retract/"), sent)["Location"] == address(application)
    stored = as_stored(application)
    assert stored.state == "retracted"
    with everything():
        assert verbs(stored).count("application.retracted") == 1
    page = words(browser.get(address(application)))
    assert "已撤回申请" in page
    assert "投资计划调整" in page


def test_what_was_decided_cannot_be_taken_back_and_the_button_says_why(browser, at):
    application = at("granted")
    page = words(browser.get(address(application)))
    assert "已经作出决定或者已经办结的申请不能撤回。" in page
    assert "已经作出决定或者已经办结的申请不能撤回。" in words(browser.get(address(application, "retract/")))
    response = browser.post(address(application, "retract/"), {"reason": "后悔"})
    assert response.status_code == 409
    assert "后悔" in response.content.decode()
    assert as_stored(application).state == "granted"


def test_a_case_that_an_officer_moved_meanwhile_says_who_and_when(browser, at, zhou_the_acceptor):
    application = at("submitted")
    shown = as_stored(application).revision
    commands.accept(application=application, by=zhou_the_acceptor, now=NOON)
    response = browser.post(address(application, "retract/"), {"reason": "不办了", "revision": shown})
    assert response.status_code == 409
    assert "周敏（宜昌市夷陵区市场监督管理局）刚刚办理了这件申请" in words(response)
    assert "不办了" in response.content.decode()


def test_a_draft_is_given_up_after_asking_once(browser, at):
    draft = at("draft")
    assert "不能恢复" in words(browser.get(address(draft, "discard/")))
    assert as_stored(draft).state == "draft"
    assert browser.post(address(draft, "discard/"))["Location"] == "/my/"
    assert browser.get(address(draft)).status_code == 404


def test_a_case_that_was_submitted_is_not_given_up_by_address(browser, at):
    application = at("submitted")
    assert browser.get(address(application, "discard/"))["Location"] == address(application)
    assert browser.post(address(application, "discard/")).status_code == 409
    assert as_stored(application).state == "submitted"


def test_the_filed_form_can_be_read_and_asks_no_more_than_eight_statements(browser, at):
    application = at("accepted")
    page = words(browser.get(address(application, "content/")))
    for told in ("混合搅拌设备", "设备布局图.pdf", "13800005678"):
        assert told in page
    assert "修改" not in page
    assert len(statements(browser, address(application, "content/"))) <= MOST_STATEMENTS


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "content/",
        "submitted/",
        "retract/",
        "discard/",
        "form/site/",
        "correction/",
        "sign/",
        "materials/{material}/",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_of_another_enterprise_can_be_opened_or_done(client, at, wang_the_sauce_brewer, rest, method):
    application = at("submitted")
    with everything():
        material = application.materials.first()
    before = as_stored(application)
    stranger = log_in(client, wang_the_sauce_brewer)
    url = address(application, rest.format(material=material.pk))
    sent = {"reason": "x", "answer": "confirm", "do": "next"} if method == "post" else {}
    response = getattr(stranger, method)(url, sent)
    moved_on = response.status_code == 303 and response["Location"] == address(application)
    assert response.status_code == 404 or (rest == "correction/" and method == "get" and moved_on)
    assert "禾穗坊" not in response.content.decode()
    assert as_stored(application).revision == before.revision


def test_a_file_of_another_case_is_not_found_under_ones_own(browser, at, the_sauce_cast):
    mine, other = at("submitted"), at("submitted", cast=the_sauce_cast)
    with everything():
        material = other.materials.first()
    assert browser.get(address(mine, f"materials/{material.pk}/")).status_code == 404


@pytest.mark.parametrize("rest", ["", "form/site/", "submitted/"])
def test_officers_and_strangers_have_no_business_here(client, at, zhou_the_acceptor, rest):
    url = address(at("submitted"), rest)
    response = client.get(url)
    assert response.status_code in (302, 303)
    assert response["Location"].startswith("/login/?next=")
    log_in(client, zhou_the_acceptor)
    assert client.get(url).status_code == 404


def test_a_case_that_never_was_is_not_found(browser, world):
    assert browser.get("/my/applications/01890000-0000-7000-8000-000000000000/").status_code == 404
    assert browser.get("/my/applications/1/").status_code == 404
