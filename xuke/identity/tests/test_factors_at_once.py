"""Two requests with the same code at the same moment: one of them gets in."""

from __future__ import annotations

import pyotp
import pytest
from django.test import Client

from xuke.accounts.models import User
from xuke.accounts.persons import Person
from xuke.config.demonstration.people import PASSWORD
from xuke.identity import proofs
from xuke.identity.commands import factors
from xuke.identity.tests.conftest import SECRET, Clock
from xuke.tests.cast import at_once, everything


@pytest.fixture
def wu(committed_db, world, clock: Clock) -> User:
    """吴晓梅, with an app and recovery codes, where commits are real."""
    with everything():
        return User.objects.get(login_name="wuxiaomei")


def code_at(clock: Clock) -> str:
    return pyotp.TOTP(SECRET).at(clock.moment)


def test_a_code_lets_one_of_four_in(wu, clock):
    me = Person(wu.pk, wu.name)
    factors.set_totp(user=wu, secret=SECRET, code=code_at(clock), by=me, now=clock.moment)
    clock.go_on(seconds=60)
    code = code_at(clock)

    def bring(_: int) -> bool:
        with everything():
            return proofs.fits_totp(wu.pk, code, now=clock.moment)

    assert sorted(at_once(bring, range(4))) == [False, False, False, True]


def test_a_recovery_code_lets_one_of_four_in(wu, clock):
    me = Person(wu.pk, wu.name)
    factors.set_totp(user=wu, secret=SECRET, code=code_at(clock), by=me, now=clock.moment)
    code = factors.make_recovery_codes(user=wu, by=me, now=clock.moment)[0]

    def bring(_: int) -> bool:
        with everything():
            return proofs.fits_recovery_code(wu.pk, code, now=clock.moment)

    assert sorted(at_once(bring, range(4))) == [False, False, False, True]


def test_of_many_wrong_codes_at_the_same_moment_five_are_looked_at(wu, clock, monkeypatch):
    me = Person(wu.pk, wu.name)
    factors.set_totp(user=wu, secret=SECRET, code=code_at(clock), by=me, now=clock.moment)
    clock.go_on(seconds=60)
    wrong = f"{(int(code_at(clock)) + 7) % 1_000_000:06}"
    looked, fits = [], proofs.fits_totp
    monkeypatch.setattr(proofs, "fits_totp", lambda *args, **kwargs: looked.append(args) or fits(*args, **kwargs))
    browsers = [Client() for _ in range(8)]
    for browser in browsers:
        browser.post("/login/", {"username": "wuxiaomei", "password": PASSWORD})

    def guess(browser: Client) -> int:
        return browser.post("/login/second/", {"code": wrong}).status_code

    assert sorted(at_once(guess, browsers)) == [422] * 5 + [429] * 3
    assert len(looked) == 5
