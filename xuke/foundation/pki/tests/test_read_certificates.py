"""What is read from certificates, lists and keys, and that hostile bytes end in one kind of refusal."""

from __future__ import annotations

import subprocess
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from xuke.foundation.pki import certificates, crls, der, issuing, keys, oids, pem
from xuke.foundation.pki.algorithms import Family
from xuke.foundation.pki.certificates import Certificate, Name, Places, text_in
from xuke.foundation.pki.crls import Revocation, RevocationList
from xuke.foundation.pki.issuing import Subject
from xuke.foundation.pki.pem import Unreadable
from xuke.foundation.pki.tests.people import CREDIT_CODE, NOW, RESIDENT_NUMBER, authority, fang, root

each_family = pytest.mark.parametrize("family", Family)


@each_family
def test_everything_about_a_person(family):
    person = fang(family).certificate
    assert person.common_name == "王芳" and person.organisation == "西溪食品有限公司"
    assert person.credit_code() == CREDIT_CODE and person.resident_number() == RESIDENT_NUMBER
    assert person.family is family and person.key.acceptable
    assert str(person.subject) == "C=CN, O=西溪食品有限公司, CN=王芳"
    assert person.issuer == authority(family).certificate.subject
    assert (person.not_before, person.not_after) == (NOW, NOW + timedelta(days=365))
    assert person.may_sign and not person.may_issue and not person.is_authority
    assert person.issuer_key_id == authority(family).certificate.key_id != b""
    assert len(person.fingerprint) == 64


@each_family
def test_pem_and_der_are_the_same_certificate(family):
    person = fang(family).certificate
    assert Certificate.read(person.pem) == Certificate.read(person.pem.encode()) == Certificate.read(person.der)
    bundle = f"Bag Attributes\n{person.pem}\n{root(family).certificate.pem}"
    assert Certificate.read_all(bundle) == (person, root(family).certificate)
    assert Certificate.read(bundle) == person


SM2_KEY, P384_KEY = ("-algorithm", "SM2"), ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384")


@pytest.mark.parametrize(
    ("kind", "signing"), [(SM2_KEY, ("-sm3", "-sigopt", "distid:1234567812345678")), (P384_KEY, ("-sha384",))]
)
def test_a_certificate_made_by_openssl_is_read(tmp_path, kind, signing):
    key, made = tmp_path / "key", tmp_path / "made"
    subprocess.run(["openssl", "genpkey", *kind, "-out", key], check=True, capture_output=True)
    subject = ("-utf8", "-subj", "/CN=王芳/O=西溪")
    subprocess.run(
        ["openssl", "req", "-x509", "-new", "-key", key, *signing, *subject, "-out", made],
        check=True, capture_output=True,
    )  # fmt: skip
    found = Certificate.read(made.read_bytes())
    assert found.common_name == "王芳" and found.key.verify(found.signed, found.signature, found.signed_by)


def test_a_certificate_signed_with_sha1_is_read_but_its_signature_never_counts(tmp_path):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", tmp_path / "key", "-sha1",
         "-subj", "/CN=old", "-out", tmp_path / "pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    found = Certificate.read((tmp_path / "pem").read_bytes())
    assert found.signed_by is None and not found.key.verify(found.signed, found.signature, found.signed_by)


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_a_certificate_signed_with_pss_is_read(tmp_path, digest):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", tmp_path / "key", f"-{digest}",
         "-sigopt", "rsa_padding_mode:pss", "-subj", "/CN=new", "-out", tmp_path / "pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    found = Certificate.read((tmp_path / "pem").read_bytes())
    assert found.signed_by == f"RSA-PSS-{digest.upper()}"
    assert found.key.verify(found.signed, found.signature, found.signed_by)


def test_a_key_of_an_unknown_kind_is_refused_in_words(tmp_path):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", tmp_path / "key", "-subj", "/CN=new",
         "-out", tmp_path / "pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    with pytest.raises(Unreadable, match="SM2"):
        Certificate.read((tmp_path / "pem").read_bytes())


# --- numbers ----------------------------------------------------------------------------------------------------------


