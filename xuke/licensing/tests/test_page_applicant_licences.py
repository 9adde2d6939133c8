"""The certificate in the hands of its holder."""

from __future__ import annotations

from datetime import timedelta

import pytest

from xuke.certificates import commands
from xuke.certificates.models import CertificateVersion
from xuke.foundation.actors import SYSTEM
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import commands as commands_of_cases
from xuke.licensing.tests.applicant_pages import MOST_STATEMENTS, log_in, statements, words
from xuke.tests.cast import NOON, everything, tiny_pdf


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """The clock that the pages read."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


@pytest.fixture
def licence(at):
    return at("granted").licence


@pytest.fixture
def made(licence, world):
    """The certificate as the worker would have made it."""
    with everything():
        version = CertificateVersion.objects.get(licence=licence)
        return commands.attach_file(version=version, file=world.file, by=SYSTEM, now=NOON)


def address(licence, version: int = 1) -> str:
    return f"/my/licences/{licence.number}/{version}/"


def test_while_it_is_being_made_the_page_says_so(client, licence, wu_the_applicant):
    browser = log_in(client, wu_the_applicant)
    page = words(browser.get("/my/licences/"))
    assert "电子证书正在制作" in page
    assert "糕点" in page
    response = browser.get(address(licence))
    assert response.status_code == 409
    assert "电子证书正在制作，通常几秒钟就好。请稍后再下载。" in words(response)


def test_the_holder_downloads_it_under_its_number(client, licence, made, wu_the_applicant):
    browser = log_in(client, wu_the_applicant)
    page = browser.get("/my/licences/")
    assert address(licence) in page.content.decode()
    assert "正在制作" not in words(page)
    response = browser.get(address(licence))
    assert b"".join(response.streaming_content) == tiny_pdf()
    assert response["Content-Disposition"].startswith("attachment")
    assert licence.number in response["Content-Disposition"]
    assert len(statements(browser, "/my/licences/")) <= MOST_STATEMENTS


@pytest.mark.parametrize("url", ["/my/", "/my/licences/"])
def test_after_a_change_the_day_of_issue_is_the_one_on_the_certificate(client, at, the_cast, wu_the_applicant, url):
    change = at("decision_proposed", procedure="food.change")
    assert "首次发证" not in words(log_in(client, wu_the_applicant).get(url))
    later = NOON + timedelta(days=11)
    with everything():
        decided = commands_of_cases.grant(application=change, by=the_cast.decider, now=later)
    page = words(log_in(client, wu_the_applicant).get(url))
    first, day = decided.licence.granted_on, later.date()
    assert f"发证日期 {day.year}年{day.month}月{day.day}日" in page
    assert f"首次发证 {first.year}年{first.month}月{first.day}日" in page


def test_nobody_else_does(client, licence, made, wang_the_sauce_brewer, zhou_the_acceptor):
    assert log_in(client, wang_the_sauce_brewer).get(address(licence)).status_code == 404
    assert log_in(client, zhou_the_acceptor).get(address(licence)).status_code == 404
    client.logout()
    assert client.get(address(licence))["Location"].startswith("/login/")


@pytest.mark.parametrize("rest", ["SC00000000000000/1/", "x/1/", "{number}/2/"])
def test_what_was_never_issued_is_not_found(client, licence, made, wu_the_applicant, rest):
    url = f"/my/licences/{rest.format(number=licence.number)}"
    assert log_in(client, wu_the_applicant).get(url).status_code == 404


@pytest.mark.parametrize("url", ["/my/", "/my/licences/", "/my/applications/new/"])
def test_who_has_to_renew_soon_reads_how_many_days_are_left(client, licence, wu_the_applicant, monkeypatch, url):
    last = current_calendar().subtract(licence.valid_to, 30).on
    day = NOON + (last - timedelta(days=45) - NOON.date())
    monkeypatch.setattr("django.utils.timezone.now", lambda: day)
    page = words(log_in(client, wu_the_applicant).get(url))
    assert f"还有45天可以申请延续，最晚{last.year}年{last.month}月{last.day}日" in page


def test_what_can_be_begun_says_why_not_while_another_case_runs(client, at, wu_the_applicant):
    running = at("accepted", procedure="food.renewal")
    browser = log_in(client, wu_the_applicant)
    page = words(browser.get("/my/licences/"))
    assert running.receipt_number in page
    sent = browser.post("/my/applications/new/", {"procedure": "food.report", "licence": running.starts_from.number})
    assert sent["Location"].endswith("/form/happened/")
    step = words(browser.get(sent["Location"].replace("/form/happened/", "/form/products/")))
    assert "报告只能改许可证上已有的食品类别" in step and "糕点" in step and "罐头" not in step
    assert browser.post("/my/applications/new/", {"procedure": "food.report", "licence": "SC0"}).status_code == 404
