"""The pages of posts: appointing, seconding, letting a colleague deputise, dismissing."""

import pytest

from xuke.accounts import queries
from xuke.accounts.models import Posting
from xuke.accounts.officers import Role
from xuke.accounts.tests.posts import TODAY, authority, days, dismiss, keeper_of, posting_of, user_of
from xuke.accounts.tests.test_page_people import at, at_noon  # noqa: F401 - a fixture

HERE = "420506"


@pytest.fixture
def he(he_the_supervisor):
    return user_of(he_the_supervisor)


def post(**other):
    return {"authority": HERE, "role": Role.REVIEWER, "valid_from": TODAY.isoformat(), "reason": "工作需要"} | other


def test_gao_appoints(desk, gao_the_administrator, he_the_supervisor, he):
    page = desk.open(gao_the_administrator, at(he_the_supervisor, "appoint"))
    assert page.value_of("valid_from") == TODAY.isoformat()
    assert "审查：审查材料，派出核查组，拟定审查意见。" in page.main
    done = desk.send(gao_the_administrator, at(he_the_supervisor, "appoint"), post())
    assert done.goes_to == at(he_the_supervisor)
    assert queries.officer(he, today=TODAY).has(Role.REVIEWER)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"role": Role.SUPERVISOR}, "同一时段已经担任"),
        ({"role": Role.AUDITOR}, "不能兼任其他岗位"),
        ({"role": ""}, "请填写岗位"),
        ({"authority": "420000"}, "选择"),
        ({"valid_from": "2020-01-01"}, "不能从已经过去的日子开始"),
    ],
)
def test_what_does_not_do_is_told_in_the_form(facts, sentence, desk, gao_the_administrator, he_the_supervisor, he):
    page = desk.send(gao_the_administrator, at(he_the_supervisor, "appoint"), post(**facts))
    assert page.status in (409, 422) and sentence in page.main
    assert queries.officer(he, today=TODAY).roles == {Role.SUPERVISOR}


def test_whoever_keeps_both_seconds_somebody_to_another_county(desk, gao_the_administrator, yang_of_yidu):
    keeper = keeper_of("420500")
    page = desk.send(keeper, at(yang_of_yidu, "second"), post(until=days(5).isoformat()))
    assert page.goes_to == at(yang_of_yidu)
    assert queries.officer(user_of(yang_of_yidu), today=days(5), authority=authority()).has(Role.REVIEWER)
    assert desk.send(keeper, at(yang_of_yidu, "second"), post()).status == 422
    assert "由管理两个机关的上级机关安全管理人员办理" in desk.open(gao_the_administrator, at(yang_of_yidu)).main
    assert desk.open(gao_the_administrator, at(yang_of_yidu, "appoint")).status == 403


def test_gao_lets_a_colleague_stand_in(desk, gao_the_administrator, zhouwen_of_two_roles, he):
    url = at(zhouwen_of_two_roles, "deputy")
    page = desk.open(gao_the_administrator, url)
    assert "受理：接收申请" in page.main and "决定：" not in page.main
    assert (
        "何志强" in page.main and "周文" not in page.main.partition("由本机关哪位同事代理")[2].partition("或者其他")[0]
    )
    facts = {
        "authority": HERE,
        "roles": [Role.ACCEPTOR],
        "user": str(he.pk),
        "valid_from": TODAY.isoformat(),
        "until": days(9).isoformat(),
        "reason": "年休假",
    }
    assert desk.send(gao_the_administrator, url, facts).goes_to == at(zhouwen_of_two_roles)
    officer = queries.officer(he, today=TODAY)
    assert (officer.roles, officer.stands_in_for) == (
        {Role.SUPERVISOR, Role.ACCEPTOR},
        {zhouwen_of_two_roles.user_id},
    )


def test_a_deputy_from_elsewhere_is_named_by_login_name(desk, gao_the_administrator, zhouwen_of_two_roles):
    url = at(zhouwen_of_two_roles, "deputy")
    facts = {
        "authority": HERE,
        "roles": [Role.ACCEPTOR],
        "valid_from": TODAY.isoformat(),
        "until": days(9).isoformat(),
        "reason": "年休假",
    }
    assert "请选择由谁代理" in desk.send(gao_the_administrator, url, facts).main
    assert "没有这个登录名的工作人员" in desk.send(gao_the_administrator, url, facts | {"other": "nobody"}).main
    assert desk.send(gao_the_administrator, url, facts | {"other": "yangfan"}).status == 403
    assert desk.send(keeper_of("420500"), url, facts | {"other": " YangFan "}).goes_to == at(zhouwen_of_two_roles)


def test_whoever_has_left_may_still_be_stood_in_for(desk, gao_the_administrator, chen_the_reviewer):
    dismiss(posting_of(user_of(chen_the_reviewer)))
    assert "审查：审查材料" in desk.open(gao_the_administrator, at(chen_the_reviewer, "deputy")).main


def test_somebody_of_another_place_is_not_stood_in_for_here(desk, gao_the_administrator, yang_of_yidu):
    assert desk.open(gao_the_administrator, at(yang_of_yidu, "deputy")).status == 404


def test_gao_dismisses_and_it_acts_at_once(desk, gao_the_administrator, he_the_supervisor, he):
    posting = posting_of(he)
    url = f"/office/admin/postings/{posting.pk}/dismiss/"
    assert url in desk.open(gao_the_administrator, at(he_the_supervisor)).html
    assert "立即生效" in desk.open(gao_the_administrator, url).main
    assert desk.send(gao_the_administrator, url).status == 422
    assert desk.open(he_the_supervisor, "/office/").status == 200
    assert desk.send(gao_the_administrator, url, {"reason": "调离"}).goes_to == at(he_the_supervisor)
    assert desk.open(he_the_supervisor, "/office/").status in (302, 303, 403)
    assert desk.send(gao_the_administrator, url, {"reason": "调离"}).status == 409


def test_nobody_else_dismisses(desk, he, gao_the_administrator, request):
    url = f"/office/admin/postings/{posting_of(he).pk}/dismiss/"
    assert desk.open(keeper_of("420581"), url).status == 404
    for name in ("shi_the_system_administrator", "qian_the_auditor", "he_the_supervisor", "yang_of_yidu"):
        officer = request.getfixturevalue(name)
        assert desk.open(officer, url).status == 403
        assert desk.send(officer, url, {"reason": "x"}).status == 403
    own = posting_of(user_of(gao_the_administrator))
    assert desk.open(gao_the_administrator, f"/office/admin/postings/{own.pk}/dismiss/").status == 403
    assert desk.open(gao_the_administrator, "/office/admin/postings/999999/dismiss/").status == 404
    assert Posting.objects.get(pk=own.pk).valid_to is None
