"""The library: what is kept in it holds together, and a day decides which text is meant."""

from __future__ import annotations

import json
from datetime import date

import pytest

from xuke.knowledge import library

TODAY = date(2026, 11, 22)


def test_every_file_is_a_law_with_its_own_address_and_articles_in_our_words():
    found = library.laws()
    assert len({each.slug for each in found}) == len(found) == len(list(library.DATA.glob("*.json")))
    for each in found:
        assert each.about and each.title and all(one.issuer for one in each.editions)
        for article in each.articles:
            assert article.title and 5 <= len(article.summary) <= 160, (each.slug, article.label)
            assert library.find(f"{each.name}（{each.editions[-1].label}）{article.label}")[0].law is each


def test_the_day_decides_which_measures_are_meant_unless_the_basis_says_it():
    def law(text: str, on: date) -> str:
        return library.find(text, on)[0].law.slug

    assert law("食品生产许可管理办法第二十二条", date(2018, 6, 1)) == "food-production-licensing-measures-2015"
    assert law("食品生产许可管理办法第二十二条", TODAY) == "food-production-licensing-measures-2020"
    old = library.find("食品生产许可管理办法（2015年）第二十二条", TODAY)[0]
    assert (old.law.slug, old.in_force) == ("food-production-licensing-measures-2015", False)
    assert library.article("食品生产许可管理办法（2020年）", "第二十一条", on=TODAY).title == "审查和现场核查"


def test_an_article_that_was_amended_reads_as_it_held_on_the_day():
    before, after = (
        library.article("食品安全法", "第八十一条", on=day) for day in (date(2025, 11, 30), date(2025, 12, 1))
    )
    assert "液态乳" not in before.summary and "液态乳" in after.summary
    assert after.is_uncertain


def test_a_sentence_is_searched_for_what_it_cites_and_told_what_is_not_kept_here():
    text = "依照行政许可法第三十二条和《中华人民共和国食品安全法》第三十五条，应当受理。"
    found = library.find(text, TODAY)
    assert [text[each.start : each.end] for each in found] == [
        "行政许可法第三十二条",
        "《中华人民共和国食品安全法》第三十五条",
    ]
    said = "不需要现场核查（食品生产许可管理办法（2020年）第二十一条）。"
    (inside,) = library.find(said, TODAY)
    assert said[inside.start : inside.end] == "食品生产许可管理办法（2020年）第二十一条"
    assert not library.find("行政许可法第八十三条", TODAY)[0].is_found
    assert library.find("某县自己的规定第三条；XX食品安全法的读后感", TODAY) == ()
    assert len(library.find("食品安全法第一百二十二条至第一百二十六条")[0].articles) == 5


def test_search_finds_by_number_by_title_and_by_words_of_the_summary():
    def found(asked: str) -> list[str]:
        return [f"{law.name}{article.label if article else ''}" for law, article in library.search(asked)]

    assert found("行政许可法第五十条")[0] == "行政许可法第五十条"
    assert "食品安全法第四十二条" in found("追溯 信息化")
    assert found("第24号")[0] == "食品生产许可管理办法"
    assert found("") == found("没有这样的话") == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"level": "rumour"}, "unknown level"),
        ({"editions": []}, "no edition"),
        ({"confidence": "sure"}, "is not one of"),
        ({"valid_to": "2019-01-01"}, "ends before it begins"),
        ({"twice": True}, "two versions"),
    ],
)
def test_a_file_that_does_not_hold_together_says_where(change, reason):
    data = json.loads((library.DATA / "administrative-permit-law.json").read_text("utf-8"))
    row = data["articles"][0]
    data |= {name: change[name] for name in ("level", "editions") if name in change}
    row |= {name: change[name] for name in ("confidence", "valid_to") if name in change}
    if "twice" in change:
        data["articles"].append(row)
    with pytest.raises(library.Wrong, match=reason):
        library.read(data)
