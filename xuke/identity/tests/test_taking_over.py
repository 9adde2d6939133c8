"""No administrator alone comes into somebody's account; and whoever it belongs to is told what was done to it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from xuke.accounts import commands as accounts
from xuke.accounts import queries
from xuke.accounts.models import User
from xuke.accounts.officers import Role
from xuke.accounts.tests.posts import YIDU, appoint, second
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted
from xuke.identity.commands import factors, informed
from xuke.identity.tests.conftest import page_of, someone
from xuke.licensing.tests.officer_desk import Desk
from xuke.tests.cast import at_once, everything, seen_by

FIRST, OWN = "chuci-denglu-7Kd2", "wo-ziji-de-mima-2026"
NO_RESET = "您给这个账号设过初始密码。一个人不能既设密码又重置第二因素"
NO_PASSWORD = "您重置过这个账号的第二因素。一个人不能既设密码又重置第二因素"


@pytest.fixture
def fang(world, clock):
    """方原 keeps the people of the whole province."""
    return keeper("fangyuan", clock)


def keeper(login_name, clock):
    found = queries.officer(User.objects.get(login_name=login_name), today=journal.legal_day(clock.moment))
    assert found is not None
    return found


def give(person, by, password=FIRST):
    accounts.give_password(user=person.user, password=password, reason="忘记密码", by=by, now=person.clock.moment)


def reset(person, by, reason="手机丢失"):
    factors.reset_factors(user=person.user, reason=reason, by=by, now=person.clock.moment)


def take_own(person):
    """The person changes the first password."""
    accounts.change_password(user=person.user, password=OWN, by=person.me, now=person.clock.moment)


def test_gao_who_gave_a_password_does_not_reset_the_factors(zhou, gao_the_administrator, fang):
    zhou.add_app()
    give(zhou, gao_the_administrator)
    with pytest.raises(NotPermitted, match=NO_RESET):
        reset(zhou, gao_the_administrator)
    assert zhou.factors().count == 1
    reset(zhou, fang)
    assert zhou.factors().count == 0


def test_gao_who_reset_the_factors_gives_no_password(zhou, gao_the_administrator, fang):
    zhou.add_app()
    reset(zhou, gao_the_administrator)
    with pytest.raises(NotPermitted, match=NO_PASSWORD):
        give(zhou, gao_the_administrator)
    give(zhou, fang)
    give(zhou, fang, password=FIRST + "-2")


def test_a_week_passes_and_the_password_must_have_changed(zhou, gao_the_administrator):
    give(zhou, gao_the_administrator)
    zhou.clock.go_on(days=30)
    with pytest.raises(NotPermitted, match=NO_RESET):
        reset(zhou, gao_the_administrator)
    take_own(zhou)
    reset(zhou, gao_the_administrator)


def test_a_password_that_changed_at_once_still_waits_a_week(zhou, gao_the_administrator):
    give(zhou, gao_the_administrator)
    take_own(zhou)
    zhou.clock.go_on(days=6.9)
    with pytest.raises(NotPermitted, match="7天之内"):
        reset(zhou, gao_the_administrator)
    zhou.clock.go_on(days=0.2)
    reset(zhou, gao_the_administrator)


def test_factors_have_to_be_there_again(zhou, gao_the_administrator):
    reset(zhou, gao_the_administrator)
    zhou.clock.go_on(days=30)
    with pytest.raises(NotPermitted, match="本人重新添加第二因素以前"):
        give(zhou, gao_the_administrator)
    zhou.add_app()
    give(zhou, gao_the_administrator)


def test_whoever_adds_an_account_knows_its_password(world, clock, gao_the_administrator):
    now = clock.moment
    facts = {"login_name": "qinxin", "name": "秦新", "password": FIRST, "must_change_password": True}
    user = accounts.add_user(**facts, by=gao_the_administrator, now=now)
    appoint(user, now=now)
    with pytest.raises(NotPermitted, match=NO_RESET):
        factors.reset_factors(user=user, reason="手机丢失", by=gao_the_administrator, now=now)


def test_what_gao_did_is_remembered_wherever_the_entry_stands(zhou, gao_the_administrator):
    """周敏's newest post was in a neighbouring county, so the entry belongs to its readers."""
    now = zhou.clock.moment
    second(zhou.user, code=YIDU, role=Role.ACCEPTOR, now=now, until=journal.legal_day(now))
    zhou.clock.go_on(days=2)
    give(zhou, gao_the_administrator)
    with seen_by(gao_the_administrator.scope):
        assert "user.password_given" not in [event.verb for event in journal.history(zhou.user.stream)]
    with pytest.raises(NotPermitted, match=NO_RESET):
        reset(zhou, gao_the_administrator)


def test_what_was_done_to_somebody_is_no_strangers_to_know(zhou, wu, gao_the_administrator, liu_the_decider):
    give(zhou, gao_the_administrator)
    for scope, count in (
        (zhou.me.scope, 2),
        (gao_the_administrator.scope, 2),
        (wu.me.scope, 0),
        (liu_the_decider.scope, 0),
    ):
        with seen_by(scope):
            assert len(queries.done_to(zhou.user.pk)) == count


