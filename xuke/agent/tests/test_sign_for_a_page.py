"""The signing agent over real HTTP: what it does for our pages, and what it does for nobody."""

from __future__ import annotations

import base64
import threading
from dataclasses import replace

import pytest

from xuke.agent.protocol import LARGEST_BODY
from xuke.agent.tests.conftest import ORIGIN, PIN, running
from xuke.agent.token import MOST_TRIES, Token
from xuke.foundation.pki import purposes
from xuke.foundation.pki.algorithms import Algorithm, Family
from xuke.foundation.pki.certificates import Certificate
from xuke.foundation.pki.chains import verify_signature
from xuke.foundation.pki.tests.people import FANG, NOW, authority, fang

CHALLENGE = "k7Qm-2vX_9dRtYb0aLwZcE"
LOGIN = purposes.login_message(ORIGIN, CHALLENGE)
STATEMENT = purposes.statement_message("0f" * 32)


def wish(message=LOGIN, /, *, family=Family.SM2, **changes):
    wanted = {
        "certificate": fang(family).certificate.fingerprint,
        "purpose": "login" if message.startswith(b"xuke-login") else "statement",
        "message": base64.b64encode(message).decode(),
        "pin": PIN,
    }
    return {name: value for name, value in (wanted | changes).items() if value is not None}


def test_the_agent_says_that_it_is_there(browser):
    status, headers, content = browser.ask("GET", "/v1/status")
    assert status == 200 and headers["Access-Control-Allow-Origin"] == ORIGIN and headers["Vary"] == "Origin"
    assert content == {"agent": "xuke", "version": 1, "locked": False, "purposes": ["login", "statement"]}
    assert headers["Cache-Control"] == "no-store" and "Python" not in headers["Server"]


@pytest.mark.parametrize("family", Family)
def test_wang_fang_chooses_her_certificate_and_logs_in(files, family):
    with running(Token.read(**files(family))) as browser:
        _, _, content = browser.ask("GET", "/v1/certificates")
        (offered,) = content["certificates"]
        assert offered["common_name"] == "王芳" and offered["family"] == family
        assert Certificate.read(offered["pem"]) == fang(family).certificate
        assert [Certificate.read(one) for one in offered["chain"]] == [authority(family).certificate]
        for algorithm in offered["algorithms"]:
            status, _, signed = browser.ask("POST", "/v1/sign", wish(family=family, algorithm=algorithm))
            assert status == 200 and signed["algorithm"] == algorithm
            signature = base64.b64decode(signed["signature"])
            assert verify_signature(fang(family).certificate, LOGIN, signature, algorithm=algorithm)
        assert browser.said == [f"已为 {ORIGIN} 签名：登录。"] * len(offered["algorithms"])


def test_she_signs_a_statement_given_as_text(browser):
    wanted = wish(STATEMENT, message=None, text=STATEMENT.decode())
    status, _, signed = browser.ask("POST", "/v1/sign", wanted)
    assert status == 200 and signed["algorithm"] == Algorithm.SM2_SM3
    assert verify_signature(
        fang(Family.SM2).certificate, STATEMENT, base64.b64decode(signed["signature"]), algorithm="SM2-SM3"
    )


def test_a_browser_asks_beforehand_and_is_let_through(browser):
    status, headers, content = browser.ask(
        "OPTIONS", "/v1/sign",
        Access_Control_Request_Method="POST", Access_Control_Request_Headers="content-type",
        Access_Control_Request_Private_Network="true",
    )  # fmt: skip
    assert status == 204 and content is None
    assert headers["Access-Control-Allow-Origin"] == ORIGIN
    assert headers["Access-Control-Allow-Methods"] == "POST"
    assert headers["Access-Control-Allow-Headers"] == "content-type"
    assert headers["Access-Control-Allow-Private-Network"] == "true"


# --- pages of others --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "https://xk.example.gov.cn.evil.example", "http://xk.example.gov.cn", "null", "",
     "https://xk.example.gov.cn:8443", "HTTPS://XK.EXAMPLE.GOV.CN", None, "https://xk.example.gov.cn https://evil.example"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "OPTIONS", "POST"])
