"""At the counter: the business licence in hand, an enterprise is registered and its legal representative seated."""

from __future__ import annotations

import pytest

from xuke.accounts.models import User
from xuke.foundation.identifiers import credit_code
from xuke.parties.models import Enterprise, Mandate
from xuke.parties.tests.conftest import mandate_of, proven, seeing
from xuke.tests.cast import everything, verbs

BACKEND = "xuke.accounts.backends.PasswordBackend"
USCC = credit_code.compose(registrar="91", division="420506", organisation="MAR80001")


def log_in(client, login_name):
    with seeing():
        client.force_login(User.objects.get(login_name=login_name), BACKEND)


def typed(**change):
    return {
        "uscc": USCC,
        "enterprise_name": "夷陵区新禾食品有限公司",
        "legal_representative": "马兰",
        "division_code": "420506",
        "domicile": "湖北省宜昌市夷陵区新禾路1号",
        "state": "in_operation",
        "term_ends_on": "",
        "number": proven("malan").number,
        "documents": "营业执照、居民身份证原件",
    } | change


def test_a_new_enterprise_is_registered_with_its_head(client, world):
    log_in(client, "zhoumin")
    assert client.get("/office/counter/").status_code == 200
    answer = client.post("/office/counter/", typed())
    assert "法定代表人马兰现在可以登录办事" in answer.content.decode()
    with everything():
        enterprise = Enterprise.objects.get(uscc=USCC)
        assert Mandate.objects.get(enterprise=enterprise).capacity == "legal_representative"
        assert verbs(enterprise) == ["enterprise.registered", "enterprise.head_seated"]


def test_an_enterprise_whose_head_is_gone_gets_its_new_one(client, world, enterprise):
    log_in(client, "zhoumin")
    answer = client.post(
        "/office/counter/",
        typed(uscc=enterprise.uscc, enterprise_name=enterprise.name, domicile=enterprise.domicile),
    )
    assert answer.status_code == 200
    assert mandate_of("zhengguoqiang").ended_at is not None
    assert mandate_of("wuxiaomei").ended_at is None
    assert mandate_of("malan", enterprise).capacity == "legal_representative"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"legal_representative": "别人"}, "登记的法定代表人（负责人）是别人，与这个证件号码实名的人不一致"),
        ({"number": "420506199001010009"}, "校验"),
        ({"documents": ""}, "请填写这一项。"),
    ],
)
def test_what_does_not_agree_writes_nothing(committed_db, client, world, change, told):
    log_in(client, "zhoumin")
    answer = client.post("/office/counter/", typed(**change))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    with everything():
        assert not Enterprise.objects.filter(uscc=USCC).exists()


@pytest.mark.parametrize(("login_name", "status"), [("chenlixin", 403), ("gaolan", 403), ("wuxiaomei", 403)])
def test_the_counter_is_for_those_who_accept(client, world, login_name, status):
    log_in(client, login_name)
    assert client.post("/office/counter/", typed()).status_code == status


def test_another_county_has_no_business_with_it(client, world, enterprise):
    log_in(client, "yangfan")
    answer = client.post("/office/counter/", typed(uscc=enterprise.uscc, division_code="420581"))
    assert answer.status_code == 403
    assert "不在您的辖区" in answer.content.decode()
    assert mandate_of("zhengguoqiang").ended_at is None
