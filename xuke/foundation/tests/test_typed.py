"""What people type, before a command sees it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xuke.foundation.refusals import Invalid
from xuke.foundation.typed import DEEPEST, LONGEST, MOST, demand_storable, why_not_storable


@pytest.mark.parametrize("text", ["宜昌禾穗坊", "", "a\nb\tc\r\n", "𠮷祥", "👍", "e\u0301", "全角\u3000空格"])
def test_words_can_be_kept_even_the_rare_ones(text):
    assert why_not_storable(text) == ""


@pytest.mark.parametrize(
    ("text", "named"), [("a\x00", "U+0000"), ("\x1b[2J", "U+001B"), ("\ud83d", "U+D83D"), ("\udc00", "U+DC00")]
)
def test_a_control_character_or_half_a_character_is_named(text, named):
    assert named in why_not_storable(text)


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u00ad", "\u2028", "\U000e0041"])
def test_a_mark_that_the_page_would_obey_and_the_paper_leave_out_is_named(mark):
    sentence = why_not_storable(f"不予许可\n理由{mark}充分")
    assert f"（U+{ord(mark):04X}），在“理由”后面" in sentence
    assert mark not in sentence


def test_a_mark_at_the_beginning_is_said_to_stand_there():
    assert "（U+FEFF），在一行的开头" in why_not_storable("\ufeff理由")


def test_a_book_does_not_fit_into_a_field():
    assert why_not_storable("恒" * LONGEST) == ""
    assert f"现在有{LONGEST + 1}个字" in why_not_storable("恒" * (LONGEST + 1))


def test_wu_is_told_every_place_at_once():
    values = {"values": {"area": "1\x00", "list": [{"name": "ok"}, {"name": "\ud800"}]}, "reason": "x" * (LONGEST + 1)}
    with pytest.raises(Invalid) as refusal:
        demand_storable(values)
    assert [problem.field for problem in refusal.value.problems] == ["values.area", "values.list.1.name", "reason"]


def test_a_key_is_a_text_too_and_does_not_break_the_sentence_that_names_it():
    with pytest.raises(Invalid) as refusal:
        demand_storable({"values": {"\ud800": "x"}})
    assert refusal.value.problems[0].field.encode()


def test_too_deep_and_too_many_are_refused_before_they_are_walked():
    deep: object = "x"
    for _ in range(DEEPEST + 1):
        deep = [deep]
    with pytest.raises(Invalid, match="太深"):
        demand_storable({"values": deep})
    with pytest.raises(Invalid, match="最多保存"):
        demand_storable({"values": ["x"] * (MOST + 1)})


@given(st.text())
def test_what_is_not_refused_can_be_written_as_json_for_the_database(text):
    if not why_not_storable(text):
        assert "\\u0000" not in json.dumps(text)
        assert text.encode("utf-8").decode("utf-8") == text
