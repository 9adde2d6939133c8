"""Sessions: they end in time, everywhere, at once; nobody else reads them; nothing typed is lost when they do."""

from __future__ import annotations

import re
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings as configured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from xuke.accounts import commands as accounts
from xuke.accounts.models import Posting, User
from xuke.accounts.officers import THREE_ADMINISTRATORS
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.scope import NOTHING, Scope
from xuke.identity import rules, sessions
from xuke.identity.housekeeping import sweep
from xuke.identity.models import Session
from xuke.identity.sessions import SessionStore
from xuke.identity.tests.conftest import ADDRESS, page_of, someone
from xuke.tests.cast import everything, seen_by

COOKIE = configured.SESSION_COOKIE_NAME
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"


def rows(someone):
    with everything():
        return list(Session.objects.filter(user=someone.user).order_by("began_at"))


# --- how long ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("login_name", "idle", "whole"),
    [("wuxiaomei", 60, 24), ("zhoumin", 30, 12), ("gaolan", 15, 8), ("qianshen", 15, 8)],
)
def test_a_session_ends_untouched_and_after_its_time_by_role(world, clock, by_role, login_name, idle, whole):
    one = someone(login_name, clock)
    one.log_in()
    clock.go_on(minutes=idle)
    assert one.is_in()
    clock.go_on(minutes=idle, seconds=1)
    assert not one.is_in()
    one.log_in()
    began = clock.moment
    while clock.moment + timedelta(minutes=idle) <= began + timedelta(hours=whole):
        clock.go_on(minutes=idle)
        assert one.is_in()
    clock.go_on(seconds=1)
    assert not one.is_in()


def test_a_demonstration_bears_a_long_lunch(zhou):
    zhou.log_in()
    zhou.clock.go_on(hours=7)
    assert zhou.is_in()


def test_the_strictest_of_several_roles_counts(zhou, by_role):
    assert rules.limits_of({"acceptor", "auditor"}, demonstration=False) is rules.ADMINISTRATOR
    assert rules.limits_of({"acceptor"}, demonstration=False) is rules.OFFICER
    assert rules.limits_of((), demonstration=False) is rules.APPLICANT
    assert rules.THREE_ADMINISTRATORS == THREE_ADMINISTRATORS


def test_whoever_becomes_an_administrator_has_the_short_limit_at_once(zhou, by_role):
    zhou.log_in()
    zhou.clock.go_on(minutes=14)
    today = journal.legal_day(zhou.clock.moment)
    posting = Posting.objects.filter(user=zhou.user).get()
    Posting.objects.filter(pk=posting.pk).update(valid_to=today)
    role = next(role for role in THREE_ADMINISTRATORS if role.value == "system_administrator")
    Posting.objects.create(user=zhou.user, authority=posting.authority, role=role, valid_from=today)
    zhou.clock.go_on(minutes=2)
    assert not zhou.is_in()


def test_proving_again_who_one_is_does_not_make_the_session_longer(wu, by_role):
    wu.log_in()
    for _ in range(24):
        wu.clock.go_on(minutes=59)
        wu.client.post("/account/confirm/", {"password": "Xuke-Demo-2026"})
    assert wu.is_in()
    wu.clock.go_on(minutes=59)
    assert not wu.is_in()


def test_the_last_use_is_written_once_a_minute(wu):
    wu.log_in()
    (before,) = rows(wu)
    wu.clock.go_on(seconds=59)
    wu.is_in()
    assert rows(wu)[0].seen_at == before.seen_at
    wu.clock.go_on(seconds=1)
    wu.is_in()
    assert rows(wu)[0].seen_at == wu.clock.moment


def test_a_page_costs_two_statements_to_know_who_asks(wu):
    wu.log_in()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        wu.client.get("/verify/")
    known = [query["sql"] for query in asked if "identity_" in query["sql"] or "accounts_person" in query["sql"]]
    assert len(known) == 2
    assert "identity_session_read" in known[0]
    assert "accounts_person" in known[1]


def test_a_stranger_costs_none(client, world):
    with CaptureQueriesContext(connection) as asked:
        client.get("/verify/")
    assert not [query for query in asked if "identity_" in query["sql"]]


def test_what_no_limit_would_let_live_is_swept_away(wu):
    wu.log_in()
    wu.clock.go_on(hours=23)
    assert sweep(now=wu.clock.moment) == 0
    wu.clock.go_on(hours=2)
    assert sweep(now=wu.clock.moment) == 1
    assert rows(wu) == []


# --- keys -------------------------------------------------------------------------------------------------------------


def test_the_key_is_nowhere_in_the_table(wu):
    wu.log_in()
    key = wu.client.cookies[COOKIE].value
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text, digest FROM identity_session AS t")
        ((text, digest),) = cursor.fetchall()
    assert key not in text
    assert key.encode().hex() not in text
    assert len(bytes(digest)) == 32


