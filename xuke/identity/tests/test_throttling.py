"""Guessing: one name over and over, many names from one place, one name from many places."""

from __future__ import annotations

import pytest
from django.test import Client

from xuke.foundation import journal
from xuke.identity import rules
from xuke.identity.models import Attempt
from xuke.identity.tests.conftest import ADDRESS, page_of
from xuke.identity.tests.test_passkeys import use
from xuke.tests.cast import everything

RIGHT = "Xuke-Demo-2026"


def guess(name: str, address: str = ADDRESS, password: str = "Summer-2026"):
    return Client(REMOTE_ADDR=address).post("/login/", {"username": name, "password": password})


def spray(count: int = rules.NAMES_FROM_ONE_ADDRESS, address: str = ADDRESS) -> list[int]:
    return [guess(f"person{number}", address).status_code for number in range(count)]


def test_one_password_over_many_names_closes_the_address(wu):
    assert spray() == [422] * 20
    response = wu.log_in()
    assert response.status_code == 429
    assert "这个网络地址用很多不同的登录名试过密码" in page_of(response)
    assert guess("wuxiaomei", "198.51.100.9", RIGHT).status_code == 303


def test_it_opens_again_after_a_quarter_of_an_hour(wu):
    spray()
    for _ in range(5):  # Being turned away does not count again.
        wu.log_in()
    wu.clock.go_on(minutes=15, seconds=1)
    assert wu.log_in().status_code == 303


def test_an_address_from_which_somebody_came_in_before_stays_open_to_them(wu):
    wu.log_in()
    spray()
    assert wu.log_in().status_code == 303
    assert guess("zhoumin", password=RIGHT).status_code == 429


def test_one_name_from_many_places_is_closed_elsewhere_and_open_where_its_owner_works(wu):
    wu.log_in()
    answers = [guess("wuxiaomei", f"198.51.100.{number}").status_code for number in range(8)]
    assert answers == [422] * 6 + [429] * 2
    assert guess("wuxiaomei", "198.51.100.99", RIGHT).status_code == 429
    assert wu.log_in().status_code == 303


def test_a_passkey_still_opens_the_door(wu):
    wu.log_in()
    phone = wu.add_passkey()
    wu.client.post("/logout/")
    with everything():
        Attempt.objects.filter(accepted=True).delete()
    spray()
    assert wu.log_in().status_code == 429
    assert use(wu, phone).status_code == 303


def test_the_same_name_twenty_times_is_not_many_names(wu):
    for number in range(20):
        guess("nobody-here", password=f"Summer-{number}")
    assert wu.log_in().status_code == 303


def test_every_refusal_is_journalled_and_no_unknown_name_is_kept(wu):
    guess("my-own-password-typed-here")
    guess("wuxiaomei")
    unknown, known = Attempt.objects.order_by("at", "pk")
    assert (unknown.login_name, unknown.user, len(unknown.name_mark)) == ("", None, 32)
    assert (known.login_name, known.user) == ("wuxiaomei", wu.user)
    for attempt in (unknown, known):
        (told,) = journal.history(attempt.stream)
        assert (told.verb, told.facts["address"]) == ("login.refused", ADDRESS)
        assert "my-own-password" not in str(told)
        assert "Summer" not in str(told)


def test_being_turned_away_is_journalled_too(wu):
    spray()
    wu.log_in()
    last = Attempt.objects.order_by("-at", "-pk").first()
    assert (last.accepted, last.wrong) == (False, False)
    assert journal.history(last.stream)[0].facts["reason"].startswith("这个网络地址用很多不同的登录名")


@pytest.mark.parametrize("place", ["/account/confirm/", "/account/password/"])
def test_whoever_took_over_a_session_does_not_guess_the_password_there(wu, place):
    wu.log_in()
    typed = {"password": "wrong", "new_password": "Neues-Wort-2026", "new_password_again": "Neues-Wort-2026"}
    answers = [wu.client.post(place, typed).status_code for _ in range(6)]
    assert answers[:5] == [422] * 5
    right = wu.client.post(place, {**typed, "password": RIGHT})
    assert right.status_code in (422, 429)
    assert "验证连续出错5次" in page_of(right)
