"""The last step: everything to read over, what is still open, one submission however often the button is pressed."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client

from xuke.documents.models import Notice
from xuke.licensing import commands
from xuke.licensing.tests.applicant_pages import (
    MOST_STATEMENTS,
    address,
    as_stored,
    form_on,
    log_in,
    press_to_sign,
    sign,
    statements,
    step,
    words,
)
from xuke.tests.cast import NOON, everything, verbs


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """The clock that the pages read."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


@pytest.fixture
def browser(client, wu_the_applicant):
    return log_in(client, wu_the_applicant)


def history_of(application) -> list[str]:
    with everything():
        return verbs(application)


def receipts_of(application) -> int:
    with everything():
        return Notice.objects.filter(about=application.stream, kind="receipt").count()


def test_everything_typed_is_there_to_read_over(browser, at):
    page = words(browser.get(step(at("draft"), "declaration")))
    for told in (
        "宜昌禾穗坊食品有限公司",
        "湖北省宜昌市夷陵区",
        "热加工糕点",
        "主要产品",
        "混合搅拌设备",
        "食品安全管理人员",
    ):
        assert told in page
    for told in ("设备布局图.pdf", "各步都填好了", "由 宜昌市夷陵区市场监督管理局 受理", "核对无误，去签名提交"):
        assert told in page


def test_submitting_leads_to_the_signature_and_that_to_the_receipt(browser, at, wu_the_applicant):
    draft = at("draft")
    response = form_on(browser.get(step(draft, "declaration"))).press(browser, "submit")
    assert (response.status_code, response["Location"]) == (303, address(draft, "sign/"))
    assert as_stored(draft).state == "draft"
    response = sign(browser, draft, wu_the_applicant)
    assert (response.status_code, response["Location"]) == (303, address(draft, "submitted/"))
    page = words(browser.get(response["Location"]))
    stored = as_stored(draft)
    assert stored.state == "submitted"
    for told in (stored.receipt_number, "2026年9月7日 12:00:00", "申请已进入宜昌市夷陵区市场监督管理局"):
        assert told in page
    assert "最迟 9月14日 告知是否受理；逾期不告知的，自 9月7日 起即为受理" in page


def test_what_is_open_is_listed_with_the_way_to_it(browser, at):
    draft = at("draft", site={"division_code": "420506"}, declaration={})
    response = form_on(browser.get(step(draft, "declaration"))).press(browser, "submit")
    assert response.status_code == 422
    assert form_on(response).summary == [
        "请填写生产地址。",
        "请填写生产场所面积（平方米）。",
        "请填写周边环境。",
        "请勾选“以上内容真实、合法、有效，由本企业负责”。",
    ]
    page = response.content.decode()
    assert f'href="{step(draft, "site")}?check=1#id_site.area"' in page
    told = form_on(browser.get(step(draft, "site") + "?check=1"))
    assert told.errors["site.area"] == "请填写生产场所面积（平方米）。"
    assert as_stored(draft).state == "draft"


def test_the_promise_can_be_given_and_taken_back(browser, at):
    draft = at("draft", declaration={})
    form = form_on(browser.get(step(draft, "declaration")))
    browser.post(form.url, {**form.fields, "declaration.truthful": ["", "yes"], "do": "leave"})
    assert as_stored(draft).form["declaration"] == {"truthful": "yes"}
    form = form_on(browser.get(step(draft, "declaration")))
    browser.post(form.url, {**form.fields, "declaration.truthful": "", "do": "leave"})
    assert as_stored(draft).form["declaration"] == {"truthful": ""}


def test_a_second_click_lands_on_the_same_receipt(browser, at, wu_the_applicant):
    draft = at("draft", declaration={})
    form = form_on(browser.get(step(draft, "declaration")))
    first, second = (form.press(browser, "submit", declaration__truthful="yes") for _ in range(2))
    assert first["Location"] == second["Location"] == address(draft, "sign/")
    shown = browser.get(address(draft, "sign/"))
    first, second = (press_to_sign(browser, draft, shown, wu_the_applicant) for _ in range(2))
    assert first["Location"] == second["Location"] == address(draft, "submitted/")
    assert form.press(browser, "submit")["Location"] == address(draft, "submitted/")
    assert history_of(draft).count("application.submitted") == 1
    assert receipts_of(draft) == 1


