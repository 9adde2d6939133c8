"""A session that expires in mid-form loses no field, and opens no door for forged requests."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from xuke.web import kept

pytestmark = pytest.mark.django_db
TYPED = {"opinion": "申请材料齐全。\n“布局图”与实际一致 <好>", "category": ["2401", "2403"], "password1": "geheim"}
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def hidden(html):
    """The fields that the form of a page would send."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html)
    fields: dict[str, list[str]] = {}
    for name, value in found:
        fields.setdefault(name, []).append(unescape(value))
    return fields


def page_of(response):
    return response.content.decode()


@pytest.fixture
def browser():
    """A browser that got its CSRF cookie from a page of ours and sends the token along, as a form does."""
    client = Client(enforce_csrf_checks=True)
    client.get("/states/")
    return client


def posted(client, address, data, **extra):
    token = client.cookies["csrftoken"].value
    return client.post(address, {**data, "csrfmiddlewaretoken": token}, **extra)


def test_a_form_sent_after_the_session_expired_comes_back_whole_after_the_login(browser):
    plan = SimpleUploadedFile("流程图.pdf", b"%PDF-1.7")
    expired = posted(browser, "/office/opinion/?step=3", {**TYPED, "plan": plan})
    assert expired.status_code == 401
    assert "登录已过期，填写的内容都在" in page_of(expired)
    assert "需要重新选择：流程图.pdf" in page_of(expired)

    carried = hidden(page_of(expired))
    on = browser.post("/kept/", carried)
    assert (on.status_code, on["Location"]) == (307, "/login/")
    login_page = browser.post("/login/", carried)
    assert hidden(page_of(login_page))["kept"] == carried["kept"]

    back = browser.post("/login/", {**hidden(page_of(login_page)), "username": "chenlixin"})
    html = page_of(back)
    assert "已登录，填写的内容都在" in html
    assert 'action="/office/opinion/?step=3" enctype="multipart/form-data"' in html
    fields = hidden(html)
    assert fields["opinion"] == [TYPED["opinion"]]
    assert fields["category"] == TYPED["category"]
    assert "geheim" not in html
    assert 'type="password" id="kept-secret-1" name="password1"' in html
    assert "请重新选择文件：流程图.pdf" in html

    again = browser.post("/office/opinion/?step=3", {**fields, "plan": SimpleUploadedFile("流程图.pdf", b"%PDF-1.7")})
    assert page_of(again) == f"{[TYPED['opinion']]} {TYPED['category']} ['流程图.pdf']"


def test_nothing_is_sent_on_without_a_press(browser):
    expired = posted(browser, "/office/opinion/", TYPED)
    browser.cookies["in"] = "1"
    resumed = browser.post("/kept/", hidden(page_of(expired)))
    assert resumed.status_code == 200
    assert "还没有提交" in page_of(resumed)


def test_htmx_gets_the_whole_page_with_everything_in_it(browser):
    expired = posted(browser, "/office/opinion/", TYPED, headers={"HX-Request": "true"})
    assert expired.status_code == 401
    assert expired["HX-Retarget"] == "body"
    content = kept.unpack(hidden(page_of(expired))["kept"][0])
    assert content is not None
    assert ("opinion", TYPED["opinion"]) in content.fields


def test_whoever_only_looks_is_led_to_the_login_and_back(browser):
    response = browser.get("/office/opinion/?step=3")
    assert (response.status_code, response["Location"]) == (303, "/login/?next=%2Foffice%2Fopinion%2F%3Fstep%3D3")


def test_a_fragment_for_somebody_logged_out_leads_back_to_the_page_and_not_to_the_fragment(browser):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/office/cases/137/"}
    response = browser.get("/office/opinion/", headers=headers)
    assert response["HX-Redirect"] == "/login/?next=%2Foffice%2Fcases%2F137%2F"


def test_a_token_nobody_signed_is_worth_nothing(browser):
    browser.cookies["in"] = "1"
    response = posted(browser, "/kept/", {"kept": "eyJhIjoiLyJ9:forged:token"})
    assert response.status_code == 422
    assert "保留的内容已经失效" in page_of(response)


def test_a_token_of_yesterday_is_worth_nothing(monkeypatch):
    token = kept.pack(kept.Typed("/office/opinion/", fields=(("opinion", "准予"),)))
    assert kept.unpack(token) is not None
    monkeypatch.setattr(kept, "LONGEST_STAY", -1)
    assert kept.unpack(token) is None


def test_a_token_of_ours_planted_by_a_foreign_page_is_stopped_by_the_csrf_check(browser):
    token = kept.pack(kept.Typed("/office/opinion/", fields=(("opinion", "准予"),)))
    headers = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    response = browser.post("/kept/", {"kept": token}, headers=headers)
    assert response.status_code == 403
    assert "准予" not in page_of(response)
    assert token not in page_of(response)


def test_a_token_in_an_address_is_not_read(browser):
    token = kept.pack(kept.Typed("/office/opinion/", fields=(("opinion", "准予"),)))
    browser.cookies["in"] = "1"
    assert "准予" not in page_of(browser.get("/kept/", {"kept": token}))


def test_an_old_page_of_ours_keeps_what_was_typed(browser):
    stale = {**TYPED, "csrfmiddlewaretoken": "x" * 64}
    response = browser.post("/office/opinion/", stale, headers=SAME_ORIGIN)
    assert response.status_code == 403
    assert "页面放久了" in page_of(response)
    fields = hidden(page_of(response))
    assert fields["opinion"] == [TYPED["opinion"]]
    browser.cookies["in"] = "1"
    assert browser.post("/office/opinion/", fields).status_code == 200


def test_a_form_of_a_foreign_page_is_not_shown_back(browser):
    response = browser.post("/office/opinion/", TYPED, headers={"Origin": "https://elsewhere.example"})
    assert response.status_code == 403
    assert "没有接收这次提交" in page_of(response)
    assert "布局图" not in page_of(response)


def test_a_login_in_another_tab_meanwhile_costs_one_press_more(browser):
    expired = posted(browser, "/office/opinion/", TYPED)
    carried = {"kept": hidden(page_of(expired))["kept"], "csrfmiddlewaretoken": "x" * 64}
    once_more = browser.post("/kept/", carried, headers=SAME_ORIGIN)
    assert once_more.status_code == 403
    assert hidden(page_of(once_more))["kept"] == carried["kept"]


def test_a_form_too_long_to_travel_says_what_to_do(browser, monkeypatch):
    monkeypatch.setattr(kept, "LARGEST", 10)
    html = page_of(posted(browser, "/office/opinion/", TYPED))
    assert "不能自动带过去" in html
    assert 'target="_blank"' in html


def test_pages_with_what_was_typed_are_not_stored(browser):
    assert posted(browser, "/office/opinion/", TYPED)["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"}, False),
        ({"Origin": "http://testserver"}, True),
        ({"Referer": "http://testserver/office/"}, True),
        ({"Origin": "http://testserver.elsewhere.example"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
def test_only_the_browsers_word_counts_for_where_a_form_came_from(headers, ours):
    assert kept.came_from_us(RequestFactory().post("/", headers=headers)) is ours
