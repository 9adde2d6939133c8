"""Acceptance: in time, it counts from its own day; after silence, from the day of receipt."""

from datetime import date, timedelta

import pytest

from xuke.foundation import journal
from xuke.licensing import clocks, commands
from xuke.licensing.tests.acts import signed
from xuke.tests.cast import MORNING, NOON, Minutes, notices_about


def accept(application, by, now=NOON):
    return commands.accept(application=application, by=by, now=now)


def test_zhou_accepts_and_the_decision_term_begins(at, zhou_the_acceptor):
    application = accept(at("submitted"), zhou_the_acceptor)
    assert (application.accepted_by_id, application.accepted_on) == (zhou_the_acceptor.user_id, date(2026, 9, 7))
    # Ten working days from the 8th: the 20th is a Sunday on which people work before the autumn holidays.
    assert (application.due_on, application.due_provisional) == (date(2026, 9, 20), False)
    assert application.acceptance_number == "夷市监食许受〔2026〕0001号"


def test_the_notice_tells_day_term_and_basis(at, zhou_the_acceptor):
    application = accept(at("submitted"), zhou_the_acceptor)
    notice = notices_about(application)[-1]
    assert (notice.kind, notice.number) == ("acceptance_notice", application.acceptance_number)
    told = {name: notice.content[name] for name in ("accepted_on", "due_on", "days", "provisional")}
    assert told == {"accepted_on": "2026-09-07", "due_on": "2026-09-20", "days": 10, "provisional": False}
    assert "食品生产许可管理办法" in notice.content["basis"]
    assert notice.reconsideration_until is None


def test_on_the_last_day_acceptance_is_still_in_time(at, zhou_the_acceptor):
    last = NOON + timedelta(days=7)
    application = accept(at("submitted"), zhou_the_acceptor, now=last)
    assert application.accepted_on == date(2026, 9, 14)


def test_after_five_silent_days_acceptance_takes_effect_on_the_day_of_receipt(at, zhou_the_acceptor):
    late = NOON + timedelta(days=8)
    application = accept(at("submitted"), zhou_the_acceptor, now=late)
    assert application.accepted_on == date(2026, 9, 7)
    assert application.due_on == date(2026, 9, 20)
    event = journal.history(application.stream)[-1]
    assert (event.effective_on, event.at) == (date(2026, 9, 7), late)
    assert notices_about(application)[-1].content["accepted_on"] == "2026-09-07"
    reading = clocks.term(journal.history(application.stream), today=date(2026, 9, 15)).reading
    assert (reading.used, reading.due_on) == (6, date(2026, 9, 20))


def test_the_days_of_a_spot_correction_count(at, the_cast, zhou_the_acceptor):
    """The term is not stopped while the applicant thinks about it."""
    application = at("correcting_on_spot")
    back = signed("confirm_correction", application, by=the_cast.applicant, now=NOON + timedelta(days=8))
    assert back.due_on == date(2026, 9, 14)
    assert accept(back, zhou_the_acceptor, now=NOON + timedelta(days=8)).accepted_on == date(2026, 9, 7)


def test_after_a_correction_the_five_days_run_again_from_the_resubmission(at, zhou_the_acceptor):
    application = at("resubmitted", now=Minutes(MORNING, timedelta(days=1)))  # Tuesday to Friday, one act a day.
    assert (application.received_on, application.due_on) == (date(2026, 9, 9), date(2026, 9, 18))
    in_time = accept(application, zhou_the_acceptor, now=NOON + timedelta(days=11))
    assert in_time.accepted_on == date(2026, 9, 18)


def test_silence_after_a_resubmission_accepts_from_the_resubmission(at, zhou_the_acceptor):
    application = at("resubmitted", now=Minutes(MORNING, timedelta(days=1)))
    late = accept(application, zhou_the_acceptor, now=NOON + timedelta(days=14))
    assert late.accepted_on == date(2026, 9, 11)


def test_the_decision_term_of_december_ends_in_a_year_without_a_holiday_plan(at, zhou_the_acceptor):
    december = Minutes(MORNING + timedelta(days=107))  # Wednesday, 23 December.
    application = at("accepted", now=december)
    assert application.accepted_on == date(2026, 12, 23)
    assert application.due_on > date(2027, 1, 4)
    assert application.due_provisional
    assert notices_about(application)[-1].content["provisional"]


@pytest.mark.parametrize("state", ["submitted", "resubmitted"])
def test_a_claim_is_over_when_the_case_moves(state, at, zhou_the_acceptor):
    application = commands.claim(application=at(state), by=zhou_the_acceptor, now=NOON)
    accepted = accept(application, zhou_the_acceptor)
    assert (accepted.claimed_by_id, accepted.claimed_at) == (None, None)
