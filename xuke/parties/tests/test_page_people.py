"""The page of those who act for an enterprise, and what its legal representative does there."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from xuke.accounts.models import User
from xuke.config.demonstration.people import resident_number
from xuke.foundation import journal
from xuke.parties import patience
from xuke.parties.models import Invitation, Mandate
from xuke.parties.tests.conftest import mandate_of, proven, seeing

BACKEND = "xuke.accounts.backends.PasswordBackend"


@pytest.fixture(autouse=True)
def a_fresh_hour():
    cache.clear()


def logged_in(login_name: str) -> Client:
    client = Client()
    with seeing():
        client.force_login(User.objects.get(login_name=login_name), BACKEND)
    return client


@pytest.fixture
def zheng(world):
    """郑国强 heads the cake factory."""
    return logged_in("zhengguoqiang")


@pytest.fixture
def wu(world):
    """吴晓梅 is its contact."""
    return logged_in("wuxiaomei")


@pytest.fixture
def ma(world):
    """马兰 acts for a dairy."""
    return logged_in("malan")


def page_of(response) -> str:
    return response.content.decode()


def invite(zheng, **change) -> str:
    """The code, as the page shows it once."""
    known = proven("malan")
    typed = {"name": known.name, "mobile": known.mobile, "number": "", "powers": ["draft", "receive"], "last_day": ""}
    answer = zheng.post("/my/people/invite/", typed | change)
    assert answer.status_code == 200, page_of(answer)
    return re.search(r'/my/invitations/([^/"]+)/', page_of(answer))[1]


def test_the_head_sees_everybody_and_what_can_be_done(zheng):
    with CaptureQueriesContext(connection) as captured:
        page = page_of(zheng.get("/my/people/"))
    asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= 8, asked
    for told in (
        "吴晓梅",
        "郑国强",
        "经办人",
        "填写申请、上传材料；签名提交、作出承诺；签收文书",
        "离职移交",
        "邀请同事",
    ):
        assert told in page
    assert "汪洁" not in page


def test_a_contact_sees_it_too_with_the_reason_why_they_change_nothing(wu):
    page = page_of(wu.get("/my/people/"))
    assert "由企业的法定代表人（负责人）郑国强授权或者收回授权" in page
    assert "离职移交" not in page
    assert "结束我的授权" in page


def test_a_mandate_that_ends_soon_is_pointed_out(zheng):
    mandate = mandate_of("wuxiaomei")
    soon = journal.legal_day(timezone.now()) + timedelta(days=5)
    answer = zheng.post(f"/my/people/{mandate.pk}/change/", {"powers": ["draft", "sign"], "last_day": soon.isoformat()})
    assert (answer.status_code, answer["Location"]) == (303, "/my/people/")
    page = page_of(zheng.get("/my/people/"))
    assert "还有5天到期" in page
    assert "以前的人员" in page


def test_a_colleague_is_invited_accepts_and_acts(zheng, ma):
    code = invite(zheng)
    assert "等待接受" in page_of(zheng.get("/my/people/"))
    assert code not in page_of(zheng.get("/my/people/"))
    page = page_of(ma.get(f"/my/invitations/{code}/"))
    assert "宜昌禾穗坊食品有限公司邀请您代表它办事" in page
    answer = ma.post(f"/my/invitations/{code}/")
    assert (answer.status_code, answer["Location"]) == (303, "/my/")
    assert "宜昌禾穗坊食品有限公司" in page_of(ma.get("/my/"))
    assert "马兰" in page_of(zheng.get("/my/people/"))
    again = ma.post(f"/my/invitations/{code}/")
    assert again.status_code == 409
    assert "只能用一次" in page_of(again)
    assert "已经接受" in page_of(ma.get(f"/my/invitations/{code}/"))


def test_whoever_stole_the_link_learns_nothing_and_is_written_down(zheng, wu):
    code = invite(zheng)
    thief = logged_in("wangjie")
    for answer in (thief.get(f"/my/invitations/{code}/"), thief.post(f"/my/invitations/{code}/")):
        assert answer.status_code == 404
        page = page_of(answer)
        assert "它邀请的不是您本人" in page
        assert "宜昌禾穗坊食品有限公司" not in page
    with seeing():
        told = journal.history(Invitation.objects.get().stream)
        assert [event.verb for event in told] == ["invitation.made", "invitation.refused", "invitation.refused"]
        assert not Mandate.objects.filter(user__login_name="wangjie", enterprise__name__contains="禾穗坊").exists()


def test_a_stranger_with_the_link_is_told_to_log_in_and_nothing_more(zheng):
    code = invite(zheng)
    page = page_of(Client().get(f"/my/invitations/{code}/"))
    assert f"/login/?next=/my/invitations/{code}/" in page
    assert "宜昌禾穗坊食品有限公司" not in page
    assert "马兰" not in page


def test_a_guess_is_refused_and_soon_has_to_wait(ma):
    answers = [ma.get("/my/invitations/guessed/") for _ in range(21)]
    assert {answer.status_code for answer in answers[:20]} == {404}
    assert answers[20].status_code == 429
    with seeing():
        user = User.objects.get(login_name="malan")
        assert journal.history(user.stream)[-1].verb == "user.invitation_refused"


def test_no_code_stands_in_the_log_of_the_refused(ma, caplog):
    with caplog.at_level(logging.WARNING, logger="xuke.refused"):
        ma.get("/my/invitations/a-secret-code/")
    (told,) = [record.getMessage() for record in caplog.records if record.name == "xuke.refused"]
    assert told.endswith("GET my-invitation")


def test_looking_at_ones_own_invitation_is_no_guess(zheng, ma):
    code = invite(zheng)
    assert {ma.get(f"/my/invitations/{code}/").status_code for _ in range(22)} == {200}


def test_an_hour_that_ends_between_two_tries_is_no_error(ma, monkeypatch):
    ma.get("/my/invitations/guessed/")

    def gone(key):
        raise ValueError(key)

    monkeypatch.setattr(patience.cache, "incr", gone)
    assert ma.get("/my/invitations/guessed/").status_code == 404


def test_in_a_demonstration_a_newcomer_makes_an_account_and_comes_back(zheng, settings):
    code = invite(zheng, name="林新", mobile="13900008888")
    typed = {
        "name": "林新",
        "number": resident_number(8888, "420506"),
        "mobile": "13900008888",
        "login_name": "linxin",
        "password": "a-good-long-one",
        "password_again": "a-good-long-one",
    }
    newcomer = Client()
    assert newcomer.post(f"/my/invitations/{code}/", typed | {"mobile": "1"}).status_code == 422
    answer = newcomer.post(f"/my/invitations/{code}/", typed)
    assert (answer.status_code, answer["Location"]) == (303, f"/my/invitations/{code}/")
    assert newcomer.post(f"/my/invitations/{code}/").status_code == 303
    assert "宜昌禾穗坊食品有限公司" in page_of(newcomer.get("/my/"))


def test_outside_a_demonstration_nobody_makes_an_account_here(zheng, settings):
    code = invite(zheng)
    settings.XUKE_DEMO = False
    stranger = Client()
    assert "新账号" not in page_of(stranger.get(f"/my/invitations/{code}/"))
    with seeing():
        before = User.objects.count()
    stranger.post(f"/my/invitations/{code}/", {"login_name": "linxin", "password": "a-good-long-one"})
    with seeing():
        assert User.objects.count() == before


def test_the_code_may_be_typed_or_the_link_pasted(ma):
    for typed in ("abc", " http://127.0.0.1:8000/my/invitations/abc/ "):
        assert ma.post("/my/invitations/", {"code": typed})["Location"] == "/my/invitations/abc/"
    assert ma.post("/my/invitations/", {"code": "/"}).status_code == 422


def test_an_invitation_is_taken_back(zheng, ma):
    code = invite(zheng)
    with seeing():
        pk = Invitation.objects.get().pk
    assert logged_in("wangdehai").post(f"/my/people/invitations/{pk}/withdraw/").status_code == 404
    assert zheng.post(f"/my/people/invitations/{pk}/withdraw/").status_code == 303
    assert "已经撤回" in page_of(ma.get(f"/my/invitations/{code}/"))


def test_what_is_wrong_with_an_invitation_is_told_at_its_field(zheng):
    answer = zheng.post("/my/people/invite/", {"name": "马兰", "mobile": "123", "powers": ["draft"]})
    assert answer.status_code == 422
    assert page_of(answer).count("请填写11位手机号码。") == 2


def test_ending_acts_at_once_on_an_open_page(zheng, wu):
    assert wu.get("/my/").status_code == 200
    mandate = mandate_of("wuxiaomei")
    assert "打开着的页面也立即不能再办事" in page_of(zheng.get(f"/my/people/{mandate.pk}/end/"))
    assert zheng.post(f"/my/people/{mandate.pk}/end/").status_code == 303
    assert wu.get("/my/")["Location"].startswith("/login/")
    sent = wu.post("/my/applications/new/", {"any": "thing"})
    assert sent.status_code == 403
    assert "授权已经结束，或者还没有生效" in page_of(sent)
    assert "还不能代表谁办事" in page_of(wu.get("/start/"))


def test_whoever_resigns_is_led_away(wu):
    mandate = mandate_of("wuxiaomei")
    assert wu.post(f"/my/people/{mandate.pk}/end/")["Location"] == "/start/"


def test_handing_over_on_the_page(zheng, wu):
    leaver, head = mandate_of("wuxiaomei"), mandate_of("zhengguoqiang")
    assert zheng.post(f"/my/people/{leaver.pk}/hand-over/", {"successor": ""}).status_code == 422
    assert zheng.post(f"/my/people/{leaver.pk}/hand-over/", {"successor": str(leaver.pk)}).status_code == 422
    answer = zheng.post(f"/my/people/{leaver.pk}/hand-over/", {"successor": str(head.pk)})
    assert (answer.status_code, answer["Location"]) == (303, "/my/people/")
    assert wu.get("/my/")["Location"].startswith("/login/")


@pytest.mark.parametrize("act", ["change", "end", "hand-over"])
def test_a_contact_a_stranger_and_another_enterprise_get_nowhere(wu, act):
    head = mandate_of("zhengguoqiang")
    address = f"/my/people/{head.pk}/{act}/"
    typed = {"powers": ["sign"], "last_day": "", "successor": str(mandate_of("wuxiaomei").pk)}
    assert wu.post(address, typed).status_code == 403
    assert logged_in("wangdehai").post(address, typed).status_code == 404
    assert Client().post(address, typed).status_code == 401
    assert logged_in("zhoumin").post(address, typed).status_code == 404
    assert mandate_of("zhengguoqiang") == head


def test_a_contact_may_only_invite_the_registered_head(wu):
    page = page_of(wu.get("/my/people/invite/"))
    assert "邀请新的法定代表人" in page
    assert "授权事项" not in page.split("<form", 1)[1]
    answer = wu.post("/my/people/invite/", {"name": "吴晓梅", "mobile": proven("wuxiaomei").mobile, "powers": ["sign"]})
    assert answer.status_code == 403
    assert "登记的法定代表人（负责人）是郑国强" in page_of(answer)
