"""Registering an enterprise: all of it or nothing, and patient with mistakes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from xuke.accounts.commands import withdraw_real_name
from xuke.accounts.models import User
from xuke.config.demonstration.people import resident_number
from xuke.foundation.actors import SYSTEM
from xuke.foundation.identifiers import credit_code
from xuke.foundation.pki.issuing import Subject
from xuke.identity.certificates import trust
from xuke.identity.certificates.models import BoundCertificate
from xuke.parties.models import Enterprise, Mandate
from xuke.tests import cards
from xuke.tests.cast import NOON, everything, verbs

USCC = credit_code.compose(registrar="91", division="420506", organisation="MAR70001")
OTHER = credit_code.compose(registrar="91", division="420506", organisation="MAR70002")
TYPED = {
    "uscc": USCC,
    "enterprise_name": "宜昌新厂食品有限公司",
    "legal_representative": "陈新",
    "division_code": "420506",
    "domicile": "湖北省宜昌市夷陵区新厂路1号",
    "name": "陈新",
    "number": resident_number(9001, "420506"),
    "mobile": "13900009001",
    "capacity": "legal_representative",
    "login_name": "chenxin",
    "password": "a-good-long-one",
    "password_again": "a-good-long-one",
}


@pytest.fixture(autouse=True)
def a_fresh_hour():
    cache.clear()


def page_of(response) -> str:
    return response.content.decode()


def test_a_new_enterprise_can_work_at_once(client, world):
    response = client.post("/register/", TYPED)
    assert (response.status_code, response["Location"]) == (303, "/my/")
    assert "宜昌新厂食品有限公司" in page_of(client.get("/my/"))
    with everything():
        enterprise = Enterprise.objects.get(uscc=USCC)
        mandate = Mandate.objects.get(enterprise=enterprise)
        assert (mandate.user.login_name, mandate.capacity) == ("chenxin", "legal_representative")
        assert verbs(enterprise) == ["enterprise.registered", "enterprise.mandate_given"]


def test_the_way_there_stands_on_the_login_page_and_counties_are_listed_by_prefecture(client, world):
    assert "/register/" in page_of(client.get("/login/"))
    page = page_of(client.get("/register/"))
    assert '<optgroup label="宜昌市">' in page
    assert '<option value="420506">夷陵区</option>' in page
    assert '<optgroup label="省直辖">' in page
    assert "广东" not in page


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("uscc", USCC[:-1] + ("A" if USCC[-1] != "A" else "B"), "校验"),
        ("uscc", "123", "18"),
        ("enterprise_name", "", "请填写这一项。"),
        ("division_code", "999999", "999999"),
        ("login_name", "a b", "登录名请用4到64个字母"),
        ("login_name", "wuxiaomei", "这个登录名已经有人使用"),
        ("password", "short", "密码至少10位。"),
        ("number", TYPED["number"][:-1] + ("1" if TYPED["number"][-1] != "1" else "2"), "校验"),
        ("number", "", "请填写这一项。"),
        ("mobile", "12345", "请填写11位手机号码。"),
        ("name", "吴新", "登记的法定代表人（负责人）是陈新"),
        ("password_again", "another-good-one", "两次输入的密码不一样。"),
    ],
)
def test_what_is_wrong_is_told_twice_in_the_same_words_and_nothing_is_written(client, world, field, value, told):
    with everything():
        before = Enterprise.objects.count(), User.objects.count()
    response = client.post("/register/", TYPED | {field: value})
    page = page_of(response)
    assert response.status_code == 422
    assert page.count(told) >= 2
    assert TYPED["domicile"] in page
    assert "a-good-long-one" not in page
    with everything():
        assert (Enterprise.objects.count(), User.objects.count()) == before


def test_an_enterprise_that_is_known_already_is_told_whom_to_ask(client, world, wu_the_applicant):
    response = client.post("/register/", TYPED | {"uscc": wu_the_applicant.uscc})
    assert response.status_code == 422
    assert "这家企业已经登记。请联系企业的法定代表人" in page_of(response)


def test_a_login_name_that_is_taken_leaves_no_enterprise_behind(committed_db, client, world):
    assert client.post("/register/", TYPED | {"login_name": "wuxiaomei"}).status_code == 422
    with everything():
        assert not Enterprise.objects.filter(uscc=USCC).exists()
    assert client.post("/register/", TYPED).status_code == 303


def test_a_password_that_everybody_uses_is_refused(client, world):
    response = client.post("/register/", TYPED | {"password": "password1234", "password_again": "password1234"})
    assert response.status_code == 422
    assert "这个密码太常见了" in page_of(response)
    with everything():
        assert not User.objects.filter(login_name="chenxin").exists()


def test_a_lower_case_code_with_spaces_is_understood(client, world):
    typed = f" {USCC[:2]} {USCC[2:8]} {USCC[8:].lower()} "
    assert client.post("/register/", TYPED | {"uscc": typed}).status_code == 303


def test_an_address_that_registers_too_often_has_to_wait(client, world):
    for _ in range(10):
        assert client.post("/register/", TYPED | {"login_name": "wuxiaomei"}).status_code == 422
    response = client.post("/register/", TYPED)
    assert response.status_code == 429
    assert "请过一小时再来" in page_of(response)
    assert client.post("/register/", TYPED, REMOTE_ADDR="127.0.0.9").status_code == 303


def test_whoever_registers_may_log_in_again(client, world):
    client.post("/register/", TYPED)
    client.post("/logout/")
    response = client.post("/login/", {"username": "chenxin", "password": TYPED["password"]})
    assert response.status_code == 303


def test_outside_a_demonstration_a_stranger_is_told_what_it_takes(client, world, settings):
    settings.XUKE_REGISTRATION = False
    answer = client.get("/register/")
    page = page_of(answer)
    assert answer.status_code == 200
    assert "您的实名：用统一身份认证平台或者本人的数字证书登录一次" in page
    assert "请法定代表人带营业执照和本人身份证到受理窗口登记" in page
    assert "<form" not in page.split("<main", 1)[1].split("</main")[0]
    assert client.post("/register/", TYPED).status_code == 200
    with everything():
        assert not Enterprise.objects.filter(uscc=USCC).exists()


ENTERPRISE = {
    name: TYPED[name] for name in ("uscc", "enterprise_name", "legal_representative", "division_code", "domicile")
}


@pytest.fixture
def authority():
    with cards.trusted() as found:
        yield found


@pytest.fixture
def card(authority):
    return authority.give(Subject("宜昌新厂食品有限公司", credit_code=USCC)).certificate


@pytest.fixture
def ma_with_a_certificate(client, world, settings, card):
    """马兰, whose real name is proven, has bound the certificate of a new enterprise."""
    settings.XUKE_REGISTRATION = False
    with everything():
        user = User.objects.get(login_name="malan")
        BoundCertificate.objects.create(
            user=user,
            fingerprint=bytes.fromhex(card.fingerprint),
            issuer=str(card.issuer),
            serial="01",
            content=card.der,
            subject="宜昌新厂食品有限公司",
            credit_code=USCC,
            family="RSA",
            not_before=NOON,
            not_after=timezone.now() + timedelta(days=9),
            bound_at=NOON,
            bound_by="self",
        )
    client.force_login(user, "xuke.accounts.backends.PasswordBackend")
    return user


def test_the_certificate_of_the_enterprise_registers_it(client, ma_with_a_certificate):
    assert "宜昌新厂食品有限公司" in page_of(client.get("/register/"))
    response = client.post("/register/", ENTERPRISE)
    assert (response.status_code, response["Location"]) == (303, "/my/")
    with everything():
        mandate = Mandate.objects.get(enterprise__uscc=USCC)
        assert (mandate.user.login_name, mandate.capacity) == ("malan", "case_contact")


def test_nobody_makes_themselves_the_head_by_typing_their_own_name(client, ma_with_a_certificate):
    assert "到受理窗口办理" in page_of(client.get("/register/"))
    assert client.post("/register/", ENTERPRISE | {"legal_representative": "马兰"}).status_code == 303
    with everything():
        assert Mandate.objects.get(enterprise__uscc=USCC).capacity == "case_contact"
        assert Enterprise.objects.get(uscc=USCC).noted_at is None  # And so nobody asks for a head of that name.


def test_a_card_that_was_revoked_after_it_was_bound_registers_nothing(client, ma_with_a_certificate, authority, card):
    authority.lay_down(trust.place(), revoked=[(card, timezone.now() - timedelta(hours=1))])
    assert "没有企业的数字证书" in page_of(client.post("/register/", ENTERPRISE))
    with everything():
        assert not Enterprise.objects.filter(uscc=USCC).exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"uscc": OTHER}, "您的数字证书不是这家企业的"),
        ({"enterprise_name": "宜昌别人食品有限公司"}, "数字证书上的名称是“宜昌新厂食品有限公司”"),
    ],
)
def test_a_certificate_registers_no_other_enterprise(client, ma_with_a_certificate, change, told):
    response = client.post("/register/", ENTERPRISE | change)
    assert response.status_code == 422
    assert told in page_of(response)


@pytest.mark.parametrize("over", [{"ended_at": NOON}, {"not_after": NOON}])
def test_a_certificate_that_is_over_registers_nothing(client, ma_with_a_certificate, over):
    with everything():
        BoundCertificate.objects.update(**over)
    assert "没有企业的数字证书" in page_of(client.post("/register/", ENTERPRISE))
    with everything():
        assert not Enterprise.objects.filter(uscc=USCC).exists()


def test_somebody_without_a_proven_name_registers_nothing(client, ma_with_a_certificate):
    with everything():
        withdraw_real_name(user=ma_with_a_certificate, reason="证件有误", by=SYSTEM, now=NOON)
    assert "您的实名：用统一身份认证平台" in page_of(client.post("/register/", ENTERPRISE))
    with everything():
        assert not Enterprise.objects.filter(uscc=USCC).exists()
