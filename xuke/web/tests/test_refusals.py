"""A refusal is a status, one clear sentence and a way on, as a page, a fragment or JSON."""

from __future__ import annotations

import logging

import psycopg
import pytest
from django import forms
from django.db import OperationalError, connection
from django.test import Client

from xuke.foundation.refusals import Invalid, Problem
from xuke.web import refusals

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def officer():
    client = Client(raise_request_exception=False)
    client.cookies["in"] = "1"
    return client


@pytest.mark.parametrize(
    ("address", "status", "title"),
    [
        ("/office/forbidden/", 403, "您不能打开这一页"),
        ("/my/foreign/", 404, "没有找到"),
        ("/my/missing/", 404, "没有找到"),
        ("/nowhere/", 404, "没有找到"),
        ("/office/press/", 405, "这一步要从页面上办理"),
        ("/office/conflict/", 409, "周敏刚刚办理了这件申请"),
        ("/office/closed/", 409, "这一步没有办成"),
        ("/my/invalid/", 422, "有些内容需要修改"),
        ("/my/often/", 429, "操作太频繁"),
        ("/login/failed/", 429, "操作太频繁"),
        ("/broken/", 500, "系统出了问题，没有保存这一步"),
    ],
)
def test_each_refusal_has_its_status_and_its_words(officer, address, status, title):
    response = officer.get(address)
    assert response.status_code == status
    assert title in response.content.decode()
    assert '<html lang="zh-CN"' in response.content.decode()


def test_who_asks_for_what_is_not_theirs_is_written_down(officer, caplog):
    with caplog.at_level(logging.WARNING, logger="xuke.refused"):
        officer.get("/office/forbidden/")
        officer.get("/my/foreign/")
        officer.get("/nowhere/")
        officer.get("/my/invalid/")
        Client().get("/my/foreign/")
    told = [record.getMessage() for record in caplog.records if record.name == "xuke.refused"]
    assert [line.split()[0] for line in told] == ["403", "404"]
    assert told[1].endswith("GET /my/foreign/")


def test_a_form_from_elsewhere_is_written_down(caplog):
    with caplog.at_level(logging.WARNING, logger="django.security.csrf"):
        Client(enforce_csrf_checks=True).post("/office/press/", headers={"Origin": "https://evil.example"})
    assert [record.name for record in caplog.records if "Forbidden" in record.getMessage()] == ["django.security.csrf"]


def test_another_enterprises_application_looks_like_one_that_does_not_exist(officer):
    foreign, missing = officer.get("/my/foreign/"), officer.get("/my/missing/")
    assert foreign.status_code == missing.status_code == 404


def test_two_officers_on_one_case_the_second_learns_who_did_what_and_loses_nothing(officer):
    response = officer.post("/office/conflict/", {"opinion": "建议准予许可。\n材料齐全。", "category": "2401"})
    html = response.content.decode()
    assert response.status_code == 409
    assert "已受理。您填写的内容没有丢失，请看过最新情况再决定是否继续。" in html
    assert 'name="opinion" value="建议准予许可。\n材料齐全。"' in html
    assert 'name="category" value="2401"' in html
    assert 'action="/office/conflict/"' in html
    assert "保留我的填写" in html
    assert "看最新情况" in html


def test_what_happened_on_another_day_is_told_with_its_day(officer):
    assert "10月16日 23:59已受理。请看过最新情况再决定是否继续。" in officer.get("/office/yesterday/").content.decode()


def test_a_bare_button_that_came_too_late_offers_nothing_to_keep(officer):
    html = officer.post("/office/closed/").content.decode()
    assert "受理后不能再要求补正。请看过最新情况再决定是否继续。" in html
    assert "保留我的填写" not in html


def test_the_way_to_the_latest_state_is_the_page_one_came_from(officer):
    html = officer.post("/office/conflict/", headers={"Referer": "http://testserver/office/cases/137/?tab=2"})
    assert 'href="/office/cases/137/?tab=2"' in html.content.decode()


def test_a_foreign_page_is_no_way_on(officer):
    response = officer.post("/office/conflict/", headers={"Referer": "https://elsewhere.example/trap/"})
    assert "elsewhere" not in response.content.decode()


