"""At the counter: the business licence in hand, an enterprise is registered and its legal representative seated."""

from __future__ import annotations

import pytest

from xuke.accounts.models import User
from xuke.foundation import journal
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


def identity(**change):
    known = proven("wuxiaomei")
    return {
        "act": "prove",
        "login_name": "wuxiaomei",
        "name": known.name,
        "document": known.document,
        "number": known.number,
        "mobile": known.mobile,
        "valid_to": "",
        "documents": "居民身份证原件，本人到场",
    } | change


def journalled(login_name):
    with everything():
        return journal.history(User.objects.get(login_name=login_name).stream)


def test_a_real_name_is_taken_back_and_proven_anew(client, world):
    log_in(client, "zhoumin")
    assert "窗口核验实名" in client.get("/office/counter/people/").content.decode()
    gone = {"act": "withdraw", "login_name": "wuxiaomei", "reason": "证件被冒用"}
    assert "实名已经撤回" in client.post("/office/counter/people/", gone).content.decode()
    assert proven("wuxiaomei").withdrawn_at is not None
    assert "实名已经核验" in client.post("/office/counter/people/", identity()).content.decode()
    assert proven("wuxiaomei").withdrawn_at is None
    withdrawn, again = journalled("wuxiaomei")[-2:]
    assert (withdrawn.verb, withdrawn.facts["reason"]) == ("user.real_name_withdrawn", "证件被冒用")
    assert (again.verb, again.facts["documents"]) == ("user.real_name_proven", "居民身份证原件，本人到场")
    assert proven("wuxiaomei").number not in str(again.facts)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"login_name": "nobody"}, "没有这个登录名的账号"),
        ({"login_name": "malan"}, "已经实名为另一个人"),
        ({"number": "420506199001010009"}, "校验"),
        ({"act": "withdraw", "login_name": "nobody", "reason": "错了"}, "没有这个登录名的账号"),
    ],
)
def test_what_is_refused_at_the_counter_is_written_down_without_the_number(client, world, change, told):
    log_in(client, "zhoumin")
    answer = client.post("/office/counter/people/", identity(**change))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    entry = journalled("zhoumin")[-1]
    assert entry.verb == "user.counter_refused"
    assert told in entry.facts["reason"]
    assert proven("wuxiaomei").number not in str(entry.facts)


def test_a_head_who_is_refused_at_the_counter_is_written_down(client, world):
    log_in(client, "zhoumin")
    client.post("/office/counter/", typed(legal_representative="别人"))
    entry = journalled("zhoumin")[-1]
    assert (entry.verb, entry.facts["about"]) == ("user.counter_refused", USCC)
    assert proven("malan").number not in str(entry.facts)


@pytest.mark.parametrize("login_name", ["chenlixin", "gaolan", "wuxiaomei"])
def test_real_names_are_for_those_who_accept(client, world, login_name):
    log_in(client, login_name)
    assert client.post("/office/counter/people/", identity()).status_code == 403


def test_another_county_has_no_business_with_it(client, world, enterprise):
    log_in(client, "yangfan")
    answer = client.post("/office/counter/", typed(uscc=enterprise.uscc, division_code="420581"))
    assert answer.status_code == 403
    assert "不在您的辖区" in answer.content.decode()
    assert mandate_of("zhengguoqiang").ended_at is None
