"""SM2 against the example of the standard, against OpenSSL's own command, and both providers against each other."""

from __future__ import annotations

import subprocess
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from xuke.foundation.pki import sm2
from xuke.foundation.pki.sm2 import encoding, libcrypto, portable

POINT = bytes.fromhex(
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
NONCE = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
EXAMPLE = encoding.signature(*sm2.EXAMPLE_SIGNATURE)
SECRETS = some.integers(1, portable.ORDER - 2)


def providers():
    """Both, where the machine has both."""
    try:
        return [sm2.Portable(), libcrypto.load()]
    except libcrypto.Unavailable:
        return [sm2.Portable()]


each_provider = pytest.mark.parametrize("provider", providers(), ids=lambda provider: provider.name)


def test_the_digest_of_the_standard():
    assert sm2.sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_the_example_of_the_standard_number_by_number():
    assert sm2.public_of(sm2.EXAMPLE_SECRET) == POINT
    digest = portable._digest(POINT, sm2.EXAMPLE_MESSAGE, sm2.IDENTITY)
    assert f"{digest:x}" == "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640"
    assert portable.sign_digest(sm2.EXAMPLE_SECRET, digest, NONCE) == sm2.EXAMPLE_SIGNATURE


@each_provider
def test_the_self_test_passes(provider):
    assert sm2.works(provider)


def test_the_provider_of_this_machine_is_one_that_passes():
    assert sm2.works(sm2.provider())


@each_provider
@settings(max_examples=25, deadline=None)
@given(secret=SECRETS, message=some.binary(max_size=300), identity=some.binary(min_size=1, max_size=40))
def test_what_one_signs_the_others_accept(provider, secret, message, identity):
    point = sm2.public_of(secret)
    signature = provider.sign(secret, message, identity=identity)
    for checker in providers():
        assert checker.verify(point, message, signature, identity=identity)
        assert not checker.verify(point, message + b"!", signature, identity=identity)
        assert not checker.verify(point, message, signature, identity=identity + b"!")
        assert not checker.verify(sm2.public_of(secret % 1000 + 2), message, signature, identity=identity)


@settings(max_examples=60, deadline=None)
@given(data=some.data())
def test_both_say_the_same_of_a_damaged_signature(data):
    damaged = bytearray(EXAMPLE)
    for _ in range(data.draw(some.integers(1, 3))):
        damaged[data.draw(some.integers(0, len(damaged) - 1))] ^= data.draw(some.integers(1, 255))
    verdicts = {one.verify(POINT, sm2.EXAMPLE_MESSAGE, bytes(damaged), identity=sm2.IDENTITY) for one in providers()}
    assert verdicts == {bytes(damaged) == EXAMPLE}


R, S = sm2.EXAMPLE_SIGNATURE


@each_provider
@pytest.mark.parametrize(
    "signature",
    [
        b"",
        b"\x30",
        encoding.signature(0, S),
        encoding.signature(R, 0),
        encoding.signature(R, portable.ORDER - R),
        encoding.signature(R + portable.ORDER, S),
        encoding.signature(R, S + portable.ORDER),
        EXAMPLE + b"\0",
        b"\x30\x47\x02\x22\0\0" + EXAMPLE[5:],
    ],
)
def test_signatures_out_of_range_or_written_in_another_way_do_not_count(provider, signature):
    assert not provider.verify(POINT, sm2.EXAMPLE_MESSAGE, signature, identity=sm2.IDENTITY)


@each_provider
@pytest.mark.parametrize("point", [b"", b"\x04" + bytes(64), POINT[:-1], POINT[:-1] + b"\0", b"\x02" + POINT[1:33]])
def test_points_off_the_curve_never_signed_anything(provider, point):
    assert not provider.verify(point, sm2.EXAMPLE_MESSAGE, EXAMPLE, identity=sm2.IDENTITY)


@pytest.mark.parametrize("secret", [0, portable.ORDER - 1, portable.ORDER])
def test_numbers_that_are_no_secret(secret):
    with pytest.raises(ValueError, match="secret"):
        sm2.public_of(secret)


def test_the_curve_adds_up():
    """The order times the base point is nothing, and doubling agrees with adding."""
    assert portable._base_times(portable.ORDER)[2] == 0
    assert portable._times(portable.ORDER, portable.BASE)[2] == 0
    assert portable._add(portable._base_times(5), portable._base_times(portable.ORDER - 5))[2] == 0
    five, ten = portable._base_times(5), portable._base_times(10)
    assert portable._affine(portable._add(five, five)) == portable._affine(ten)


def test_many_threads_share_nothing():
    secret, wrong = sm2.new_secret(), []
    point = sm2.public_of(secret)

    def work(number):
        for count in range(20):
            message = f"{number} {count}".encode()
            if not sm2.verify(point, message, sm2.sign(secret, message)):
                wrong.append(message)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_machine_whose_openssl_cannot_uses_plain_python(monkeypatch):
    monkeypatch.setattr(libcrypto, "LIBRARIES", ("libcrypto.so.999",))
    sm2.provider.cache_clear()
    try:
        assert sm2.provider().name == "portable"
    finally:
        sm2.provider.cache_clear()


def test_a_library_that_computes_wrongly_is_not_used(monkeypatch):
    monkeypatch.setattr(libcrypto.Libcrypto, "verify", lambda *_, **__: True)
    sm2.provider.cache_clear()
    try:
        assert sm2.provider().name == "portable"
    finally:
        sm2.provider.cache_clear()


def test_a_library_without_the_functions_is_not_used():
    with pytest.raises(libcrypto.Unavailable):
        libcrypto.Libcrypto(object())


def test_openssl_accepts_what_we_sign(tmp_path):
    secret = sm2.new_secret()
    point = sm2.public_of(secret)
    (tmp_path / "public.der").write_bytes(encoding.public_key(point))
    (tmp_path / "message").write_bytes(b"agreed")
    (tmp_path / "signature").write_bytes(portable.sign(secret, b"agreed", identity=sm2.IDENTITY))
    done = subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", tmp_path / "public.der", "-rawin",
         "-digest", "sm3", "-in", tmp_path / "message", "-sigfile", tmp_path / "signature",
         "-pkeyopt", f"distid:{sm2.IDENTITY.decode()}"],
        capture_output=True,
        check=False,
    )  # fmt: skip
    assert b"Verified Successfully" in done.stdout, done.stderr
