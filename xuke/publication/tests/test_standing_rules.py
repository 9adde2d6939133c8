"""Was it valid on that day? Whatever happened to a licence, and whenever the register learned of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from xuke.publication.rules import Answer, Happened, Standing, standing_on, standing_today

EARLY, LATE = date(2020, 1, 1), date(2032, 1, 1)
DAYS = st.dates(EARLY, LATE)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))
STATES = st.sampled_from(["in_force", "expired", "withdrawn", "rescinded", "revoked", "cancelled"])


@st.composite
def histories(draw: st.DrawFn) -> list[Happened]:
    """A licence's life: issued first, then whatever; recorded in order, taking effect before or after that."""
    recorded = sorted(draw(st.lists(MOMENTS, min_size=1, max_size=6)))
    return [
        Happened(
            seq,
            draw(DAYS),
            at,
            "in_force" if seq == 1 else draw(STATES),
            draw(st.dates(date(2025, 1, 1), LATE)),
        )
        for seq, at in enumerate(recorded, start=1)
    ]


def issued(on: date, to: date, at: datetime) -> Happened:
    return Happened(1, on, at, "in_force", to)


@given(DAYS, DAYS, st.integers(1, 2000), MOMENTS)
def test_a_licence_that_was_only_issued_counts_from_its_first_day_to_its_last(on, begin, days, at):
    end = begin + timedelta(days=days)
    answer = standing_on([issued(begin, end, at)], on=on, known_at=at)
    expected = Standing.NOT_YET if on < begin else Standing.EXPIRED if on > end else Standing.IN_FORCE
    assert answer.standing is expected
    row = standing_today(state="in_force", valid_to=end, ended_on=None, granted_on=begin, on=on)
    assert row is expected


@given(histories(), DAYS, MOMENTS)
def test_what_is_recorded_later_changes_nothing_of_what_was_known(life, on, known_at):
    then = [event for event in life if event.recorded_at <= known_at]
    assert standing_on(life, on=on, known_at=known_at) == standing_on(then, on=on, known_at=known_at)


@given(histories(), DAYS, st.randoms(use_true_random=False))
def test_the_order_of_reading_does_not_matter(life, on, random):
    shuffled = random.sample(life, len(life))
    known_at = life[-1].recorded_at
    assert standing_on(shuffled, on=on, known_at=known_at) == standing_on(life, on=on, known_at=known_at)


@given(histories(), DAYS)
def test_making_the_file_anew_changes_no_answer(life, on):
    last = life[-1]
    later = last.recorded_at + timedelta(days=1)
    made = Happened(last.seq + 1, last.effective_on, later, last.state, last.valid_to)
    before = standing_on(life, on=on, known_at=later)
    after = standing_on([*life, made], on=on, known_at=later)
    assert (after.standing, after.valid_from, after.valid_to) == (before.standing, before.valid_from, before.valid_to)


@given(histories(), DAYS)
def test_what_takes_effect_later_changes_nothing_before_it(life, on):
    last = life[-1]
    later = last.recorded_at + timedelta(days=1)
    ending = Happened(last.seq + 1, on + timedelta(days=1), later, "revoked", last.valid_to)
    before = standing_on(life, on=on, known_at=later)
    assert standing_on([*life, ending], on=on, known_at=later).standing is before.standing


@given(histories(), DAYS)
def test_nothing_is_said_to_count_outside_its_validity(life, on):
    answer = standing_on(life, on=on, known_at=life[-1].recorded_at)
    if answer.standing.counts:
        assert answer.valid_from is not None and answer.valid_to is not None
        assert answer.valid_from <= on <= answer.valid_to


@given(histories(), DAYS)
def test_nothing_was_known_before_the_first_record(life, on):
    before = life[0].recorded_at - timedelta(microseconds=1)
    assert standing_on(life, on=on, known_at=before) == Answer(Standing.UNKNOWN)


def test_a_rescission_backwards_outweighs_a_change_that_took_effect_after_it():
    noon = datetime(2020, 1, 2, 12, tzinfo=UTC)
    life = [
        issued(date(2020, 1, 2), date(2025, 1, 1), noon),
        Happened(2, date(2022, 1, 1), noon.replace(year=2022), "in_force", date(2025, 1, 1)),
        Happened(3, date(2021, 6, 1), noon.replace(year=2023), "rescinded", date(2025, 1, 1)),
    ]
    asked = {"on": date(2022, 5, 1)}
    assert standing_on(life, **asked, known_at=noon.replace(year=2024)).standing is Standing.RESCINDED
    assert standing_on(life, **asked, known_at=noon.replace(year=2022, month=12)).standing is Standing.IN_FORCE


def test_a_cancellation_ordered_for_a_later_day_counts_from_that_day():
    noon = datetime(2023, 1, 2, 12, tzinfo=UTC)
    life = [
        issued(date(2020, 1, 2), date(2025, 1, 1), noon.replace(year=2020)),
        Happened(2, date(2024, 1, 1), noon, "cancelled", date(2025, 1, 1)),
        Happened(3, date(2023, 6, 1), noon.replace(month=6), "cancelled", date(2025, 1, 1)),
    ]
    known = {"known_at": noon.replace(year=2024)}
    assert standing_on(life, on=date(2023, 7, 1), **known).standing is Standing.IN_FORCE
    assert standing_on(life, on=date(2024, 1, 1), **known).standing is Standing.CANCELLED