def test_a_page_of_another_site_gets_nothing(browser, origin, method):
    path = "/v1/certificates" if method == "GET" else "/v1/sign"
    status, headers, content = browser.ask(method, path, wish() if method == "POST" else None, Origin=origin)
    assert status == 403 and content["error"] == "wrong_origin"
    assert not any(name.lower().startswith("access-control") for name in headers)
    assert "王芳" not in str(content) and any("拒绝" in line for line in browser.said)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:15170", "127.0.0.1", "127.0.0.1:1", "xk.example.gov.cn", "", None, "[::1]:15170"],
)
def test_a_name_that_was_bent_to_this_machine_gets_nothing(browser, host):
    status, headers, content = browser.ask("GET", "/v1/certificates", Host=host)
    assert status == 421 and content["error"] == "wrong_host"
    assert "Access-Control-Allow-Origin" not in headers


def test_this_machine_has_two_names(browser):
    assert browser.ask("GET", "/v1/status", Host=f"localhost:{browser.port}")[0] == 200


def test_a_phishing_page_cannot_have_a_login_of_ours_signed_and_carry_it_here(files):
    """Both sites use the agent; each gets signatures that name itself only."""
    with running(Token.read(**files()), ORIGIN, "https://other.gov.cn") as browser:
        phishing = replace(browser, origin="https://other.gov.cn")
        status, _, content = phishing.ask("POST", "/v1/sign", wish(LOGIN))
        assert status == 403 and content["error"] == "other_site" and "signature" not in content
        own = purposes.login_message("https://other.gov.cn", CHALLENGE)
        assert phishing.ask("POST", "/v1/sign", wish(own))[0] == 200


def test_two_origins_in_one_request_are_one_too_many(browser):
    status, _, _ = browser.ask("GET", "/v1/status", origin=ORIGIN, Origin=ORIGIN)
    assert status == 400


# --- what is signed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [b"", b"hello", b"xuke-login-v1\n", b"xuke-login-v2\n" + LOGIN[14:], LOGIN + b"\n", b"transfer 1000000",
     STATEMENT + b"00", b"xuke-statement-v1\nhello"],
)  # fmt: skip
@pytest.mark.parametrize("purpose", ["login", "statement"])
def test_a_message_that_is_not_of_the_platform_is_not_signed(browser, message, purpose):
    status, _, content = browser.ask("POST", "/v1/sign", wish(message, purpose=purpose))
    assert status == 422 and content["error"] == "not_ours" and "signature" not in content


def test_a_statement_does_not_pass_for_a_login_nor_the_other_way_round(browser):
    for message, purpose in ((STATEMENT, "login"), (LOGIN, "statement"), (LOGIN, "anything")):
        status, _, content = browser.ask("POST", "/v1/sign", wish(message, purpose=purpose))
        assert status == 422 and content["error"] == "wrong_purpose"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"certificate": "0" * 64}, 404),
        ({"algorithm": "RSA-PKCS1-SHA256"}, 400),
        ({"algorithm": "SM2-SHA1"}, 400),
        ({"pin": ""}, 400),
        ({"pin": "1" * 65}, 400),
        ({"pin": None}, 400),
        ({"pin": 135790}, 400),
        ({"message": "***"}, 400),
        ({"message": None}, 400),
        ({"text": LOGIN.decode()}, 400),
        ({"further": "x"}, 400),
        ({"purpose": None}, 400),
    ],
)
def test_a_wish_that_is_not_well_formed(browser, changes, status):
    assert browser.ask("POST", "/v1/sign", wish(**changes))[0] == status
    assert browser.ask("GET", "/v1/status")[2]["locked"] is False


