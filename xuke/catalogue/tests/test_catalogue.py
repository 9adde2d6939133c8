"""What can be licensed, by whom, within how many days, against which sheet: data with dates."""

from datetime import date
from pathlib import Path

import pytest

import xuke
from xuke.catalogue import competence, food, keys, limits, score_sheet
from xuke.foundation.identifiers import food_licence

TODAY = date(2026, 9, 7)


def test_the_categories_of_food_and_additives_are_those_of_the_licence_number():
    assert {category.code: category.name for category in food.categories()} == food_licence.CATEGORIES
    assert (len(food.of_kind(food.FOOD)), len(food.of_kind(food.ADDITIVE))) == (31, 3)
    assert (food.subcategory("3203").category_code, food.category("203").kind) == ("203", "additive")


def test_every_subcategory_has_a_code_of_its_own_below_its_category():
    codes = [sub.code for category in food.categories() for sub in category.subcategories]
    assert len(codes) == len(set(codes))
    for category in food.categories():
        assert {sub.code[:2] for sub in category.subcategories} == {category.number}


def test_a_cake_is_found_by_code_by_name_and_by_its_category():
    cake = food.subcategory("2401")
    assert (cake.name, cake.category_code, cake.category_name) == ("热加工糕点", "124", "糕点")
    for text in ("2401", "热加工", " 糕点 "):
        assert cake in food.find(text)
    assert food.find("  ") == ()
    assert food.find("宇宙飞船") == ()
    assert (food.subcategory("9999"), food.category("132")) == (None, None)
    assert food.category("124").number == "24"


@pytest.mark.parametrize(
    ("codes", "level"),
    [
        (["2401"], "county"),
        (["2401", "0501"], "prefecture"),
        (["2401", "0501", "2801"], "province"),
        (["0306"], "province"),
        (["0301"], "county"),
        (["1501"], "prefecture"),
    ],
)
def test_the_highest_level_that_one_product_needs_licenses_them_all(codes, level):
    found = competence.of(codes, on=TODAY)
    assert (found.level, bool(found.basis)) == (level, True)


def test_every_product_of_the_catalogue_belongs_to_somebody():
    for category in food.categories():
        for sub in category.subcategories:
            assert competence.of([sub.code], on=TODAY).level in competence.LEVELS


@pytest.mark.parametrize("category", ["127", "128", "129"])
def test_special_foods_belong_to_the_province(category):
    """Health foods, medical foods, infant formula (Measures art. 7)."""
    for sub in food.category(category).subcategories:
        assert competence.of([sub.code], on=TODAY).level == "province"


def test_there_is_no_competence_before_the_measures_or_for_nothing():
    with pytest.raises(LookupError):
        competence.of(["2401"], on=date(2019, 1, 1))
    with pytest.raises(LookupError):
        competence.of([], on=TODAY)


@pytest.mark.parametrize(("level", "seat"), [("province", "420000"), ("prefecture", "420500"), ("county", "420506")])
def test_the_seat_of_a_level_follows_from_the_county(level, seat):
    assert competence.division_at(level, "420506") == seat


@pytest.mark.parametrize(
    ("id", "value", "unit"),
    [
        ("food.acceptance", 5, "working_day"),
        ("food.verification", 5, "working_day"),
        ("food.decision", 10, "working_day"),
        ("food.issue", 5, "working_day"),
        ("food.validity", 5, "year"),
        ("remedy.reconsideration", 60, "day"),
        ("remedy.litigation", 6, "month"),
    ],
)
def test_every_limit_has_its_article(id, value, unit):
    limit = limits.time_limit(id, TODAY)
    assert (limit.value, limit.unit) == (value, unit)
    assert limit.basis
    assert limit.confidence in ("verified", "known", "uncertain")


def test_there_is_no_limit_before_its_law_or_of_another_name():
    with pytest.raises(LookupError, match=r"no time limit food\.decision"):
        limits.time_limit("food.decision", date(2020, 2, 29))
    with pytest.raises(LookupError):
        limits.time_limit("food.fantasy", TODAY)


def test_the_items_of_the_sheet_stand_in_their_parts():
    items = score_sheet.items()
    assert [(items[0].label, items[0].number), (items[-1].label, items[-1].number)] == [("1.1", 1), ("6.1", 34)]
    assert len({item.label for item in items}) == 34
    assert all(item.title for item in items)
    assert [part.number for part in score_sheet.parts()] == [1, 2, 3, 4, 5, 6]
    assert all(item.most == max(item.scores) for item in items)


_TOLD = ("tests", "demonstration", "bench", "views/officer_rules.py")
"""Where keys stand that nothing is counted by: tests, stories, and the page that lists them all."""


def test_every_limit_and_switch_is_asked_for_or_says_why_it_is_only_shown():
    """A rule that no code reads would say one thing while the system does another."""
    root = Path(xuke.__file__).parent
    files = (file for file in root.rglob("*.py") if not any(each in str(file.relative_to(root)) for each in _TOLD))
    code = "\n".join(file.read_text("utf-8") for file in files)
    wrong = {
        key: "asked for" if is_needed else "only shown"
        for topic in ("time_limit", "switch")
        for key, is_needed in keys.known()[topic].items()
        if (f'"{key}"' in code) != is_needed
    }
    assert wrong == {}, "the data says so, the code says otherwise"
