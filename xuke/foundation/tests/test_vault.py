"""Personal numbers at rest: nobody reads them in a dump, a changed byte is noticed, and they are found again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xuke.foundation import vault

TEXTS = st.text(min_size=1, max_size=80)


@pytest.fixture(autouse=True)
def keys_of_their_own(tmp_path, settings):
    settings.XUKE_HOME, settings.XUKE_DATA_KEYS = tmp_path, ""


@given(text=TEXTS)
def test_what_was_sealed_comes_back_and_stands_nowhere_in_the_token(text):
    token = vault.seal(text, "mobile")
    assert vault.unseal(token, "mobile") == text
    if len(text.encode()) > 3:
        assert text.encode() not in token


@given(text=TEXTS, place=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_a_single_changed_bit_is_noticed(text, place, bit):
    token = bytearray(vault.seal(text, "mobile"))
    token[place % len(token)] ^= 1 << bit
    with pytest.raises(vault.Unreadable):
        vault.unseal(bytes(token), "mobile")


def test_the_same_number_looks_different_every_time_and_has_one_fingerprint():
    assert vault.seal("13800005678", "mobile") != vault.seal("13800005678", "mobile")
    assert vault.fingerprint("13800005678", "mobile") == vault.fingerprint("13800005678", "mobile")
    assert vault.fingerprint("13800005678", "mobile") != vault.fingerprint("13800005678", "resident_id")


def test_what_was_sealed_for_one_purpose_is_not_opened_for_another():
    with pytest.raises(vault.Unreadable):
        vault.unseal(vault.seal("13800005678", "mobile"), "resident_id")


def test_a_new_key_seals_and_the_old_one_still_opens():
    old = vault.seal("13800005678", "mobile")
    assert vault.add_key() == 2
    new = vault.seal("13800005678", "mobile")
    assert (vault.number_in(old), vault.number_in(new)) == (1, 2)
    assert vault.unseal(old, "mobile") == vault.unseal(new, "mobile") == "13800005678"
    assert vault.fingerprint("13800005678", "mobile") in vault.fingerprints("13800005678", "mobile")


def test_a_lost_key_is_said_and_not_guessed():
    token = vault.seal("13800005678", "mobile")
    vault.add_key()
    vault.remove_key(1)
    with pytest.raises(vault.Unreadable, match="not here"):
        vault.unseal(token, "mobile")


def test_the_key_file_is_for_the_owner_alone(tmp_path):
    vault.seal("1", "mobile")
    (key,) = (tmp_path / "keys" / "data").glob("*.key")
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.parent.stat().st_mode & 0o777 == 0o700


def test_an_operator_brings_keys_by_the_environment(settings):
    settings.XUKE_DATA_KEYS = "1:" + "A" * 43 + "=, 7:" + "B" * 43 + "="
    assert vault.number_in(vault.seal("1", "mobile")) == 7
    with pytest.raises(vault.Unreadable, match="XUKE_DATA_KEYS"):
        vault.add_key()


@given(phone=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), other=TEXTS)
def test_in_a_document_only_the_named_keys_are_sealed(phone, other):
    field = vault.SealedJSONField(sealed={"contact_phone": "mobile"})
    document = {"enterprise": {"contact_phone": phone, "name": other}, "rows": [{"contact_phone": phone}, other]}
    closed = field.closed(document)
    assert phone not in str(closed["enterprise"]["contact_phone"]) + str(closed["rows"][0])
    assert closed["enterprise"]["name"] == other
    assert field.opened(closed) == document
    assert field.closed(closed) == closed


@given(text=TEXTS)
def test_what_somebody_types_that_looks_sealed_comes_back_as_it_was_typed(text):
    field = vault.SealedJSONField(sealed={"contact_phone": "mobile"})
    typed = {"contact_phone": f"sealed:{text}"}
    assert field.opened(field.closed(typed)) == typed