def test_two_clicks_at_the_same_moment_are_one_submission(committed_db, at, wu_the_applicant):
    draft = at("draft", declaration={})
    browsers = [log_in(Client(), wu_the_applicant) for _ in range(2)]
    form_on(browsers[0].get(step(draft, "declaration"))).press(browsers[0], "submit", declaration__truthful="yes")
    shown = browsers[0].get(address(draft, "sign/"))
    answers: list[tuple[int, str]] = []
    gate = threading.Barrier(2)

    def press(browser: Client) -> None:
        try:
            gate.wait()
            response = press_to_sign(browser, draft, shown, wu_the_applicant)
            answers.append((response.status_code, response.get("Location", "")))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [(303, address(draft, "submitted/"))] * 2
    assert history_of(draft).count("application.submitted") == 1
    assert receipts_of(draft) == 1


def test_what_was_saved_in_another_window_is_what_the_page_to_sign_shows(browser, at, wu_the_applicant):
    draft = at("draft")
    last = form_on(browser.get(step(draft, "declaration")))
    form_on(browser.get(step(draft, "site"))).press(browser, "leave", site__area="900")
    assert last.press(browser, "submit")["Location"] == address(draft, "sign/")
    assert "900" in words(browser.get(address(draft, "sign/")))
    sign(browser, draft, wu_the_applicant)
    assert as_stored(draft).form["site"]["area"] == "900"


def test_what_one_changed_oneself_after_the_page_to_sign_was_drawn_is_shown_and_signed_again(
    browser, at, wu_the_applicant
):
    draft = at("draft")
    shown = browser.get(address(draft, "sign/"))
    form_on(browser.get(step(draft, "site"))).press(browser, "leave", site__area="900")
    response = press_to_sign(browser, draft, shown, wu_the_applicant)
    assert response.status_code == 409
    assert "内容有了变化：生产场所" in words(response)
    assert "刚刚有变化" in words(response)
    assert as_stored(draft).state == "draft"
    assert press_to_sign(browser, draft, response, wu_the_applicant)["Location"] == address(draft, "submitted/")
    assert as_stored(draft).form["site"]["area"] == "900"


def test_what_a_colleague_changed_after_reading_must_be_read_again(browser, at, wu_the_applicant):
    draft = at("draft")
    shown = browser.get(address(draft, "sign/"))
    colleague = type(wu_the_applicant)(**{**vars(wu_the_applicant), "user_id": 999, "name": "郑国强"})
    commands.save_section(
        application=draft, section="site", values={**draft.form["site"], "area": "7"}, by=colleague, now=NOON
    )
    response = press_to_sign(browser, draft, shown, wu_the_applicant)
    assert response.status_code == 409
    assert "郑国强" in words(response)
    assert "有变化的：生产场所" in words(response)
    assert as_stored(draft).state == "draft"


def test_a_second_case_of_the_same_kind_is_refused_with_its_number(browser, at, wu_the_applicant):
    first = as_stored(at("submitted"))
    second = at("draft")
    response = sign(browser, second, wu_the_applicant)
    assert response.status_code == 409
    assert first.receipt_number in words(response)
    assert as_stored(second).state == "draft"


def test_a_corrected_form_is_sent_back_once(browser, at, wu_the_applicant):
    application = at("correction_requested")
    page = browser.get(step(application, "declaration"))
    assert "重新提交" in words(page)
    assert form_on(page).press(browser, "submit")["Location"] == address(application, "sign/")
    shown = browser.get(address(application, "sign/"))
    assert "一次告知的补正内容" in words(shown)
    first, second = (press_to_sign(browser, application, shown, wu_the_applicant) for _ in range(2))
    assert first["Location"] == second["Location"] == address(application, "submitted/")
    assert "补正后已重新提交" in words(browser.get(first["Location"]))
    assert history_of(application).count("application.resubmitted") == 1


def test_a_draft_has_no_receipt(browser, at):
    draft = at("draft")
    assert browser.get(address(draft, "submitted/"))["Location"] == address(draft)


def test_the_receipt_stays_true_when_the_case_goes_on(browser, at):
    page = words(browser.get(address(at("accepted"), "submitted/")))
    assert "现在的状态是“已受理”" in page
    assert "逾期不告知的" not in page


def test_the_receipt_asks_no_more_than_eight_statements(browser, at):
    assert len(statements(browser, address(at("submitted"), "submitted/"))) <= MOST_STATEMENTS


def test_a_day_of_rest_moves_the_day_by_which_the_applicant_is_told(client, at, wu_the_applicant, monkeypatch):
    """The seventh of September is a Monday; four days later the week ends and two days do not count."""
    friday = NOON + timedelta(days=4)
    monkeypatch.setattr("django.utils.timezone.now", lambda: friday)
    draft, browser = at("draft", now=lambda: friday), log_in(client, wu_the_applicant)
    response = sign(browser, draft, wu_the_applicant)
    assert "最迟 9月18日 告知是否受理" in words(browser.get(response["Location"]))
