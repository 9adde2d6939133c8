"""Passkeys: they log in by themselves, answer one question once, and work on this site only."""

from __future__ import annotations

import pytest
from django.test import Client

from xuke.foundation.scope import Scope
from xuke.identity.models import Attempt, Passkey
from xuke.identity.tests.authenticator import SoftPasskey
from xuke.identity.tests.conftest import ADDRESS, page_of
from xuke.tests.cast import everything, seen_by

NOT_TAKEN = "通行密钥没有通过。"


@pytest.fixture
def phone(wu) -> SoftPasskey:
    """吴晓梅's phone, with a passkey; she is logged out."""
    wu.log_in()
    phone = wu.add_passkey()
    wu.client.post("/logout/")
    return phone


def asked(someone, address="/login/passkey/options/"):
    return someone.client.post(address).json()


def use(someone, passkey, **more):
    return someone.client.post("/login/passkey/", {"credential": passkey.use(asked(someone)), **more})


def why(someone) -> str:
    """What the log says of the last refusal."""
    return Attempt.objects.filter(accepted=False).order_by("-at", "-pk").values_list("reason", flat=True)[0]


def test_a_passkey_logs_in_without_name_and_password(wu, phone):
    response = use(wu, phone)
    assert (response.status_code, response["Location"]) == (303, "/start/")
    assert wu.is_in()
    (held,) = wu.factors().passkeys
    assert (held.name, held.used_at) == ("我的手机", wu.clock.moment)
    with everything():
        kept = Passkey.objects.get()
    assert (kept.sign_count, kept.transports) == (1, ["internal", "hybrid"])


def test_it_is_strong_by_itself(zhou, officers_need_two):
    zhou.log_in()
    passkey = zhou.add_passkey()
    assert zhou.client.get("/office/").status_code == 200
    zhou.client.post("/logout/")
    assert use(zhou, passkey)["Location"] == "/start/"
    assert zhou.client.get("/office/").status_code == 200


def test_after_the_password_it_is_the_second_factor(wu, phone):
    phone.verifies = False  # Presence is enough there: the password came first.
    assert wu.log_in()["Location"] == "/login/second/"
    options = asked(wu, "/login/second/options/")
    assert [each["id"] for each in options["allowCredentials"]]
    response = wu.client.post("/login/second/", {"credential": phone.use(options)})
    assert response["Location"] == "/start/"


def test_alone_the_device_must_have_verified_its_owner(wu, phone):
    assert asked(wu)["userVerification"] == "required"
    phone.verifies = False
    assert use(wu, phone).status_code == 422
    assert not wu.is_in()


def test_the_page_that_was_wanted_follows(wu, phone):
    assert use(wu, phone, next="/my/licences/")["Location"] == "/my/licences/"


def test_an_answer_is_taken_once(wu, phone):
    posted = {"credential": phone.use(asked(wu))}
    assert wu.client.post("/login/passkey/", posted).status_code == 303
    wu.client.post("/logout/")
    response = wu.client.post("/login/passkey/", posted)
    assert response.status_code == 422
    assert NOT_TAKEN in page_of(response)
    asked(wu)  # Nor does it answer another question.
    assert wu.client.post("/login/passkey/", posted).status_code == 422
    assert "challenge" in why(wu)


def test_an_answer_that_was_overheard_is_worth_nothing_in_another_browser(wu, phone):
    posted = {"credential": phone.use(asked(wu))}
    thief = Client(REMOTE_ADDR=ADDRESS)
    assert thief.post("/login/passkey/", posted).status_code == 422
    thief.post("/login/passkey/options/")
    assert thief.post("/login/passkey/", posted).status_code == 422


def test_a_counter_that_goes_back_is_a_copied_key(wu, phone):
    use(wu, phone)
    use(wu, phone)
    wu.client.post("/logout/")
    phone.count -= 1
    assert use(wu, phone).status_code == 422
    assert "sign count" in why(wu)


def test_a_passkey_that_does_not_count_is_fine(wu):
    wu.log_in()
    passkey = wu.add_passkey(SoftPasskey(counts=False))
    for _ in range(2):
        wu.client.post("/logout/")
        assert use(wu, passkey).status_code == 303


@pytest.mark.parametrize(
    ("origin", "rp_id", "told"),
    [
        ("http://testserver.evil.example", "testserver", "origin"),
        ("https://testserver", "testserver", "origin"),
        ("http://testserver:8443", "testserver", "origin"),
        ("http://testserver", "evil.example", "RP ID"),
    ],
)
def test_what_was_answered_to_another_site_is_refused(wu, phone, origin, rp_id, told):
    phone.origin, phone.rp_id = origin, rp_id
    assert use(wu, phone).status_code == 422
    assert told in why(wu)


def test_a_signature_of_another_key_is_refused(wu, phone):
    phone.key = SoftPasskey().key
    assert use(wu, phone).status_code == 422


def test_nobody_comes_in_under_the_handle_of_another(wu, phone):
    phone.handle = b"somebody else"
    assert use(wu, phone).status_code == 422
    phone.handle = b""
    assert use(wu, phone).status_code == 422


