"""What a row keeps of its term, whatever the marks and the calendar: the due day is the one that the clock reads."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from xuke.catalogue.limits import time_limit
from xuke.foundation.calendar import Override, WorkingCalendar
from xuke.foundation.clock import Mark, read
from xuke.licensing.kept import BREACH, LAST, Kept, Term, level_days, next_alarm

MONDAY = date(2026, 9, 7)
A_DAY = timedelta(days=1)
LIMIT = time_limit("food.decision", MONDAY)
CALENDAR = WorkingCalendar()


@st.composite
def histories(draw) -> tuple[Mark, ...]:
    """A start, and then pauses, resumptions and one extension, as the commands would leave them."""
    start = date(2026, 12, 1) + timedelta(days=draw(st.integers(0, 40)))
    marks, day, paused, extended = [Mark(start, "start")], start, False, False
    for gap in draw(st.lists(st.integers(0, 9), max_size=6)):
        day += timedelta(days=gap)
        if not paused and not extended and draw(st.booleans()):
            marks.append(Mark(day, "extend", days=draw(st.integers(1, 5))))
            extended = True
        else:
            paused = not paused
            marks.append(Mark(day, "pause" if paused else "resume", name="听证" if paused else ""))
    return tuple(marks)


plans = st.dictionaries(
    st.integers(0, 60).map(lambda days: date(2026, 12, 20) + timedelta(days=days)),
    st.booleans().map(lambda worked: Override(worked, "", "国办发明电〔2026〕9号")),
    max_size=12,
)
"""What the State Council announces for the days around New Year."""


@settings(max_examples=150, deadline=None)
@given(marks=histories(), plan=plans, after=st.integers(0, 60))
def test_what_is_kept_is_what_the_clock_reads_before_and_after_a_new_plan(marks, plan, after):
    term = Term.of("decision", marks, LIMIT)
    again = Term.from_facts(term.began_on, term.facts)
    assert again.facts == term.facts
    for calendar in (CALENDAR, WorkingCalendar(plan)):
        today = marks[-1].on + timedelta(days=after)
        reading = read(marks, allowed=LIMIT.value, today=today, calendar=calendar)
        due = again.due(calendar)
        assert (due.on if due else None) == reading.due_on
        assert (due is not None and due.provisional) == reading.provisional
        assert again.used(today, calendar) + reading.left == again.allowed == reading.allowed
        assert sum(day.counted for day in reading.days if day.date <= today) == reading.used
        kept = Kept.of(again, calendar, since=marks[-1].on)
        assert (kept.due_on, kept.due_provisional) == (reading.due_on, reading.provisional)
        assert (kept.next_alarm_on is None) == (due is None)


@settings(max_examples=100, deadline=None)
@given(marks=histories(), plan=plans)
def test_a_plan_moves_the_day_and_not_the_number_of_days(marks, plan):
    """A year of which every day was announced is certain, and the last day is the one on which all are used."""
    term, calendar = Term.of("decision", marks, LIMIT), WorkingCalendar(plan)
    due = term.due(calendar)
    if due is None:
        return
    assert term.used(due.on, calendar) == term.allowed
    assert term.used(due.on - A_DAY, calendar) == term.allowed - 1


@settings(max_examples=100, deadline=None)
@given(marks=histories(), told=st.none() | st.integers(-5, 5))
def test_alarms_come_in_order_and_end_with_the_breach(marks, told):
    term = Term.of("decision", marks, LIMIT)
    due = term.due(CALENDAR)
    if due is None:
        assert level_days(term, CALENDAR) == ()
        return
    promised = due.on + timedelta(days=told) if told is not None else None
    days = level_days(term, CALENDAR, promised)
    assert list(days) == sorted(days, key=lambda each: each[0])
    assert [level for _, level in days][-2:] == [LAST, BREACH]
    assert days[-1][0] == due.on + A_DAY
    assert days[-2][0] == min(due.on, promised or due.on)
    assert next_alarm(days, since=days[-1][0] + A_DAY) is None


def test_of_a_receipt_the_third_and_the_fourth_day_are_told():
    term = Term("acceptance", MONDAY, 5, 5)
    days = [(day.day, level) for day, level in level_days(term, CALENDAR)]
    assert days == [(10, "silence3"), (11, "silence4"), (14, "last"), (15, "breach")]


def test_of_ten_days_the_fifth_the_eighth_and_the_last_are_told():
    term = Term("decision", MONDAY, 10, 10)
    days = [(day.day, level) for day, level in level_days(term, CALENDAR)]
    assert days == [(14, "half"), (17, "most"), (20, "last"), (21, "breach")]


def test_where_less_was_promised_the_law_still_has_its_own_day():
    term = Term("decision", MONDAY, 8, 10)
    assert (term.due(CALENDAR).on, term.law_due(CALENDAR)) == (date(2026, 9, 17), date(2026, 9, 20))
