"""What names and questions are cut into, so that each is found by the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xuke.foundation.bigrams import bigrams, plain


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("宜昌食品", ("宜昌", "昌食", "食品")),
        ("食品", ("食品",)),
        ("醋", ("醋",)),
        ("", ()),
        (" \t\u3000\u200b\x00", ()),
        ("娃哈哈哈", ("娃哈", "哈哈")),
        ("宜 昌", ("宜昌",)),
        ("湖北（集团）", ("湖北", "北(", "(集", "集团", "团)")),
        ("ＡＢ", ("ab",)),
        ("%_", ("%_",)),
        ("好\ud800吃", ("好吃",)),
    ],
)
def test_a_text_is_cut_into_pairs_of_neighbours(text, pairs):
    assert bigrams(text) == pairs


def test_brackets_of_every_width_are_the_same():
    assert len({plain(text) for text in ("甲(乙)", "甲（乙）", "甲【乙】", "甲〔乙〕", "甲[乙]", "甲［乙］")}) == 1


@given(st.text(st.characters()))
def test_what_is_plain_stays_as_it_is(text):
    assert plain(plain(text)) == plain(text)


@given(st.text(max_size=8), st.text(min_size=2, max_size=8), st.text(max_size=8))
def test_whoever_contains_a_question_has_its_pairs(before, question, after):
    whole, part = plain(before) + plain(question) + plain(after), plain(question)
    if len(part) > 1:
        assert set(bigrams(part)) <= set(bigrams(whole)) or plain(whole) != whole