def test_an_unknown_passkey_is_refused(wu):
    assert use(wu, SoftPasskey()).status_code == 422
    assert why(wu) == "没有这个通行密钥"


def test_after_the_password_only_ones_own_counts(wu, zhou, phone):
    zhou.add_app()
    zhou.log_in()
    wu.log_in()
    response = zhou.client.post("/login/second/", {"credential": phone.use(asked(wu, "/login/second/options/"))})
    assert response.status_code == 422


@pytest.mark.parametrize(
    "posted",
    ["", "{", "[]", "null", '{"id": 5}', '{"id": "a"}', '{"id": "YWJj", "response": 7}', '"x"', "x" * 30_000],
)
def test_nonsense_is_refused_politely(wu, phone, posted):
    asked(wu)
    assert wu.client.post("/login/passkey/", {"credential": posted}).status_code == 422


def test_a_question_goes_stale(wu, phone):
    posted = {"credential": phone.use(asked(wu))}
    wu.clock.go_on(minutes=6)
    assert wu.client.post("/login/passkey/", posted).status_code == 422


def test_a_question_asked_for_something_else_is_not_answered_here(wu, phone):
    wu.log_in()
    posted = {"credential": phone.use(asked(wu, "/login/second/options/"))}
    assert wu.client.post("/login/passkey/", posted).status_code == 422


def test_somebody_whose_account_was_closed_does_not_come_in(wu, phone):
    with everything():
        type(wu.user).objects.filter(pk=wu.user.pk).update(is_active=False)
    assert use(wu, phone).status_code == 422
    assert why(wu) == "账号已经停用"


def test_passkeys_need_a_name_and_an_address_has_none(wu, phone, settings):
    client = Client(REMOTE_ADDR=ADDRESS, headers={"host": "127.0.0.1:8000"})
    assert "用通行密钥登录" not in page_of(client.get("/login/"))
    assert client.post("/login/passkey/options/").status_code == 404
    assert "用通行密钥登录" in page_of(wu.client.get("/login/"))


def test_outside_demonstrations_only_the_public_address_has_passkeys(wu, settings):
    settings.XUKE_DEMO, settings.XUKE_ADDRESS = False, "https://xuke.example"
    assert wu.client.post("/login/passkey/options/").status_code == 404
    settings.ALLOWED_HOSTS = ["xuke.example"]
    answer = wu.client.post("/login/passkey/options/", headers={"host": "xuke.example"})
    assert answer.json()["rpId"] == "xuke.example"


# --- adding -----------------------------------------------------------------------------------------------------------


def test_a_passkey_of_ours_is_made_for_this_site_and_knows_nobody_by_number(wu):
    wu.log_in()
    options = asked(wu, "/account/passkeys/options/")
    assert options["rp"] == {"name": "许可", "id": "testserver"}
    assert options["user"]["name"] == "wuxiaomei"
    assert len(options["user"]["id"]) == 43
    assert options["authenticatorSelection"]["residentKey"] == "preferred"


def test_the_same_device_is_not_asked_twice_and_knows_the_person_by_one_handle(wu, phone):
    use(wu, phone)
    options = asked(wu, "/account/passkeys/options/")
    assert len(options["excludeCredentials"]) == 1
    second = wu.add_passkey()
    assert second.handle == phone.handle
    response = wu.client.post(
        "/account/passkeys/", {"name": "又一次", "credential": phone.make(asked(wu, "/account/passkeys/options/"))}
    )
    assert response.status_code == 409


def test_a_passkey_made_elsewhere_is_not_added(wu):
    wu.log_in()
    options = asked(wu, "/account/passkeys/options/")
    made = SoftPasskey(origin="https://evil.example").make(options)
    response = wu.client.post("/account/passkeys/", {"name": "我的手机", "credential": made})
    assert response.status_code == 422
    assert wu.factors().passkeys == ()


def test_a_passkey_made_for_an_old_question_is_not_added(wu):
    wu.log_in()
    made = SoftPasskey().make(asked(wu, "/account/passkeys/options/"))
    asked(wu, "/account/passkeys/options/")
    assert wu.client.post("/account/passkeys/", {"name": "我的手机", "credential": made}).status_code == 422


def test_a_passkey_is_renamed_and_removed(wu, phone):
    use(wu, phone)
    (held,) = wu.factors().passkeys
    assert wu.client.post(f"/account/passkeys/{held.pk}/", {"name": "旧手机"}).status_code == 303
    assert wu.factors().passkeys[0].name == "旧手机"
    assert wu.client.post(f"/account/passkeys/{held.pk}/remove/").status_code == 303
    assert wu.factors().passkeys == ()
    wu.client.post("/logout/")
    assert use(wu, phone).status_code == 422


def test_nobody_touches_the_passkey_of_another(wu, zhou, phone):
    zhou.log_in()
    (held,) = wu.factors().passkeys
    assert zhou.client.get(f"/account/passkeys/{held.pk}/").status_code == 404
    assert zhou.client.post(f"/account/passkeys/{held.pk}/remove/").status_code == 404
    with seen_by(Scope(user_id=str(zhou.user.pk))):
        assert not Passkey.objects.exists()
    with seen_by(Scope(user_id=str(wu.user.pk))):
        assert Passkey.objects.count() == 1