@pytest.mark.parametrize("body", ["", "hello", "[]", "1", "null", '{"a":', "[" * 9000, b"\xff\xfe", '{"pin":{"a":1}}'])
def test_a_body_that_is_no_json_object(browser, body):
    status, _, content = browser.ask("POST", "/v1/sign", body=body, Content_Type="application/json")
    assert status == 400 and content["error"] == "unreadable"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None])
def test_a_form_cannot_ask_because_it_cannot_send_json(browser, kind):
    """Forms and simple requests go out without asking beforehand."""
    status, _, content = browser.ask("POST", "/v1/sign", wish(), Content_Type=kind)
    assert status == 415 and content["error"] == "not_json"


def test_a_body_without_end_is_not_read(browser):
    too_long = "x" * (LARGEST_BODY + 1)
    assert browser.ask("POST", "/v1/sign", body=too_long, Content_Type="application/json")[0] == 413
    announced = {"Content_Type": "application/json", "Content_Length": "99999999999999999999"}
    assert browser.ask("POST", "/v1/sign", body=b"", **announced)[0] == 413
    for length in (None, "-1", "٣", "1e3"):
        headers = {"Content_Type": "application/json", "Content_Length": length and length.encode().decode("latin-1")}
        assert browser.ask("POST", "/v1/sign", body=b"", **headers)[0] == 411
    chunked = {"Content_Type": "application/json", "Transfer_Encoding": "chunked"}
    assert browser.ask("POST", "/v1/sign", body=b"0\r\n\r\n", **chunked)[0] == 411


def test_other_addresses_and_methods(browser):
    assert browser.ask("GET", "/")[0] == 404
    assert browser.ask("GET", "/v1/sign")[0] == 405
    assert browser.ask("POST", "/v1/status", {})[0] == 405
    assert browser.ask("GET", "/v1/status?x=1")[0] == 404


# --- the PIN ----------------------------------------------------------------------------------------------------------


def test_a_wrong_pin_is_told_and_the_sixth_locks(browser):
    for left in reversed(range(MOST_TRIES)):
        status, _, content = browser.ask("POST", "/v1/sign", wish(pin="000000"))
        assert (status, content["tries_left"]) == ((403, left) if left else (423, 0))
        assert "signature" not in content
    assert "锁定" in content["message"]
    status, _, content = browser.ask("POST", "/v1/sign", wish())
    assert status == 423 and content["error"] == "locked", "even with the right PIN"
    assert browser.ask("GET", "/v1/status")[2]["locked"] is True


def test_the_right_pin_forgives_the_wrong_ones(browser):
    for _ in range(3):
        for _ in range(MOST_TRIES - 1):
            assert browser.ask("POST", "/v1/sign", wish(pin="000000"))[0] == 403
        assert browser.ask("POST", "/v1/sign", wish())[0] == 200


def test_guessing_side_by_side_is_counted(browser):
    statuses = []

    def guess():
        statuses.append(browser.ask("POST", "/v1/sign", wish(pin="000000"))[0])

    threads = [threading.Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [403] * (MOST_TRIES - 1) + [423] * (20 - MOST_TRIES + 1)


def test_messages_that_are_not_signed_do_not_cost_a_try(browser):
    for _ in range(10):
        browser.ask("POST", "/v1/sign", wish(b"hello", pin="000000"))
    assert browser.ask("POST", "/v1/sign", wish())[0] == 200


def test_the_pin_is_never_shown(browser, capfd):
    for pin in (PIN, "246801"):
        _, headers, content = browser.ask("POST", "/v1/sign", wish(pin=pin))
        assert pin not in f"{headers}{content}"
    seen = "".join(capfd.readouterr()) + "".join(browser.said)
    assert PIN not in seen and "246801" not in seen


def test_a_key_that_is_not_hers_does_not_sign_in_her_name(files):
    token = replace(Token.read(**files()), certificate=authority(Family.SM2).issue(FANG, now=NOW).certificate)
    with running(token) as browser:
        wanted = wish(certificate=token.certificate.fingerprint)
        status, _, content = browser.ask("POST", "/v1/sign", wanted)
        assert status == 409 and content["error"] == "wrong_key"
