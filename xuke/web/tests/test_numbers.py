"""Numbers that come back from addresses and hidden fields."""

from __future__ import annotations

import pytest

from xuke.web.numbers import LARGEST, whole


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("999999999", LARGEST), ("１２", 12)])
def test_a_number_we_wrote_is_read(text, number):
    assert whole(text) == number


@pytest.mark.parametrize("text", ["", "-1", "1.5", " 1", "²", "一", "1000000000", "9" * 5_000])
def test_what_we_never_wrote_is_no_number_however_long(text):
    assert whole(text) is None


def test_a_page_may_ask_for_less():
    assert (whole("50", most=50), whole("51", most=50)) == (50, None)