def test_the_product_itself_does_both(zhou):
    give(zhou, SYSTEM)
    reset(zhou, SYSTEM, reason="")
    give(zhou, SYSTEM)


def test_gao_says_why_she_resets(zhou, gao_the_administrator):
    with pytest.raises(Invalid, match="请写明重置第二因素的原因"):
        reset(zhou, gao_the_administrator, reason=" ")
    reset(zhou, gao_the_administrator)
    assert journal.history(zhou.user.stream)[-1].facts == {"reason": "手机丢失"}


# --- at once ----------------------------------------------------------------------------------------------------------


def test_two_administrators_at_once_and_neither_does_both(committed_db, world, clock):
    with everything():
        gao, fang = keeper("gaolan", clock), keeper("fangyuan", clock)
        zhou = someone("zhoumin", clock)
    acts = [(act, by) for by in (gao, fang) for act in (give, reset)]
    outcomes = at_once(lambda each: each[0](zhou, each[1]), acts)
    refused = [each for each in outcomes if each is not None]
    assert [type(each) for each in refused] == [NotPermitted, NotPermitted], refused
    with everything():
        done = [one for one in queries.done_to(zhou.user.pk) if one.verb != "user.added"]
    assert {one.actor for one in done} == {gao.code, fang.code}
    assert len(done) == 2


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_pages_tell_gao_who_does_the_other_half(zhou, client, gao_the_administrator):
    desk, there = Desk(client), f"/office/admin/people/{zhou.user.pk}/"
    assert "另一位安全管理人员办理" in desk.open(gao_the_administrator, f"{there}factors/").main
    assert "请填写原因" in desk.send(gao_the_administrator, f"{there}factors/").main
    assert desk.send(gao_the_administrator, f"{there}factors/", {"reason": "手机丢失"}).goes_to == there
    page = desk.open(gao_the_administrator, there)
    assert NO_PASSWORD in page.main and "原因：手机丢失" in page.main
    assert desk.open(gao_the_administrator, f"{there}password/").status == 403
    answer = desk.send(gao_the_administrator, f"{there}password/", {"reason": "忘记密码"})
    assert answer.status == 403 and NO_PASSWORD in answer.words


def test_zhou_reads_who_gave_a_password_before_anything_else(zhou, gao_the_administrator):
    elsewhere = someone("zhoumin", zhou.clock)
    elsewhere.come_in()
    give(zhou, gao_the_administrator)
    assert not elsewhere.is_in()
    assert zhou.log_in(password=FIRST, next="/office/all/")["Location"] == "/account/changes/"
    for url in ("/office/", "/office/all/"):
        assert zhou.client.get(url)["Location"] == "/account/changes/", url
    page = page_of(zhou.client.get("/account/changes/"))
    for words in (
        "您的账号有变动",
        "给您设了初始密码",
        "高岚（宜昌市夷陵区市场监督管理局）",
        "原因：忘记密码",
        "12:00",
    ):
        assert words in page, words
    assert zhou.client.post("/account/changes/")["Location"] == "/account/password/"
    typed = {"password": FIRST, "new_password": OWN, "new_password_again": OWN}
    assert zhou.client.post("/account/password/", typed)["Location"] == "/office/all/"
    assert zhou.told().count("user.informed") == 1
    zhou.client.post("/logout/")
    assert zhou.log_in(password=OWN)["Location"] == "/start/"
    assert zhou.client.get("/account/changes/").status_code == 303
    assert "高岚（宜昌市夷陵区市场监督管理局）" in page_of(zhou.client.get("/account/sessions/"))


def test_zhou_reads_who_reset_the_factors(zhou, gao_the_administrator, officers_need_two):
    zhou.add_app()
    zhou.come_in()
    reset(zhou, gao_the_administrator)
    assert not zhou.is_in()
    assert zhou.log_in()["Location"] == "/account/changes/"
    assert "清除了您的第二因素" in page_of(zhou.client.get("/account/changes/"))
    assert zhou.client.post("/account/changes/")["Location"] == "/account/security/"


def test_whoever_came_in_before_zhou_is_out_when_she_comes(zhou, gao_the_administrator):
    give(zhou, gao_the_administrator)
    somebody = someone("zhoumin", zhou.clock)
    for person, others in ((somebody, []), (zhou, [somebody])):
        person.log_in(password=FIRST)
        assert person.client.get("/account/changes/").status_code == 200
        assert all(other.client.get("/account/changes/")["Location"].startswith("/login/") for other in others)


def test_nobody_else_says_that_zhou_has_read_it(zhou, wu, gao_the_administrator):
    give(zhou, gao_the_administrator)
    with pytest.raises(NotPermitted, match="由本人确认"):
        informed.take_note(user=zhou.user, by=gao_the_administrator, now=zhou.clock.moment)
    with pytest.raises(Conflict, match="没有新的变动"):
        informed.take_note(user=wu.user, by=wu.me, now=zhou.clock.moment)


def test_a_login_that_has_nothing_to_tell_asks_one_question_more(zhou):
    with CaptureQueriesContext(connection) as asked:
        zhou.log_in()
    assert sum("accounts_done_to" in each["sql"] for each in asked) == 1
