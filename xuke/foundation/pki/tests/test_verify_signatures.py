"""Signatures of people with certificates: right, touched, and made in ways that do not count."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import given, settings
from hypothesis import strategies as some

from xuke.foundation.pki import keys
from xuke.foundation.pki.algorithms import Algorithm, Family
from xuke.foundation.pki.chains import verify_signature
from xuke.foundation.pki.issuing import CertificateMaker
from xuke.foundation.pki.tests.people import FANG, NOW, authority, fang

MESSAGE = "我已阅读并同意。".encode()


@pytest.mark.parametrize("algorithm", Algorithm)
def test_each_way_of_signing(algorithm):
    person = fang(algorithm.family)
    signature = person.key.sign(MESSAGE, algorithm)
    assert verify_signature(person.certificate, MESSAGE, signature, algorithm=algorithm)
    assert verify_signature(person.certificate, MESSAGE, signature, algorithm=str(algorithm))
    assert not verify_signature(person.certificate, MESSAGE + b"!", signature, algorithm=algorithm)
    assert not verify_signature(person.certificate, MESSAGE, signature[:-1], algorithm=algorithm)
    others = [other for other in Algorithm if other is not algorithm]
    assert not any(verify_signature(person.certificate, MESSAGE, signature, algorithm=other) for other in others)


@pytest.mark.parametrize("family", Family)
def test_another_persons_signature_is_not_hers(family):
    other = authority(family).issue(FANG, now=NOW)
    algorithm = other.key.public.algorithms[0]
    signature = other.key.sign(MESSAGE)
    assert verify_signature(other.certificate, MESSAGE, signature, algorithm=algorithm)
    assert not verify_signature(fang(family).certificate, MESSAGE, signature, algorithm=algorithm)


@pytest.mark.parametrize("algorithm", ["", "SHA1-RSA", "RSA-PKCS1-SHA1", "RSA-PKCS1-MD5", "none", "sm2-sm3", "SM2"])
def test_ways_that_we_do_not_know_never_count(algorithm):
    for family in Family:
        person = fang(family)
        assert not verify_signature(person.certificate, MESSAGE, person.key.sign(MESSAGE), algorithm=algorithm)


def test_sha1_never_counts():
    person = fang(Family.RSA)
    signature = person.key._secret.sign(MESSAGE, padding.PKCS1v15(), hashes.SHA1())
    assert not any(verify_signature(person.certificate, MESSAGE, signature, algorithm=one) for one in Algorithm)


@pytest.mark.parametrize(
    "secret",
    [rsa.generate_private_key(public_exponent=65537, key_size=1024), ec.generate_private_key(ec.SECP521R1())],
    ids=["RSA 1024", "P-521"],
)
def test_keys_that_we_do_not_accept_never_signed_anything(secret):
    key = keys._of(secret)
    person = authority().issue(FANG, now=NOW, key=key)
    assert not key.public.acceptable
    usual = key.public.algorithms[0]
    assert not verify_signature(person.certificate, MESSAGE, key.sign(MESSAGE), algorithm=usual)


def test_the_usual_way_of_each_key():
    assert keys.generate(Family.ECDSA).public.algorithms[0] is Algorithm.ECDSA_SHA256
    assert keys.generate(Family.ECDSA, size=384).public.algorithms[0] is Algorithm.ECDSA_SHA384
    assert fang(Family.RSA).key.public.algorithms[0] is Algorithm.RSA_PKCS1_SHA256
    assert fang(Family.SM2).key.public.algorithms == (Algorithm.SM2_SM3,)


def test_a_key_does_not_sign_in_the_way_of_another_family():
    with pytest.raises(ValueError, match="does not go with"):
        fang(Family.SM2).key.sign(MESSAGE, Algorithm.RSA_PSS_SHA256)


@pytest.mark.parametrize("family", Family)
@settings(max_examples=80, deadline=None)
@given(noise=some.binary(max_size=300))
def test_noise_is_nobodys_signature(family, noise):
    for algorithm in Algorithm:
        assert not verify_signature(fang(family).certificate, MESSAGE, noise, algorithm=algorithm)


def test_an_endless_signature_is_not_looked_at():
    person = fang(Family.RSA).certificate
    assert not verify_signature(person, MESSAGE, bytes(10_000_000), algorithm=Algorithm.RSA_PSS_SHA256)


def test_a_root_of_p384_works_too():
    key = keys.generate(Family.ECDSA, size=384)
    person = CertificateMaker(authority().certificate, authority().key).issue(FANG, now=NOW, key=key)
    assert verify_signature(person.certificate, MESSAGE, key.sign(MESSAGE), algorithm="ECDSA-SHA384")
