"""Was it valid on that day? Whatever happened to a licence, and whenever the register learned of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from xuke.publication.rules import Answer, Happened, Standing, row_on, standing_on, standing_today

EARLY, LATE = date(2020, 1, 1), date(2032, 1, 1)
DAYS = st.dates(EARLY, LATE)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))
STATES = st.sampled_from(["in_force", "expired", "withdrawn", "rescinded", "revoked", "cancelled"])


NEAR = st.dates(date(2026, 1, 1), date(2026, 1, 12))
"""Days so near to each other that histories meet themselves: the same day, backwards, ordered for later."""


@st.composite
def near_histories(draw: st.DrawFn) -> list[Happened]:
    """A life within days: whatever happens is recorded before, on or after the day on which it takes effect."""
    recorded = sorted(draw(st.lists(NEAR, min_size=1, max_size=7)))
    life: list[Happened] = []
    for seq, day in enumerate(recorded, start=1):
        at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        before = life[-1] if life else None
        state = draw(STATES) if before else "in_force"
        valid_to = before.valid_to if before and draw(st.booleans()) else draw(NEAR)
        brings = before is None or draw(st.integers(0, 3)) > 0
        life.append(Happened(seq, draw(NEAR), at, state if brings else before.state, valid_to, brings))
    return life


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
    made = Happened(last.seq + 1, last.effective_on, later, last.state, last.valid_to, brings_state=False)
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
        Happened(3, date(2023, 6, 1), noon.replace(month=6), "cancelled", date(2025, 1, 1), brings_state=False),
    ]
    known = {"known_at": noon.replace(year=2024)}
    assert standing_on(life, on=date(2023, 7, 1), **known).standing is Standing.IN_FORCE
    assert standing_on(life, on=date(2024, 1, 1), **known).standing is Standing.CANCELLED


@given(near_histories(), NEAR, st.data())
def test_the_row_says_what_the_answer_says_until_the_day_it_is_written_anew(life, known_on, data):
    known = [event for event in life if event.recorded_at.date() <= known_on] or life[:1]
    known_at = known[-1].recorded_at
    row = row_on(known, on=known_at.date())
    days = [known_at.date() + timedelta(days=ahead) for ahead in range(20)]
    for on in (day for day in days if row.next_on is None or day < row.next_on):
        said = standing_today(
            state=row.state, valid_to=row.valid_to, ended_on=row.ended_on, granted_on=known[0].effective_on, on=on
        )
        assert said is standing_on(known, on=on, known_at=known_at).standing, (on, row)
    if row.next_on:
        assert row.next_on > known_at.date()
        assert row_on(known, on=row.next_on).next_on != row.next_on


@given(near_histories(), NEAR)
def test_what_took_effect_holds_until_something_recorded_later_says_otherwise(life, on):
    """The rule word for word, day by day, as one would paint a calendar."""
    painted: dict[date, tuple[str, int]] = {}
    days = [date(2026, 1, 1) + timedelta(days=ahead) for ahead in range(12)]
    for event in (event for event in life if event.brings_state):
        protected: set[date] = set()
        for ordered in (earlier for earlier in life if earlier.seq < event.seq and earlier.brings_state):
            if ordered.effective_on > max(event.effective_on, event.recorded_at.date()):
                protected |= {day for day in days if day >= ordered.effective_on and painted[day][1] == ordered.seq}
        for day in days:
            if day >= event.effective_on and day not in protected:
                painted[day] = (event.state, event.seq)
    answer = standing_on(life, on=on, known_at=life[-1].recorded_at)
    if on >= life[0].effective_on:
        by_validity = painted[on][0] in ("in_force", "expired")
        assert (answer.standing in (Standing.IN_FORCE, Standing.EXPIRED)) == by_validity
        assert by_validity or answer.standing == painted[on][0]


def noon(year: int, month: int = 6) -> datetime:
    return datetime(year, month, 1, 4, tzinfo=UTC)


def test_a_rescission_from_the_beginning_outweighs_a_reinstatement_before_it():
    end = date(2024, 12, 31)
    life = [
        issued(date(2020, 1, 1), end, noon(2020)),
        Happened(2, date(2021, 1, 1), noon(2021), "withdrawn", end),
        Happened(3, date(2022, 1, 1), noon(2022), "in_force", end),
        Happened(4, date(2020, 1, 1), noon(2023), "rescinded", end),
    ]
    for year in (2020, 2021, 2022, 2023, 2026):
        answer = standing_on(life, on=date(year, 7, 1), known_at=noon(2024))
        assert (answer.standing, answer.since) == (Standing.RESCINDED, date(2020, 1, 1))
    asked = {"known_at": noon(2022, 12)}  # What somebody could know before the rescission stays as it was.
    found = [standing_on(life, on=date(year, 7, 1), **asked).standing for year in (2020, 2021, 2022)]
    assert found == [Standing.IN_FORCE, Standing.WITHDRAWN, Standing.IN_FORCE]
    row = row_on(life, on=date(2023, 6, 1))
    assert (row.state, row.ended_on, row.next_on) == ("rescinded", date(2020, 1, 1), None)


def test_a_rescission_is_moved_to_an_earlier_day_by_a_second_decision():
    end = date(2024, 12, 31)
    life = [
        issued(date(2020, 1, 1), end, noon(2020)),
        Happened(2, date(2022, 1, 1), noon(2022), "rescinded", end),
        Happened(3, date(2020, 1, 1), noon(2023), "rescinded", end),
    ]
    answer = standing_on(life, on=date(2021, 1, 1), known_at=noon(2024))
    assert (answer.standing, answer.since) == (Standing.RESCINDED, date(2020, 1, 1))
    assert row_on(life, on=date(2024, 1, 1)).ended_on == date(2020, 1, 1)


def test_a_validity_that_is_shortened_from_an_earlier_day_outweighs_a_renewal_before_it():
    life = [
        issued(date(2020, 1, 1), date(2024, 12, 31), noon(2020)),
        Happened(2, date(2024, 12, 1), noon(2024), "in_force", date(2029, 12, 31)),
        Happened(3, date(2020, 1, 1), noon(2025), "in_force", date(2022, 12, 31)),
    ]
    answer = standing_on(life, on=date(2026, 1, 1), known_at=noon(2026))
    assert (answer.standing, answer.valid_to) == (Standing.EXPIRED, date(2022, 12, 31))
    assert standing_on(life, on=date(2025, 1, 1), known_at=noon(2025, 1)).standing is Standing.IN_FORCE


def test_a_cancellation_ordered_for_a_later_day_outlives_a_withdrawal_and_its_end_before_that_day():
    end = date(2029, 12, 31)
    life = [
        issued(date(2020, 1, 1), end, noon(2020)),
        Happened(2, date(2024, 1, 1), noon(2023, 1), "cancelled", end),
        Happened(3, date(2023, 2, 1), noon(2023, 2), "withdrawn", end),
        Happened(4, date(2023, 5, 1), noon(2023, 5), "in_force", end),
    ]
    days = (date(2023, 3, 1), date(2023, 6, 1), date(2023, 12, 31), date(2024, 1, 1))
    found = [standing_on(life, on=on, known_at=noon(2023)).standing for on in days]
    assert found == [Standing.WITHDRAWN, Standing.IN_FORCE, Standing.IN_FORCE, Standing.CANCELLED]
    taken_back = Happened(5, date(2024, 1, 1), noon(2023), "in_force", end)
    assert standing_on([*life, taken_back], on=days[-1], known_at=noon(2024)).standing is Standing.IN_FORCE


def test_a_renewal_is_on_the_row_at_once_but_not_one_that_begins_after_a_gap():
    before, after = date(2024, 12, 31), date(2029, 12, 31)
    granted = issued(date(2020, 1, 1), before, noon(2020))
    in_time = Happened(2, date(2025, 1, 1), noon(2024, 11), "in_force", after)
    assert row_on([granted, in_time], on=date(2024, 11, 1)).valid_to == after
    late = Happened(2, date(2025, 3, 1), noon(2025, 1), "in_force", after)
    row = row_on([granted, late], on=date(2025, 1, 1))
    assert (row.valid_to, row.next_on) == (before, date(2025, 3, 1))
    assert row_on([granted, late], on=date(2025, 3, 1)).valid_to == after
