"""What takes longer than was told: the term runs again, whoever answers for it is told, and the level above too."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from xuke.accounts.officers import Role
from xuke.certificates.models import Licence
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Invalid, StepNotOpen
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import alarms, clocks, commands, performance, permissions, reminders, watching
from xuke.licensing.models import Alarm, Application, Breach, PostIssueCheck, Rectification, Visit
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS
from xuke.tests.cast import NOON, in_writing, notices_about, seen_by, verbs


def after(days: int):
    """So many working days after the noon of the story, at noon."""
    return NOON + timedelta(days=(current_calendar().add(NOON.date(), days).on - NOON.date()).days)


def watch(now) -> None:
    """What the worker does once a minute, as far as it concerns this."""
    watching.run_again(now)
    watching.raise_all(now)
    watching.raise_overdue(now)


def said(application) -> list[tuple[str, str]]:
    """The alarms that are open beside the term."""
    rows = Alarm.objects.filter(application=application, closed_at=None, clock__in=alarms.BESIDE)
    return list(rows.order_by("pk").values_list("clock", "level"))


def fresh(application) -> Application:
    return Application.objects.get(pk=application.pk)


@pytest.fixture
def asked(at, the_cast):
    """A hearing that the applicant asked for at noon, and that nobody calls."""
    application = commands.tell_hearing_right(
        application=at("document_review"), matter="拟不予许可。", by=the_cast.reviewer, now=NOON
    )
    return commands.request_hearing(application=application, reason="", by=the_cast.applicant, now=NOON)


@pytest.fixture
def tested(at, the_cast):
    """A test of which the applicant was told that it takes five working days."""
    return commands.begin_special_time(
        application=at("document_review"),
        kind="testing",
        organisation="宜昌市食品检验所",
        reason="核验微生物指标",
        until=after(5).date(),
        by=the_cast.reviewer,
        now=NOON,
    )


def blackout(application, cast, *, until, now=NOON):
    return commands.suspend(
        application=application,
        ground="outage",
        reason="停电。",
        until=until,
        **in_writing(),
        by=cast.reviewer,
        now=now,
    )


def used(application, now) -> int:
    return clocks.term(journal.history(application.stream), today=now.date()).reading.used


def test_a_hearing_that_nobody_calls_is_said_on_its_last_day_and_is_a_breach_the_day_after(
    asked, desk, the_cast, wang_of_yichang, he_the_supervisor
):
    watch(after(19))
    assert said(asked) == [] and fresh(asked).due_on is None
    watch(after(20))
    assert said(asked) == [("hearing", "last")]
    late = after(21)
    for _ in range(2):
        watch(late)
    assert said(asked) == [("hearing", "breach")]
    breach = Breach.objects.get(clock="hearing")
    assert (breach.limit, breach.due_on, breach.ended_on) == (20, after(20).date(), None)
    assert alarms.for_supervisor(wang_of_yichang, where="below", level="breach").filter(clock="hearing").exists()
    assert verbs(asked)[-2:] == ["application.pause_too_long", "application.term_breached"]
    shown = desk.open(he_the_supervisor, "/office/deadlines/")
    assert "听证期限" in shown.main and len(shown.statements) <= MOST_STATEMENTS
    assert "听证期限" in desk.open(he_the_supervisor, "/office/deadlines/?show=breaches").main
    assert "时限快到或者已超期" in desk.open(the_cast.reviewer, "/office/").main


def test_a_hearing_held_late_ends_its_breach(asked, the_cast):
    watch(after(21))
    application = commands.waive_hearing(application=fresh(asked), by=the_cast.applicant, now=after(23))
    watch(after(23))
    breach = Breach.objects.get(clock="hearing")
    assert (breach.ended_on, breach.over, said(application)) == (after(23).date(), 3, [])


def test_a_test_that_takes_longer_than_was_told_stops_the_term_no_longer(tested, the_cast):
    before = used(tested, NOON)
    watch(after(5))
    assert said(tested) == [("testing", "last")] and fresh(tested).due_on is None
    watch(after(8))
    running = fresh(tested)
    assert (running.paused_for, said(running)) == ("testing", [("testing", "breach")])
    assert used(running, after(8)) == before + 3 and not Breach.objects.exists()
    assert running.due_on == clocks.term(journal.history(running.stream), today=after(8).date()).reading.due_on
    why = permissions.why_not(the_cast.reviewer, "assign_verification", running, today=after(8).date())
    assert why.startswith("这件申请正在检验检测")
    done = commands.end_special_time(application=running, result="合格", by=the_cast.reviewer, now=after(9))
    watch(after(9))
    assert (done.paused_for, used(done, after(9)), said(done)) == ("", before + 4, [])


def test_it_counts_the_same_though_the_worker_did_not_look(tested, the_cast):
    before = used(tested, NOON)
    done = commands.end_special_time(application=tested, result="合格", by=the_cast.reviewer, now=after(9))
    assert used(done, after(9)) == before + 4
    assert verbs(done)[-2:] == ["application.pause_too_long", "application.special_time_ended"]


def test_a_blackout_within_which_a_hearing_is_asked_for_lets_the_term_stand_still_with_it(at, the_cast):
    application = commands.tell_hearing_right(
        application=at("document_review"), matter="拟不予许可。", by=the_cast.reviewer, now=NOON
    )
    before = used(application, NOON)
    application = blackout(application, the_cast, until=after(3).date())
    application = commands.request_hearing(application=application, reason="", by=the_cast.applicant, now=after(2))
    assert watching.run_again(after(5)) == 0
    with pytest.raises(StepNotOpen, match="没有超过"):
        commands.let_term_run(application=application, by=SYSTEM, now=after(5))
    # The blackout is over its day: once the hearing is waived nothing holds the term any more.
    application = commands.waive_hearing(application=fresh(application), by=the_cast.applicant, now=after(6))
    assert (application.paused_for, application.due_on is not None) == ("suspension", True)
    application = commands.resume(application=application, reason="来电。", by=the_cast.reviewer, now=after(8))
    assert (application.paused_for, used(application, after(8))) == ("", before + 3)


def test_an_investigation_of_which_nobody_knows_the_end_is_looked_at_again(at, the_cast, desk, he_the_supervisor):
    application = commands.suspend(
        application=at("document_review"),
        ground="investigation",
        reason="已经立案。",
        until=None,
        by=the_cast.reviewer,
        now=NOON,
    )
    watch(after(10))
    assert said(application) == []
    watch(after(11))
    assert said(application) == [("suspension", "look")] and fresh(application).due_on is None
    assert "请复核" in desk.open(he_the_supervisor, "/office/deadlines/").main
    assert "请复核" in desk.open(the_cast.reviewer, f"/office/applications/{application.pk}/").main


def test_a_visit_that_nobody_makes_in_its_five_days_is_said_and_goes_when_it_is_done(at, the_cast, zhao_the_leader):
    application = at("verification_assigned")
    watch(after(5))
    assert said(application) == [("visit", "last")]
    late = after(6)
    watch(late)
    # What the term itself has to say on that day does not hush it.
    commands.raise_alarms(by=SYSTEM, now=after(8))
    assert said(application) == [("visit", "breach")]
    assert Breach.objects.get(clock="visit").limit == 5
    done = commands.conclude_verification(
        application=fresh(application), applicant_signed=True, not_possible="停产", by=zhao_the_leader, now=late
    )
    watch(late)
    assert said(done) == []
    assert Breach.objects.get(clock="visit").ended_on == late.date()


@pytest.fixture
def late_visit(at):
    """A visit that nobody made in its five days."""
    application = at("verification_assigned")
    watch(after(6))
    return fresh(application)


def test_a_day_that_was_let_pass_stands_in_the_history_once_though_the_term_gets_more_days(late_visit, the_cast):
    words = {"days": 5, "reason": "工艺复杂。", "by": the_cast.reviewer, "now": after(6)}
    application = commands.ask_extension(application=late_visit, **words)
    application = commands.extend(application=application, by=the_cast.decider, now=after(6))
    assert said(application) == [("visit", "breach")]
    # A round before also let it be forgotten: what is on record is not written down once more.
    Alarm.objects.filter(application=application).update(closed_at=after(6))
    watch(after(7))
    assert said(application) == [("visit", "breach")]
    assert verbs(application).count("application.term_breached") == Breach.objects.filter(clock="visit").count() == 1


def test_a_late_visit_that_is_suspended_afterwards_is_one_breach_to_explain(late_visit, the_cast, zhao_the_leader):
    application = blackout(late_visit, the_cast, until=after(9).date(), now=after(6))
    watch(after(7))
    words = {"reason": "来电。", "visit_on": after(8).date(), "by": the_cast.reviewer}
    application = commands.resume(application=fresh(application), **words, now=after(8))
    watch(after(8))
    due = Visit.objects.get(application=application).due_on
    breach = Breach.objects.get(clock="visit")
    assert (due, breach.due_on, breach.limit) == (after(7).date(), after(7).date(), 7)
    assert (breach.law_due_on, breach.ended_on, breach.over) == (after(7).date(), None, None)
    assert said(application) == [("visit", "breach")]
    assert verbs(application).count("application.term_breached") == 1
    commands.conclude_verification(
        application=fresh(application), applicant_signed=True, not_possible="停产", by=zhao_the_leader, now=after(8)
    )
    watch(after(8))
    breach.refresh_from_db()
    assert (breach.ended_on, breach.over) == (after(8).date(), 1)


# What follows a licence -----------------------------------------------------------------------------------------------


@pytest.fixture
def followed(at):
    """A licence with its check after issue, and something that is to be put right first."""
    at("granted")
    Rectification.objects.update(due_on=NOON.date() - timedelta(days=1))
    return PostIssueCheck.objects.get()


def due(check, days: int) -> None:
    PostIssueCheck.objects.filter(pk=check.pk).update(due_on=NOON.date() + timedelta(days=days))


def inbox(desk, officer) -> str:
    shown = desk.open(officer, "/office/")
    assert len(shown.statements) <= MOST_STATEMENTS
    return shown.main


def test_what_is_late_after_a_licence_is_said_to_the_supervisor_and_to_the_level_above(
    followed, desk, he_the_supervisor, the_cast, wang_of_yichang
):
    due(followed, 5)
    assert "1项证后检查7日内到期" in inbox(desk, he_the_supervisor)
    due(followed, -1)
    said_here = inbox(desk, he_the_supervisor)
    assert "1项证后检查超过期限" in said_here and "1项核查后的整改超过期限" in said_here
    above = replace(wang_of_yichang, roles=frozenset({Role.SUPERVISOR}))
    with seen_by(above.scope):
        told = reminders.spoken(above, today=NOON.date())
    assert (told.checks_below, told.unreported_below, told.checks) == (1, 1, 0)
    assert "证后检查" not in inbox(desk, the_cast.decider).partition("1件")[0]
    Rectification.objects.update(reported_at=NOON)
    assert "1项整改企业已经报告，等您确认" in inbox(desk, he_the_supervisor)


def test_the_board_tells_what_is_late_beside_the_terms(followed, at, desk, he_the_supervisor, the_sauce_cast):
    due(followed, -1)
    sent = at("verification_assigned", cast=the_sauce_cast)
    Visit.objects.filter(application=sent).update(due_on=NOON.date() - timedelta(days=1))
    performance.forget()
    shown = desk.open(he_the_supervisor, "/office/performance/")
    assert len(shown.statements) <= MOST_STATEMENTS
    for title in ("现场核查逾期", "证后检查逾期", "整改逾期未报告"):
        assert re.search(rf"{title} ?1 ?件", shown.main), title
    Licence.objects.update(state="cancelled")
    assert re.search(r"证后检查逾期 ?0 ?件", desk.open(he_the_supervisor, "/office/performance/").main)


# A later day ----------------------------------------------------------------------------------------------------------


def prolong(application, cast, day: int, until: int):
    words = {"until": after(until).date(), "reason": "需要复检。", "by": cast.reviewer, "now": after(day)}
    return commands.prolong_pause(application=application, **words)


def test_a_test_that_takes_longer_has_a_later_day_that_the_applicant_is_told(tested, the_cast):
    before = used(tested, NOON)
    with pytest.raises(Invalid, match="原来告知的日期之后"):
        prolong(tested, the_cast, 2, 5)
    watch(after(5))
    application = prolong(fresh(tested), the_cast, 5, 9)
    watch(after(8))
    assert said(application) == [] and fresh(application).due_on is None
    notice = [each for each in notices_about(application) if each.kind == "special_time_notice"][-1]
    assert (notice.content["until_on"], notice.content["days"]) == (after(9).date().isoformat(), 9)
    # Told too late: the day in between counted, and what comes after does not.
    watch(after(11))
    again = prolong(fresh(tested), the_cast, 11, 14)
    assert (again.due_on, used(again, after(13))) == (None, before + 1)


def test_a_blackout_is_prolonged_within_its_ten_days_in_all_and_a_hearing_never(asked, the_sauce_cast, the_cast, at):
    with pytest.raises(StepNotOpen, match="没有可以另定日期"):
        prolong(asked, the_cast, 2, 25)
    dark = blackout(at("document_review", cast=the_sauce_cast), the_sauce_cast, until=after(4).date())
    with pytest.raises(Invalid, match="最迟"):
        prolong(dark, the_sauce_cast, 3, 11)
    assert prolong(dark, the_sauce_cast, 3, 10).paused_for == "suspension"
