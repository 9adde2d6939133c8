"""Working days: the vectors of 2026, years not announced yet, overrides, periods in days, months and years."""

import argparse
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xuke.config import cli_due
from xuke.foundation.calendar import (
    FIRST_YEAR,
    LAST_YEAR,
    DueDate,
    OutsideCalendar,
    Override,
    WorkingCalendar,
    same_day,
    spoken,
    valid_until,
    weekday,
)

VECTORS = json.loads((Path(__file__).parent / "data" / "workday_vectors.json").read_text(encoding="utf-8"))
CALENDAR = WorkingCalendar()
ONE_DAY = timedelta(days=1)

days = st.dates(date(2004, 1, 1), date(2040, 12, 31))
overrides = st.dictionaries(
    st.dates(date(2026, 6, 1), date(2027, 6, 30)), st.builds(Override, is_workday=st.booleans()), max_size=30
)
calendars = st.builds(WorkingCalendar, overrides)


def on(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize("row", VECTORS["due"], ids=lambda row: f"{row['start']}+{row['working_days']}")
def test_a_period_of_working_days_ends_when_the_vectors_say(row):
    assert CALENDAR.add(on(row["start"]), row["working_days"]) == DueDate(on(row["due"]), provisional=False)


@pytest.mark.parametrize("row", VECTORS["latest_before"], ids=lambda row: f"{row['expiry']}-{row['working_days']}")
def test_the_latest_day_to_apply_is_when_the_vectors_say(row):
    latest = CALENDAR.subtract(on(row["expiry"]), row["working_days"])
    assert latest == DueDate(on(row["latest_apply"]), provisional=False)


def test_the_holidays_and_make_up_days_of_2026_are_those_announced():
    year = [date(2026, 1, 1) + timedelta(days=index) for index in range(365)]
    off = {day for day in year if not CALENDAR.is_working(day)}
    worked = {day for day in year if day.weekday() >= 5} - off
    assert {on(text) for text in VECTORS["holidays_2026"]} <= off
    assert worked == {on(text) for text in VECTORS["make_up_workdays_2026"]}
    assert {day for day in off if day.weekday() < 5} <= {on(text) for text in VECTORS["holidays_2026"]}


@pytest.mark.parametrize(
    ("text", "name", "is_working"),
    [
        ("2026-09-25", "中秋节", False),
        ("2026-10-03", "国庆节", False),
        ("2026-10-10", "调休上班", True),
        ("2026-10-11", "周日", False),
        ("2026-10-17", "周六", False),
        ("2026-10-19", "", True),
        ("2026-02-16", "春节", False),
        ("2026-04-06", "清明节", False),
        ("2026-06-19", "端午节", False),
        ("2015-09-03", "抗战胜利纪念日", False),
        ("2027-02-05", "除夕", False),
        ("2027-09-15", "中秋节", False),
    ],
)
def test_a_day_is_called_what_people_call_it(text, name, is_working):
    day = CALENDAR.day(on(text))
    assert (day.name, day.is_working, day.provisional) == (name, is_working, text > "2027")


def test_a_term_that_crosses_into_a_year_not_announced_is_provisional():
    assert CALENDAR.add(date(2026, 12, 18), 9) == DueDate(date(2026, 12, 31), provisional=False)
    assert CALENDAR.add(date(2026, 12, 18), 10) == DueDate(date(2027, 1, 4), provisional=True)
    assert CALENDAR.subtract(date(2027, 1, 1), 5).provisional is False
    assert CALENDAR.subtract(date(2027, 1, 2), 5).provisional is True


def test_without_a_plan_weekends_and_statutory_days_are_off_and_nobody_makes_up():
    worked_weekends = [day for day in all_of(2027) if day.weekday() >= 5 and CALENDAR.is_working(day)]
    assert worked_weekends == []
    off = {day for day in all_of(2027) if day.weekday() < 5 and not CALENDAR.is_working(day)}
    assert off == {
        *(date(2027, 1, 1), date(2027, 2, 5), date(2027, 2, 8), date(2027, 4, 5)),
        *(date(2027, 6, 9), date(2027, 9, 15), date(2027, 10, 1)),
    }


def all_of(year):
    first = date(year, 1, 1)
    return [first + timedelta(days=index) for index in range((date(year + 1, 1, 1) - first).days)]


def test_an_authority_can_close_on_a_working_day_and_open_on_a_weekend():
    flood, saturday = date(2026, 7, 15), date(2026, 7, 18)
    calendar = WorkingCalendar(
        {
            flood: Override(is_workday=False, name="防汛停工", source="宜昌市人民政府通告"),
            saturday: Override(is_workday=True),
        }
    )
    assert (calendar.day(flood).name, calendar.day(flood).source) == ("防汛停工", "宜昌市人民政府通告")
    assert calendar.day(saturday).name == "调休上班"
    assert calendar.add(date(2026, 7, 14), 3).on == date(2026, 7, 18)
    assert CALENDAR.add(date(2026, 7, 14), 3).on == date(2026, 7, 17)


def test_a_day_that_was_decided_is_no_longer_provisional():
    decided = {day: Override(is_workday=day.weekday() < 5) for day in all_of(2027)[:31]}
    assert WorkingCalendar(decided).add(date(2026, 12, 18), 10).provisional is False
    assert WorkingCalendar(decided).add(date(2027, 1, 20), 20).provisional is True


def test_a_calendar_does_not_change_when_the_table_behind_it_does():
    table = {date(2026, 7, 15): Override(is_workday=False)}
    calendar = WorkingCalendar(table)
    table.clear()
    assert not calendar.is_working(date(2026, 7, 15))


@pytest.mark.parametrize("outside", [date(FIRST_YEAR - 1, 12, 31), date(LAST_YEAR + 1, 1, 1), date.min, date.max])
def test_days_that_nobody_can_judge_are_refused_with_the_years_that_are_known(outside):
    with pytest.raises(OutsideCalendar, match=f"{FIRST_YEAR}年至{LAST_YEAR}年"):
        CALENDAR.add(outside, 5)


def test_a_period_cannot_be_negative():
    with pytest.raises(ValueError, match="负数"):
        CALENDAR.add(date(2026, 1, 5), -1)
    with pytest.raises(ValueError, match="负数"):
        CALENDAR.subtract(date(2026, 1, 5), -1)


def test_a_period_in_calendar_days_that_ends_on_a_holiday_moves_on():
    assert CALENDAR.days_after(date(2026, 9, 21), 10).on == date(2026, 10, 8)
    assert CALENDAR.days_after(date(2026, 9, 18), 10).on == date(2026, 9, 28)


def test_months_end_on_the_same_day_number_or_the_last_of_the_month():
    assert same_day(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert same_day(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert same_day(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert CALENDAR.months_after(date(2026, 4, 19), 6).on == date(2026, 10, 19)
    assert CALENDAR.months_after(date(2026, 4, 3), 6).on == date(2026, 10, 8)


@pytest.mark.parametrize(
    ("start", "years", "end"),
    [
        ("2026-03-01", 5, "2031-02-28"),
        ("2026-10-19", 5, "2031-10-18"),
        ("2024-02-29", 5, "2029-02-28"),
        ("2024-02-29", 4, "2028-02-28"),
        ("2026-03-01", 2, "2028-02-29"),
        ("2027-01-01", 5, "2031-12-31"),
    ],
)
def test_a_licence_is_valid_until_the_day_before_its_anniversary(start, years, end):
    assert valid_until(on(start), years) == on(end)


def test_some_print_the_anniversary_itself():
    assert valid_until(on("2026-03-01"), 5, on_anniversary=True) == on("2031-03-01")
    assert valid_until(on("2024-02-29"), 5, on_anniversary=True) == on("2029-02-28")


def test_dates_are_worded_as_in_official_documents():
    assert spoken(date(2026, 12, 8)) == "2026年12月8日"
    assert spoken(date(2026, 12, 8), today=date(2026, 10, 16)) == "12月8日"
    assert spoken(date(2027, 1, 4), today=date(2026, 12, 30)) == "2027年1月4日"
    assert weekday(date(2026, 10, 20)) == "星期二"


@given(calendars, days, st.integers(1, 60))
def test_a_term_ends_on_a_working_day_and_holds_exactly_its_days(calendar, start, number):
    due = calendar.add(start, number).on
    assert calendar.is_working(due)
    assert calendar.days_between(start, due) == number
    assert sum(calendar.is_working(start + ONE_DAY * step) for step in range(1, (due - start).days + 1)) == number


@given(calendars, days.filter(lambda day: day.year > 2005), st.integers(1, 60))
def test_counting_back_mirrors_counting_forward(calendar, expiry, number):
    latest = calendar.subtract(expiry, number).on
    assert calendar.is_working(latest)
    assert calendar.days_between(latest - ONE_DAY, expiry - ONE_DAY) == number


@given(calendars, days, days, days)
def test_days_between_add_up(calendar, first, second, third):
    whole = calendar.days_between(first, third)
    assert whole == calendar.days_between(first, second) + calendar.days_between(second, third)
    assert calendar.days_between(first, second) == -calendar.days_between(second, first)


@given(calendars, days, st.integers(0, 400))
def test_a_period_is_provisional_exactly_when_one_of_its_days_is(calendar, start, length):
    end = start + ONE_DAY * length
    each = any(calendar.day(start + ONE_DAY * step).provisional for step in range(1, length + 1))
    assert calendar.is_provisional(start, end) == each


@given(calendars, days, st.integers(0, 30))
def test_a_calendar_period_never_ends_on_a_day_off_nor_early(calendar, start, number):
    end = calendar.days_after(start, number).on
    assert calendar.is_working(end)
    assert end >= start + ONE_DAY * number


def on_the_command_line(capsys, *words):
    parser = argparse.ArgumentParser()
    cli_due.add_arguments(parser)
    status = cli_due.run(parser.parse_args(words))
    said = capsys.readouterr()
    return status, said.out, said.err


def test_the_command_says_the_day_with_its_weekday(capsys):
    assert on_the_command_line(capsys, "2026-11-20", "--days", "20") == (0, "2026年12月18日（星期五）\n", "")
    assert on_the_command_line(capsys, "2026年11月20日", "--days", "２０")[1] == "2026年12月18日（星期五）\n"


def test_the_command_says_when_a_day_is_provisional(capsys):
    status, out, _ = on_the_command_line(capsys, "2026-12-18", "--days", "10")
    assert (status, out) == (0, "2027年1月4日（星期一），暂定：2027年放假安排尚未公布，按周末和法定节假日推算\n")
    said = json.loads(on_the_command_line(capsys, "2026-12-18", "--days", "10", "--json")[1])
    assert (said["start"], said["days"], said["due"], said["provisional"]) == ("2026-12-18", 10, "2027-01-04", True)
    assert json.loads(on_the_command_line(capsys, "2026-11-20", "--days", "20", "--json")[1])["provisional"] is False


@pytest.mark.parametrize(
    "words",
    [
        ("2026-02-30", "--days", "5"),
        ("tomorrow", "--days", "5"),
        ("2026-02-03", "--days", "-5"),
        ("2026-02-03", "--days", "five"),
        ("2026-02-03", "--days", "9" * 5000),
        ("2026-02-03", "--days", "1.5"),
        ("2026-02-03",),
        ("1999-02-03", "--days", "5"),
        ("2100-12-31", "--days", "5"),
        ("", "--days", "5"),
    ],
)
def test_input_that_cannot_be_used_gets_one_sentence_and_status_two(capsys, words):
    status, out, err = on_the_command_line(capsys, *words)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert "；" in err
