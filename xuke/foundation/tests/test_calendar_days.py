"""The calendar of the installation: what authorities decided reaches every process within a minute."""

from datetime import UTC, date, datetime

import pytest

from xuke.foundation import working_days
from xuke.foundation.models import CalendarDay

FLOOD = date(2026, 7, 15)


@pytest.fixture(autouse=True)
def fresh():
    working_days.forget()
    yield
    working_days.forget()


def close_for_the_flood():
    CalendarDay.objects.create(
        date=FLOOD,
        is_workday=False,
        name="防汛停工",
        source="宜昌市人民政府通告",
        recorded_at=datetime(2026, 7, 14, 8, tzinfo=UTC),
    )


@pytest.fixture
def wall_clock(monkeypatch):
    """The seconds that passed for this process."""
    passed = {"seconds": 1000.0}
    monkeypatch.setattr(working_days.time, "monotonic", lambda: passed["seconds"])
    return passed


def test_a_day_that_was_decided_wins(db):
    close_for_the_flood()
    day = working_days.current().day(FLOOD)
    assert (day.is_working, day.name, day.source) == (False, "防汛停工", "宜昌市人民政府通告")


def test_the_table_is_read_at_most_once_a_minute(db, wall_clock, django_assert_num_queries):
    with django_assert_num_queries(1):
        first = working_days.current()
        wall_clock["seconds"] += 59
        assert working_days.current() is first
    close_for_the_flood()
    assert working_days.current().is_working(FLOOD)
    wall_clock["seconds"] += 1
    assert not working_days.current().is_working(FLOOD)


def test_a_calendar_is_kept_as_long_as_nothing_was_decided(db, wall_clock):
    first = working_days.current()
    wall_clock["seconds"] += 61
    assert working_days.current() is first


def test_whoever_decides_can_have_it_read_at_once(db):
    assert working_days.current().is_working(FLOOD)
    close_for_the_flood()
    working_days.forget()
    assert not working_days.current().is_working(FLOOD)
