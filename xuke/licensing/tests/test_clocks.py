"""The statutory clocks of a case, read from its journal: which one runs, since when, until when."""

from datetime import date, timedelta

import pytest

from xuke.foundation import journal
from xuke.foundation.models import CalendarDay
from xuke.foundation.working_days import forget
from xuke.licensing import clocks, commands
from xuke.licensing.workflow import LIFE
from xuke.tests.cast import LONG_AGO, MORNING, NOON, Minutes

MONDAY = date(2026, 9, 7)
A_DAY_EACH = timedelta(days=1)


def events_of(application):
    return journal.history(application.stream)


def term(application, today=MONDAY, **other):
    return clocks.term(events_of(application), today=today, **other)


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("submitted", "受理时限"),
        ("correcting_on_spot", "受理时限"),
        ("resubmitted", "受理时限"),
        ("accepted", "决定时限"),
        ("document_review", "决定时限"),
        ("verification_assigned", "决定时限"),
        ("verification_done", "决定时限"),
        ("decision_proposed", "决定时限"),
        ("granted", "发证时限"),
    ],
)
def test_in_every_open_state_a_term_runs_and_the_list_shows_its_end(state, title, at):
    application = at(state)
    running = term(application)
    assert (running.title, running.reading.schedule.stop) == (title, None)
    assert running.reading.due_on == application.due_on
    assert clocks.glance(state, application.due_on, today=MONDAY).due_on == application.due_on


@pytest.mark.parametrize("state", [state.name for state in LIFE.states if state.final] + ["correction_requested"])
def test_where_nobody_waits_for_the_office_no_term_runs(state, at):
    application = at(state)
    assert application.due_on is None
    assert term(application).reading.schedule.stop == MONDAY
    assert clocks.glance(state, application.due_on, today=MONDAY) is None


def test_before_submission_there_is_no_term(at):
    assert term(at("draft")) is None


def test_accepting_stops_one_clock_and_starts_the_other(at):
    application = at("accepted", now=Minutes(MORNING, A_DAY_EACH))
    acceptance = term(application, today=date(2026, 9, 30), clock=clocks.ACCEPTANCE)
    decision = term(application, today=date(2026, 9, 30), clock=clocks.DECISION)
    assert (acceptance.reading.started_on, acceptance.reading.schedule.stop) == (date(2026, 9, 9), date(2026, 9, 10))
    assert acceptance.reading.used == 1
    assert (decision.reading.started_on, decision.reading.schedule.stop) == (date(2026, 9, 10), None)


def test_granting_stops_the_decision_and_the_certificate_ends_the_issue(at):
    granted = at("certificate_issued")
    readings = {clock: term(granted, clock=clock).reading for clock in (clocks.DECISION, clocks.ISSUE)}
    assert all(reading.schedule.stop == MONDAY for reading in readings.values())
    assert term(granted).name == clocks.ISSUE


def test_the_limits_come_with_their_articles(at):
    application = at("certificate_issued")
    limits = {name: term(application, clock=name).limit for name in ("acceptance", "decision", "issue")}
    assert {name: limit.value for name, limit in limits.items()} == {"acceptance": 5, "decision": 10, "issue": 5}
    assert all(limit.basis for limit in limits.values())


def test_sending_back_and_claiming_do_not_touch_the_clock(at, chen_the_reviewer, liu_the_decider):
    application = at("decision_proposed")
    due = application.due_on
    application = commands.claim(application=application, by=liu_the_decider, now=NOON)
    assert application.due_on == due
    later = NOON + timedelta(days=2)
    application = commands.return_to_review(application=application, reason="核对。", by=liu_the_decider, now=later)
    assert application.due_on == due
    assert term(application, today=later.date()).reading.used == 2


def test_an_overdue_case_says_so(at):
    reading = term(at("accepted"), today=date(2026, 9, 22)).reading
    assert (reading.light, reading.left) == ("超期", -2)
    assert reading.due_on == date(2026, 9, 20)


def test_a_case_around_new_year_says_that_its_due_date_may_move(at):
    application = at("accepted", now=Minutes(MORNING + timedelta(days=107)))
    assert application.due_on.year == 2027
    assert application.due_provisional
    reading = term(application, today=date(2026, 12, 23)).reading
    assert (reading.due_on, reading.provisional) == (application.due_on, True)
    assert "2027年放假安排尚未公布" in reading.certainty


def test_a_case_in_september_is_certain(at):
    application = at("accepted")
    assert not application.due_provisional
    assert not term(application).reading.provisional


def test_a_flood_closes_the_office_and_the_term_is_longer(at):
    CalendarDay.objects.create(
        date=date(2026, 9, 9), is_workday=False, name="防汛停工", source="夷防指〔2026〕3号", recorded_at=LONG_AGO
    )
    forget()
    try:
        assert at("submitted").due_on == date(2026, 9, 15)
    finally:
        forget()


def test_every_reading_explains_itself_day_by_day(at):
    reading = term(at("accepted"), today=date(2026, 9, 14)).reading
    assert [day.reason for day in reading.days if day.date.weekday() >= 5] == ["周六", "周日", "周六", "调休上班"]
    assert sum(day.counted for day in reading.days if not day.ahead) == reading.used == 5
