"""Renewing early, and declaring that nothing changed: what is known is said to both sides, and holds nobody up."""

import re
from datetime import timedelta

import pytest

from xuke.config.demonstration import proceedings
from xuke.licensing import commands
from xuke.licensing.models import Application
from xuke.licensing.tests.applicant_pages import log_in, words
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.tests.cast import MORNING, NOON, everything

LAST_STEP = "/my/applications/{}/form/declaration/"
GRANTED = r"声明说没有发生变化，但是最近一次现场核查（.*?）以后，.*?准予变更：.*?主要生产设备设施"


@pytest.fixture
def renewal(at):
    """A renewal of which the holder declares that nothing changed, begun on the day on which a change was granted."""
    at("granted", procedure="food.change")
    return at("draft", procedure="food.renewal")


def test_who_declares_that_nothing_changed_reads_what_was_granted_since(client, noon, renewal, wu_the_applicant):
    page = words(log_in(client, wu_the_applicant).get(LAST_STEP.format(renewal.pk)))
    assert re.search(GRANTED, page)
    assert "从2031年3月" in page and "待核实" in page


@pytest.mark.parametrize(
    ("state", "slug", "who"),
    [
        ("submitted", "accept", "zhou_the_acceptor"),
        ("document_review", "propose", "chen_the_reviewer"),
        ("decision_proposed", "grant", "liu_the_decider"),
    ],
)
def test_the_officers_read_the_same_and_may_go_on(request, desk, at, renewal, state, slug, who):
    case = at(state, application=renewal)
    for url in (case_url(case, slug), case_url(case)):
        page = desk.open(request.getfixturevalue(who), url)
        assert re.search(GRANTED, page.main), url
        assert len(page.statements) <= MOST_STATEMENTS, url
        assert ("新的有效期从决定之日起算" in page.main) is (slug == "accept" or url == case_url(case))


def test_a_case_against_the_licence_is_said_to_the_office_and_to_the_holder_once_it_was_told(
    client, desk, at, the_cast, chen_the_reviewer, wu_the_applicant
):
    draft = at("draft", procedure="food.renewal")
    with everything():
        case = proceedings.play("opened", draft.starts_from, the_cast, now=MORNING)
    remark = f"针对这张许可证的案件（{case.number}）还没有办结"
    browser = log_in(client, wu_the_applicant)
    assert remark not in words(browser.get(LAST_STEP.format(draft.pk)))
    filed = at("document_review", application=Application.objects.get(pk=draft.pk))
    assert remark in desk.open(chen_the_reviewer, case_url(filed, "propose")).main


def test_where_the_names_alone_changed_nothing_is_said(client, noon, at, wu_the_applicant):
    change = at("granted", procedure="food.change")
    Application.objects.filter(pk=change.pk).update(title="变更：法定代表人（负责人）、住所")
    draft = at("draft", procedure="food.renewal")
    assert "声明说没有发生变化" not in words(log_in(client, wu_the_applicant).get(LAST_STEP.format(draft.pk)))


def test_half_a_year_before_the_end_nothing_is_said_of_being_early(client, at, wu_the_applicant, monkeypatch):
    licence = at("granted").licence
    for days, is_said in ((190, True), (170, False)):
        day = NOON + (licence.valid_to - timedelta(days=days) - NOON.date())
        monkeypatch.setattr("django.utils.timezone.now", lambda day=day: day)
        page = words(log_in(client, wu_the_applicant).get("/my/licences/"))
        assert ("新的有效期从决定之日起算" in page) is is_said


def test_an_early_renewal_is_accepted_all_the_same(at, renewal, zhou_the_acceptor):
    case = at("submitted", application=renewal)
    assert commands.accept(application=case, by=zhou_the_acceptor, now=NOON).state == "accepted"
