"""Personal numbers with their middle hidden."""

import pytest

from xuke.accounts import masks


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("420106199003071234", "4201**********1234"),
        ("E12345678", "*********"),
        ("EA1234567890", "EA12****7890"),
        ("", ""),
    ],
)
def test_a_document_number_shows_its_ends(number, shown):
    assert masks.document_number(number) == shown


@pytest.mark.parametrize(("number", "shown"), [("13800005678", "138****5678"), ("12315", "*****"), ("", "")])
def test_a_mobile_number_shows_its_ends(number, shown):
    assert masks.mobile(number) == shown