def with_extension(oid, value):
    extensions = [*issuing._extensions(fang().key, authority().key, uses=issuing.SIGNING, authority=False)]
    extensions.append(issuing._extension(oid, value))
    return issuing._certify(
        authority().key, authority().certificate.subject, fang().key, Subject("王芳").as_name, NOW, 30, extensions
    )


@pytest.mark.parametrize(
    ("oid", "value"),
    [
        (oids.ORGANISATION_CODE, der.utf8(CREDIT_CODE)),
        (oids.REGISTRATION_NUMBER, der.element(der.PRINTABLE, CREDIT_CODE.encode())),
        (oids.ORGANISATION_CODE, CREDIT_CODE.encode()),
        (oids.ORGANISATION_CODE, der.sequence(der.element(0x80, CREDIT_CODE.encode()))),
        (oids.ORGANISATION_CODE, der.element(der.BMP, CREDIT_CODE.encode("utf-16-be"))),
        ("1.2.86.11.7.4", der.utf8(CREDIT_CODE.lower())),
        ("1.2.156.10260.4.4", der.utf8(CREDIT_CODE)),
    ],
)
def test_credit_codes_where_authorities_write_them(oid, value):
    assert with_extension(oid, value).credit_code() == CREDIT_CODE


def test_a_credit_code_with_a_wrong_check_character_is_none():
    assert with_extension(oids.ORGANISATION_CODE, der.utf8(CREDIT_CODE[:-1] + "0")).credit_code() == ""


def test_a_credit_code_at_an_unusual_place_is_found_when_we_are_told_where():
    odd = with_extension("1.2.3.4.5", der.utf8(CREDIT_CODE))
    assert odd.credit_code() == "" and odd.credit_code(Places(credit_code=("1.2.3.4.5",))) == CREDIT_CODE


@pytest.mark.parametrize(
    "text", [RESIDENT_NUMBER, f"SF{RESIDENT_NUMBER}", f"1@5009SF0{RESIDENT_NUMBER}", RESIDENT_NUMBER.lower()]
)
def test_resident_numbers_as_authorities_write_them(text):
    assert with_extension(oids.IDENTIFY_CODE, der.utf8(text)).resident_number() == RESIDENT_NUMBER


@pytest.mark.parametrize("text", ["110105194912310021", "1" + RESIDENT_NUMBER, ""])
def test_other_numbers_are_no_resident_numbers(text):
    assert with_extension(oids.IDENTIFY_CODE, der.utf8(text)).resident_number() == ""


def test_names_differ_in_more_than_spaces_and_capitals():
    one, same = Name((("2.5.4.3", "Demo  CA"),)), Name((("2.5.4.3", " demo ca"),))
    assert one.key == same.key != Name((("2.5.4.3", "Demo CB"),)).key
    assert one.get("2.5.4.10") == ""


# --- lists ------------------------------------------------------------------------------------------------------------


@each_family
def test_a_list_is_read(family):
    why = Revocation(NOW)
    found = authority(family).revocation_list(now=NOW, revoked=[(fang(family).certificate, why), (7, why)])
    assert found.find(7) == found.find(fang(family).certificate.serial) == why and found.find(8) is None
    assert (found.this_update, found.next_update) == (NOW, NOW + timedelta(days=1))


def test_what_cannot_be_read_about_a_revocation_does_not_undo_it():
    encoded = pem.unwrap(authority().crl(now=NOW, revoked=[(7, Revocation(NOW))]), "X509 CRL", what="", limit=9_999)[0]
    broken = encoded.replace(bytes.fromhex("0603551d1504030a0100"), bytes.fromhex("0603551d1504030b0100"))
    assert broken != encoded and RevocationList.read(broken).find(7) == Revocation(NOW)


def test_a_list_that_does_not_say_until_when_it_holds_is_refused():
    algorithm = issuing.algorithms.write(authority().key.public.algorithms[0])
    signed = der.sequence(der.integer(1), algorithm, issuing._name(authority().certificate.subject), der.moment(NOW))
    endless = der.sequence(signed, algorithm, der.bits(authority().key.sign(signed)))
    with pytest.raises(Unreadable, match="下次更新时间"):
        RevocationList.read(endless)