def test_a_fragment_leaves_the_form_where_it_is(officer):
    response = officer.post("/office/conflict/", {"opinion": "建议准予"}, headers=HTMX)
    html = response.content.decode()
    assert response.status_code == 409
    assert response["HX-Retarget"] == "#refusal"
    assert response["HX-Push-Url"] == "false"
    assert "周敏刚刚办理了这件申请" in html
    assert "<html" not in html
    assert "<form" not in html


def test_a_fragment_of_an_error_is_a_note_too(officer):
    response = officer.post("/broken/", headers=HTMX)
    assert response["HX-Retarget"] == "#refusal"
    assert response.content.decode().startswith('<div class="xk-note bad">')


def test_a_program_gets_json(officer):
    response = officer.get("/my/invalid/", headers={"Accept": "application/json"})
    assert response.status_code == 422
    assert response.json()["problems"][1] == {"field": "site", "message": "请选择生产场所"}


def test_an_error_of_ours_has_a_number_that_the_log_knows(officer, caplog):
    with caplog.at_level(logging.ERROR):
        html = officer.get("/broken/").content.decode()
    reference = html.split("编号 <b>")[1].split("</b>")[0]
    assert f"Reference {reference}: GET /broken/" in caplog.text
    assert "时限不受影响" in html


def test_the_error_page_needs_no_database(officer, monkeypatch):
    def gone(*args):
        raise ConnectionError

    monkeypatch.setattr("xuke.web.middleware.opened_for", gone)
    assert "系统出了问题" in officer.get("/scope/").content.decode()


@pytest.mark.parametrize(
    ("cause", "status"),
    [
        (psycopg.errors.CannotConnectNow(), 503),
        (psycopg.OperationalError("connection failed"), 503),
        (psycopg.errors.DiskFull(), 500),
    ],
)
def test_a_proxy_is_told_to_try_again_while_the_database_restarts(officer, monkeypatch, cause, status):
    def away(*args):
        raise OperationalError from cause

    monkeypatch.setattr("xuke.web.middleware.opened_for", away)
    response = officer.get("/scope/")
    assert (response.status_code, "Retry-After" in response.headers) == (status, status == 503)


@pytest.mark.parametrize("cause", [psycopg.errors.LockNotAvailable(), psycopg.errors.DeadlockDetected()])
def test_a_colleague_who_is_just_writing_is_no_error_of_ours(officer, monkeypatch, cause):
    def busy(*args):
        raise OperationalError from cause

    monkeypatch.setattr("xuke.web.middleware.opened_for", busy)
    response = officer.post("/my/invalid/", headers={"Accept": "application/json"})
    assert response.status_code == 409
    assert "同事正在办理这件申请，请稍后再试" in response.json()["detail"]


def test_what_was_written_before_a_refusal_is_undone(officer):
    assert officer.post("/office/half/").status_code == 409
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('half_done')")
        assert cursor.fetchone() == (None,)


def test_a_view_sees_what_its_person_may_see(officer):
    assert officer.get("/scope/").content == b"420000/420500/"
    assert Client().get("/scope/").content == b"nothing"


def test_an_officer_is_refused_within_the_office(officer):
    assert 'class="xk-rail"' in officer.get("/office/forbidden/").content.decode()
    assert 'class="xk-rail"' not in officer.get("/my/foreign/").content.decode()


def test_every_answer_carries_the_policy(officer):
    for address in ("/scope/", "/my/foreign/", "/broken/", "/states/"):
        response = officer.get(address)
        assert "script-src 'self';" in response["Content-Security-Policy"]
        assert response["X-Content-Type-Options"] == "nosniff"


def test_problems_of_a_command_find_their_field():
    class Form(forms.Form):
        name = forms.CharField()

    form = Form({"name": "x"})
    refusals.onto(form, Invalid(Problem("name", "请填写全称"), Problem("elsewhere", "场所不在本省")))
    assert form.errors["name"] == ["请填写全称"]
    assert form.non_field_errors() == ["场所不在本省"]
