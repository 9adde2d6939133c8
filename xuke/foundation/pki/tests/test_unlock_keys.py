"""Key files under a PIN: ours, OpenSSL's, and those with the algorithms of Chinese software."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from xuke.foundation.pki import protection
from xuke.foundation.pki.algorithms import Family
from xuke.foundation.pki.keys import unlock
from xuke.foundation.pki.pem import Unreadable
from xuke.foundation.pki.protection import WrongPin
from xuke.foundation.pki.tests.people import fang

PIN = "123456"
each_family = pytest.mark.parametrize("family", Family)


def openssl(*arguments, content=b""):
    return subprocess.run(["openssl", *map(str, arguments)], input=content, capture_output=True, check=True).stdout


@each_family
def test_a_key_opens_with_its_pin_only(family):
    locked = fang(family).key_pem(PIN, rounds=1000)
    assert unlock(locked, PIN).public == fang(family).key.public
    for wrong in ("123457", "", "一二三四五六"):
        with pytest.raises(WrongPin, match="口令不正确"):
            unlock(locked, wrong)


@each_family
def test_openssl_opens_our_files(family, tmp_path):
    (tmp_path / "key").write_text(fang(family).key_pem(PIN))
    assert b"Key is valid" in openssl("pkey", "-in", tmp_path / "key", "-passin", f"pass:{PIN}", "-noout", "-check")


@pytest.mark.parametrize("cipher", ["aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "sm4-cbc"])
@pytest.mark.parametrize("prf", ["hmacWithSHA1", "hmacWithSHA256", "hmacWithSHA512"])
def test_we_open_what_openssl_wrote(cipher, prf):
    plain = openssl("genpkey", "-algorithm", "SM2")
    locked = openssl("pkcs8", "-topk8", "-v2", cipher, "-v2prf", prf, "-passout", f"pass:{PIN}", content=plain)
    opened = unlock(locked, PIN)
    assert opened.family is Family.SM2
    assert opened.public.verify(b"agreed", opened.sign(b"agreed"), opened.public.algorithms[0])


def test_other_kinds_of_files_are_refused_in_words():
    plain = openssl("genpkey", "-algorithm", "SM2")
    edwards = openssl("pkcs8", "-topk8", "-passout", f"pass:{PIN}", content=openssl("genpkey", "-algorithm", "ed25519"))
    scrypt = openssl("pkcs8", "-topk8", "-scrypt", "-passout", f"pass:{PIN}", content=plain)
    for content in (plain, edwards, scrypt, b"", b"hello", fang().certificate_pem, b"0" * 100_000):
        with pytest.raises(Unreadable, match=r"[。]$"):
            unlock(content, PIN)


def test_a_file_that_would_keep_us_busy_for_hours_is_refused(monkeypatch):
    locked = fang().key_pem(PIN, rounds=1000)
    monkeypatch.setattr(protection, "MOST_ROUNDS", 999)
    with pytest.raises(Unreadable):
        unlock(locked, PIN)


@settings(max_examples=150, deadline=None)
@given(data=some.data())
def test_damaged_files_are_refused_and_nothing_else(data):
    damaged = bytearray(LOCKED)
    for _ in range(data.draw(some.integers(1, 3))):
        damaged[data.draw(some.integers(0, len(damaged) - 1))] = data.draw(some.integers(0, 255))
    try:
        unlock(bytes(damaged), PIN)
    except (Unreadable, WrongPin):
        pass


LOCKED = protection.protect(fang(Family.SM2).key._pkcs8(), PIN, rounds=10)


def test_nothing_secret_shows_when_a_key_is_printed():
    key = fang(Family.SM2).key
    assert str(key._secret) not in repr(key) and f"{key._secret:x}" not in repr(key)
    assert "_secret" not in repr(fang(Family.RSA))
