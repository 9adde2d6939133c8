"""The two halves of a way into somebody's account, as a rule over what the journal remembers."""

from datetime import UTC, datetime, timedelta

import pytest

from xuke.accounts.rules import FACTORS, PASSWORD, Done, why_not_both

GAO, FANG, HE = "officer:1", "officer:2", "user:3"
THEN = datetime(2026, 9, 7, 4, tzinfo=UTC)
HALVES = pytest.mark.parametrize(
    ("first", "act", "undoing", "other"),
    [
        (PASSWORD, "user.password_given", "user.password_changed", FACTORS),
        (PASSWORD, "user.added", "user.password_changed", FACTORS),
        (FACTORS, "user.factors_reset", "user.totp_set", PASSWORD),
        (FACTORS, "user.factors_reset", "user.passkey_added", PASSWORD),
    ],
)


def done(*acts):
    """(verb, who), a minute apart."""
    return [Done(verb, who, "", THEN + timedelta(minutes=place)) for place, (verb, who) in enumerate(acts)]


def why(first, other, acts, *, by=GAO, days=0.0):
    return why_not_both(other, first, done(*acts), by=by, now=THEN + timedelta(days=days))


@HALVES
def test_whoever_did_one_half_does_not_do_the_other(first, act, undoing, other):
    sentence = why(first, other, [(act, GAO)])
    assert first.did in sentence and first.until in sentence
    assert f"由本机关或者上级机关的另一位安全管理人员{other.does}" in sentence


@HALVES
def test_another_administrator_does(first, act, undoing, other):
    assert not why(first, other, [(act, GAO)], by=FANG)
    assert not why(first, other, [])


@HALVES
def test_the_same_half_twice_is_no_way_in(first, act, undoing, other):
    assert not why(other, first, [(act, GAO)])


@HALVES
def test_a_week_later_it_is_forgotten_if_it_opens_nothing_any_more(first, act, undoing, other):
    undone = [(act, GAO), (undoing, HE)]
    assert why(first, other, undone, days=6.99)
    assert not why(first, other, undone, days=7)
    assert why(first, other, [(act, GAO)], days=365)
    assert why(first, other, [(undoing, HE), (act, GAO)], days=365)


@HALVES
def test_what_another_administrator_did_afterwards_counts_instead(first, act, undoing, other):
    acts = [(act, GAO), (sorted(first.acts)[-1], FANG)]
    assert not why(first, other, acts, days=7)
    assert why(first, other, acts, by=FANG, days=8)
