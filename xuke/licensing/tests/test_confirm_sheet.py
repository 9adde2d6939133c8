"""Two at the least stand for what was found on site, and the applicant checked it: online, or on paper."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from xuke.config.demonstration.stories import marks, sign_sheet
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted, StepNotOpen
from xuke.licensing import commands
from xuke.licensing.models import Application, SignedSheet, Visit
from xuke.licensing.tests.applicant_pages import MOST_STATEMENTS as MOST_OF_APPLICANTS
from xuke.licensing.tests.applicant_pages import address, log_in, statements, words
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.tests.cast import NOON, seen_by, tiny_pdf, told, verbs


@pytest.fixture
def scored(at, sun_the_verifier):
    application = at("verification_assigned")
    commands.score(application=application, marks=marks(), by=sun_the_verifier, now=NOON)
    return Application.objects.get(pk=application.pk)


def conclude(application, by, **other):
    newest = Application.objects.get(pk=application.pk)
    return commands.conclude_verification(application=newest, by=by, now=NOON, **({"applicant_signed": True} | other))


def test_zhao_alone_ends_no_visit(scored, the_cast, zhao_the_leader):
    with pytest.raises(Invalid) as refusal:
        conclude(scored, zhao_the_leader)
    assert "孙雨桐还没有核对确认评分" in told(refusal)["signed_sheet"]
    assert "申请人还没有在网上核对确认评分" in told(refusal)["applicant_signed"]
    sign_sheet(scored, the_cast, NOON)
    assert conclude(scored, zhao_the_leader).state == "verification_done"
    assert [row["name"] for row in Visit.objects.get().confirmed] == ["孙雨桐", "吴晓梅"]


def test_a_mark_given_afterwards_ends_what_was_confirmed(scored, the_cast, zhao_the_leader, sun_the_verifier):
    sign_sheet(scored, the_cast, NOON)
    shown = Visit.objects.get().sheet_revision
    commands.score(application=scored, marks=marks(), by=zhao_the_leader, now=NOON)
    assert Visit.objects.get().confirmed
    change = {"3": {"score": "1", "note": "有灰尘。"}}
    commands.score(application=scored, marks=change, by=zhao_the_leader, now=NOON)
    with pytest.raises(Invalid, match="孙雨桐还没有核对确认评分"):
        conclude(scored, zhao_the_leader)
    with pytest.raises(Conflict, match="评分刚刚有了变化"):
        commands.confirm_sheet(application=scored, by=sun_the_verifier, now=NOON, shown=shown)


def test_the_same_marks_once_more_disturb_nobody_who_is_reading(scored, the_cast, zhao_the_leader, sun_the_verifier):
    commands.confirm_sheet(application=scored, by=sun_the_verifier, now=NOON)
    shown = Visit.objects.get().sheet_revision
    commands.score(application=scored, marks=marks(), by=zhao_the_leader, now=NOON)
    visit = commands.confirm_sheet(application=scored, by=the_cast.applicant, now=NOON, shown=shown)
    assert [row["name"] for row in visit.confirmed] == ["孙雨桐", "吴晓梅"]


def test_who_was_not_there_confirms_nothing_and_nobody_an_empty_sheet(scored, chen_the_reviewer, sun_the_verifier):
    with pytest.raises(NotPermitted):
        commands.confirm_sheet(application=scored, by=chen_the_reviewer, now=NOON)
    Visit.objects.update(sheet={})
    with pytest.raises(StepNotOpen, match="还是空的"):
        commands.confirm_sheet(application=scored, by=sun_the_verifier, now=NOON)


def test_confirming_twice_is_confirming_once(scored, sun_the_verifier):
    for _ in range(2):
        commands.confirm_sheet(application=scored, by=sun_the_verifier, now=NOON)
    assert verbs(scored).count("application.sheet_confirmed") == 1


def test_an_applicant_who_does_not_sign_keeps_nobody_from_the_end(scored, zhao_the_leader, sun_the_verifier):
    commands.confirm_sheet(application=scored, by=sun_the_verifier, now=NOON)
    assert conclude(scored, zhao_the_leader, applicant_signed=False, signing_note="拒绝签字。")


def test_the_sheet_signed_on_paper_is_filed_and_read(desk, scored, zhao_the_leader, chen_the_reviewer):
    url = case_url(scored, "conclude")
    page = desk.open(zhao_the_leader, url)
    assert "孙雨桐，组员：还没有确认" in page.words
    sent = {"revision": page.revision, "applicant_signed": "yes"}
    scan = SimpleUploadedFile("签字页.pdf", tiny_pdf("签字页"), content_type="application/pdf")
    assert desk.send(zhao_the_leader, url, sent | {"signed_sheet": scan}).status == 303
    assert SignedSheet.objects.get().name == "签字页.pdf"
    case = desk.open(chen_the_reviewer, case_url(scored))
    assert case_url(scored, "visit/signed/1") in case.html and len(case.statements) <= MOST_STATEMENTS
    paper = desk.open(chen_the_reviewer, case_url(scored, "visit/signed/1"))
    assert b"".join(paper.response.streaming_content).startswith(b"%PDF")
    assert desk.open(chen_the_reviewer, case_url(scored, "visit/signed/2")).status == 404


def test_sun_confirms_on_a_page_of_her_own(desk, scored, sun_the_verifier):
    sheet, url = case_url(scored, "visit"), case_url(scored, "visit/confirm")
    assert url in desk.open(sun_the_verifier, sheet).html
    page = desk.open(sun_the_verifier, url)
    assert "100 / 100" in page.main and len(page.statements) <= MOST_STATEMENTS
    assert desk.send(sun_the_verifier, url, {"shown": page.value_of("shown")}).goes_to == sheet
    assert "孙雨桐，组员：" in desk.open(sun_the_verifier, sheet).words
    assert [row["name"] for row in Visit.objects.get().confirmed] == ["孙雨桐"]


def test_wu_reads_what_was_found_and_confirms_it(
    client, monkeypatch, scored, wu_the_applicant, sun_the_verifier, wang_the_sauce_brewer
):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    browser, url = log_in(client, wu_the_applicant), address(scored, "sheet/")
    assert url not in browser.get("/my/").content.decode()
    commands.confirm_sheet(application=scored, by=sun_the_verifier, now=NOON)
    assert url in browser.get("/my/").content.decode()
    assert len(statements(browser, "/my/")) <= MOST_OF_APPLICANTS
    assert url in browser.get(address(scored)).content.decode()
    shown = browser.get(url)
    assert "100 / 100" in words(shown) and "确认后相当于在评分记录表上签字" in words(shown)
    assert len(statements(browser, url)) <= MOST_OF_APPLICANTS
    assert browser.post(url, {"shown": str(Visit.objects.get().sheet_revision)}).status_code == 303
    assert "吴晓梅已经确认" in words(browser.get(url))
    assert url not in browser.get(address(scored)).content.decode()
    with seen_by(wang_the_sauce_brewer.scope):
        assert not Visit.objects.exists()
