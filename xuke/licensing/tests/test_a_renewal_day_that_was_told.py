"""The last day to renew, as it stood when an application was filed, binds the authority whatever plan comes later."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xuke.config.demonstration import signing
from xuke.foundation import commands as foundation
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.calendar import Override, WorkingCalendar
from xuke.foundation.working_days import current as current_calendar
from xuke.foundation.working_days import forget
from xuke.licensing import commands, gating, renewing, starting
from xuke.licensing.gates import ACCEPT
from xuke.licensing.models import Application
from xuke.licensing.procedures import procedure
from xuke.tests.cast import NOON, Minutes, drafted


@pytest.fixture(autouse=True)
def _fresh_calendar():
    yield
    forget()


def at_nine(day: date) -> datetime:
    return datetime.combine(day, time(9), tzinfo=journal.SHANGHAI)


def decide(day: date, *, worked: bool) -> None:
    """The State Council's plan for a year says otherwise than was reckoned with."""
    foundation.decide_day(day=day, is_workday=worked, name="", source="国办发明电〔2030〕9号", by=SYSTEM, now=NOON)


@pytest.fixture
def renewal(at, the_cast, world):
    """The enterprise files its renewal on the last day in time, or some days after it."""

    def file(after: int = 0):
        licence = at("granted").licence
        moment = at_nine(current_calendar().subtract(licence.valid_to, 30).on + timedelta(days=after))
        case = drafted(world, the_cast, Minutes(moment), procedure="food.renewal")
        proof = signing.proof("submit", case, by=the_cast.applicant, now=moment)
        return commands.submit(application=case, proof=proof, by=the_cast.applicant, now=moment), licence

    return file


def test_one_more_day_off_takes_nothing_from_whoever_filed_on_the_day_that_was_told(renewal, at):
    case, licence = renewal()
    told = case.received_on
    assert case.rules["renewal"] == {"last_on": told.isoformat(), "provisional": True}
    case = at("accepted", application=case, now=Minutes(at_nine(told)))
    decide(current_calendar().add(told, 10).on, worked=False)
    assert current_calendar().subtract(licence.valid_to, 30).on < told, "the plan makes the last day earlier"
    assert renewing.is_in_time(case, licence)
    assert starting.lateness(procedure(case.procedure), case, today=told) == ""
    assert [each.code for each in gating.closed(case, ACCEPT, today=told)] == []
    after = at_nine(licence.valid_to + timedelta(days=1))
    done = commands.deem_renewed(application=Application.objects.get(pk=case.pk), by=SYSTEM, now=after)
    assert done.state == "granted"


def test_one_more_working_day_brings_whoever_was_a_day_late_into_time(renewal):
    case, licence = renewal(after=1)
    assert not renewing.is_in_time(case, licence)
    (late,) = [each for each in gating.closed(case, ACCEPT, today=case.received_on) if each.code == "renewal_late"]
    assert "（暂定）" in late.sentence, "it rests on a year whose plan is not announced"
    assert case.rules["renewal"]["last_on"] == (case.received_on - timedelta(days=1)).isoformat()
    free = next(
        day
        for day in (case.received_on + timedelta(days=ahead) for ahead in range(1, 30))
        if not current_calendar().is_working(day)
    )
    decide(free, worked=True)
    assert renewing.is_in_time(case, licence)


PLANS = st.dictionaries(st.integers(0, 70), st.booleans(), max_size=12)
"""What a plan says of days before the end of a licence: whether each is worked."""


@pytest.fixture
def held(at):
    return at("granted").licence


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(end=st.dates(date(2027, 6, 1), date(2035, 12, 31)), before=PLANS, after=PLANS, filed=st.integers(-40, 40))
def test_whatever_plan_comes_whoever_kept_to_the_day_that_was_told_is_in_time(
    held, monkeypatch, end, before, after, filed
):
    """And so is whoever the new plan puts in time; nobody else is."""
    held.valid_to = end
    case = Application(procedure="food.renewal", starts_from=held)

    def plan(says: dict[int, bool]) -> WorkingCalendar:
        days = {end - timedelta(days=back): Override(worked, source="国办发明电") for back, worked in says.items()}
        return WorkingCalendar(days)

    known, announced = plan(before), plan(before | after)
    monkeypatch.setattr(renewing, "current_calendar", lambda: known)
    told = known.subtract(end, 30).on
    case.received_on = told + timedelta(days=filed)
    case.rules = renewing.as_told(case, on=case.received_on)
    assert renewing.is_in_time(case, held) == (case.received_on <= told)
    monkeypatch.setattr(renewing, "current_calendar", lambda: announced)
    assert renewing.is_in_time(case, held) == (case.received_on <= max(told, announced.subtract(end, 30).on))
