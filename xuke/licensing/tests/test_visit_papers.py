"""The papers of a visit: made of what the team wrote down, once for each round, kept on the file."""

from __future__ import annotations

import pytest

from xuke.accounts.models import User
from xuke.documents import commands as documents
from xuke.documents.models import Notice
from xuke.foundation.refusals import NotPermitted, StepNotOpen
from xuke.licensing import commands
from xuke.licensing.commands.papers import KINDS
from xuke.tests.cast import NOON, everything, notices_about


def papers(application) -> list[Notice]:
    return [notice for notice in notices_about(application) if notice.kind in KINDS]


def test_zhao_makes_the_papers_of_his_visit_once(at, zhao_the_leader, chen_the_reviewer):
    application = at("verification_done")
    made = commands.file_visit_papers(application=application, by=zhao_the_leader, now=NOON)
    assert [paper.kind for paper in made] == ["meeting_record", "score_record", "verification_report", "material_list"]
    meeting, sheet, report, listed = (paper.content for paper in made)
    assert [row["duty"] for row in meeting["meetings"][0]["attendees"]][:2] == ["组长", "组员"]
    assert sum(len(part["rows"]) for part in sheet["parts"]) == 34
    assert (sheet["verdict"], report["conclusion"]) == ("通过", "通过")
    assert {row["result"] for row in report["varieties"]} == {"通过"}
    assert [row["name"] for row in listed["materials"]][-1] == "现场核查报告"
    assert papers(application) == made
    with pytest.raises(StepNotOpen, match="已经出具"):
        commands.file_visit_papers(application=application, by=chen_the_reviewer, now=NOON)


def test_nobody_makes_papers_of_a_visit_that_goes_on(at, zhao_the_leader):
    with pytest.raises(StepNotOpen, match="还没有结束"):
        commands.file_visit_papers(application=at("verification_assigned"), by=zhao_the_leader, now=NOON)


def test_others_do_not_make_them(at, wang_of_yichang, qian_the_auditor):
    application = at("verification_done")
    for other in (wang_of_yichang, qian_the_auditor):
        with pytest.raises(NotPermitted, match="由核查组成员"):
            commands.file_visit_papers(application=application, by=other, now=NOON)


def test_chen_looks_at_the_papers_before_they_are_made(at, chen_the_reviewer, client, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    application = at("verification_done")
    client.force_login(User.objects.get(pk=chen_the_reviewer.user_id), "xuke.accounts.backends.PasswordBackend")
    url = f"/office/applications/{application.pk}/papers/"
    assert "还没有核查文书" in client.get(url).content.decode()
    shown = client.post(url, {"preview": "1"}).content.decode()
    assert "现场核查评分记录表" in shown
    assert "预览" in shown
    with everything():
        assert not papers(application)
    assert client.post(url).status_code == 303
    assert "夷市监食许评〔2026〕0001号" in client.get(url).content.decode()


def test_a_rehearsal_gives_no_number_away(at, zhao_the_leader):
    application = at("verification_done")
    drafts = documents.rehearse(
        lambda: commands.file_visit_papers(application=application, by=zhao_the_leader, now=NOON)
    )
    assert drafts[0].series == "夷市监食许会〔2026〕"
    made = commands.file_visit_papers(application=application, by=zhao_the_leader, now=NOON)
    assert made[0].number == "夷市监食许会〔2026〕0001号"
