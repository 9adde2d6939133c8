"""Deciding about single days, over the announced plan."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from xuke.foundation import commands, journal, working_days
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Invalid

NOON = datetime(2026, 9, 7, 4, tzinfo=UTC)
FLOOD = date(2026, 9, 8)


@pytest.fixture(autouse=True)
def read_anew():
    working_days.forget()
    yield
    working_days.forget()


def decide(is_workday: bool, source: str = "鄂防指〔2026〕3号"):
    return commands.decide_day(day=FLOOD, is_workday=is_workday, name="防汛停工", source=source, by=SYSTEM, now=NOON)


def test_a_decided_day_moves_every_term_at_once(world):
    assert working_days.current().add(date(2026, 9, 7), 1).on == FLOOD
    decide(is_workday=False)
    assert working_days.current().add(date(2026, 9, 7), 1).on == date(2026, 9, 9)
    assert working_days.current().day(FLOOD).name == "防汛停工"


def test_a_decision_can_be_taken_back_and_the_journal_keeps_both(world):
    decide(is_workday=False)
    decide(is_workday=True)
    assert working_days.current().is_working(FLOOD)
    told = [event.facts["is_workday"] for event in journal.history(f"day:{FLOOD.isoformat()}")]
    assert told == [False, True]


def test_a_decision_names_the_document_it_rests_on(world):
    with pytest.raises(Invalid, match="依据的文件"):
        decide(is_workday=False, source=" ")
