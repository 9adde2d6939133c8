"""What the law says, as pure functions: no database, no clock."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xuke.catalogue import score_sheet
from xuke.catalogue.score_sheet import ScoreRule
from xuke.licensing import rules
from xuke.licensing.rules import Facts, Item, same_hand
from xuke.licensing.sheet import rule_items

MONDAY, NEXT_MONDAY = date(2026, 9, 7), date(2026, 9, 14)
ITEMS = rule_items()
RULE = ScoreRule("2022", 85, True, "食品生产许可审查通则（2022版）")
BEST = {item.number: format(max(item.scores).normalize(), "f") for item in ITEMS}


# --- acceptance -------------------------------------------------------------------------------------------------------


def test_acceptance_takes_effect_on_its_own_day():
    assert rules.acceptance_day(received_on=MONDAY, told_by=NEXT_MONDAY, today=NEXT_MONDAY) == NEXT_MONDAY


def test_after_silence_acceptance_takes_effect_on_the_day_of_receipt():
    assert rules.acceptance_day(received_on=MONDAY, told_by=NEXT_MONDAY, today=date(2026, 9, 15)) == MONDAY


def test_one_list_in_time():
    assert rules.list_is_open(Facts()) == ""
    assert "不能再发第二份清单" in rules.list_is_open(Facts(correction_asked=True))
    assert "自收到之日起即为受理" in rules.list_is_open(Facts(silent=True))


def test_a_first_application_is_visited_and_something_must_pass():
    assert "现场核查" in rules.no_visit_needed(Facts(visit_needed=True))
    assert rules.no_visit_needed(Facts(visit_needed=False)) == ""
    assert "不予许可" in rules.something_passed(Facts(passed=0))
    assert rules.something_passed(Facts(passed=1)) == ""


# --- three hands ------------------------------------------------------------------------------------------------------

ZHOU, CHEN, ZHAO, LIU = 1, 2, 3, 4


def test_three_people_handle_a_case():
    assert same_hand(accepted_by=[ZHOU], reviewed_by=[CHEN, ZHAO], decided_by=LIU) == ""
    assert same_hand(accepted_by=[], reviewed_by=[], decided_by=None) == ""
    assert same_hand(accepted_by=[], reviewed_by=[CHEN], decided_by=LIU) == ""


@pytest.mark.parametrize(
    ("accepted_by", "reviewed_by", "decided_by"),
    [
        ([ZHOU], [ZHOU], None),
        ([ZHOU], [CHEN, ZHOU], LIU),
        ([ZHOU], [CHEN], ZHOU),
        ([ZHOU], [CHEN], CHEN),
        ([ZHOU], [CHEN, ZHAO], ZHAO),
        ([ZHOU, CHEN], [CHEN], LIU),
        ([], [CHEN], CHEN),
    ],
)
def test_nobody_has_two_hands_in_a_case(accepted_by, reviewed_by, decided_by):
    assert same_hand(accepted_by=accepted_by, reviewed_by=reviewed_by, decided_by=decided_by)


@given(
    accepted_by=st.lists(st.integers(1, 4), max_size=2),
    reviewed_by=st.lists(st.integers(1, 4), max_size=3),
    decided_by=st.none() | st.integers(1, 4),
)
def test_three_hands_are_three_people(accepted_by, reviewed_by, decided_by):
    hands = [set(accepted_by), set(reviewed_by), {decided_by} - {None}]
    apart = sum(map(len, hands)) == len(set.union(*hands))
    assert (same_hand(accepted_by=accepted_by, reviewed_by=reviewed_by, decided_by=decided_by) == "") == apart


@pytest.mark.parametrize(("members", "leaders", "fine"), [(2, 1, True), (4, 1, True), (1, 1, False), (2, 0, False)])
def test_two_verifiers_go_and_one_leads(members, leaders, fine):
    assert (rules.team_is_complete(members=members, leaders=leaders) == "") == fine


# --- the sheet --------------------------------------------------------------------------------------------------------


def test_the_sheet_of_2022_has_34_items_in_six_parts_and_100_points():
    assert [item.number for item in ITEMS] == list(range(1, 35))
    assert sum(item.most for item in ITEMS) == 100
    points = {part.title: sum(item.most for item in ITEMS if item.part == part.code) for part in score_sheet.parts()}
    assert list(points.values()) == [18, 36, 9, 9, 27, 1]
    assert [part.points for part in score_sheet.parts()] == [18, 36, 9, 9, 27, 1]


def test_every_item_is_worth_three_one_or_nothing_but_the_trial_report():
    assert {item.scores for item in ITEMS[:-1]} == {(3, 1, 0)}
    assert ITEMS[-1].scores == (1, Decimal("0.5"), 0)


def test_a_perfect_sheet_passes():
    score = rules.score(ITEMS, BEST, RULE)
    assert (score.points, score.most, score.rate, score.passed) == (100, 100, 1, True)


def test_one_item_at_zero_fails_the_best_sheet():
    score = rules.score(ITEMS, {**BEST, 7: "0"}, RULE)
    assert score.rate == Decimal("0.97")
    assert (score.zeros, score.passed) == ((7,), False)


def test_a_sheet_at_exactly_85_percent_passes_and_just_below_it_fails():
    """20 points: 17 are 85 %. Six items at 3 and one at 2 would be needed, so the items are made up."""
    items = [Item(number, "p", "", Decimal(1), (Decimal(1), Decimal("0.5"), Decimal(0))) for number in range(1, 21)]
    weak = {number: "0.5" if number <= 6 else "1" for number in range(1, 21)}
    assert rules.score(items, weak, RULE).rate == RULE.rate
    assert rules.score(items, weak, RULE).passed
    assert not rules.score(items, {**weak, 7: "0.5"}, RULE).passed


def test_the_real_sheet_passes_with_seven_weak_items_and_fails_with_eight():
    weak = dict.fromkeys(range(1, 8), "1")
    assert rules.score(ITEMS, {**BEST, **weak}, RULE).rate == Decimal("0.86")
    assert rules.score(ITEMS, {**BEST, **weak}, RULE).passed
    assert not rules.score(ITEMS, {**BEST, **weak, 8: "1"}, RULE).passed


def test_85_percent_of_the_real_sheet_is_reached_when_items_do_not_apply():
    """Without 13 items of 3 points and the trial report there are 60 points left; 51 are 85 % of them."""
    marks = {**BEST, **dict.fromkeys(range(22, 35), "na"), 21: "na"}
    assert rules.score(ITEMS, marks, RULE).most == 60
    # Four weak items lose 8 points: 52. None of the sheets can reach 51, so 52 passes and 50 fails.
    four = {**marks, **dict.fromkeys(range(1, 5), "1")}
    assert rules.score(ITEMS, four, RULE).passed
    assert not rules.score(ITEMS, {**four, 5: "1"}, RULE).passed


def test_items_that_do_not_apply_leave_the_total():
    score = rules.score(ITEMS, {**BEST, 3: "na", 34: "na"}, RULE)
    assert (score.points, score.most, score.passed) == (96, 96, True)


def test_a_sheet_on_which_nothing_applies_does_not_pass():
    score = rules.score(ITEMS, dict.fromkeys(BEST, "na"), RULE)
    assert (score.rate, score.passed) == (0, False)


def test_items_without_a_mark_are_named():
    marks = {number: mark for number, mark in BEST.items() if number not in (4, 20)}
    score = rules.score(ITEMS, marks, RULE)
    assert (score.unscored, score.passed) == ((4, 20), False)


@given(st.lists(st.sampled_from(["3", "1", "0", "na"]), min_size=33, max_size=33), st.sampled_from(["1", "0.5", "0"]))
def test_a_sheet_passes_exactly_when_nothing_is_zero_and_85_percent_are_reached(marks, trial):
    sheet = dict(enumerate([*marks, trial], start=1))
    counted = [(Decimal(mark), ITEMS[number - 1].most) for number, mark in sheet.items() if mark != "na"]
    points, most = sum(value for value, _ in counted), sum(limit for _, limit in counted)
    expected = all(value for value, _ in counted) and points * 100 >= most * 85
    assert rules.score(ITEMS, sheet, RULE).passed == expected


def test_a_variety_has_its_own_marks_where_it_has_some_and_the_common_ones_elsewhere():
    sheet = {
        "common": {"1": {"score": "3"}, "2": {"score": "1"}, "3": {"score": ""}},
        "varieties": {"v1": {"1": {"score": "0"}, "2": {"score": ""}}},
    }
    assert rules.marks_for(sheet, "v1") == {1: "0", 2: "1"}
    assert rules.marks_for(sheet, "v2") == {1: "3", 2: "1"}
    assert rules.marks_for({}, "v1") == {}
