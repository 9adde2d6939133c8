"""One extension of the decision term: asked with a reason, approved by a third hand, told to the applicant."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from xuke.foundation import journal
from xuke.foundation.refusals import Invalid, NotPermitted, StepNotOpen
from xuke.licensing import clocks, commands
from xuke.licensing.models import Application
from xuke.licensing.tests.acts import BY_VERB
from xuke.tests.cast import NOON, TOMORROW, notices_about, told

DAYS = {"days": 5, "reason": "工艺复杂，需要专家咨询。"}


@pytest.fixture
def asked(at, the_cast) -> Application:
    """The review has asked for five more days."""
    return BY_VERB["ask_extension"].do(at("document_review"), the_cast)


def test_asking_moves_no_day_and_approving_moves_it_once(asked, the_cast):
    assert asked.due_on == date(2026, 9, 20)
    done = commands.extend(application=asked, by=the_cast.decider, now=TOMORROW)
    assert (done.due_on, done.promised_on) == (date(2026, 9, 28), date(2026, 9, 28))
    term = clocks.term(journal.history(done.stream), today=TOMORROW.date(), application=done)
    assert term.reading.headline.startswith("15个工作日（含延长5个工作日）")
    assert clocks.of_row(done, today=TOMORROW.date()).due_on == done.due_on


def test_the_applicant_is_told_until_when_and_why(asked, the_cast):
    commands.extend(application=asked, by=the_cast.decider, now=TOMORROW)
    notice = notices_about(asked)[-1]
    assert notice.kind == "extension_notice"
    assert (notice.content["days"], notice.content["due_on"]) == (5, "2026-09-28")
    assert notice.content["reason"] == DAYS["reason"]


def test_a_second_extension_is_refused_with_the_article(asked, the_cast):
    done = commands.extend(application=asked, by=the_cast.decider, now=TOMORROW)
    with pytest.raises(StepNotOpen, match="第二十二条"):
        commands.ask_extension(application=done, **DAYS, by=the_cast.reviewer, now=TOMORROW)


def test_nobody_asks_while_the_answer_is_out_and_may_ask_again_after_a_no(asked, the_cast):
    with pytest.raises(StepNotOpen, match="等待批准"):
        commands.ask_extension(application=asked, **DAYS, by=the_cast.reviewer, now=TOMORROW)
    no = commands.decline_extension(application=asked, reason="可以办结。", by=the_cast.decider, now=TOMORROW)
    assert no.due_on == asked.due_on
    again = commands.ask_extension(application=no, **DAYS, by=the_cast.reviewer, now=TOMORROW)
    assert again.extension["status"] == "asked"


def test_after_the_last_day_it_is_too_late(asked, the_cast):
    late = NOON + timedelta(days=14)
    with pytest.raises(StepNotOpen, match="已经届满"):
        commands.extend(application=asked, by=the_cast.decider, now=late)


@pytest.mark.parametrize("days", [0, 6])
def test_the_data_say_by_how_many_days_at_most(days, at, the_cast):
    with pytest.raises(Invalid) as refusal:
        commands.ask_extension(
            application=at("document_review"), days=days, reason="情况复杂。", by=the_cast.reviewer, now=NOON
        )
    assert "最多延长5个工作日" in told(refusal)["days"]


def test_whoever_approves_has_decided_and_reviews_no_more(asked, the_cast, world):
    done = commands.extend(application=asked, by=the_cast.decider, now=TOMORROW)
    assert the_cast.decider.user_id in done.considered_by
    with pytest.raises(NotPermitted):
        commands.extend(application=asked, by=the_cast.reviewer, now=TOMORROW)
