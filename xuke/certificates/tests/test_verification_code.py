"""The QR code: what it says, who may sign it, what a forger can do with it."""

from base64 import b32decode, b32encode
from dataclasses import replace
from datetime import date

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from xuke.certificates.qr import CodeNotGenuine, Summary, code_svg, code_text, read_code
from xuke.certificates.tests.conftest import TEA
from xuke.certificates.verification import verify_code

names = some.text(some.characters(categories=["Lo", "Nd", "Lu"]), max_size=60)
days = some.dates(date(1990, 1, 1), date(2100, 1, 1))


@pytest.fixture(scope="module")
def code(workshop) -> str:
    return code_text(TEA, provider=workshop.provider, signer=workshop.authority.signer)


@pytest.fixture(scope="module")
def signers(workshop):
    return (workshop.authority.signer,)


def test_an_inspector_reads_the_licence_without_a_network(code, signers):
    found = verify_code(code, signers=signers)
    assert found.authentic
    assert found.summary == Summary.of(TEA)
    assert found.facts()["code"]["producer_name"] == "宜都市青岗岭茶业有限公司"


def test_the_code_is_an_address_in_the_compact_alphabet(code):
    assert code.startswith("HTTPS://LICENCE.EXAMPLE.CN/V/")
    assert code.removeprefix("HTTPS://LICENCE.EXAMPLE.CN/V/").isalnum()
    assert code == code.upper()
    assert len(code) < 450


def test_an_address_that_does_not_fit_the_alphabet_is_refused(workshop):
    with pytest.raises(ValueError, match="_"):
        code_text(
            replace(TEA, verify_address="https://a_b.cn"), provider=workshop.provider, signer=workshop.authority.signer
        )


def test_only_the_code_counts_not_the_address_around_it(code, signers):
    bare = code.rsplit("/", 1)[1]
    for text in (bare, bare.lower(), f"  https://other.example/v/{bare}\n"):
        assert verify_code(text, signers=signers).authentic


def test_several_keys_live_side_by_side(code, workshop, stranger):
    both = (stranger.authority.signer, workshop.authority.signer)
    assert verify_code(code, signers=both).authentic


def test_a_code_of_somebody_else_is_refused(stranger, signers):
    theirs = code_text(TEA, provider=stranger.provider, signer=stranger.authority.signer)
    assert verify_code(theirs, signers=signers).problems == ("二维码不是本系统签发的。",)


def test_naming_our_key_does_not_make_a_signature(stranger, workshop, signers):
    forged = code_text(TEA, provider=stranger.provider, signer=workshop.authority.signer)
    assert verify_code(forged, signers=signers).problems == ("二维码的内容被改动。",)


def test_every_changed_character_is_noticed(code, signers):
    begin = code.rindex("/") + 1
    for position in range(begin, len(code) - 1):
        other = "A" if code[position] != "A" else "B"
        assert not verify_code(code[:position] + other + code[position + 1 :], signers=signers).authentic


@given(some.text(max_size=300) | some.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", max_size=3000))
def test_noise_is_refused_in_words(workshop, noise):
    found = verify_code(noise, signers=(workshop.authority.signer,))
    assert not found.authentic
    assert found.problems


@given(some.binary(max_size=300))
def test_binary_noise_in_the_right_alphabet_is_refused(workshop, noise):
    for head in (b"", b"\xd2\x84", b"\xd2\x84\x43\xa1\x01\x26\xa0\x59"):
        text = b32encode(head + noise).decode()
        assert not verify_code(text, signers=(workshop.authority.signer,)).authentic


@given(names, names, names, days, days, some.lists(some.integers(1, 99), unique=True, max_size=33))
@settings(max_examples=50, deadline=None)
def test_whatever_a_licence_says_is_read_back(workshop, name, uscc, issuer, valid_to, issued_on, categories):
    rows = tuple(replace(TEA.product_details[0], code=f"{number:02}01") for number in categories)
    content = replace(
        TEA,
        producer_name=name,
        uscc=uscc,
        issuer=issuer,
        valid_to=valid_to,
        issued_on=issued_on,
        product_details=rows,
    )
    code = code_text(content, provider=workshop.provider, signer=workshop.authority.signer)
    assert read_code(code, signers=(workshop.authority.signer,)) == Summary.of(content)


def test_other_software_reads_it_as_cose(code):
    """RFC 9052: tag 18, protected header with ES256 and the key id, payload, 64 bytes of signature."""
    packed = code.rsplit("/", 1)[1]
    message = cbor2.loads(b32decode(packed + "=" * (-len(packed) % 8)))
    protected, unprotected, payload, signature = message.value
    assert message.tag == 18
    assert cbor2.loads(protected)[1] == -7
    assert unprotected == {}
    assert cbor2.loads(payload)[1] == "SC11442058100071"
    assert len(signature) == 64


def test_a_later_layout_asks_for_an_update(workshop, signers, monkeypatch):
    monkeypatch.setattr("xuke.certificates.qr._payload", lambda summary: cbor2.dumps({0: 2}))
    later = code_text(TEA, provider=workshop.provider, signer=workshop.authority.signer)
    monkeypatch.undo()
    with pytest.raises(CodeNotGenuine, match="请更新核验程序"):
        read_code(later, signers=signers)


def test_the_picture_has_a_quiet_zone_and_no_colour(code):
    svg = code_svg(code)
    assert 'viewBox="0 0 ' in svg
    assert "M4 4h7v1h-7z" in svg
