"""The pages of people: the list, one person, new accounts and what the security administrator does with them."""

import re

import pytest

from xuke.accounts import commands
from xuke.accounts.backends import PasswordBackend
from xuke.accounts.models import Posting, User
from xuke.accounts.officers import Role
from xuke.accounts.tests.posts import YICHANG, appoint, days, deputise, dismiss, keeper_of, posting_of, second, user_of
from xuke.foundation.actors import SYSTEM
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS
from xuke.tests.cast import NOON

LIST = "/office/admin/people/"
NEW = "/office/admin/people/new/"
SEERS = ["shi_the_system_administrator", "gao_the_administrator", "qian_the_auditor"]


def at(officer, verb=""):
    return f"/office/admin/people/{officer.user_id}/" + (f"{verb}/" if verb else "")


def new_person(**other):
    facts = {
        "name": "秦新",
        "login_name": "qinxin",
        "authority": "420506",
        "roles": [Role.ACCEPTOR, Role.REVIEWER],
        "valid_from": NOON.date().isoformat(),
        "reason": "招录",
    }
    return facts | other


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    """Pages read the clock; these tests happen on the Monday of the story."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


@pytest.mark.parametrize("name", SEERS)
def test_people_are_listed_with_their_posts(name, desk, request):
    page = desk.open(request.getfixturevalue(name), LIST)
    assert "周文zhouwen宜昌市夷陵区市场监督管理局 受理" in page.main
    assert "杨帆" not in page.main and "吴晓梅" not in page.main
    assert len(page.statements) <= MOST_STATEMENTS


def test_a_name_or_login_name_finds_people_of_the_territory_only(desk, gao_the_administrator, yang_of_yidu):
    assert "赵海峰" in desk.open(gao_the_administrator, f"{LIST}?q=海峰").main
    assert "赵海峰" in desk.open(gao_the_administrator, f"{LIST}?q=ZhaoHai").main
    for words in ("杨帆", "yangfan", "wuxiaomei"):
        assert "没有找到人员" in desk.open(gao_the_administrator, f"{LIST}?q={words}").main
    assert desk.open(gao_the_administrator, f"{LIST}?authority=420581").status == 404
    assert desk.open(gao_the_administrator, at(yang_of_yidu)).status == 404
    assert "宜都市市场监督管理局 受理" in desk.open(keeper_of(YICHANG), f"{LIST}?q=YANGFAN").main


def test_who_has_left_is_shown_when_asked_for(desk, gao_the_administrator, he_the_supervisor):
    dismiss(posting_of(user_of(he_the_supervisor)))
    assert "何志强" not in desk.open(gao_the_administrator, LIST).main
    assert "何志强hezhiqiang现在没有岗位" in desk.open(gao_the_administrator, f"{LIST}?all=1").main


def test_a_long_list_has_pages(desk, gao_the_administrator):
    for number in range(55):
        user = commands.add_user(
            login_name=f"ren{number:03}", name=f"人{number:03}", password=None, by=SYSTEM, now=NOON
        )
        appoint(user)
    page = desk.open(gao_the_administrator, LIST)
    assert "下一页" in page.main and len(page.statements) <= MOST_STATEMENTS
    assert "上一页" in desk.open(gao_the_administrator, f"{LIST}?page=2").main
    for odd in ("0", "-1", "x", "9" * 30):
        assert desk.open(gao_the_administrator, f"{LIST}?page={odd}").status == 200


@pytest.mark.parametrize("name", SEERS)
def test_a_person_is_told_in_words(name, desk, he_the_supervisor, zhouwen_of_two_roles, request):
    he = user_of(he_the_supervisor)
    deputise(he, user_of(zhouwen_of_two_roles), until=days(10))
    appoint(he, role=Role.DECIDER, valid_from=days(30))
    dismiss(second(he, role=Role.VERIFIER))
    page = desk.open(request.getfixturevalue(name), at(he_the_supervisor))
    for words in (
        "查看本辖区的全部办件",
        "代理周文，",
        "以后的岗位",
        "作出准予或者不予许可的决定",
        "安排代理同事，宜昌市夷陵区市场监督管理局 受理、审查；代理周文",
        "原因：休假",
        "系统办理",
    ):
        assert words in page.main, words
    assert len(page.statements) <= MOST_STATEMENTS
    assert ("自己" not in page.main) and (("安全管理人员维护" in page.main) == (name != "gao_the_administrator"))


def test_applicants_are_no_people_of_ours(desk, gao_the_administrator, wu_the_applicant):
    assert desk.open(gao_the_administrator, at(wu_the_applicant)).status == 404
    for odd in ("999999", "9" * 30):
        assert desk.open(gao_the_administrator, f"/office/admin/people/{odd}/").status == 404


def test_gao_sees_why_she_does_nothing_to_herself(desk, gao_the_administrator):
    page = desk.open(gao_the_administrator, at(gao_the_administrator))
    assert "自己的岗位由另一位安全管理人员办理" in page.main and "自己的账号由另一位安全管理人员办理" in page.main
    for verb in ("appoint", "second", "disable", "rename", "password", "factors"):
        assert desk.open(gao_the_administrator, at(gao_the_administrator, verb)).status == 403


# --- new people -------------------------------------------------------------------------------------------------------


def test_gao_adds_somebody_who_gets_a_first_password_once(desk, gao_the_administrator):
    page = desk.open(gao_the_administrator, f"{NEW}?authority=420506")
    assert 'value="420506" selected' in page.html
    assert "接收申请，告知补正" in page.main
    shown = desk.send(gao_the_administrator, NEW, new_person())
    assert shown.status == 200
    assert shown.response["Cache-Control"] == "no-store"
    (password,) = re.findall(r"<code>([a-z0-9-]{19})</code>", shown.html)
    user = PasswordBackend().authenticate(None, "qinxin", password)
    assert user is not None and user.must_change_password
    assert {one.role for one in Posting.objects.filter(user=user)} == {Role.ACCEPTOR, Role.REVIEWER}
    assert "还没有改初始密码" in desk.open(gao_the_administrator, f"{LIST}{user.pk}/").main
    again = desk.send(gao_the_administrator, NEW, new_person())
    assert again.status == 422 and "已经有人使用" in again.main


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"name": ""}, "请填写姓名"),
        ({"login_name": "x"}, "登录名请用4到64个"),
        ({"roles": []}, "请填写岗位"),
        ({"roles": [Role.AUDITOR, Role.ACCEPTOR]}, "不能兼任其他岗位"),
        ({"roles": [Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR]}, "三员分立"),
        ({"authority": "420581"}, "选择"),
        ({"valid_from": "2020-01-01"}, "不能从已经过去的日子开始"),
        ({"valid_from": "昨天"}, "请选择一个日期"),
        ({"reason": ""}, "请填写原因"),
    ],
)
def test_what_does_not_do_adds_nobody(facts, sentence, desk, gao_the_administrator):
    page = desk.send(gao_the_administrator, NEW, new_person(**facts))
    assert page.status in (409, 422)
    assert sentence in page.main
    assert not User.objects.filter(login_name="qinxin").exists()


# --- accounts ---------------------------------------------------------------------------------------------------------


def test_gao_gives_he_a_new_first_password(desk, gao_the_administrator, he_the_supervisor):
    assert "当面交给本人" in desk.open(gao_the_administrator, at(he_the_supervisor, "password")).main
    shown = desk.send(gao_the_administrator, at(he_the_supervisor, "password"), {"reason": "忘记密码"})
    (password,) = re.findall(r"<code>([a-z0-9-]{19})</code>", shown.html)
    assert PasswordBackend().authenticate(None, "hezhiqiang", password).must_change_password


def test_gao_renames_disables_and_enables(desk, gao_the_administrator, he_the_supervisor):
    there = at(he_the_supervisor)
    assert desk.send(gao_the_administrator, f"{there}rename/", {"name": "何志刚", "reason": "改名"}).goes_to == there
    assert desk.send(gao_the_administrator, f"{there}disable/", {"reason": "离职"}).goes_to == there
    assert "账号已停用" in desk.open(gao_the_administrator, there).main
    assert "请先恢复账号" in desk.open(gao_the_administrator, there).main
    assert desk.send(gao_the_administrator, f"{there}disable/", {"reason": "离职"}).status == 409
    assert desk.send(gao_the_administrator, f"{there}enable/", {"reason": "返岗"}).goes_to == there
    assert "改名，原名何志强" in desk.open(gao_the_administrator, there).main


def test_gao_resets_second_factors(desk, gao_the_administrator, he_the_supervisor):
    there = at(he_the_supervisor)
    assert "全部作废" in desk.open(gao_the_administrator, f"{there}factors/").main
    assert desk.send(gao_the_administrator, f"{there}factors/", {"reason": "手机丢失"}).goes_to == there
    assert "更改登录方式，原因：手机丢失" in desk.open(gao_the_administrator, there).main


@pytest.mark.parametrize("verb", ["rename", "password", "disable", "enable", "factors", "appoint", "second", "deputy"])
def test_nobody_else_keeps_people(verb, desk, he_the_supervisor, yang_of_yidu, gao_the_administrator, request):
    for name in ("shi_the_system_administrator", "qian_the_auditor", "liu_the_decider"):
        assert desk.open(request.getfixturevalue(name), at(he_the_supervisor, verb)).status == 403
        assert desk.send(request.getfixturevalue(name), at(he_the_supervisor, verb), {"reason": "x"}).status == 403
    assert desk.open(gao_the_administrator, at(yang_of_yidu, verb)).status == 404


def test_whoever_serves_elsewhere_too_is_kept_from_above(desk, gao_the_administrator, he_the_supervisor):
    appoint(user_of(he_the_supervisor), code=YICHANG)
    page = desk.open(gao_the_administrator, at(he_the_supervisor, "disable"))
    assert page.status == 403 and "不归您管理" in page.words
