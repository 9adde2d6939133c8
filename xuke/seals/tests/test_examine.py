"""Checking a signed file. Whatever the file holds, the answer is a signature or a refusal in words."""

import re
from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from xuke.seals import pades
from xuke.seals.provider import SoftwareKey
from xuke.seals.tests.conftest import NOON, drawn, sign
from xuke.seals.validation import LARGEST_FILE, Fault, NotAuthentic, examine

many = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def fault(file: bytes, *trust) -> Fault:
    with pytest.raises(NotAuthentic) as caught:
        examine(file, trust=trust)
    assert re.fullmatch(r"[^A-Za-z]*(PDF|MB)?[^A-Za-z]*。", str(caught.value)), "a sentence in Chinese"
    return caught.value.fault


def test_an_untouched_file_is_authentic(signed, authority):
    found = examine(signed, trust=(authority.root,))
    assert found.signed_at == NOON
    assert found.signer == "许可平台演示电子印章 DEMO Seal"
    assert found.certificate == authority.signer


def test_one_of_several_trusted_roots_is_enough(signed, authority, stranger):
    assert examine(signed, trust=(stranger.root, authority.root))


def test_a_stranger_with_our_names_is_not_us(document, picture, authority, stranger):
    assert fault(sign(document, picture, stranger), authority.root) is Fault.FOREIGN


def test_without_trust_nothing_is_ours(signed):
    assert fault(signed) is Fault.FOREIGN


def test_our_certificate_does_not_help_somebody_elses_key(document, picture, authority, stranger):
    forged = pades.seal_and_sign(
        document,
        seal_pdf=picture,
        provider=SoftwareKey(stranger.signer_key),
        chain=authority.chain,
        at=NOON,
        reason="试签",
    )
    assert fault(forged, authority.root) is Fault.ALTERED


def test_every_changed_bit_in_the_container_is_noticed(signed, authority):
    """Padding, order, unsigned parts: nothing in the file may differ, even where a signature would not mind."""
    opening = signed.index(b"/Contents <") + len(b"/Contents <")
    length = len(signed[opening:].split(b"00" * 40)[0])
    for position in [*range(opening, opening + length + 8), opening + 2 * pades.RESERVED - 1]:
        changed = bytearray(signed)
        changed[position] = ord("1") if changed[position] != ord("1") else ord("2")
        assert fault(bytes(changed), authority.root) in {Fault.ALTERED, Fault.FOREIGN}


class Contrary(SoftwareKey):
    """Signs with the other form: ECDSA signatures come in pairs (r, s) and (r, n - s), and both verify."""

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(super().sign(message))
        return encode_dss_signature(r, max(s, ec.SECP256R1().group_order - s))


def test_the_other_form_of_the_same_signature_is_a_change_too(document, picture, authority, signed, monkeypatch):
    def sign_contrarily() -> bytes:
        return pades.seal_and_sign(
            document,
            seal_pdf=picture,
            provider=Contrary(authority.signer_key),
            chain=authority.chain,
            at=NOON,
            reason="试签",
        )

    assert sign_contrarily() == signed
    with monkeypatch.context() as patched:
        patched.setattr(pades, "settled", lambda signature: signature)
        twin = sign_contrarily()
    assert fault(twin, authority.root) is Fault.ALTERED


def test_upper_case_digits_are_a_change_too(signed, authority):
    opening = signed.index(b"/Contents <") + len(b"/Contents <")
    upper = signed[:opening] + signed[opening : opening + 400].upper() + signed[opening + 400 :]
    assert fault(upper, authority.root) is Fault.ALTERED


@given(where=some.floats(0, 1, exclude_max=True), byte=some.integers(0, 255))
@many
def test_any_changed_byte_is_noticed(signed, authority, where, byte):
    position = int(where * len(signed))
    changed = signed[:position] + bytes((byte,)) + signed[position + 1 :]
    if changed == signed:
        assert examine(changed, trust=(authority.root,))
    else:
        fault(changed, authority.root)


@given(
    some.lists(some.tuples(some.floats(0, 1), some.binary(max_size=40), some.integers(0, 300)), min_size=1, max_size=6)
)
@many
def test_torn_and_patched_files_never_raise_anything_else(signed, authority, patches):
    changed = bytearray(signed)
    for where, added, removed in patches:
        position = int(where * len(changed))
        changed[position : position + removed] = added
    if bytes(changed) != signed:
        fault(bytes(changed), authority.root)


@given(some.binary(max_size=400))
@many
def test_noise_after_a_pdf_header_is_refused(authority, noise):
    fault(b"%PDF-1.7\n" + noise, authority.root)


@given(some.tuples(*[some.integers(0, 10**10)] * 4), some.binary(max_size=300))
@many
def test_invented_byte_ranges_are_refused(authority, numbers, noise):
    invented = b"%%PDF-1.7\n/ByteRange [%d %d %d %d]" % numbers + noise
    fault(invented, authority.root)


def test_an_appended_update_is_noticed(signed, authority):
    assert fault(signed + b"\n", authority.root) is Fault.ALTERED
    with pikepdf.open(BytesIO(signed)) as pdf:
        pdf.pages[0].contents_add(b"0 g 0 0 99 99 re f")
        output = BytesIO()
        pdf.save(output)
    assert fault(output.getvalue(), authority.root) in {Fault.ALTERED, Fault.FOREIGN}
    update = b"\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"
    assert fault(signed + update, authority.root) is Fault.ALTERED


def test_a_second_signature_does_not_hide_the_first(signed, authority):
    """A later signature over everything, decoy range first: the file is no longer as we left it."""
    second = b"\n9 0 obj\n<< /ByteRange [ 0 100 200 300 ] /Contents <00> >>\nendobj\n"
    assert fault(signed + second, authority.root) is Fault.ALTERED


def test_a_file_cut_short_is_noticed(signed, authority):
    assert fault(signed[:-1], authority.root) is Fault.ALTERED
    assert fault(signed[: len(signed) // 2], authority.root) in {Fault.ALTERED, Fault.FOREIGN}


def test_what_is_not_signed_says_so(document, authority):
    assert fault(document, authority.root) is Fault.UNSIGNED


@pytest.mark.parametrize("file", [b"", b"PK\x03\x04", b"\x89PNG\r\n", b" %PDF-1.7", "食品生产许可证".encode()])
def test_what_is_not_a_pdf_says_so(file, authority):
    assert fault(file, authority.root) is Fault.NOT_A_PDF


def test_a_file_larger_than_any_of_ours_is_not_even_read(authority):
    assert fault(b"%PDF-" + b" " * LARGEST_FILE, authority.root) is Fault.TOO_LARGE


@pytest.mark.parametrize("away", [timedelta(days=-800), timedelta(days=2200)])
def test_a_certificate_that_was_not_valid_when_signing_is_refused(document, picture, authority, away):
    signed_then = sign(document, picture, authority, NOON + away)
    assert fault(signed_then, authority.root) is Fault.KEY_NOT_VALID


def test_megabytes_of_almost_byte_ranges_do_not_slow_us_down(authority):
    """The search stays linear; the test would not end if it did not."""
    for piece in (b"/ByteRange ", b"/ByteRange [0 ", b"/ByteRange [" + b" " * 5000):
        assert fault(b"%PDF-1.7\n" + piece * (3_000_000 // len(piece)), authority.root) is Fault.UNSIGNED


def test_a_document_that_says_nothing_about_seals_stays_unsigned(authority):
    assert fault(drawn(b"0 g"), authority.root) is Fault.UNSIGNED