def test_a_key_from_outside_is_not_adopted(wu):
    planted = "abcdefghijklmnopqrstuvwxyz012345"
    wu.client.cookies[COOKIE] = planted
    wu.log_in()
    assert wu.client.cookies[COOKIE].value != planted
    assert wu.is_in()
    victim = Client(REMOTE_ADDR=ADDRESS)
    victim.cookies[COOKIE] = planted
    assert victim.get("/account/sessions/").status_code == 303


def test_the_key_from_before_the_login_is_worth_nothing_after_it(wu):
    wu.client.post("/login/passkey/options/")  # A session of nobody, whose key somebody else may have set.
    before = wu.client.cookies[COOKIE].value
    wu.log_in()
    assert wu.client.cookies[COOKIE].value != before
    attacker = Client()
    attacker.cookies[COOKIE] = before
    assert attacker.get("/account/sessions/").status_code == 303
    assert not SessionStore().exists(before)


def test_logging_in_again_takes_a_new_key_and_ends_the_old_one(wu):
    wu.log_in()
    first = wu.client.cookies[COOKIE].value
    wu.log_in()
    assert wu.client.cookies[COOKIE].value != first
    assert not SessionStore().exists(first)


def test_data_copied_into_another_row_are_worth_nothing(wu, zhou):
    wu.log_in()
    zhou.log_in()
    (hers,), (his,) = rows(wu), rows(zhou)
    Session.objects.filter(pk=his.pk).update(data=hers.data)
    assert zhou.client.get("/account/sessions/").status_code == 303


def test_a_column_that_is_changed_gives_nobody_more(zhou, officers_need_two):
    zhou.log_in()
    Session.objects.update(strong=True, user=User.objects.get(login_name="gaolan"))
    assert zhou.client.get("/office/")["Location"] == "/account/security/"
    assert sessions.SessionStore(zhou.client.cookies[COOKIE].value)["_auth_user_id"] == str(zhou.user.pk)


# --- the second wall --------------------------------------------------------------------------------------------------


def test_nobody_reads_the_sessions_of_another(wu, zhou):
    wu.log_in()
    zhou.log_in()
    with seen_by(Scope(user_id=str(wu.user.pk))):
        assert [session.user_id for session in Session.objects.all()] == [wu.user.pk]
    for scope in (NOTHING, Scope(authority_path="420000/"), Scope(administers="420000/", user_id="999")):
        with seen_by(scope):
            assert not Session.objects.exists()


def test_raw_sql_as_the_application_neither_lists_nor_makes_sessions(committed_db, client, world):
    client.post("/login/", {"username": "wuxiaomei", "password": "Xuke-Demo-2026"})
    with everything():
        assert Session.objects.count() == 1
    with psycopg.connect(committed_db.app, autocommit=True) as raw:
        assert raw.execute("SELECT count(*) FROM identity_session").fetchone() == (0,)
        assert raw.execute("SELECT count(*) FROM identity_session_read('\\x00')").fetchone() == (0,)
        assert raw.execute("DELETE FROM identity_session").rowcount == 0
        assert raw.execute("UPDATE identity_session SET strong = true").rowcount == 0
        for table in ("totpdevice", "passkey", "recoverycode", "attempt"):
            assert raw.execute(f"SELECT count(*) FROM identity_{table}").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            raw.execute(
                "INSERT INTO identity_session (id, digest, data, began_at, seen_at, means, strong, address, agent)"
                " VALUES (gen_random_uuid(), '\\x01', '', now(), now(), '', true, '', '')"
            )


# --- one's own devices ------------------------------------------------------------------------------------------------


def test_one_sees_where_one_is_logged_in(wu):
    wu.log_in()
    office = someone("wuxiaomei", wu.clock, headers={"user-agent": EDGE})
    office.clock.go_on(minutes=5)
    office.log_in()
    page = page_of(wu.client.get("/account/sessions/"))
    assert "Windows上的Edge" in page
    assert page.count("退出<span") == 2
    assert page.count("这台") == 1
    assert ADDRESS in page


def test_one_device_is_logged_out_at_once(wu):
    wu.log_in()
    lost = someone("wuxiaomei", wu.clock)
    lost.clock.go_on(minutes=1)
    lost.log_in()
    theirs = rows(wu)[-1]
    assert wu.client.post(f"/account/sessions/{theirs.pk}/end/")["Location"] == "/account/sessions/"
    assert not lost.is_in()
    assert wu.is_in()
    with everything():
        (told,) = journal.history(f"session:{theirs.pk}")
    assert (told.verb, told.seq, told.actor) == ("session.ended", 1, f"user:{wu.user.pk}")
    assert wu.client.post(f"/account/sessions/{theirs.pk}/end/").status_code == 404


def test_ending_ones_own_session_leads_to_the_login(wu):
    wu.log_in()
    (mine,) = rows(wu)
    response = wu.client.post(f"/account/sessions/{mine.pk}/end/")
    assert response["Location"] == "/login/"
    assert response["Clear-Site-Data"] == '"cache"'
    assert not wu.is_in()


