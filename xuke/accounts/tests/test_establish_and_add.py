"""The tree of authorities, and the people who can log in."""

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher

from xuke.accounts import commands, queries
from xuke.accounts.models import Authority, User
from xuke.config.demonstration.people import number_of
from xuke.foundation.actors import SYSTEM
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted
from xuke.tests.cast import NOON, told, verbs


def establish(by=SYSTEM, **other):
    facts = {
        "code": "420528",
        "uscc": number_of(1, "420528", registrar="11"),
        "name": "长阳土家族自治县市场监督管理局",
        "abbreviation": "长市监",
        "level": "county",
        "parent": Authority.objects.get(code="420500"),
        "reconsideration_body": "长阳土家族自治县人民政府",
        "court": "长阳土家族自治县人民法院",
    }
    return commands.establish_authority(**(facts | other), by=by, now=NOON)


def add(login_name="lisi", name="李四", password="chang-mi-ma-2026", by=SYSTEM):
    return commands.add_user(login_name=login_name, name=name, password=password, by=by, now=NOON)


# --- authorities ------------------------------------------------------------------------------------------------------


def test_a_county_stands_below_its_prefecture(world):
    authority = establish()
    assert authority.path == "420000/420500/420528/"
    assert queries.authority_of("420528") == authority
    assert queries.authority_of("420599") is None
    assert verbs(authority) == ["authority.established"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"code": "420506"}, "行政区划420506已经设有机关"),
        ({"uscc": number_of(90003, "420506", registrar="11")}, "属于"),
        ({"abbreviation": "夷市监"}, "文号代字夷市监已由宜昌市夷陵区市场监督管理局使用"),
    ],
)
def test_two_authorities_share_nothing_that_names_them(change, sentence, world):
    if "uscc" in change:
        change = {"uscc": Authority.objects.get(code="420506").uscc}
    with pytest.raises(Conflict, match=sentence):
        establish(**change)


def test_all_that_is_wrong_with_an_authority_is_told_at_once(world):
    county = Authority.objects.get(code="420506")
    with pytest.raises(Invalid) as refusal:
        establish(code="42", uscc="11", level="county", parent=county, name=" ", court="", abbreviation="长" * 101)
    assert list(told(refusal)) == ["uscc", "name", "abbreviation", "court", "code", "parent"]
    with pytest.raises(Invalid) as refusal:
        establish(level="village")
    assert list(told(refusal)) == ["level"]


# --- people -----------------------------------------------------------------------------------------------------------


def test_a_person_logs_in_with_an_argon2_hash(world):
    user = add(" LiSi ", "李四")
    assert (user.login_name, user.name) == ("lisi", "李四")
    assert identify_hasher(user.password).algorithm == "argon2"
    assert check_password("chang-mi-ma-2026", user.password)
    assert User.objects.get_by_natural_key("LISI") == user
    assert verbs(user) == ["user.added"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"login_name": "abc"}, "login_name"),
        ({"login_name": "a" * 65}, "login_name"),
        ({"login_name": "li si"}, "login_name"),
        ({"login_name": "李四四四"}, "login_name"),
        ({"login_name": "li\u00a0si"}, "login_name"),
        ({"login_name": "lisi\x7f"}, "login_name"),
        ({"login_name": "lisi\x00"}, "login_name"),
        ({"name": " "}, "name"),
        ({"name": "李" * 65}, "name"),
        ({"password": "short"}, "password"),
        ({"password": "password123"}, "password"),
        ({"login_name": "zhangsan-2026", "password": "zhangsan-2026"}, "password"),
        ({"password": "x" * 20_001}, "password"),
    ],
)
def test_a_name_or_password_that_does_not_do_is_told(facts, field, db):
    with pytest.raises(Invalid) as refusal:
        add(**facts)
    assert list(told(refusal)) == [field]
    assert not User.objects.exists()


def test_all_that_is_wrong_with_a_person_is_told_at_once(db):
    with pytest.raises(Invalid) as refusal:
        add("x", "", "1")
    assert list(told(refusal)) == ["login_name", "name", "password"]


def test_a_login_name_is_taken_once_whatever_its_case(db):
    add("lisi")
    with pytest.raises(Invalid, match="已经有人使用"):
        add("LISI")


# --- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["liu_the_decider", "wu_the_applicant", "shi_the_system_administrator"])
def test_gao_adds_people_and_nobody_else_does(name, gao_the_administrator, request):
    assert add(by=gao_the_administrator).pk
    with pytest.raises(NotPermitted, match="人员和岗位由本机关或者上级机关的安全管理人员维护"):
        add("wangwu", by=request.getfixturevalue(name))


def test_who_is_added_by_an_administrator_is_an_officer_to_be(gao_the_administrator):
    added = add(by=gao_the_administrator)
    assert added.serves and not added.must_change_password
    assert not add("wangwu").serves


@pytest.mark.parametrize("name", ["gao_the_administrator", "qian_the_auditor", "liu_the_decider"])
def test_whoever_keeps_people_or_audits_establishes_nothing(name, request):
    with pytest.raises(NotPermitted, match="机构由本机关或者上级机关的系统管理人员维护"):
        establish(by=request.getfixturevalue(name))


def test_shi_establishes_nothing_outside_the_county(shi_the_system_administrator):
    with pytest.raises(NotPermitted, match="不归您管理"):
        establish(by=shi_the_system_administrator)
