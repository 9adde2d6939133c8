"""Logging in through the identity platform: whom an arrival means, what is refused, and what if it is down."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from xuke.accounts.models import RealName, User
from xuke.config.demonstration.people import PASSWORD
from xuke.foundation.identifiers import resident_id
from xuke.foundation.scope import Scope
from xuke.identity import browser
from xuke.identity.models import Attempt
from xuke.identity.oidc import departures, health
from xuke.identity.oidc.models import Departure, ExternalIdentity, PlatformHealth
from xuke.identity.oidc.provider import provider_of
from xuke.tests.cast import everything, seen_by
from xuke.tests.oidc import hostile
from xuke.tests.oidc.hostile import Hostile
from xuke.web import kept

NUMBER = resident_id.compose(division="420521", born_on=date(1990, 2, 28), sequence=12)
WU: dict[str, object] = {"sub": "wu-1", "name": "吴晓梅", "id_number": NUMBER, "phone_number": "13800005678"}
"""What the platform says of 吴晓梅. The number of the invented person is put in by the fixture."""


@pytest.fixture(scope="module")
def the_server() -> Iterator[Hostile]:
    with hostile.running() as server:
        yield server


@pytest.fixture
def platform(the_server: Hostile, settings, world) -> Hostile:
    the_server.be_honest()
    provider_of.cache_clear()
    settings.XUKE_OIDC = the_server.platform()
    return the_server


@pytest.fixture
def wu(world) -> User:
    """吴晓梅, whose real name is proven; on the platform she has the same number."""
    with everything():
        user = User.objects.get(login_name="wuxiaomei")
        known = RealName.objects.get(user=user)
    WU.update(name=known.name, id_number=known.number)
    return user


@pytest.fixture
def wu_unproven(wu: User) -> User:
    """The same, as she is known to the platform and not to us."""
    with everything():
        RealName.objects.filter(user=wu).delete()
    return wu


def page_of(response) -> str:
    return response.content.decode()


def leave(client: Client, **more: str) -> str:
    """The button of the login page; the address on the platform."""
    response = client.post("/login/oidc/", more)
    assert response.status_code == 200, page_of(response)
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page_of(response))
    assert found
    return unescape(found[1])


def come_back(client: Client, came: dict[str, str]):
    return client.get("/login/oidc/back/", came)


def through(client: Client, platform: Hostile, **claims: object):
    """There and back."""
    return come_back(client, platform.agree(leave(client), **{**WU, **claims}))


def who_is_in(client: Client) -> str:
    with everything():
        key = client.session.get("_auth_user_id")
        return User.objects.get(pk=key).login_name if key else ""


def refusals() -> list[str]:
    with everything():
        return list(
            Attempt.objects.filter(accepted=False, means="platform").order_by("at").values_list("reason", flat=True)
        )


# --- whom an arrival means --------------------------------------------------------------------------------------------


def test_somebody_known_by_the_number_comes_in_as_who_they_are(client, platform, wu):
    response = through(client, platform)
    assert (response.status_code, response["Location"]) == (303, "/start/")
    assert who_is_in(client) == "wuxiaomei"
    with everything():
        linked = ExternalIdentity.objects.get()
        assert (linked.user_id, linked.subject, linked.linked_by) == (wu.pk, "wu-1", "number")


def test_the_second_time_the_link_alone_counts(client, platform, wu):
    through(client, platform)
    platform.userinfo = {"sub": "wu-1"}
    again = Client()
    assert through(again, platform, id_number=None, name=None).status_code == 303
    assert who_is_in(again) == "wuxiaomei"
    with everything():
        assert ExternalIdentity.objects.count() == 1


def test_somebody_new_gets_an_account_with_their_proven_name_and_no_password(client, platform):
    response = through(client, platform, sub="new-1", name="新来的人", id_number=NUMBER)
    assert (response.status_code, response["Location"]) == (303, "/account/security/")
    assert "平台连不上的时候，您就登录不了" in page_of(client.get("/account/security/"))
    with everything():
        user = User.objects.get(name="新来的人")
        assert not user.has_usable_password()
        assert not user.serves
        known = RealName.objects.get(user=user)
        assert (known.name, known.number, known.mobile, known.proven_by) == (
            "新来的人",
            NUMBER,
            "13800005678",
            "identity_platform",
        )


@pytest.mark.parametrize("facts", [{"id_number": None}, {"id_number": "123"}, {"name": None}, {"name": ""}])
def test_a_name_or_an_address_alone_makes_nobody(client, platform, world, facts):
    platform.userinfo = {"sub": "wu-1", "email": "wu@example.com"}
    response = through(client, platform, email="wu@example.com", **facts)
    assert response.status_code == 403
    assert "平台没有给出您的实名信息" in page_of(response)
    assert who_is_in(client) == ""


def test_the_same_name_without_a_proven_number_is_somebody_else(client, platform, wu_unproven):
    """吴晓梅 has an account here, and nobody has proven that it is this one."""
    assert through(client, platform).status_code == 303
    assert who_is_in(client) != "wuxiaomei"


def test_the_same_number_under_another_name_is_refused(client, platform, wu):
    response = through(client, platform, name="吴小梅")
    assert response.status_code == 403
    assert "姓名与本系统里同一证件号码的实名不一致" in page_of(response)
    assert who_is_in(client) == ""


def test_a_closed_account_stays_closed(client, platform, wu):
    with everything():
        User.objects.filter(pk=wu.pk).update(is_active=False)
    response = through(client, platform)
    assert response.status_code == 403
    assert "已经停用" in page_of(response)


def test_a_strong_login_there_is_a_strong_login_here(client, platform, wu, settings):
    settings.XUKE_OIDC = platform.platform(strong_acr=frozenset({"L3"}))
    through(client, platform, acr="L3")
    assert client.session["proof"]["strong"]
    other = Client()
    through(other, platform, acr="L1")
    assert not other.session["proof"]["strong"]


# --- the way there and back -------------------------------------------------------------------------------------------


def test_the_wanted_page_comes_after_the_login(client, platform, wu):
    came = platform.agree(leave(client, next="/my/licences/"), **WU)
    assert come_back(client, came)["Location"] == "/my/licences/"


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)"]
)
def test_a_foreign_page_is_never_wanted(client, platform, wu, wanted):
    came = platform.agree(leave(client, next=wanted), **WU)
    assert come_back(client, came)["Location"] == "/start/"


def test_two_tabs_do_not_disturb_each_other(client, platform, wu):
    first, second = leave(client, next="/my/licences/"), leave(client, next="/my/enterprise/")
    assert come_back(client, platform.agree(second, **WU))["Location"] == "/my/enterprise/"
    assert come_back(client, platform.agree(first, **WU))["Location"] == "/my/licences/"


def test_an_answer_works_once(client, platform, wu):
    came = platform.agree(leave(client), **WU)
    assert come_back(client, came).status_code == 303
    client.post("/logout/")
    response = come_back(client, came)
    assert response.status_code == 403
    assert "不是在这个浏览器里开始的，或者已经用过" in page_of(response)
    assert len(refusals()) == 1


def test_a_stolen_answer_works_in_no_other_browser(client, platform, wu):
    """Somebody passes on the link with which they would have been logged in (login CSRF, session fixation)."""
    came = platform.agree(leave(client), **WU)
    victim = Client()
    leave(victim)
    assert come_back(victim, came).status_code == 403
    assert who_is_in(victim) == ""
    assert come_back(client, came).status_code == 303  # The theft has not spoilt it for its owner.


def test_an_answer_that_nobody_asked_for_is_refused(client, platform, wu):
    for came in ({}, {"code": "x"}, {"code": "x", "state": "y" * 43}, {"error": "access_denied"}, {"state": "\x00"}):
        assert come_back(client, came).status_code == 403
    assert who_is_in(client) == ""


def test_an_answer_after_ten_minutes_is_too_late(client, platform, wu):
    came = platform.agree(leave(client), **WU)
    with everything():
        Departure.objects.update(left_at=timezone.now() - departures.LONGEST)
    assert come_back(client, came).status_code == 403


def test_what_nobody_came_back_from_is_swept(client, platform, wu):
    leave(client)
    with everything():
        assert departures.forget_old(now=timezone.now()) == 0
        assert departures.forget_old(now=timezone.now() + departures.LONGEST) == 1


def test_the_state_and_the_cookie_do_not_lie_in_the_database(client, platform, wu):
    state = dict(parse_qsl(urlsplit(leave(client)).query))["state"]
    with everything():
        row = Departure.objects.get()
    mark = client.cookies[browser.name()].value
    assert state.encode() not in bytes(row.digest)
    assert mark.encode() not in bytes(row.browser)
    assert client.cookies[browser.name()]["httponly"]


def test_the_way_there_begins_with_a_press_of_the_button(client, platform, wu):
    assert client.get("/login/oidc/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/login/oidc/").status_code == 403


def test_the_code_stays_out_of_every_page_and_cookie(client, platform, wu):
    came = platform.agree(leave(client), **WU)
    response = come_back(client, came)
    assert came["code"] not in str(response.headers) + page_of(response)


# --- lies -------------------------------------------------------------------------------------------------------------

LIES = {
    "nonce": (lambda honest: {**honest, "nonce": "x"}, "不属于这一次登录"),
    "issuer": (lambda honest: {**honest, "iss": "https://evil.example"}, "不是由配置的统一身份认证平台签发"),
    "audience": (lambda honest: {**honest, "aud": "tax-office"}, "是给别的系统的"),
    "expired": (lambda honest: {**honest, "exp": honest["iat"] - 61}, "已经过期"),
    "at_hash": (lambda honest: {**honest, "at_hash": hostile.at_hash("x")}, "两份凭据对不上"),
}


@pytest.mark.parametrize(("lie", "words"), LIES.values(), ids=LIES)
def test_a_lie_is_refused_in_words_and_written_down(client, platform, wu, lie, words):
    platform.lie = lie
    response = through(client, platform)
    assert response.status_code == 403
    assert words in page_of(response)
    assert who_is_in(client) == ""
    (reason,) = refusals()
    assert words in reason


def test_unsigned_and_foreign_signatures_are_refused_and_written_down(client, platform, wu):
    stranger = hostile.another_key()
    for sign, words in (
        (hostile.unsigned, "没有可靠的签名"),
        (hostile.signed_with_the_client_secret, "没有可靠的签名"),
        (lambda claims: platform.signed(claims, stranger), "签名不对"),
    ):
        platform.sign = sign
        response = through(client, platform)
        assert response.status_code == 403
        assert words in page_of(response)
    assert len(refusals()) == 3


def test_a_code_from_another_platform_is_refused(client, platform, wu):
    """Mix-up: the answer names another issuer than the one the browser was sent to (RFC 9207)."""
    came = platform.agree(leave(client), **WU)
    platform.asked.clear()
    response = come_back(client, {**came, "iss": "https://evil.example"})
    assert response.status_code == 403
    assert "不是由配置的统一身份认证平台签发" in page_of(response)
    assert "/token" not in platform.asked  # The code went nowhere.
    without = platform.agree(leave(client), **WU)
    del without["iss"]
    assert come_back(client, without).status_code == 403


def test_a_code_that_was_used_elsewhere_is_refused(client, platform, wu):
    came = platform.agree(leave(client), **WU)
    platform.grants.clear()
    response = come_back(client, came)
    assert response.status_code == 403
    assert "不接受这次的授权码" in page_of(response)


def test_somebody_who_cancels_there_reads_so_here(client, platform, wu):
    came = platform.agree(leave(client), **WU)
    response = come_back(client, {"state": came["state"], "iss": came["iss"], "error": "access_denied"})
    assert "您在统一身份认证平台上取消了登录" in page_of(response)


# --- linking on one's own account -------------------------------------------------------------------------------------


def in_person(client: Client, name: str = "wuxiaomei") -> None:
    assert client.post("/login/", {"username": name, "password": PASSWORD}).status_code == 303


def leave_to_link(client: Client) -> str:
    response = client.post("/account/security/platform/")
    assert response.status_code == 200, page_of(response)
    return unescape(re.search(r"0;url=([^\"]+)\"", page_of(response))[1])


def test_somebody_links_their_account_there_and_ends_it(client, platform, wu_unproven):
    in_person(client)
    response = come_back(client, platform.agree(leave_to_link(client), **WU))
    assert (response.status_code, response["Location"]) == (303, "/account/security/")
    with everything():
        linked = ExternalIdentity.objects.get()
        assert linked.linked_by == "self"
        assert RealName.objects.get(user=linked.user_id).withdrawn_at is None  # The platform proved it by the way.
    assert "wu-1" not in page_of(client.get("/account/security/"))
    other = Client()
    through(other, platform)
    assert who_is_in(other) == "wuxiaomei"
    assert client.post(f"/account/security/platform/{linked.pk}/end/").status_code == 303
    response = through(Client(), platform)
    assert response.status_code == 403
    assert "曾经解除过" in page_of(response)


def test_nobody_links_what_belongs_to_somebody_else(client, platform, wu):
    through(Client(), platform)
    in_person(client, "wangjie")
    response = come_back(client, platform.agree(leave_to_link(client), **WU))
    assert response.status_code == 403
    assert "已经关联了另一个账号" in page_of(response)


def test_nobody_links_the_account_of_another_person(client, platform, wu):
    in_person(client, "wangjie")
    response = come_back(client, platform.agree(leave_to_link(client), **WU))
    assert "不是同一个人" in page_of(response)
    with everything():
        assert not ExternalIdentity.objects.exists()


def test_a_link_is_not_made_for_whoever_logged_in_meanwhile(client, platform, wu):
    in_person(client)
    came = platform.agree(leave_to_link(client), **WU)
    client.post("/logout/")
    in_person(client, "wangjie")
    assert come_back(client, came).status_code == 403
    with everything():
        assert not ExternalIdentity.objects.exists()


def test_nobody_ends_the_link_of_somebody_else(client, platform, wu):
    through(Client(), platform)
    with everything():
        linked = ExternalIdentity.objects.get()
    in_person(client, "wangjie")
    assert client.post(f"/account/security/platform/{linked.pk}/end/").status_code == 404


def test_a_stranger_links_nothing(client, platform, world):
    assert client.post("/account/security/platform/").status_code == 401


# --- the platform is down ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", ["down", "slow", "nonsense"])
def test_nobody_is_sent_to_a_platform_that_is_down(client, platform, wu, trouble):
    platform.trouble = trouble
    response = client.post("/login/oidc/", {"next": "/my/"})
    assert response.status_code == 503
    assert "统一身份认证平台现在连不上" in page_of(response)
    assert 'name="next" value="/my/"' in page_of(response)
    with everything():
        assert not Departure.objects.exists()


def test_after_three_failures_nobody_asks_for_a_minute(client, platform, wu):
    platform.trouble = "down"
    for _ in range(health.FAILURES):
        client.post("/login/oidc/")
    platform.asked.clear()
    assert client.post("/login/oidc/").status_code == 503
    assert platform.asked == []
    page = page_of(client.get("/login/"))
    assert "统一身份认证平台暂时连不上" in page
    platform.trouble = ""
    PlatformHealth.objects.update(rests_until=timezone.now() - timedelta(seconds=1))
    assert through(client, platform).status_code == 303
    assert not PlatformHealth.objects.exists()


def test_a_platform_that_fails_on_the_way_back_counts_too(client, platform, wu):
    for _ in range(health.FAILURES):
        came = platform.agree(leave(client), **WU)
        platform.trouble = "down"
        response = come_back(client, came)
        assert response.status_code == 503
        platform.trouble = ""
        provider_of.cache_clear()
        PlatformHealth.objects.update(rests_until=None)
    assert PlatformHealth.objects.get().failures >= 1


def test_the_form_that_waits_is_still_there_when_the_platform_refuses(client, platform, wu):
    token = kept.pack(kept.Typed("/my/", (("reason", "写了很久的话"),)))
    came = platform.agree(leave(client, kept=token, next="/my/"), **WU)
    platform.lie = lambda honest: {**honest, "nonce": "x"}
    page = page_of(come_back(client, came))
    assert token in page
    platform.lie = lambda honest: honest
    came = platform.agree(leave(client, kept=token), **WU)
    response = come_back(client, came)
    assert response.status_code == 200
    assert "写了很久的话" in page_of(response)


def test_a_made_up_form_does_not_fill_the_table(client, platform, wu):
    leave(client, kept="x" * 100_000)
    with everything():
        assert Departure.objects.get().kept == ""


def test_nobody_sees_who_is_on_the_way_and_only_oneself_whom_one_is_there(client, platform, wu):
    through(client, platform)
    leave(Client())
    with everything():
        other = User.objects.get(login_name="wangjie")
    for user, seen in ((wu, 1), (other, 0)):
        with seen_by(Scope(user_id=str(user.pk))), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM identity_externalidentity")
            assert cursor.fetchone() == (seen,)
            cursor.execute("SELECT count(*) FROM identity_departure")
            assert cursor.fetchone() == (0,)


def test_a_form_too_long_to_wait_is_not_written_down_again_and_again(client, platform, wu):
    words = "".join(random.choices("的一是在不了有和人这中大为上个国我以要他", k=300_000))
    token = kept.pack(kept.Typed("/my/", (("reason", words),)))
    assert len(token) > departures.LARGEST
    leave(client, kept=token)
    with everything():
        assert Departure.objects.get().kept == ""


def test_an_installation_without_a_platform_says_so(client, world, settings):
    settings.XUKE_OIDC = None
    assert client.post("/login/oidc/").status_code == 404
    assert "统一身份认证平台" not in page_of(client.get("/login/"))


def test_a_login_through_the_platform_costs_few_statements(client, platform, wu, django_assert_max_num_queries):
    through(client, platform)
    again = Client()
    came = platform.agree(leave(again), **WU)
    with django_assert_max_num_queries(40):
        come_back(again, came)
