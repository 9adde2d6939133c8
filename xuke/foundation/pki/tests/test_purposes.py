"""The exact bytes that people sign, and that nothing else passes for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from xuke.foundation.pki import purposes
from xuke.foundation.pki.purposes import Login, NotOurs, Statement

CHALLENGE = "k7Qm-2vX_9dRtYb0aLwZcE"
DIGEST = "0f" * 32


def test_the_bytes_of_a_login():
    message = purposes.login_message("https://xk.example.gov.cn", CHALLENGE)
    assert message == b"xuke-login-v1\nhttps://xk.example.gov.cn\nk7Qm-2vX_9dRtYb0aLwZcE"
    assert purposes.read(message) == Login("https://xk.example.gov.cn", CHALLENGE)


def test_the_bytes_of_a_statement():
    message = purposes.statement_message(DIGEST)
    assert message == b"xuke-statement-v1\n" + DIGEST.encode()
    assert purposes.read(message) == Statement(DIGEST)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"hello",
        b"xuke-login-v1",
        b"xuke-login-v1\n",
        b"xuke-login-v1\nhttps://xk.example.gov.cn",
        b"xuke-login-v1\nhttps://xk.example.gov.cn\nshort",
        b"xuke-login-v1\nhttps://xk.example.gov.cn\nk7Qm-2vX_9dRtYb0aLwZcE\n",
        b"xuke-login-v1\nhttp://xk.example.gov.cn\nk7Qm-2vX_9dRtYb0aLwZcE",
        b"xuke-login-v1\nhttps://xk.example.gov.cn/\nk7Qm-2vX_9dRtYb0aLwZcE",
        b"xuke-login-v1\nhttps://XK.example.gov.cn\nk7Qm-2vX_9dRtYb0aLwZcE",
        b"xuke-login-v1\nhttps://xk.example.gov.cn\n\xff7Qm-2vX_9dRtYb0aLwZcE",
        b"xuke-login-v2\nhttps://xk.example.gov.cn\nk7Qm-2vX_9dRtYb0aLwZcE",
        b" xuke-login-v1\nhttps://xk.example.gov.cn\nk7Qm-2vX_9dRtYb0aLwZcE",
        b"xuke-statement-v1\n" + DIGEST[:-1].encode(),
        b"xuke-statement-v1\n" + DIGEST.upper().encode(),
        b"xuke-statement-v1\n" + DIGEST.encode() + b"\n",
        b"xuke-statement-v1\n" + b"0" * 5000,
    ],
)
def test_anything_else_is_not_ours(message):
    with pytest.raises(NotOurs):
        purposes.read(message)


@given(some.binary(max_size=200))
def test_noise_is_not_ours(noise):
    for prefix in (b"", b"xuke-login-v1\n", b"xuke-statement-v1\n", b"xuke-login-v1\nhttps://a\n"):
        try:
            found = purposes.read(prefix + noise)
        except NotOurs:
            continue
        again = {
            Login: lambda it: purposes.login_message(it.origin, it.challenge),
            Statement: lambda it: purposes.statement_message(it.digest),
        }
        assert again[type(found)](found) == prefix + noise


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("https://xk.example.gov.cn", "https://xk.example.gov.cn"),
        ("https://XK.Example.gov.cn/", "https://xk.example.gov.cn"),
        ("https://xk.example.gov.cn:443", "https://xk.example.gov.cn"),
        ("https://xk.example.gov.cn:8443", "https://xk.example.gov.cn:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://localhost:80", "http://localhost"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_origins_as_browsers_write_them(typed, canonical):
    assert purposes.canonical_origin(typed) == canonical


@pytest.mark.parametrize(
    "typed",
    ["", "null", "*", "xk.example.gov.cn", "http://xk.example.gov.cn", "https://", "https://a/b", "https://a?b",
     "https://u:p@a", "https://a b", "https://许可.cn", "ftp://a", "https://a:99999", "https://[::1"],
)  # fmt: skip
def test_what_is_no_origin_we_could_trust(typed):
    with pytest.raises(NotOurs):
        purposes.canonical_origin(typed)
