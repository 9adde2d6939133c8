"""Editions with two times: what applied on a day, as known when. Compared with the plainest reading of the words."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xuke.catalogue.rulebook import ACCEPTANCE_DAY, DECISION_DAY, Edition, RuleBook, difference

DAY = date(2026, 9, 1)
ZONE = timezone(timedelta(hours=8))
HUBEI, YICHANG, XILING = "420000", "420500", "420502"


def moment(hour: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=ZONE) + timedelta(hours=hour)


def day(number: int) -> date:
    return DAY + timedelta(days=number)


def limit(value: int, begins: int = 0, last: int | None = None, *, recorded: int = 0, **other: object) -> Edition:
    facts: dict[str, object] = {
        "id": f"{value}@{begins}#{recorded}/{other.get('division', '')}/{other.get('seq', 0)}",
        "topic": "time_limit",
        "key": "food.decision",
        "content": {"title": "作出许可决定", "value": value, "unit": "working_day", "may_be_promised": True},
        "valid_from": day(begins),
        "valid_to": None if last is None else day(last),
        "recorded_at": moment(recorded),
        "published_by": "省局",
        "basis": "办法第二十二条",
        "level": "province" if other.get("division") else "nation",
    }
    return Edition(**(facts | other))  # type: ignore[arg-type]


def value(book: RuleBook, on: int, *, division: str = "", known: int | None = None) -> int | None:
    found = book.find(
        "time_limit", "food.decision", division=division, on=day(on), known_at=None if known is None else moment(known)
    )
    return found.content["value"] if found else None


def test_of_two_publications_on_one_day_the_later_one_is_right():
    book = RuleBook.of([limit(8, division=HUBEI, recorded=9), limit(7, division=HUBEI, recorded=15), limit(10)])
    assert value(book, 0, division=XILING) == 7
    assert value(book, 0, division=XILING, known=12) == 8
    same = RuleBook.of([limit(8, seq=1), limit(7, seq=2)])
    assert value(same, 0) == 7


def test_a_wrong_future_edition_is_corrected_before_it_begins_and_the_past_stays_as_it_was_known():
    book = RuleBook.of([limit(10, -100), limit(6, 30, division=HUBEI), limit(9, 30, 60, division=HUBEI, recorded=5)])
    assert [value(book, each, division=HUBEI) for each in (29, 30, 60, 61)] == [10, 9, 9, 6]
    assert [value(book, each, division=HUBEI, known=4) for each in (29, 30, 61)] == [10, 6, 6]


def test_an_edition_that_is_ended_early_gives_way_to_the_nation():
    ending = limit(8, 10, division=HUBEI, recorded=9, ends=True)
    book = RuleBook.of([limit(10, -100), limit(8, division=HUBEI), ending])
    assert [value(book, each, division=HUBEI) for each in (9, 10)] == [8, 10]
    assert value(book, 10, division=HUBEI, known=8) == 8
    told = [
        (each.begins, each.edition.content["value"])
        for each in book.timeline("time_limit", "food.decision", division=HUBEI)
    ]
    assert told == [(day(-100), 10), (day(0), 8), (day(10), 10)]


def test_a_promise_is_for_its_place_and_never_longer_than_the_law():
    book = RuleBook.of(
        [limit(10, -100), limit(5, 20, recorded=3), limit(8, division=HUBEI), limit(6, division=YICHANG)]
    )
    assert [value(book, 0, division=each) for each in ("", "110101", "420106", XILING)] == [10, 10, 8, 6]
    # The nation became faster than either promise.
    assert [value(book, 20, division=each) for each in ("420106", XILING)] == [5, 5]


@pytest.mark.parametrize(
    ("transition", "accepted", "on", "expected"),
    [
        ("filing_day", 3, 20, 10),
        (ACCEPTANCE_DAY, 3, 20, 10),
        (ACCEPTANCE_DAY, 12, 20, 8),
        (ACCEPTANCE_DAY, None, 9, 10),
        (ACCEPTANCE_DAY, None, 10, 8),
        (DECISION_DAY, 3, 9, 10),
        (DECISION_DAY, 3, 10, 8),
    ],
)
def test_running_cases_keep_theirs_unless_an_edition_takes_them_over(transition, accepted, on, expected):
    book = RuleBook.of([limit(10, -100), limit(8, 10, recorded=3, transition=transition)])
    bound = book.find("time_limit", "food.decision", on=day(0))
    found = book.for_running(
        "time_limit",
        "food.decision",
        bound,
        division=XILING,
        accepted_on=None if accepted is None else day(accepted),
        on=day(on),
    )
    assert found.content["value"] == expected


_EDITIONS = st.lists(
    st.builds(
        lambda value, begins, length, recorded, place, ends: limit(
            value,
            begins,
            None if length is None else begins + length,
            recorded=recorded,
            division=place,
            ends=ends,
            seq=value,
        ),
        value=st.integers(1, 12),
        begins=st.integers(0, 12),
        length=st.none() | st.integers(0, 8),
        recorded=st.integers(0, 6),
        place=st.sampled_from(("", HUBEI, YICHANG)),
        ends=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda each: (each.recorded_at, each.seq),
)


def plainly(editions: list[Edition], place: str, on: date, known: datetime) -> Edition | None:
    """What one place says of a day: the newest of those that speak of it, unless it is an ending."""
    speaking = [
        each
        for each in editions
        if each.division == place and each.recorded_at <= known and each.valid_from <= on <= (each.valid_to or date.max)
    ]
    newest = max(speaking, key=lambda each: (each.recorded_at, each.seq), default=None)
    return None if newest is None or newest.ends else newest


@given(_EDITIONS, st.integers(-1, 22), st.integers(0, 7))
def test_the_answer_is_what_the_words_say(editions, on, known):
    book = RuleBook.of(editions)
    nation = plainly(editions, "", day(on), moment(known))
    said = [plainly(editions, place, day(on), moment(known)) for place in (YICHANG, HUBEI)]
    allowed = [each for each in said if each and (not nation or each.content["value"] <= nation.content["value"])]
    assert book.find("time_limit", "food.decision", division=XILING, on=day(on), known_at=moment(known)) is (
        allowed[0] if allowed else nation
    )


@given(_EDITIONS, st.integers(0, 7), _EDITIONS)
def test_what_was_known_once_is_never_changed_by_what_is_recorded_later(editions, known, later):
    moved = [
        limit(each.content["value"], recorded=known + 8, division=each.division, seq=100 + place)
        for place, each in enumerate(later)
    ]
    before, after = RuleBook.of(editions), RuleBook.of([*editions, *moved])
    for on in range(-1, 22, 3):
        asked = {"division": XILING, "on": day(on), "known_at": moment(known)}
        assert before.find("time_limit", "food.decision", **asked) is after.find("time_limit", "food.decision", **asked)


@given(_EDITIONS)
def test_the_timeline_says_for_each_day_what_the_question_says(editions):
    book = RuleBook.of(editions)
    periods = book.timeline("time_limit", "food.decision", division=XILING)
    for on in range(-1, 25):
        holding = [each.edition for each in periods if each.holds(day(on))]
        assert len(holding) <= 1
        found = book.find("time_limit", "food.decision", division=XILING, on=day(on))
        assert found is (holding[0] if holding else None)


@given(_EDITIONS, _EDITIONS)
def test_what_is_published_of_a_difference_leaves_none(editions, wanted):
    wanted = [each for each in wanted if not each.division and not each.ends][:1]
    book = RuleBook.of(editions)
    changes = difference(book, wanted)
    published = [
        limit(
            (each.after or each.before).content["value"],
            (each.begins - DAY).days,
            None if each.ends is None else (each.ends - DAY).days,
            recorded=9,
            seq=place,
            ends=each.after is None,
        )
        for place, each in enumerate(changes)
    ]
    assert difference(RuleBook.of([*editions, *published]), wanted) == ()
