"""How often one client may ask: buckets that fill by themselves."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from xuke.web.limits import Buckets, Leaving, Places, client_of, network_of


def test_somebody_may_ask_a_few_times_at_once_and_then_at_the_rate() -> None:
    buckets = Buckets(rate=2, burst=3)
    assert [buckets.take("小王", 1, 100.0) for _ in range(3)] == [0, 0, 0]
    assert buckets.take("小王", 1, 100.0) == pytest.approx(0.5)
    assert buckets.take("小王", 1, 100.25) == pytest.approx(0.25)
    assert buckets.take("小王", 1, 100.5) == 0


def test_others_do_not_wait_for_somebody_who_hammers() -> None:
    buckets = Buckets(rate=1, burst=1)
    assert buckets.take("一台机器", 1, 0) == 0
    assert buckets.take("一台机器", 1, 0) > 0
    assert buckets.take("小王", 1, 0) == 0


def test_what_was_refused_costs_nothing() -> None:
    buckets = Buckets(rate=1, burst=1)
    assert buckets.take("小王", 1, 0) == 0
    assert all(buckets.take("小王", 1, 0.5) == pytest.approx(0.5) for _ in range(100))
    assert buckets.take("小王", 1, 1.0) == 0


def test_a_large_question_leaves_a_debt() -> None:
    buckets = Buckets(rate=1, burst=10)
    assert buckets.take("小王", 30, 0) == 0
    assert buckets.take("小王", 1, 0) == pytest.approx(21)
    assert buckets.take("小王", 1, 21) == 0


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    buckets = Buckets(rate=1, burst=1)
    assert buckets.take("小王", 1, 100) == 0
    assert buckets.take("小王", 1, 50) == pytest.approx(1)


def test_memory_is_bounded_whoever_comes() -> None:
    buckets = Buckets(rate=1, burst=1, most=100)
    for number in range(1_000):
        buckets.take(f"10.0.{number // 250}.{number % 250}", 1, 0)
    assert len(buckets) == 100


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unix", ""),
    ],
)
def test_a_client_is_an_address_or_a_network(address: str, client: str) -> None:
    assert network_of(address) == client
    assert client_of(RequestFactory().get("/", REMOTE_ADDR=address)) == client


def test_a_limit_that_lets_nothing_through_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="lets something through"):
        Buckets(rate=0, burst=1)


def test_nobody_takes_all_the_places_and_a_place_is_given_back_once() -> None:
    places = Places(most=3, each=2)
    mine = [places.take("一台机器"), places.take("一台机器")]
    assert all(mine) and places.take("一台机器") is None
    other = places.take("小王")
    assert other and places.take("小李") is None
    mine[0].close()
    mine[0].close()
    assert len(places) == 2 and places.take("小李")


def test_a_place_that_was_forgotten_is_free_again() -> None:
    places = Places(most=1, each=1)
    place = places.take("小王")
    assert len(places) == 1
    del place
    assert len(places) == 0


def test_a_list_gives_its_place_back_when_it_has_left_and_is_broken_off_when_it_takes_too_long() -> None:
    places, clock = Places(most=1, each=1), [100.0]
    leaving = Leaving(iter("甲乙丙"), places.take("小王"), longest=60, clock=lambda: clock[0])
    assert next(leaving) == "甲" and places.take("小李") is None
    clock[0] = 161.0
    with pytest.raises(TimeoutError):
        next(leaving)
    leaving.close()
    assert places.take("小李")
