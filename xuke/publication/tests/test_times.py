"""Handling times say how long people wait, whoever closes whatever on one day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from xuke.publication.times import Closed, quantile, times

FRIDAY = date(2026, 9, 4)

AUTHORITIES = ("420506", "420581", "420528", "420500")


def decoded(code: int) -> Closed:
    """One integer as a heap of cases: cheaper to draw than four."""
    code, place = divmod(code, 4)
    code, back = divmod(code, 61)
    cases, days = divmod(code, 26)
    return Closed(AUTHORITIES[place], FRIDAY - timedelta(days=back), days, cases + 1)


ordinary = st.lists(st.integers(0, 4 * 61 * 26 * 40 - 1).map(decoded), min_size=60, max_size=200)
bulk = st.tuples(st.sampled_from(["420506", "429999"]), st.integers(0, 400), st.integers(2, 5_000))


def rank(closed: list[Closed], share: float) -> int:
    """The days at a rank of what people wait, by the same weights."""
    sizes: dict[tuple[str, date], int] = defaultdict(int)
    for row in closed:
        sizes[row.authority, row.on] += row.cases
    most = max(1.0, 0.02 * len(sizes))
    weights: dict[int, float] = defaultdict(float)
    for row in closed:
        weights[row.days] += row.cases * min(1.0, most / sizes[row.authority, row.on])
    return quantile(weights, min(max(share, 0.0), 1.0))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(ordinary, bulk)
def test_closing_any_number_of_cases_on_one_day_moves_a_figure_by_three_ranks_in_a_hundred_at_most(closed, closing):
    authority, days, count = closing
    before = times(closed)
    assume(before is not None)
    after = times([*closed, Closed(authority, FRIDAY, days, count)])
    assert before is not None and after is not None
    near = max(0.02, 1 / before.heaps) + 0.01
    assert rank(closed, 0.5 - near) <= after.p50 <= rank(closed, 0.5 + near)
    assert rank(closed, 0.9 - near) <= after.p90
    assert near > 0.1 or after.p90 <= rank(closed, 0.9 + near)
    assert after.limited_cases >= (count if count > after.most else 0)


def quarter() -> list[Closed]:
    """Three counties, two cases a day each for ninety days: half within 5 working days, nine of ten within 9."""
    pattern = (2, 3, 3, 4, 4, 5, 5, 5, 5, 5, 5, 6, 7, 7, 8, 8, 9, 9, 9, 12)
    return [
        Closed(f"4205{county}", FRIDAY - timedelta(days=day), pattern[(7 * day + 11 * county + 3 * place) % 20], 1)
        for county in range(3)
        for day in range(90)
        for place in range(2)
    ]


def test_five_hundred_cases_closed_in_one_evening_are_counted_and_change_nothing():
    before = times(quarter())
    after_old = times([*quarter(), Closed("42050", FRIDAY, 60, 500)])
    after_new = times([*quarter(), Closed("42050", FRIDAY, 0, 500)])
    assert before is not None and after_old is not None and after_new is not None
    assert (before.p50, before.p90) == (after_old.p50, after_old.p90) == (after_new.p50, after_new.p90)
    assert (after_old.limited_heaps, after_old.limited_cases, after_old.cases) == (1, 502, before.cases + 500)


def test_a_plain_quantile_would_have_moved():
    """What the weights are for."""
    naive: dict[int, float] = defaultdict(float)
    for row in [*quarter(), Closed("42050", FRIDAY, 0, 500)]:
        naive[row.days] += row.cases
    assert quantile(naive, 0.5) <= 2


def test_of_a_few_cases_nothing_is_said():
    few = [Closed("420506", FRIDAY - timedelta(days=day), 5, 1) for day in range(4)]
    assert times(few) is None
    assert times([]) is None
    assert times([Closed("420506", FRIDAY, 5, 500)]) is None, "one day of one authority says nothing about waiting"
    assert times([*few, Closed("420506", FRIDAY - timedelta(days=9), 5, 1)]) is not None
