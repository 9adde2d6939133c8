"""Guessing: one name over and over, many names from one place, one name from many places."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory

from xuke.foundation import journal
from xuke.foundation.models import Entry
from xuke.foundation.scope import EVERYTHING, enter
from xuke.identity import entering, rules
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
    (told,) = turned_away()
    assert told.facts["reason"].startswith("这个网络地址用很多不同的登录名")
    assert (told.seq, told.subject_label, told.facts["login_name"]) == (1, "吴晓梅", "wuxiaomei")


def turned_away() -> list[Entry]:
    """What the journal knows of those whose password was not even looked at, or who guessed nothing that counts."""
    with everything():
        counted = [attempt.stream for attempt in Attempt.objects.filter(wrong=True)]
        return list(Entry.objects.filter(verb__startswith="login.", actor="stranger").exclude(stream__in=counted))


def test_a_flood_fills_neither_the_journal_nor_the_table(wu, clock, caplog):
    spray()
    for number in range(60):
        assert guess(f"another{number % 7}").status_code == 429
    assert [entry.verb for entry in turned_away()] == [*["login.refused"] * 20, "login.more_refused"]
    assert Attempt.objects.filter(wrong=False).count() == 21
    assert caplog.text.count("login refused again: password from 203.0.113.7") == 39
    clock.go_on(minutes=16)  # What the throttle counts is as it was.
    assert wu.log_in().status_code == 303


def test_a_name_that_is_locked_here_and_a_passkey_of_nobody_fill_nothing_either(wu, clock, settings):
    settings.AXES_COOLOFF_TIME = 24 * 365 * 10  # It reads the clock of the machine.
    for _ in range(30):
        guess("wuxiaomei")
    assert Attempt.objects.filter(wrong=True).count() == 4
    for _ in range(30):
        assert wu.client.post("/login/passkey/", {"credential": "{}"}).status_code == 422
    assert len(turned_away()) == 21
    clock.go_on(hours=1)
    wu.client.post("/login/passkey/", {"credential": "{}"})
    assert (len(turned_away()), turned_away()[-1].seq) == (22, 1)


def test_wrong_passwords_are_told_one_by_one_whatever_else_the_hour_brought(wu):
    for _ in range(30):
        wu.client.post("/login/passkey/", {"credential": "{}"})
    guess("wuxiaomei")
    attempt = Attempt.objects.get(wrong=True, user=wu.user)
    assert [event.verb for event in journal.history(attempt.stream)] == ["login.refused"]


def test_noise_of_others_does_not_hide_a_lost_card_from_its_owner(wu):
    """Whoever shows a card holds its key; that is counted apart from those who show nothing."""
    for _ in range(30):
        wu.client.post("/login/passkey/", {"credential": "{}"})
    request = RequestFactory().post("/login/certificate/", REMOTE_ADDR=ADDRESS)
    entering.refuse(request, means="certificate", reason="这张证书已经被吊销。", user=wu.user, wrong=False)
    enter(EVERYTHING)
    assert wu.refusals() == ["这张证书已经被吊销。"]
    assert turned_away()[-1].facts["reason"] == "这张证书已经被吊销。"


@pytest.mark.parametrize("place", ["/account/confirm/", "/account/password/"])
def test_whoever_took_over_a_session_does_not_guess_the_password_there(wu, place):
    wu.log_in()
    typed = {"password": "wrong", "new_password": "Neues-Wort-2026", "new_password_again": "Neues-Wort-2026"}
    answers = [wu.client.post(place, typed).status_code for _ in range(6)]
    assert answers[:5] == [422] * 5
    right = wu.client.post(place, {**typed, "password": RIGHT})
    assert right.status_code in (422, 429)
    assert "验证连续出错5次" in page_of(right)
