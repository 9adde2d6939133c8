import pytest
from hypothesis import given
from hypothesis import strategies as some

from xuke.foundation.pki import der


@given(some.integers(0x01, 0xFE), some.binary(max_size=70_000))
def test_what_is_written_is_read_back(tag, content):
    found, rest = der.read(der.element(tag, content) + b"rest")
    assert (found.tag, found.content, rest) == (tag, content, b"rest")


@given(some.binary(max_size=64))
def test_reading_noise_ends_in_an_element_or_a_refusal(noise):
    try:
        found, rest = der.read(noise)
    except der.NotDER:
        return
    assert found.whole + rest == noise
    assert der.element(found.tag, found.content) == found.whole


def test_known_object_identifiers():
    assert der.object_identifier("1.2.840.113549.1.7.2").hex() == "06092a864886f70d010702"
    assert der.object_identifier("2.16.840.1.101.3.4.2.1").hex() == "0609608648016503040201"


def test_integers_stay_positive():
    assert der.integer(0x80) == b"\x02\x02\x00\x80"
    assert der.integer(0) == b"\x02\x01\x00"


@pytest.mark.parametrize(
    "data", [b"", b"\x30", b"\x30\x80", b"\x30\x81\x05hello", b"\x30\x82\x00\x05hello", b"\x30\x05no"]
)
def test_anything_but_der_is_refused(data):
    with pytest.raises(der.NotDER):
        der.read(data)
