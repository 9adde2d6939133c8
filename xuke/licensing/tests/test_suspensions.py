"""How long a case is suspended in all, and what it is suspended on: the applicant's word, as a scan or a message."""

from __future__ import annotations

from datetime import timedelta

import pytest

from xuke.config.demonstration.samples import sample
from xuke.foundation import files, journal
from xuke.foundation.refusals import Invalid
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import commands
from xuke.licensing.commands.suspending import room
from xuke.licensing.models import Application, Message
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.tests.cast import NOON, told


def after(days: int):
    """So many working days after the noon of the story, at noon."""
    return NOON + timedelta(days=(current_calendar().add(NOON.date(), days).on - NOON.date()).days)


@pytest.fixture
def paper(world):
    return files.store([sample("trial_product_report") + b"\n% asked\n"], "中止申请.pdf", now=NOON)


@pytest.fixture
def stop(the_cast, paper):
    def do(application, since: int, until: int | None, **other):
        words = {"ground": "outage", "reason": "停电。", "paper": paper, "paper_name": "中止申请.pdf"} | other
        day = after(until).date() if until else None
        return commands.suspend(application=application, until=day, by=the_cast.reviewer, now=after(since), **words)

    return do


def go_on(application, cast, day: int):
    return commands.resume(application=application, reason="来电。", by=cast.reviewer, now=after(day))


def test_ten_working_days_are_all_there_is_however_often_a_case_is_suspended(at, the_cast, stop):
    application = go_on(stop(at("document_review"), 0, 6), the_cast, 6)
    with pytest.raises(Invalid, match="已经用了6个"):
        stop(application, 8, 13)
    application = go_on(stop(application, 8, 12, ground="applicant"), the_cast, 12)
    with pytest.raises(Invalid) as refusal:
        stop(application, 14, 15, ground="other")
    assert "不能再中止" in told(refusal)["ground"]
    # An investigation takes as long as it takes.
    assert stop(application, 14, None, ground="investigation", paper=None).paused_for == "suspension"


def test_what_took_longer_than_was_told_counted_in_the_term_and_not_here(at, the_cast, stop):
    application = go_on(stop(at("document_review"), 0, 3), the_cast, 8)
    assert stop(application, 9, 16).paused_for == "suspension"


def prolong(application, cast, day: int, until: int):
    words = {"until": after(until).date(), "reason": "还没有来电。", "by": cast.reviewer, "now": after(day)}
    return commands.prolong_pause(application=application, **words)


def test_days_between_the_day_that_was_told_and_a_later_one_told_too_late_are_not_used(at, the_cast, stop):
    """Three days dark, five in which the term ran, then dark again: what ran is no part of the ten."""
    application = stop(at("document_review"), 0, 3)
    with pytest.raises(Invalid, match="最迟"):
        prolong(application, the_cast, 8, 16)
    application = go_on(prolong(Application.objects.get(pk=application.pk), the_cast, 8, 14), the_cast, 14)
    assert room(application, today=after(14).date()).used == 9
    assert stop(application, 15, 16).paused_for == "suspension"


def test_a_case_is_suspended_on_the_applicant_s_word(at, the_cast, the_sauce_cast, stop):
    application, other = at("document_review"), at("document_review", cast=the_sauce_cast)
    for ground in ("outage", "applicant", "other"):
        with pytest.raises(Invalid) as refusal:
            stop(application, 0, 3, ground=ground, paper=None)
        assert told(refusal).keys() == {"paper"}
    with pytest.raises(Invalid, match="预计恢复"):
        stop(application, 0, None, ground="other")
    for case, by in ((application, the_cast.reviewer), (other, the_sauce_cast.applicant)):
        commands.send_message(application=case, text="停电。", by=by, now=NOON)
        with pytest.raises(Invalid, match="消息"):
            stop(application, 0, 3, paper=None, message=Message.objects.latest("pk").pk)
    commands.send_message(application=application, text="停电，申请中止。", by=the_cast.applicant, now=NOON)
    said = Message.objects.latest("pk")
    done = stop(Application.objects.get(pk=application.pk), 0, 3, paper=None, message=said.pk)
    assert journal.history(done.stream)[-1].facts["message"] == said.pk


def test_chen_files_the_scan_and_finds_it_on_the_case(at, the_cast, desk, yang_of_yidu, paper):
    application = at("document_review")
    commands.send_message(application=application, text="全区停电到周三。", by=the_cast.applicant, now=NOON)
    application = Application.objects.get(pk=application.pk)
    url = case_url(application, "suspend")
    shown = desk.open(the_cast.reviewer, url)
    assert "全区停电到周三" in shown.main and "最长10个工作日" in shown.main
    assert len(shown.statements) <= MOST_STATEMENTS and 'enctype="multipart/form-data"' in shown.html
    sent = {"ground": "outage", "reason": "停电。", "until": after(3).date().isoformat()}
    assert desk.send(the_cast.reviewer, url, sent | {"revision": str(shown.revision)}).status == 422
    with files.path_of(paper.digest).open("rb") as scan:
        sent |= {"paper": scan, "revision": str(shown.revision)}
        assert desk.send(the_cast.reviewer, url, sent).status == 303
    case = desk.open(the_cast.reviewer, case_url(application))
    link = case_url(application, f"evidence/{paper.digest}")
    assert link in case.html and len(case.statements) <= MOST_STATEMENTS
    scan_again = desk.open(the_cast.reviewer, link).response
    assert b"".join(scan_again.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert desk.open(the_cast.reviewer, case_url(application, f"evidence/{'0' * 64}")).status == 404
    assert desk.open(yang_of_yidu, link).status == 404