# --- hostile bytes ----------------------------------------------------------------------------------------------------

READERS = {
    "certificate": (Certificate.read, lambda family: fang(family).certificate.der),
    "authority": (Certificate.read, lambda family: authority(family).certificate.der),
    "list": (
        RevocationList.read,
        lambda family: pem.unwrap(
            authority(family).crl(now=NOW, revoked=[(7, Revocation(NOW))]), "X509 CRL", what="", limit=9_999
        )[0],
    ),
    "key": (keys.PublicKey.read, lambda family: fang(family).key.public.spki),
}


@each_family
@pytest.mark.parametrize("what", READERS)
@settings(max_examples=150, deadline=None)
@given(data=some.data())
def test_damaged_bytes_are_read_or_refused_and_nothing_else(what, family, data):
    read, make = READERS[what]
    damaged = bytearray(SAMPLES.setdefault((what, family), make(family)))
    for _ in range(data.draw(some.integers(1, 4))):
        at = data.draw(some.integers(0, len(damaged) - 1))
        kind = data.draw(some.sampled_from(["flip", "cut", "insert", "drop"]))
        if kind == "flip":
            damaged[at] = data.draw(some.integers(0, 255))
        elif kind == "cut":
            del damaged[at + 1 :]
        elif kind == "insert":
            damaged[at:at] = data.draw(some.binary(min_size=1, max_size=9))
        elif len(damaged) > 1:
            del damaged[at]
    try:
        found = read(bytes(damaged))
    except Unreadable:
        return
    if isinstance(found, Certificate):
        assert found.credit_code() or found.resident_number() or str(found.subject) is not None
        assert found.fingerprint and found.may_sign in (True, False)
    if isinstance(found, RevocationList):
        found.find(7)
        found.covers(fang(family).certificate)


SAMPLES: dict = {}


@given(some.binary(max_size=400))
def test_noise_is_refused(noise):
    for read in (Certificate.read, Certificate.read_all, RevocationList.read, keys.PublicKey.read):
        with pytest.raises(Unreadable):
            read(noise)


@given(some.text(max_size=200))
def test_noise_between_pem_lines_is_refused(noise):
    with pytest.raises(Unreadable):
        Certificate.read(f"-----BEGIN CERTIFICATE-----\n{noise}\n-----END CERTIFICATE-----")


@given(some.binary(max_size=200))
def test_any_bytes_in_an_extension_are_some_text(noise):
    assert isinstance(text_in(noise), str)


def test_deep_nesting_ends():
    nested = b""
    for _ in range(5000):
        nested = der.sequence(nested)
    assert text_in(nested) == ""
    with pytest.raises(Unreadable):
        Certificate.read(nested[:30_000])


@pytest.mark.parametrize(
    ("read", "content"),
    [
        (Certificate.read, b"0" * (certificates.LARGEST_CERTIFICATE + 1)),
        (Certificate.read_all, b"0" * (certificates.LARGEST_BUNDLE + 1)),
        (RevocationList.read, b"0" * (crls.LARGEST_LIST + 1)),
    ],
)
def test_too_much_is_not_even_looked_at(read, content):
    with pytest.raises(Unreadable, match="太大"):
        read(content)


@pytest.mark.parametrize("content", ["", "  \n", "-----BEGIN CERTIFICATE-----", "你好"])
def test_the_wrong_file_is_refused_in_words(content):
    with pytest.raises(Unreadable, match=r"[。]$"):
        Certificate.read(content)


def test_a_private_key_in_place_of_a_certificate():
    with pytest.raises(Unreadable, match="没有数字证书"):
        Certificate.read(fang().key_pem("123456", rounds=1000))


def test_the_signature_algorithm_must_stand_twice_the_same():
    """RFC 5280, 4.1.1.2: what is signed must say how."""
    person = fang(Family.RSA).certificate.der
    outer = person.rindex(der.object_identifier(oids.RSA_SHA256))
    other = der.object_identifier(oids.RSA_SHA384)
    with pytest.raises(Unreadable):
        Certificate.read(person[:outer] + other + person[outer + len(other) :])
