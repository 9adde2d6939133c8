"""Whoever hammers a public search is told to wait; others, and everybody's own pages, are left alone."""

from __future__ import annotations

import json

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from xuke.web import throttle
from xuke.web.throttle import Throttle


@pytest.fixture
def door(settings, monkeypatch):
    settings.XUKE_PUBLIC_RATE = (1.0, 3.0)
    monkeypatch.setattr(throttle.time, "monotonic", lambda: 1_000.0)
    return Throttle(lambda request: HttpResponse("page"))


def ask(door, path="/verify/", client="203.0.113.9", method="get", **more):
    return door(getattr(RequestFactory(), method)(path, REMOTE_ADDR=client, **more))


def test_somebody_who_hammers_is_told_when_to_ask_again(door):
    assert [ask(door).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = ask(door)
    assert (refused["Retry-After"], refused["Cache-Control"]) == ("1", "no-store")
    assert "查询得太多" in refused.content.decode()


def test_a_program_is_told_in_json(door):
    [ask(door) for _ in range(3)]
    refused = ask(door, headers={"Accept": "application/json"})
    assert (refused.status_code, json.loads(refused.content)["status"]) == (429, 429)


def test_nobody_waits_for_somebody_else(door):
    [ask(door) for _ in range(9)]
    assert ask(door, client="203.0.113.10").status_code == 200
    [ask(door, client="2001:db8:1:1::1") for _ in range(9)]
    assert ask(door, client="2001:db8:1:1:ffff::2").status_code == 429  # The same customer under another address.


def test_a_file_to_examine_costs_more_than_a_page(door):
    assert ask(door, method="post").status_code == 200
    assert ask(door)["Retry-After"] == "3"


@pytest.mark.parametrize(
    ("path", "cost"),
    [
        ("/licences/", 1),
        ("/guide/food.first/", 1),
        ("/openness/", 1),
        ("/licences/feed.atom", 3),
        ("/announcements/feed.json", 3),
        ("/sitemap.xml", 1),
        ("/sitemap-3.xml", 10),
        ("/openness/online.json", 40),
        ("/data/licences.jsonl.gz", 40),
    ],
)
def test_what_costs_us_more_costs_more(settings, monkeypatch, path, cost):
    settings.XUKE_PUBLIC_RATE = (1.0, 80.0)
    monkeypatch.setattr(throttle.time, "monotonic", lambda: 1_000.0)
    door = Throttle(lambda request: HttpResponse("page"))
    answers = [ask(door, path).status_code for _ in range(80 // cost + 2)]
    assert answers == [200] * (80 // cost) + [429, 429]


def test_nobody_asks_more_than_a_few_things_at_the_same_time(settings):
    settings.XUKE_PUBLIC_RATE = (1.0, 100.0)
    running: list[int] = []

    def slow(request):
        """While this is being answered, the same client asks again, and so does somebody else."""
        if request.META["REMOTE_ADDR"] == "203.0.113.9":
            running.append(ask(door, "/announcements/?division=4205").status_code)
            running.append(ask(door, client="203.0.113.10").status_code)
        return HttpResponse("page")

    door = Throttle(slow)
    assert ask(door).status_code == 200
    assert sorted(running) == [200] * (2 * throttle.AT_ONCE - 1) + [429]
    assert ask(door).status_code == 200


def test_pages_that_belong_to_somebody_are_not_counted(door):
    assert {ask(door, path).status_code for path in ("/my/", "/office/", "/", "/login/") for _ in range(9)} == {200}


def test_this_machine_is_not_counted_for_a_proxy_on_it_may_speak_for_everybody(door):
    assert {ask(door, client=client).status_code for client in ("127.0.0.1", "::1") for _ in range(9)} == {200}


def test_zero_turns_the_limit_off(settings):
    settings.XUKE_PUBLIC_RATE = (0.0, 1.0)
    door = Throttle(lambda request: HttpResponse("page"))
    assert {ask(door).status_code for _ in range(500)} == {200}