@pytest.mark.parametrize(("which", "here"), [("all", False), ("others", True)])
def test_logging_out_everywhere_acts_at_once(wu, which, here):
    devices = [wu, *(someone("wuxiaomei", wu.clock) for _ in range(2))]
    for device in reversed(devices):
        device.log_in()
    wu.client.post("/account/sessions/end/", {"which": which})
    assert [device.is_in() for device in devices] == [here, False, False]
    assert wu.told()[-1] == "user.logged_out_everywhere"


def test_nobody_ends_the_session_of_another(wu, zhou):
    wu.log_in()
    zhou.log_in()
    (hers,) = rows(wu)
    assert zhou.client.post(f"/account/sessions/{hers.pk}/end/").status_code == 404
    assert wu.is_in()


def test_whoever_is_locked_out_of_the_table_of_users_is_out_at_once(wu):
    wu.log_in()
    User.objects.filter(pk=wu.user.pk).update(is_active=False)
    assert wu.client.get("/my/")["Location"].startswith("/login/")
    assert wu.client.get("/account/security/")["Location"].startswith("/login/")


def test_a_role_taken_away_acts_at_once_on_an_open_page(zhou):
    zhou.log_in()
    assert zhou.client.get("/office/").status_code == 200
    posting = Posting.objects.filter(user=zhou.user).get()
    accounts.dismiss(posting=posting, by=SYSTEM, now=zhou.clock.moment)
    assert zhou.client.get("/office/").status_code == 303
    assert zhou.client.post("/office/all/").status_code in (401, 405)


# --- the idle limit strikes while somebody fills in a form ------------------------------------------------------------


def hidden(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html))


@pytest.mark.parametrize("with_factor", [False, True])
def test_a_form_sent_after_the_limit_comes_back_after_the_login(wu, by_role, with_factor):
    if with_factor:
        wu.add_app()
    wu.come_in()
    wu.clock.go_on(minutes=61)
    expired = wu.client.post("/my/applications/", {"remark": "成品库在二楼", "kind": "food.first"})
    assert expired.status_code == 401
    assert "登录已过期，填写的内容都在" in page_of(expired)
    token = hidden(page_of(expired))["kept"]
    assert wu.client.post("/kept/", {"kept": token}).status_code == 307
    login = page_of(wu.client.post("/login/", {"kept": token}))
    assert hidden(login)["kept"] == token
    back = wu.log_in(kept=token)
    if with_factor:
        assert back["Location"] == "/login/second/"
        back = wu.client.post("/login/second/", {"code": wu.code()})
    assert "已登录，填写的内容都在" in page_of(back)
    assert hidden(page_of(back))["remark"] == "成品库在二楼"


def test_a_fragment_after_the_limit_leads_to_the_login_and_back_to_the_page(zhou, by_role):
    zhou.log_in()
    zhou.clock.go_on(minutes=31)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/office/all/"}
    response = zhou.client.get("/office/", headers=headers)
    assert response.status_code == 204
    assert response["HX-Redirect"] == "/login/?next=%2Foffice%2Fall%2F"


def test_the_form_of_somebody_else_is_no_permission(wu, zhou, by_role):
    """A token that was stolen shows what was typed and nothing more: it is sent as whoever is logged in."""
    wu.log_in()
    wu.clock.go_on(minutes=61)
    token = hidden(page_of(wu.client.post("/my/applications/", {"remark": "成品库"})))["kept"]
    zhou.log_in()
    zhou.client.post("/kept/", {"kept": token})
    assert zhou.client.post("/my/applications/", {"remark": "成品库"}).status_code in (404, 405)
    stranger = Client()
    assert stranger.post("/kept/", {"kept": token}).status_code == 307
    assert stranger.get("/my/").status_code == 303


def test_a_link_to_the_login_carries_nobody_in(wu):
    """The address of any page, and of the login with its way on, opens nothing for whoever got hold of it."""
    wu.log_in(next="/my/licences/")
    for address in ("/login/?next=/my/licences/", "/my/licences/", "/login/second/", "/account/security/"):
        assert Client().get(address).status_code in (200, 303)
        assert "切换身份" not in page_of(Client().get(address, follow=True))
        assert "退出" not in page_of(Client().get(address, follow=True))


@pytest.mark.parametrize(
    "address",
    ["/login/", "/login/second/", "/logout/", "/account/confirm/", "/account/sessions/end/", "/login/passkey/"],
)
def test_a_form_of_another_site_is_stopped(wu, address):
    wu.log_in()
    strict = Client(enforce_csrf_checks=True, REMOTE_ADDR=ADDRESS)
    strict.cookies = wu.client.cookies
    response = strict.post(address, {"username": "wuxiaomei"}, headers={"Origin": "https://evil.example"})
    assert response.status_code == 403
    assert wu.is_in()
