"""The front door: one search for three questions, live figures that cost nothing, and what was decided last."""

from __future__ import annotations

import time
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from xuke.accounts.models import User
from xuke.publication.models import Announcement
from xuke.publication.projection import figures
from xuke.publication.tests.test_figures import decided, progressed
from xuke.publication.views import home
from xuke.tests.cast import NOON

MOST_STATEMENTS = 8
TODAY = NOON.date()


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


@pytest.fixture
def counted(db):
    """A quarter of decisions, and the figures the worker makes of them."""
    progressed(1).__class__.objects.bulk_create(progressed(place, online=place != 9) for place in range(20))
    Announcement.objects.bulk_create(decided(place, days=3 + place % 6) for place in range(60))
    for name, function in figures.FIGURES.items():
        figures.note(name, function(TODAY), now=NOON - timedelta(minutes=3), seconds=0.01)


def test_the_front_door_promises_finds_counts_and_shows_the_way(counted, client):
    with CaptureQueriesContext(connection) as captured:
        response = client.get("/")
    page = response.content.decode()
    assert response.status_code == 200
    assert len(captured) == 2 < MOST_STATEMENTS
    for words in (
        "全程在网上",
        "查许可",
        "核验证书",
        "查进度",
        "登录办事",
        "受理之日起10个工作日内",
        "工作人员登录",
        "9月7日 11:57统计",
        "近90天60件",
        "宜昌第0食品有限公司",
        "四个百分之百",
        "95%",
    ):
        assert words in page, words


def test_before_anything_was_counted_it_opens_all_the_same(client, db):
    page = client.get("/").content.decode()
    assert "还没有公示的决定" in page
    assert "还没有算出来" in page


def test_while_the_database_is_away_the_doors_stay_open(client, db, monkeypatch):
    def away(*names):
        raise OperationalError

    monkeypatch.setattr(home.openness, "figures", away)
    response = client.get("/")
    assert response.status_code == 200
    page = response.content.decode()
    assert "企业办事" in page and "登记簿现在查不到" in page
    assert "还没有公示的决定" not in page and "xk-kpi" not in page


def test_everybody_may_get_the_same_page_for_five_seconds_and_nobody_a_cookie(client, counted):
    response = client.get("/")
    assert response["Cache-Control"] == "public, max-age=0, s-maxage=5"
    assert not response.cookies
    assert "csrfmiddlewaretoken" not in response.content.decode()


def test_who_is_logged_in_gets_a_page_of_their_own(client, counted, wu_the_applicant, zhou_the_acceptor):
    for person in (wu_the_applicant, zhou_the_acceptor):
        client.force_login(User.objects.get(pk=person.user_id), "xuke.accounts.backends.PasswordBackend")
        response = client.get("/")
        assert (response.status_code, response["Cache-Control"]) == (200, "private, no-cache")


@pytest.mark.parametrize(
    ("kind", "typed", "where"),
    [
        ("licences", "宜昌 禾穗", "/licences/?q=%E5%AE%9C%E6%98%8C+%E7%A6%BE%E7%A9%97"),
        ("verify", "SC12442050600219", "/verify/?q=SC12442050600219"),
        ("progress", "20260918-420500-0137", "/progress/?receipt=20260918-420500-0137"),
        ("licences", "20260918-420500-0137", "/progress/?receipt=20260918-420500-0137"),
        ("verify", "宜市监食许受〔2026〕0137号", f"/progress/?receipt={quote('宜市监食许受〔2026〕0137号')}"),
        ("evil", "//evil.example", "/licences/?q=%2F%2Fevil.example"),
        ("progress", "", "/progress/"),
        ("licences", "九" * 10_000, "/licences/?q=" + "%E4%B9%9D" * 200),
    ],
)
def test_the_search_leads_to_whoever_answers_without_a_script(client, db, kind, typed, where):
    response = client.get("/find/", {"k": kind, "q": typed})
    assert (response.status_code, response["Location"]) == (302, where)


def test_the_front_door_is_cheap(client, counted):
    """Four milliseconds of a core are the promise; the test allows for the machine it runs on."""
    client.get("/")
    began = time.process_time()
    for _ in range(20):
        client.get("/")
    assert (time.process_time() - began) / 20 < 0.04
