"""A password is not enough for whoever has a second factor, and nothing that was accepted is accepted again."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from xuke.foundation import journal
from xuke.identity.commands import factors
from xuke.identity.models import Attempt
from xuke.identity.tests.conftest import ADDRESS, page_of
from xuke.web import kept

WRONG_CODE = "动态口令不对，或者已经用过。"


def test_whoever_has_an_app_is_asked_for_its_code_after_the_password(wu):
    wu.add_app()
    response = wu.log_in()
    assert (response.status_code, response["Location"]) == (303, "/login/second/")
    assert not wu.is_in()
    page = page_of(wu.client.get("/login/second/"))
    assert "6位动态口令" in page
    response = wu.client.post("/login/second/", {"code": wu.code()})
    assert (response.status_code, response["Location"]) == (303, "/start/")
    assert wu.is_in()


def test_whoever_has_none_comes_in_by_password(wu):
    assert wu.log_in()["Location"] == "/start/"
    assert wu.is_in()


def test_a_code_is_accepted_once(wu):
    wu.add_app()
    wu.come_in()
    code = wu.code()
    other = Client(REMOTE_ADDR=ADDRESS)
    other.post("/login/", {"username": "wuxiaomei", "password": "Xuke-Demo-2026"})
    response = other.post("/login/second/", {"code": code})
    assert response.status_code == 422
    assert WRONG_CODE in page_of(response)
    wu.clock.go_on(seconds=30)
    assert other.post("/login/second/", {"code": wu.code()}).status_code == 303


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_wrong_by_half_a_minute(wu, steps, fits):
    wu.add_app()
    wu.log_in()
    assert wu.client.post("/login/second/", {"code": wu.code(steps)}).status_code == (303 if fits else 422)


def test_a_code_older_than_one_that_was_accepted_is_refused(wu):
    wu.add_app()
    earlier = wu.code(-1)
    wu.come_in()
    wu.client.post("/logout/")
    wu.log_in()
    assert wu.client.post("/login/second/", {"code": earlier}).status_code == 422


@pytest.mark.parametrize("typed", ["12345", "abcdef", "", "1234567"])
def test_what_is_no_code_is_told_and_counted(wu, typed):
    wu.add_app()
    wu.log_in()
    assert wu.client.post("/login/second/", {"code": typed}).status_code == 422
    assert len(wu.refusals()) == 1


def test_spaces_in_a_code_do_not_matter(wu):
    wu.add_app()
    wu.log_in()
    code = wu.code()
    assert wu.client.post("/login/second/", {"code": f" {code[:3]} {code[3:]} "}).status_code == 303


def test_five_wrong_codes_close_the_way_even_to_the_right_one(wu):
    wu.add_app()
    wu.log_in()
    wrong = f"{(int(wu.code()) + 7) % 1_000_000:06}"
    answers = [wu.client.post("/login/second/", {"code": wrong}).status_code for _ in range(5)]
    assert answers == [422] * 5
    wu.clock.go_on(seconds=60)
    response = wu.client.post("/login/second/", {"code": wu.code()})
    assert response.status_code == 429
    assert "验证连续出错5次" in page_of(response)
    wu.clock.go_on(minutes=16)
    wu.log_in()
    assert wu.client.post("/login/second/", {"code": wu.code()}).status_code == 303


def test_the_second_factor_of_another_person_does_not_help(wu, zhou):
    wu.add_app()
    zhou.add_app()
    zhou.clock.go_on(seconds=90)
    wu.log_in()
    codes = factors.make_recovery_codes(user=zhou.user, by=zhou.me, now=wu.clock.moment)
    assert wu.client.post("/login/second/", {"recovery_code": codes[0]}).status_code == 422


def test_a_recovery_code_opens_the_door_once(wu):
    wu.add_app()
    codes = factors.make_recovery_codes(user=wu.user, by=wu.me, now=wu.clock.moment)
    assert len(set(codes)) == 10
    wu.log_in()
    response = wu.client.post("/login/second/", {"recovery_code": f" {codes[3].lower().replace('-', ' - ')} "})
    assert response.status_code == 303
    assert wu.factors().codes_left == 9
    wu.client.post("/logout/")
    wu.log_in()
    response = wu.client.post("/login/second/", {"recovery_code": codes[3]})
    assert response.status_code == 422
    assert "恢复码不对，或者已经用过" in page_of(response)


@pytest.mark.parametrize("typed", ["", "3", "99-ABCDE-FGHJK", "3-AAAAA-AAAAA", "x" * 5000])
def test_what_is_no_recovery_code_is_refused(wu, typed):
    wu.add_app()
    factors.make_recovery_codes(user=wu.user, by=wu.me, now=wu.clock.moment)
    wu.log_in()
    assert wu.client.post("/login/second/", {"recovery_code": typed}).status_code == 422


def test_nobody_comes_to_the_second_step_without_the_first(wu):
    wu.add_app()
    for response in (wu.client.get("/login/second/"), wu.client.post("/login/second/", {"code": wu.code()})):
        assert (response.status_code, response["Location"]) == (303, "/login/")
    assert wu.client.post("/login/second/options/").status_code == 403


def test_whoever_takes_too_long_begins_again(wu):
    wu.add_app()
    wu.log_in()
    wu.clock.go_on(minutes=11)
    assert wu.client.post("/login/second/", {"code": wu.code()})["Location"] == "/login/"


def test_between_the_factors_nobody_is_anybody(wu):
    wu.add_app()
    wu.log_in()
    assert wu.client.get("/my/")["Location"].startswith("/login/")
    assert wu.client.get("/account/security/")["Location"].startswith("/login/")


def test_the_key_changes_at_each_step(wu):
    wu.add_app()
    keys = [wu.client.session.session_key]
    wu.log_in()
    keys.append(wu.client.cookies["sessionid"].value)
    wu.client.post("/login/second/", {"code": wu.code()})
    keys.append(wu.client.cookies["sessionid"].value)
    assert len(set(keys)) == 3


def test_a_wanted_page_and_a_form_survive_both_steps(wu):
    wu.add_app()
    assert wu.log_in(next="/my/licences/")["Location"] == "/login/second/"
    assert wu.client.post("/login/second/", {"code": wu.code()})["Location"] == "/my/licences/"
    wu.client.post("/logout/")
    wu.clock.go_on(seconds=60)
    token = kept.pack(kept.Typed("/my/applications/1/form/site/", fields=(("remark", "成品库在二楼"),)))
    assert wu.log_in(kept=token)["Location"] == "/login/second/"
    response = wu.client.post("/login/second/", {"code": wu.code()})
    assert "已登录，填写的内容都在" in page_of(response)
    assert "成品库在二楼" in page_of(response)


def test_what_happened_stands_in_the_journal_without_any_secret(wu):
    wu.add_app()
    wu.log_in(password="Geheim-1234")
    wu.come_in()
    refused, accepted = Attempt.objects.order_by("at", "accepted")
    (told,) = journal.history(refused.stream)
    assert (told.verb, told.seq, told.actor) == ("login.refused", 1, "stranger")
    assert told.facts["reason"] == "登录名或者密码不对"
    (told,) = journal.history(accepted.stream)
    assert (told.verb, told.actor) == ("login.accepted", f"user:{wu.user.pk}")
    assert told.facts == {
        "login_name": "wuxiaomei",
        "means": "password+code",
        "strong": True,
        "address": ADDRESS,
        "agent": "",
    }
    assert not re.search(r"Geheim|Xuke-Demo|\b\d{6}\b", str(told.facts))


# --- officers ---------------------------------------------------------------------------------------------------------


def test_an_officer_on_a_password_alone_gets_as_far_as_adding_a_factor(zhou, officers_need_two):
    assert zhou.log_in()["Location"] == "/account/security/"
    assert "先添加第二因素，再开始办公" in page_of(zhou.client.get("/account/security/"))
    for address in ("/office/", "/office/all/", "/notices/"):
        response = zhou.client.get(address)
        assert response.status_code in (303, 404)
        assert response.status_code == 404 or response["Location"] == "/account/security/"
    assert zhou.client.post("/office/all/").status_code == 303


def test_with_the_factor_added_the_officer_works_on(zhou, officers_need_two):
    zhou.log_in()
    page = page_of(zhou.client.get("/account/totp/"))
    zhou.secret = re.search(r'id="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert zhou.client.post("/account/totp/", {"code": zhou.code()})["Location"] == "/account/security/"
    assert zhou.client.get("/office/").status_code == 200


def test_an_officer_with_two_factors_works(zhou, officers_need_two):
    zhou.add_app()
    zhou.come_in()
    assert zhou.client.get("/office/").status_code == 200


def test_an_applicant_needs_no_second_factor(wu, officers_need_two):
    assert wu.log_in()["Location"] == "/start/"
    assert wu.client.get("/my/").status_code == 200


def test_an_officer_may_not_remove_the_last_factor(zhou, officers_need_two):
    zhou.add_app()
    zhou.come_in()
    response = zhou.client.post("/account/totp/remove/")
    assert response.status_code == 409
    assert "工作人员必须有第二因素" in page_of(response)
    assert zhou.factors().totp_added_at


# --- a new password ---------------------------------------------------------------------------------------------------

NEW = {"password": "Xuke-Demo-2026", "new_password": "Neues-Wort-2026", "new_password_again": "Neues-Wort-2026"}


def test_whoever_finds_an_open_session_and_knows_the_password_changes_none_without_the_factor(wu):
    wu.add_app()
    wu.come_in()
    wu.clock.go_on(minutes=11)
    assert wu.client.get("/account/password/")["Location"].startswith("/account/confirm/")
    response = wu.client.post("/account/password/", NEW)
    assert response.status_code == 401
    assert "Neues-Wort" not in page_of(response)
    assert wu.client.post("/account/confirm/", {"password": NEW["password"]}).status_code == 422
    assert wu.client.post("/account/confirm/", {"code": wu.code()}).status_code == 303
    assert wu.client.post("/account/password/", NEW).status_code == 303


def test_whoever_has_no_factor_proves_the_password_for_it(wu):
    wu.log_in()
    wu.clock.go_on(minutes=11)
    assert wu.client.post("/account/password/", NEW).status_code == 401
    assert wu.client.post("/account/confirm/", {"password": NEW["password"]}).status_code == 303
    assert wu.client.post("/account/password/", NEW).status_code == 303
