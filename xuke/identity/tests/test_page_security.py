"""One's own account: changing how one logs in takes a fresh proof, and nothing typed is lost on the way."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from xuke.accounts import commands as accounts
from xuke.accounts.queries import officer
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import NotPermitted
from xuke.foundation.scope import EVERYTHING, Scope
from xuke.identity.commands import factors
from xuke.identity.models import RecoveryCode, TotpDevice
from xuke.identity.tests.conftest import ADDRESS, page_of, someone
from xuke.parties.models import Mandate
from xuke.tests.cast import seen_by

RIGHT, NEW = "Xuke-Demo-2026", "Neues-Wort-2026"
PASSWORDS = {"password": RIGHT, "new_password": NEW, "new_password_again": NEW}


def hidden(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html))


def enrol(someone) -> None:
    """Add an authenticator app on the page for it."""
    page = page_of(someone.client.get("/account/totp/"))
    someone.secret = re.search(r'id="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    response = someone.client.post("/account/totp/", {"code": someone.code()})
    assert (response.status_code, response["Location"]) == (303, "/account/security/")


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_tells_what_there_is_and_who_tried(wu):
    wu.log_in(password="wrong")
    wu.clock.go_on(minutes=1)
    wu.log_in()
    page = page_of(wu.client.get("/account/security/"))
    assert "未开启" in page
    assert "添加身份验证器" in page
    assert "没有登录" in page
    assert "登录名或者密码不对" in page
    assert page.count(ADDRESS) == 2


@pytest.mark.parametrize("address", ["/account/security/", "/account/sessions/"])
def test_a_page_of_ones_own_asks_eight_times_at_most(wu, address):
    wu.add_app()
    wu.come_in()
    for _ in range(3):
        wu.add_passkey()
        someone("wuxiaomei", wu.clock).log_in()
    with CaptureQueriesContext(connection) as asked:
        assert wu.client.get(address).status_code == 200
    assert len([query for query in asked if "SAVEPOINT" not in query["sql"]]) <= 8


@pytest.mark.parametrize(
    "address",
    ["/account/security/", "/account/sessions/", "/account/password/", "/account/totp/", "/account/passkeys/"],
)
def test_strangers_log_in_first(client, world, address):
    assert client.get(address)["Location"].startswith("/login/?next=")


def test_somebody_who_acts_for_nobody_has_an_account_all_the_same(wu, world):
    Mandate.objects.filter(user=wu.user).delete()
    wu.log_in()
    enrol(wu)
    assert wu.factors().count == 1


# --- a fresh proof ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/account/totp/", "/account/passkeys/"])
def test_a_page_that_changes_something_asks_for_a_proof_first(wu, address):
    wu.log_in()
    wu.clock.go_on(minutes=11)
    asked = wu.client.get(address)["Location"]
    assert asked == f"/account/confirm/?next={address.replace('/', '%2F')}"
    assert "请再验证一次" in page_of(wu.client.get(asked))
    response = wu.client.post("/account/confirm/", {"password": RIGHT, "next": address})
    assert response["Location"] == address
    assert wu.client.get(address).status_code == 200
    wu.clock.go_on(minutes=11)
    assert wu.client.get(address).status_code == 303


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        ("/account/totp/remove/", {}),
        ("/account/recovery-codes/", {}),
        ("/account/sessions/end/", {"which": "others"}),
        ("/account/passkeys/", {"name": "我的手机"}),
    ],
)
def test_what_was_pressed_without_a_proof_waits_for_it(wu, address, typed):
    wu.add_app()
    wu.come_in()
    wu.clock.go_on(minutes=11)
    response = wu.client.post(address, typed)
    assert response.status_code == 401
    token = hidden(page_of(response))["kept"]
    asked = page_of(wu.client.post("/account/confirm/", {"kept": token}))
    assert hidden(asked)["kept"] == token
    back = wu.client.post("/account/confirm/", {"kept": token, "code": wu.code()})
    assert f'action="{address}"' in page_of(back)
    assert wu.factors().count == 1


def test_proving_again_changes_the_key_and_keeps_the_session(wu):
    wu.log_in()
    before = wu.client.cookies["sessionid"].value
    wu.client.post("/account/confirm/", {"password": RIGHT})
    assert wu.client.cookies["sessionid"].value != before
    assert wu.is_in()


def test_a_wrong_proof_opens_nothing(wu):
    wu.log_in()
    wu.clock.go_on(minutes=11)
    assert wu.client.post("/account/confirm/", {"password": "wrong"}).status_code == 422
    assert wu.client.post("/account/confirm/", {"code": "123456"}).status_code == 422
    assert wu.client.post("/account/confirm/", {"credential": "{}"}).status_code == 422
    assert wu.client.get("/account/totp/").status_code == 303


def test_a_passkey_proves_again(wu):
    wu.log_in()
    phone = wu.add_passkey()
    wu.clock.go_on(minutes=11)
    options = wu.client.post("/account/confirm/options/").json()
    response = wu.client.post("/account/confirm/", {"credential": phone.use(options), "next": "/account/totp/"})
    assert response["Location"] == "/account/totp/"


def test_whoever_has_a_second_factor_proves_it_with_that_one(wu):
    """Somebody who sits at the open session and has the password takes no factor over."""
    wu.add_app()
    wu.come_in()
    wu.clock.go_on(minutes=11)
    assert "用密码验证" not in page_of(wu.client.get("/account/confirm/"))
    response = wu.client.post("/account/confirm/", {"password": RIGHT})
    assert response.status_code == 422
    assert "请用它验证，只凭密码不够" in page_of(response)
    assert wu.client.get("/account/totp/").status_code == 303
    assert wu.client.post("/account/confirm/", {"code": wu.code()}).status_code == 303
    assert wu.client.get("/account/totp/").status_code == 200


def test_a_recovery_code_is_not_asked_for_here(wu):
    wu.add_app()
    wu.come_in()
    codes = factors.make_recovery_codes(user=wu.user, by=wu.me, now=wu.clock.moment)
    wu.client.post("/account/confirm/", {"recovery_code": codes[0]})
    assert wu.factors().codes_left == 10


# --- password ---------------------------------------------------------------------------------------------------------


def test_the_password_is_changed_here_and_ends_the_sessions_elsewhere(wu):
    elsewhere = someone("wuxiaomei", wu.clock)
    elsewhere.log_in()
    wu.log_in()
    assert wu.client.post("/account/password/", PASSWORDS)["Location"] == "/account/security/"
    assert wu.is_in()
    assert not elsewhere.is_in()
    assert wu.log_in().status_code == 422
    assert elsewhere.log_in(password=NEW).status_code == 303
    assert "user.password_changed" in wu.told()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"password": "wrong"}, "密码不对。"),
        ({"new_password_again": "something-else"}, "两次输入的新密码不一样。"),
        ({"new_password": "short", "new_password_again": "short"}, "密码至少10位"),
        ({"new_password": "wuxiaomei-1", "new_password_again": "wuxiaomei-1"}, "登录名"),
    ],
)
def test_a_password_that_is_not_taken_is_told_at_its_field(wu, change, told):
    wu.log_in()
    response = wu.client.post("/account/password/", PASSWORDS | change)
    assert response.status_code == 422
    assert told in page_of(response)
    assert NEW not in page_of(response)
    wu.client.post("/logout/")
    assert wu.log_in().status_code == 303


def test_a_first_password_is_good_for_taking_ones_own(world, zhou):
    administrator = security_administrator(world)
    first = "Erstes-Wort-2026"
    accounts.give_password(user=zhou.user, password=first, by=administrator, now=zhou.clock.moment, reason="忘记密码")
    assert zhou.log_in(password=first, next="/office/all/")["Location"] == "/account/changes/"
    assert zhou.client.post("/account/changes/")["Location"] == "/account/password/"
    assert "先换成自己的密码" in page_of(zhou.client.get("/account/password/"))
    assert zhou.client.get("/office/")["Location"] == "/account/password/"
    response = zhou.client.post("/account/password/", PASSWORDS | {"password": first})
    assert response["Location"] == "/office/all/"
    assert zhou.client.get("/office/all/").status_code == 200


# --- the authenticator app --------------------------------------------------------------------------------------------


def test_an_app_is_added_by_its_picture_and_its_first_code(wu):
    wu.log_in()
    page = page_of(wu.client.get("/account/totp/"))
    assert 'src="data:image/svg+xml' in page
    enrol(wu)
    assert wu.factors().totp_added_at
    assert wu.told()[-2:] == ["user.totp_set", "user.logged_out_everywhere"]
    wu.client.post("/logout/")
    wu.clock.go_on(seconds=30)
    wu.come_in()


def test_the_code_that_added_the_app_does_not_log_in(wu):
    wu.log_in()
    enrol(wu)
    wu.client.post("/logout/")
    wu.log_in()
    assert wu.client.post("/login/second/", {"code": wu.code()}).status_code == 422


def test_a_wrong_first_code_adds_nothing_and_keeps_the_picture(wu):
    wu.log_in()
    page = page_of(wu.client.get("/account/totp/"))
    secret = re.search(r'id="secret">([A-Z2-7 ]+)<', page)[1]
    response = wu.client.post("/account/totp/", {"code": "000000"})
    assert response.status_code == 422
    assert secret in page_of(response)
    assert wu.factors().totp_added_at is None


def test_the_secret_is_sealed_in_the_database(wu):
    wu.add_app()
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM identity_totpdevice")
        assert wu.secret.encode() not in bytes(cursor.fetchone()[0])
    assert TotpDevice.objects.get().secret == wu.secret


def test_the_secret_that_waits_is_sealed_in_the_session_too(wu):
    wu.log_in()
    page = page_of(wu.client.get("/account/totp/"))
    secret = re.search(r'id="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert secret not in str(dict(wu.client.session.items()))


def test_with_the_first_factor_sessions_elsewhere_end(wu):
    elsewhere = someone("wuxiaomei", wu.clock)
    elsewhere.log_in()
    wu.log_in()
    enrol(wu)
    assert wu.is_in()
    assert not elsewhere.is_in()


def test_an_app_is_removed(wu):
    wu.add_app()
    factors.make_recovery_codes(user=wu.user, by=wu.me, now=wu.clock.moment)
    wu.come_in()
    assert wu.client.post("/account/totp/remove/").status_code == 303
    assert wu.factors().count == 0
    assert not RecoveryCode.objects.exists()  # They stand in for a factor, and there is none.
    assert wu.client.post("/account/totp/remove/").status_code == 404


# --- recovery codes ---------------------------------------------------------------------------------------------------


def test_recovery_codes_are_told_once_and_kept_as_hashes(wu):
    wu.add_app()
    wu.come_in()
    response = wu.client.post("/account/recovery-codes/")
    codes = re.findall(r"data-code>([^<]+)<", page_of(response))
    assert len(codes) == 10
    assert "no-store" in response["Cache-Control"]
    kept = list(RecoveryCode.objects.values_list("code", flat=True))
    assert all(code.startswith("argon2$") for code in kept)
    assert codes[0] not in page_of(wu.client.get("/account/security/"))
    again = re.findall(r"data-code>([^<]+)<", page_of(wu.client.post("/account/recovery-codes/")))
    assert not set(codes) & set(again)
    assert RecoveryCode.objects.count() == 10


def test_without_a_factor_there_are_no_recovery_codes(wu):
    wu.log_in()
    assert wu.client.post("/account/recovery-codes/").status_code == 409


# --- a lost phone -----------------------------------------------------------------------------------------------------


def security_administrator(world):
    return next(one for one in world.officers.values() if one.has("security_administrator"))


def test_a_security_administrator_resets_the_factors_of_a_colleague(world, zhou, officers_need_two):
    zhou.add_app()
    zhou.come_in()
    administrator = security_administrator(world)
    factors.reset_factors(user=zhou.user, reason="手机丢失", by=administrator, now=zhou.clock.moment)
    assert zhou.factors().count == 0
    assert not zhou.is_in()
    told = journal.history(zhou.user.stream)[-1]
    assert (told.verb, told.actor) == ("user.factors_reset", administrator.code)
    assert zhou.log_in()["Location"] == "/account/changes/"
    assert zhou.client.post("/account/changes/")["Location"] == "/account/security/"


def test_nobody_else_resets_factors(world, zhou, wu, liu_the_decider):
    zhou.add_app()
    neighbour = officer(someone("yangfan", zhou.clock).user, today=journal.legal_day(zhou.clock.moment))
    for other in (liu_the_decider, neighbour, wu.me, zhou.me):
        with pytest.raises(NotPermitted):
            factors.reset_factors(user=zhou.user, reason="手机丢失", by=other, now=zhou.clock.moment)
    wu.add_app()
    with pytest.raises(NotPermitted):
        factors.reset_factors(user=wu.user, by=security_administrator(world), now=zhou.clock.moment)
    assert zhou.factors().count == wu.factors().count == 1
    factors.reset_factors(user=wu.user, by=SYSTEM, now=zhou.clock.moment)
    assert wu.factors().count == 0


def test_nobody_changes_the_factors_of_another(wu, zhou):
    wu.add_app()
    now = wu.clock.moment
    for act in (
        lambda: factors.remove_totp(user=wu.user, must_have=False, by=zhou.me, now=now),
        lambda: factors.make_recovery_codes(user=wu.user, by=zhou.me, now=now),
        lambda: accounts.change_password(user=wu.user, password=NEW, by=zhou.me, now=now),
    ):
        with pytest.raises(NotPermitted):
            act()
    with seen_by(Scope(user_id=str(zhou.user.pk))):
        assert not TotpDevice.objects.exists()
    with seen_by(EVERYTHING):
        assert TotpDevice.objects.exists()


def test_the_pages_hold_no_script_and_no_style_of_their_own(wu):
    wu.log_in()
    for address in ("/login/", "/account/security/", "/account/sessions/", "/account/totp/", "/account/passkeys/"):
        page = page_of((Client() if address == "/login/" else wu.client).get(address))
        assert "<script>" not in page
        assert "<style" not in page
        assert " style=" not in page
        assert page.count("<h1") == 1
