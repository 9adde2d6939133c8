"""What follows a licence: rectification within a month, the check after issue, and what is found then."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xuke.config.demonstration.stories import marks
from xuke.documents.rendering import words as rendered
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted
from xuke.licensing import checks, commands
from xuke.licensing.models import PostIssueCheck, Rectification
from xuke.licensing.procedures import PROCEDURES
from xuke.licensing.tests.acts import confirmed
from xuke.licensing.tests.applicant_pages import MOST_STATEMENTS, address, log_in, statements, words
from xuke.tests.cast import NOON, TOMORROW, notices_about, seen_by, told, verbs


@pytest.fixture
def granted_with_a_problem(at, the_cast):
    application = at("verification_assigned")
    zhao = the_cast.verifiers[0]
    commands.score(application=application, marks=marks(), by=zhao, now=TOMORROW)
    half = {"2": {"score": "1", "note": "地面破损"}}
    commands.score(application=application, marks=half, by=zhao, now=TOMORROW)
    application = commands.conclude_verification(
        application=confirmed(application), applicant_signed=True, by=zhao, now=TOMORROW
    )
    return at("granted", application=application, now=_clock(TOMORROW + timedelta(hours=1)))


def _clock(moment):
    return lambda: moment


def test_a_licence_after_a_visit_is_checked_within_three_months_and_put_right_within_one(granted_with_a_problem):
    check = PostIssueCheck.objects.get(application=granted_with_a_problem)
    row = Rectification.objects.get(application=granted_with_a_problem)
    assert (check.kind, check.due_on) == ("after_visit", date(2026, 12, 8))
    assert [one["number"] for one in check.focus] == [2] == [one["number"] for one in row.items]
    assert (row.items[0]["note"], row.due_on) == ("地面破损", date(2026, 10, 8))
    assert check.authority_path == row.authority_path == granted_with_a_problem.authority_path
    kinds = [notice.kind for notice in notices_about(granted_with_a_problem)]
    assert kinds[-2:] == ["rectification_notice", "grant_decision"]


def test_nothing_is_to_be_put_right_by_a_day_that_is_past(at, the_cast):
    """Between the visit and the decision the term stood still for months."""
    zhao, decided = the_cast.verifiers[0], TOMORROW + timedelta(days=63)
    application = at("verification_assigned")
    weak = marks() | {"2": {"score": "1", "note": "地面破损"}}
    commands.score(application=application, marks=weak, by=zhao, now=TOMORROW)
    application = commands.conclude_verification(
        application=confirmed(application), applicant_signed=True, by=zhao, now=TOMORROW
    )
    application = at("granted", application=application, now=_clock(decided))
    assert Rectification.objects.get().due_on == date(2026, 12, 10)
    notice = next(each for each in notices_about(application) if each.kind == "rectification_notice")
    assert notice.content["rectify_by"] == "2026-12-10"


def test_wu_reports_and_the_daily_supervision_confirms(
    granted_with_a_problem, wu_the_applicant, wang_the_sauce_brewer, he_the_supervisor, liu_the_decider
):
    row = Rectification.objects.get()
    report = {"rectification": row, "report": "地面已经重新铺设。", "now": TOMORROW}
    with pytest.raises(NotPermitted):
        commands.report_rectification(by=he_the_supervisor, **report)
    with pytest.raises(Invalid):
        commands.report_rectification(by=wu_the_applicant, **(report | {"report": " "}))
    commands.report_rectification(by=wu_the_applicant, **report)
    with seen_by(wang_the_sauce_brewer.scope):
        assert not Rectification.objects.exists()
    with pytest.raises(NotPermitted, match="监督人员"):
        commands.confirm_rectification(rectification=row, done=True, note="", by=liu_the_decider, now=TOMORROW)
    with pytest.raises(Invalid, match="没有整改到位的"):
        commands.confirm_rectification(rectification=row, done=False, note="", by=he_the_supervisor, now=TOMORROW)
    commands.confirm_rectification(rectification=row, done=True, note="", by=he_the_supervisor, now=TOMORROW)
    with pytest.raises(Conflict, match="已经确认"):
        commands.report_rectification(by=wu_the_applicant, **report)
    assert verbs(row) == ["rectification.ordered", "rectification.reported", "rectification.confirmed"]


def test_what_was_not_put_right_gets_a_new_day_and_is_reported_again(
    granted_with_a_problem, wu_the_applicant, he_the_supervisor
):
    row = Rectification.objects.get()
    report = {"rectification": row, "by": wu_the_applicant}
    look = {"rectification": row, "done": False, "note": "东墙边仍有破损。", "by": he_the_supervisor}
    commands.report_rectification(report="地面已经重新铺设。", now=TOMORROW, **report)
    later = TOMORROW + timedelta(days=7)
    for day in (None, later.date(), date(2026, 10, 16)):
        with pytest.raises(Invalid, match="新的期限，最迟10月15日"):
            commands.confirm_rectification(again_by=day, now=later, **look)
    commands.confirm_rectification(again_by=date(2026, 10, 15), now=later, **look)
    row.refresh_from_db()
    assert (row.due_on, row.reported_at, row.confirmed_on, row.done) == (date(2026, 10, 15), None, None, None)
    (before,) = row.before
    assert (before["report"], before["found"]) == ("地面已经重新铺设。", "东墙边仍有破损。")
    notice = notices_about(granted_with_a_problem)[-1]
    said = str(rendered(notice))
    assert notice.kind == "rectification_notice" and notice.served_on is not None
    assert "没有整改到位：东墙边仍有破损。" in said and "2026年10月15日</time>前完成整改" in said and "地面破损" in said
    commands.report_rectification(report="东墙边也铺好了。", now=later, **report)
    commands.confirm_rectification(**(look | {"done": True, "note": ""}), now=later)
    assert verbs(row)[-3:] == ["rectification.confirmed", "rectification.reported", "rectification.confirmed"]


def test_both_pages_tell_what_was_not_put_right_and_the_notice_is_read_before_it_is_sent(
    granted_with_a_problem, client, desk, monkeypatch, wu_the_applicant, he_the_supervisor
):
    monkeypatch.setattr("django.utils.timezone.now", lambda: TOMORROW + timedelta(days=7))
    row = Rectification.objects.get()
    url = f"/office/rectifications/{row.pk}/"
    sent = {"done": "no", "note": "东墙边仍有破损。", "again_by": "2026-10-12"}
    seen = desk.send(he_the_supervisor, url, sent | {"preview": "1"})
    assert seen.status == 200 and "没有整改到位：东墙边仍有破损。" in seen.main
    assert desk.send(he_the_supervisor, url, sent | {"again_by": ""}).status == 422
    assert not Rectification.objects.get().earlier
    assert desk.send(he_the_supervisor, url, sent).status == 303
    page = desk.open(he_the_supervisor, url)
    assert "等待企业再报告" in page.main and len(page.statements) <= MOST_STATEMENTS
    browser = log_in(client, wu_the_applicant)
    assert "10月12日前报告" in words(browser.get("/my/"))
    here = address(granted_with_a_problem, "rectification/")
    shown = browser.get(here)
    assert "东墙边仍有破损。" in words(shown) and len(statements(browser, here)) <= MOST_STATEMENTS
    assert browser.post(here, {"report": "都改好了。"}).status_code in (302, 303)


def test_a_check_is_recorded_once_and_hidden_from_the_applicant(
    granted_with_a_problem, wu_the_applicant, he_the_supervisor
):
    check = PostIssueCheck.objects.get()
    with seen_by(wu_the_applicant.scope):
        assert not PostIssueCheck.objects.exists()
    record = {"check": check, "by": he_the_supervisor, "now": TOMORROW}
    with pytest.raises(Invalid) as refusal:
        commands.record_check(result="untrue", text="", **record)
    assert told(refusal).keys() == {"result", "text"}
    commands.record_check(result="rectify", text="仍有破损。", **record)
    with pytest.raises(Conflict, match="已经有结果"):
        commands.record_check(result="pass", text="", **record)
    assert verbs(check) == ["check.ordered", "check.recorded"]


@given(st.sampled_from(PROCEDURES), st.booleans(), st.booleans(), st.booleans())
def test_a_commitment_or_an_exempt_renewal_is_never_left_unchecked(which, committed, visited, left_out):
    """Invariant 12, for every procedure there is."""
    application = SimpleNamespace(
        procedure=which.code,
        committed=committed,
        proposal={"no_visit": "生产条件没有变化"} if left_out else {},
        rules={},
        form={},
        varieties=[],
        accepted_on=None,
    )
    wanted = checks.what_check(application, visited=visited, today=NOON.date())
    if committed or (which.kind in ("renewal", "renewal_change") and not visited):
        assert wanted is not None and wanted.kind in ("commitment", "exempt")
    if wanted is not None:
        assert checks.after(NOON.date(), wanted.days, wanted.limit.unit).on > NOON.date()


def test_wu_s_desk_and_the_notice_lead_to_the_report_of_what_was_put_right_until_it_is_reported(
    granted_with_a_problem, client, monkeypatch, wu_the_applicant
):
    monkeypatch.setattr("django.utils.timezone.now", lambda: TOMORROW + timedelta(days=1))
    browser, page = log_in(client, wu_the_applicant), address(granted_with_a_problem, "rectification/")
    shown = browser.get("/my/")
    assert "整改现场核查发现的1个问题，10月8日前报告" in words(shown) and page in shown.content.decode()
    assert len(statements(browser, "/my/")) <= MOST_STATEMENTS
    notice = notices_about(granted_with_a_problem)[-2]
    assert page in browser.get(f"/notices/{notice.pk}/").content.decode()
    report = {"rectification": Rectification.objects.get(), "report": "地面已经重新铺设。", "now": TOMORROW}
    commands.report_rectification(by=wu_the_applicant, **report)
    assert "整改现场核查发现" not in words(browser.get("/my/"))
