"""Logging in: one page for everybody, patient with mistakes, not with guessing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axes.models import AccessAttempt
from django.db import connection

from xuke.accounts import commands
from xuke.accounts.models import User
from xuke.config.demonstration import accounts
from xuke.config.demonstration.people import PASSWORD
from xuke.foundation.actors import SYSTEM
from xuke.identity import entering
from xuke.identity.sessions import SessionStore
from xuke.tests.cast import NOON, everything

WRONG = "登录名或者密码不对。"


def log_in(client, name="wuxiaomei", password=PASSWORD, **more):
    return client.post("/login/", {"username": name, "password": password, **more})


def page_of(response) -> str:
    return response.content.decode()


def test_an_applicant_arrives_at_the_desk_of_the_enterprise(client, wu_the_applicant):
    response = log_in(client)
    assert (response.status_code, response["Location"]) == (303, "/start/")
    assert client.get("/start/")["Location"] == "/my/"
    assert client.get("/my/").status_code == 200


def test_an_officer_arrives_at_the_desk_of_the_authority(client, zhou_the_acceptor):
    log_in(client, "zhoumin")
    assert client.get("/start/")["Location"] == "/office/"


def test_capitals_in_the_login_name_do_not_matter(client, wu_the_applicant):
    assert log_in(client, " WuXiaoMei ").status_code == 303


def test_a_person_who_acts_for_nobody_is_told_what_to_do_and_never_sent_in_circles(client, world):
    with everything():
        commands.add_user(login_name="newcomer", name="新来的", password=PASSWORD, by=SYSTEM, now=NOON)
    log_in(client, "newcomer")
    response = client.get("/start/")
    assert response.status_code == 200
    assert "您已登录，但还不能代表谁办事" in page_of(response)
    login = client.get("/my/")["Location"]
    assert login.startswith("/login/?next=")
    assert client.get(login)["Location"] == "/start/"


@pytest.mark.parametrize(("name", "password"), [("wuxiaomei", "wrong-one"), ("nobody-at-all", "whatever-it-is")])
def test_a_wrong_name_and_a_wrong_password_read_alike(client, wu_the_applicant, name, password):
    response = log_in(client, name, password)
    assert response.status_code == 422
    assert WRONG in page_of(response)
    assert name in page_of(response)
    assert password not in page_of(response)


def test_nothing_typed_is_told_at_the_fields(client, world):
    response = client.post("/login/", {"username": "", "password": ""})
    assert response.status_code == 422
    assert page_of(response).count("请填写这一项。") == 4  # Above and at the field, twice.


def test_five_wrong_passwords_close_the_door_even_to_the_right_one(client, wu_the_applicant):
    answers = [log_in(client, password="wrong").status_code for _ in range(5)]
    assert answers == [422, 422, 422, 422, 429]
    for name in ("wuxiaomei", "WUXIAOMEI", " wuxiaomei "):
        response = log_in(client, name)
        assert response.status_code == 429
        assert f'value="{name}"' in page_of(response)
    assert "密码连续输错5次，这个登录名在这里暂停登录15分钟" in page_of(response)
    assert client.get("/my/").status_code != 200


def test_others_at_the_same_address_still_get_in(client, wu_the_applicant):
    for _ in range(6):
        log_in(client, password="wrong")
    assert log_in(client, "wangjie").status_code == 303


def test_a_failed_attempt_is_written_although_it_was_refused(committed_db, client, world):
    log_in(client, password="wrong")
    with everything():
        (attempt,) = AccessAttempt.objects.all()
        assert (attempt.username, attempt.failures_since_start) == (entering.name_mark("wuxiaomei").hex(), 1)


def test_nothing_typed_as_a_name_lies_in_the_table_that_counts(committed_db, client, world):
    typed = "My-Secret-Passw0rd!"
    for _ in range(2):
        answer = client.post(f"/login/?next=/my/&username={typed}", {"username": typed, "password": "x" + typed})
    assert typed in page_of(answer)  # The page still has it.
    with everything(), connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(attempt)::text FROM axes_accessattempt AS attempt")
        ((row,),) = cursor.fetchall()
    assert typed.lower() not in row.lower()


def test_coming_in_forgets_the_wrong_ones_before(committed_db, client, world):
    for _ in range(4):
        log_in(client, " WuXiaoMei ", password="wrong")
    assert log_in(client).status_code == 303
    with everything():
        assert not AccessAttempt.objects.exists()


def test_the_session_gets_a_new_key(client, wu_the_applicant):
    client.session["seen"] = True
    client.session.save()
    before = client.session.session_key
    log_in(client)
    assert client.session.session_key != before
    with everything():
        assert not SessionStore().exists(before)


@pytest.mark.parametrize("wanted", ["/my/applications/", "/my/notices/?a=1"])
def test_whoever_wanted_a_page_arrives_there(client, wu_the_applicant, wanted):
    page = page_of(client.get("/login/", {"next": wanted}))
    assert f'name="next" value="{wanted}"' in page
    assert log_in(client, next=wanted)["Location"] == wanted
    assert client.get("/login/", {"next": wanted})["Location"] == wanted


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/my/", "javascript:alert(1)", "\\\\evil"])
def test_nobody_is_led_to_another_site(client, wu_the_applicant, wanted):
    assert log_in(client, next=wanted)["Location"] == "/start/"
    assert client.get("/login/", {"next": wanted})["Location"] == "/start/"


@pytest.mark.parametrize("wanted", ["foo", "officer-case", "officer-inbox", "./my/", "my/", "/\\evil.example", ""])
def test_the_name_of_a_page_is_no_address(client, wu_the_applicant, wanted):
    assert log_in(client, next=wanted)["Location"] == "/start/"
    assert client.get("/login/", {"next": wanted})["Location"] == "/start/"


def test_line_ends_in_an_address_do_not_break_the_answer(client, wu_the_applicant):
    wanted = "/my/\r\nX-Evil: 1"
    assert "\n" not in log_in(client, next=wanted)["Location"]
    assert "\n" not in client.get("/login/", {"next": wanted}, headers={"HX-Request": "true"})["HX-Redirect"]


def test_leaving_takes_a_press_of_the_button(client, wu_the_applicant):
    log_in(client)
    client.get("/logout/")
    assert client.get("/my/").status_code == 200
    assert client.post("/logout/")["Location"] == "/"
    assert client.get("/my/")["Location"].startswith("/login/")


def test_leaving_takes_the_session_and_the_kept_pages_along(client, wu_the_applicant):
    log_in(client)
    key = client.session.session_key
    assert client.get("/my/")["Cache-Control"] == "private, no-cache"
    assert "Clear-Site-Data" not in client.get("/logout/")
    response = client.post("/logout/")
    # Not the storage: the marks of a visit may wait there for a network.
    assert response["Clear-Site-Data"] == '"cache"'
    assert response.cookies["sessionid"]["max-age"] == 0
    with everything():
        assert not SessionStore().exists(key)


def test_somebody_who_was_dismissed_from_the_table_of_users_is_out_at_once(client, wu_the_applicant):
    log_in(client)
    with everything():
        User.objects.filter(login_name="wuxiaomei").update(is_active=False)
    assert client.get("/my/")["Location"].startswith("/login/")
    assert log_in(client).status_code == 422


def test_a_demonstration_shows_its_accounts_and_no_other_installation_does(client, wu_the_applicant, settings):
    page = page_of(client.get("/login/"))
    assert "演示账号" in page
    assert "周敏，受理" in page and "宜昌市夷陵区市场监督管理局" in page and "受理、补正、记录报告" in page
    assert "huangping" not in page  # Nobody made that account here.
    settings.XUKE_DEMO = False
    assert "演示账号" not in page_of(client.get("/login/"))


def test_the_page_holds_no_script_and_no_style_of_its_own(client, world):
    page = page_of(client.get("/login/"))
    assert "<style" not in page
    assert "style=" not in page
    assert "<script>" not in page
    assert page.count("<h1") == 1


def test_every_account_of_the_demonstration_that_the_readme_names_is_listed_and_the_other_way_round():
    named = set(re.findall(r"`([a-z]+)`", Path("README.md").read_text(encoding="utf-8")))
    listed = {login_name for group in accounts.groups() for login_name, *_ in group.people}
    assert listed <= named and {"fanzhiguo", "luojianguo", "xionggang"} <= listed
