"""Logging in with a certificate: whoever holds it comes in; all else is refused in words and written down."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from xuke.accounts import commands as accounts
from xuke.accounts.models import RealName, User
from xuke.config.demonstration.people import PASSWORD
from xuke.foundation.actors import SYSTEM
from xuke.foundation.pki import issuing
from xuke.foundation.pki.algorithms import Family
from xuke.foundation.pki.issuing import Issued, Subject
from xuke.foundation.refusals import Refused
from xuke.foundation.scope import NOTHING, Scope
from xuke.identity import browser
from xuke.identity.certificates import challenges, commands, refusals
from xuke.identity.certificates.models import BoundCertificate, SpentChallenge
from xuke.identity.models import Attempt
from xuke.tests import cards
from xuke.tests.cards import PLACE, Authority, answer, signed
from xuke.tests.cast import NOON, at_once, everything, seen_by

HERE = {"headers": {"host": PLACE}}


@pytest.fixture
def authority(world) -> Iterator[Authority]:
    with cards.trusted() as found:
        yield found


@pytest.fixture
def wu(world) -> User:
    with everything():
        return User.objects.get(login_name="wuxiaomei")


@pytest.fixture
def card(authority: Authority, wu: User) -> Issued:
    """The card of 吴晓梅, with her number."""
    return authority.give(Subject("吴晓梅", resident_number=number_of(wu)))


def number_of(user: User) -> str:
    with everything():
        return RealName.objects.get(user=user).number


def page_of(response) -> str:
    return response.content.decode()


def log_in(client: Client, proof: dict[str, str], **more: str):
    return client.post("/login/certificate/", {**proof, **more}, **HERE)


def who_is_in(client: Client) -> str:
    with everything():
        key = client.session.get("_auth_user_id")
        return User.objects.get(pk=key).login_name if key else ""


def refused() -> list[str]:
    with everything():
        found = Attempt.objects.filter(accepted=False, means="certificate").order_by("at")
        return list(found.values_list("reason", flat=True))


# --- coming in --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", list(Family))
def test_a_person_comes_in_with_a_card_of_any_kind(client, world, wu, family):
    with cards.trusted(family) as authority:
        card = authority.give(Subject("吴晓梅", resident_number=number_of(wu)))
        response = log_in(client, answer(client, card))
    assert (response.status_code, response["Location"]) == (303, "/start/")
    assert who_is_in(client) == "wuxiaomei"
    assert client.session["proof"]["strong"]
    with everything():
        bound = BoundCertificate.objects.get()
        assert (bound.user_id, bound.family, bound.bound_by, bound.subject) == (wu.pk, family, "number", "吴晓梅")


def test_the_wanted_page_comes_after_the_login(client, card):
    assert log_in(client, answer(client, card), next="/my/licences/")["Location"] == "/my/licences/"


def test_the_chain_may_come_along(client, authority, card):
    for stored in ("intermediates", "crls"):
        for file in (cards.trust.place() / stored).iterdir():
            file.unlink()
    cards.trust.forget()
    proof = answer(client, card)
    assert log_in(client, proof).status_code == 403  # Nobody knows the way to the root.
    proof = answer(client, card)
    proof["certificate"] += authority.issuing.certificate.pem
    assert log_in(client, proof).status_code == 303


def test_an_enterprises_card_lets_in_whoever_has_bound_it(client, authority, wu):
    card = authority.give(Subject("", "宜昌糕点厂", credit_code="91330106MA27XK8T66"))
    response = log_in(client, answer(client, card))
    assert response.status_code == 403
    assert "没有绑定账号" in page_of(response)
    keeper = Client()
    bind(keeper, card)
    again = Client()
    assert log_in(again, answer(again, card)).status_code == 303
    assert who_is_in(again) == "wuxiaomei"


def test_a_card_of_somebody_unknown_lets_nobody_in(client, authority):
    card = authority.give(Subject("王芳", resident_number="11010519491231002X"))
    assert "没有绑定账号" in page_of(log_in(client, answer(client, card)))
    card = authority.give(Subject("吴晓梅"))  # The name alone says nothing.
    assert "没有绑定账号" in page_of(log_in(client, answer(client, card)))


def test_the_same_number_under_another_name_lets_nobody_in(client, authority, wu):
    card = authority.give(Subject("吴小梅", resident_number=number_of(wu)))
    assert "证书上的姓名与本系统里同一证件号码的实名不一致" in page_of(log_in(client, answer(client, card)))


def test_a_withdrawn_name_is_no_name(client, card, wu):
    with everything():
        accounts.withdraw_real_name(user=wu, reason="冒用", by=SYSTEM, now=NOON)
    assert log_in(client, answer(client, card)).status_code == 403


def test_a_closed_account_stays_closed(client, card, wu):
    log_in(client, answer(client, card))
    with everything():
        User.objects.filter(pk=wu.pk).update(is_active=False)
    other = Client()
    assert "已经停用" in page_of(log_in(other, answer(other, card)))


def test_a_login_costs_few_statements(client, card, django_assert_max_num_queries):
    log_in(client, answer(client, card))
    again = Client()
    proof = answer(again, card)
    with django_assert_max_num_queries(32):
        assert log_in(again, proof).status_code == 303


# --- what is refused --------------------------------------------------------------------------------------------------


def test_a_signature_works_once(client, card):
    proof = answer(client, card)
    assert log_in(client, proof).status_code == 303
    client.post("/logout/", **HERE)
    response = log_in(client, proof)
    assert response.status_code == 403
    assert "这个签名已经用过一次" in page_of(response)
    assert who_is_in(client) == ""


def test_a_stolen_signature_works_in_no_other_browser(client, card):
    proof = answer(client, card)
    thief = Client()
    answer(thief, card)
    response = log_in(thief, proof)
    assert response.status_code == 403
    assert "不是在这个浏览器里开始的" in page_of(response)
    assert log_in(Client(), proof).status_code == 403
    assert log_in(client, proof).status_code == 303


def test_a_signature_given_to_another_site_does_not_count(client, card):
    """A site that looks like ours asks for a signature and hands it on."""
    response = log_in(client, answer(client, card, origin="https://xuke.evil.example"))
    assert response.status_code == 403
    assert "签名与证书不符" in page_of(response)


def test_a_signature_to_bind_does_not_log_in(client, card):
    response = log_in(client, answer(client, card, use="bind"))
    assert "不是在这个浏览器里开始的" in page_of(response)


def test_a_challenge_lives_two_minutes(client, card):
    answer(client, card)
    mark = client.cookies[browser.name()].value
    now = timezone.now()
    old = challenges.make(browser=mark, use="login", now=now - challenges.LIFE - timedelta(seconds=2))
    response = log_in(client, signed(card, old))
    assert response.status_code == 422
    assert "等得太久" in page_of(response)
    ahead = challenges.make(browser=mark, use="login", now=now + timedelta(minutes=5))
    assert log_in(client, signed(card, ahead)).status_code == 422
    fresh = challenges.make(browser=mark, use="login", now=now - challenges.LIFE + timedelta(seconds=20))
    assert log_in(client, signed(card, fresh)).status_code == 303


@pytest.mark.parametrize("challenge", ["", "x", "1" * 75, "９" * 75, "\x00", "x" * 100_000])
def test_a_challenge_that_is_not_ours_is_refused(client, card, challenge):
    proof = answer(client, card)
    assert log_in(client, proof | {"challenge": challenge}).status_code in (403, 422)
    assert who_is_in(client) == ""


def test_a_certificate_revoked_an_hour_ago_is_refused(client, authority, card):
    log_in(client, answer(client, card))
    an_hour_ago = timezone.now() - timedelta(hours=1)
    authority.lay_down(cards.trust.place(), revoked=[(card.certificate, an_hour_ago)])
    other = Client()
    response = log_in(other, answer(other, card))
    assert response.status_code == 403
    assert "被吊销" in page_of(response)
    assert who_is_in(other) == ""
    (reason,) = refused()
    assert f"{card.certificate.serial:X}" in reason
    with everything():  # Whoever holds a card that was reported lost has tried it: its owner sees that.
        assert Attempt.objects.get(accepted=False).user_id == User.objects.get(login_name="wuxiaomei").pk


def test_an_expired_and_a_future_certificate_are_refused(client, authority, wu):
    now, subject = timezone.now(), Subject("吴晓梅", resident_number=number_of(wu))
    for since, days, words in ((now - timedelta(days=10), 5, "过期"), (now + timedelta(days=1), 5, "才有效")):
        response = log_in(client, answer(client, authority.give(subject, since=since, days=days)))
        assert response.status_code == 403
        assert words in page_of(response)


def test_an_unknown_authority_is_refused(client, authority, wu):
    for name, words in (("别处", "不信任签发这张证书的机构"), (authority.name, "与签发机构不符")):
        stranger = Authority(Family.RSA, authority.since, name)
        card = stranger.give(Subject("吴晓梅", resident_number=number_of(wu)))
        response = log_in(client, answer(client, card))
        assert response.status_code == 403
        assert words in page_of(response)
        proof = answer(client, card)
        proof["certificate"] += stranger.issuing.certificate.pem + stranger.root.certificate.pem
        assert log_in(client, proof).status_code == 403  # Bringing one's own root does not help.


def test_an_encryption_certificate_is_refused(client, authority, wu):
    subject = Subject("吴晓梅", resident_number=number_of(wu))
    card = authority.issuing.issue(subject, now=authority.since, uses=issuing.ENCRYPTION)
    assert "不能用于签名" in page_of(log_in(client, answer(client, card)))


def test_a_signature_by_another_key_is_refused(client, authority, card):
    other = authority.give(Subject("王芳"))
    asked = answer(client, card)
    response = log_in(client, signed(card, asked["challenge"], key=other))
    assert response.status_code == 403
    assert "签名与证书不符" in page_of(response)
    assert len(refused()) == 1


@pytest.mark.parametrize("algorithm", ["", "none", "RSA-PKCS1-SHA1", "SM2-SM3", "RSA-PSS-SHA256", "x" * 1000])
def test_another_algorithm_does_not_help(client, card, algorithm):
    assert log_in(client, answer(client, card) | {"algorithm": algorithm}).status_code == 403


HUGE = base64.b64encode(b"\x30\x84" + b"\xff" * 200_000).decode()


@pytest.mark.parametrize(
    "certificate",
    [
        "",
        "x",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        HUGE,
        "字" * 1000,
        "\x00",
        "-----BEGIN " * 9,
    ],
)
def test_what_is_no_certificate_is_refused(client, card, certificate):
    response = log_in(client, answer(client, card) | {"certificate": certificate})
    assert response.status_code == 422
    assert "没有读到数字证书" in page_of(response)


def test_a_whole_chain_without_end_is_refused(client, card):
    proof = answer(client, card)
    proof["certificate"] *= 40
    assert log_in(client, proof).status_code == 422


def test_a_huge_signature_is_refused(client, card):
    assert log_in(client, answer(client, card) | {"signature": "A" * 100_000}).status_code == 422
    assert log_in(client, answer(client, card) | {"signature": "不是"}).status_code == 422


def test_nothing_is_done_without_our_own_page(card):
    strict = Client(enforce_csrf_checks=True)
    for place in ("/login/certificate/", "/login/certificate/challenge/", "/login/certificate/tls/"):
        assert strict.post(place, {}, **HERE).status_code == 403
        assert strict.get(place, **HERE).status_code == 405


def test_without_tls_there_is_no_certificate_login(client, card):
    response = client.post(
        "/login/certificate/challenge/", headers={"host": "testserver", "accept": "application/json"}
    )
    assert response.status_code == 422
    assert "没有加密" in page_of(response)


def test_a_missing_list_refuses_where_the_operator_says_so(client, authority, card, settings):
    for file in (cards.trust.place() / "crls").iterdir():
        file.unlink()
    cards.trust.forget()
    settings.XUKE_DEMAND_CRL = True
    assert "没有签发机构的证书吊销列表" in page_of(log_in(client, answer(client, card)))
    settings.XUKE_DEMAND_CRL = False
    assert log_in(client, answer(client, card)).status_code == 303


def test_without_a_root_the_login_page_offers_no_certificate(client, world):
    page = page_of(client.get("/login/", **HERE))
    assert "数字证书" not in page
    with cards.trusted():
        response = client.get("/login/", **HERE)
        assert "用数字证书登录" in page_of(response)
        assert "connect-src 'self' http://127.0.0.1:15170;" in response["Content-Security-Policy"]
    assert "127.0.0.1" not in client.get("/", **HERE)["Content-Security-Policy"]


def test_of_two_at_once_with_one_signature_one_comes_in(committed_db, world, wu):
    with cards.trusted() as authority:
        card = authority.give(Subject("吴晓梅", resident_number=number_of(wu)))
        client = Client()
        log_in(client, answer(client, card))
        proof = answer(client, card)
        mark = client.cookies[browser.name()].value

        def try_it(_):
            other = Client()
            other.cookies[browser.name()] = mark
            return log_in(other, proof).status_code

        assert sorted(at_once(try_it, range(4))) == [303, 403, 403, 403]


def test_spent_challenges_are_swept(client, card):
    log_in(client, answer(client, card))
    assert challenges.forget_spent(now=timezone.now()) == 0
    assert challenges.forget_spent(now=timezone.now() + 2 * challenges.LIFE) == 1
    assert not SpentChallenge.objects.exists()


# --- binding ----------------------------------------------------------------------------------------------------------


def bind(client: Client, card: Issued, name: str = "wuxiaomei"):
    assert client.post("/login/", {"username": name, "password": PASSWORD}, **HERE).status_code == 303
    return client.post("/account/security/certificates/", answer(client, card, use="bind"), **HERE)


def test_somebody_binds_their_card_and_ends_it(client, authority, wu):
    card = authority.give(Subject("吴晓梅", "宜昌糕点厂"))
    assert bind(client, card)["Location"] == "/account/security/"
    page = page_of(client.get("/account/security/", **HERE))
    assert f"{card.certificate.serial:X}" in page
    with everything():
        bound = BoundCertificate.objects.get()
    assert client.post(f"/account/security/certificates/{bound.pk}/end/", **HERE).status_code == 303
    other = Client()
    assert log_in(other, answer(other, card)).status_code == 403


def test_a_lost_card_does_not_bind_itself_again(client, card, wu):
    log_in(client, answer(client, card))
    with everything():
        commands.end_binding(bound=BoundCertificate.objects.get(), by=SYSTEM, now=timezone.now())
    other = Client()
    response = log_in(other, answer(other, card))
    assert "绑定已经解除" in page_of(response)


def test_a_card_belongs_to_one_account(client, authority, wu):
    card = authority.give(Subject("", "宜昌糕点厂"))
    bind(client, card)
    response = bind(Client(), card, "wangjie")
    assert response.status_code == 409
    assert "已经绑定了另一个账号" in page_of(response)


def test_nobody_binds_the_card_of_another_person(authority, card, wu):
    response = bind(Client(), card, "wangjie")
    assert response.status_code == 409
    assert "不是同一个人" in page_of(response)
    with everything():
        assert not BoundCertificate.objects.exists()


def test_a_card_proves_the_name_of_whoever_has_none(client, card, wu):
    with everything():
        RealName.objects.filter(user=wu).delete()
    assert bind(client, card).status_code == 303
    with everything():
        known = RealName.objects.get(user=wu)
        assert (known.name, known.proven_by, known.withdrawn_at) == ("吴晓梅", "certificate", None)


def test_a_signature_to_log_in_does_not_bind(client, card):
    client.post("/login/", {"username": "wuxiaomei", "password": PASSWORD}, **HERE)
    response = client.post("/account/security/certificates/", answer(client, card), **HERE)
    assert response.status_code == 403


def test_a_revoked_card_is_not_bound(client, authority, card):
    authority.lay_down(cards.trust.place(), revoked=[(card.certificate, timezone.now() - timedelta(hours=1))])
    response = bind(client, card)
    assert response.status_code == 403
    assert "被吊销" in page_of(response)


def test_nobody_ends_the_binding_of_somebody_else(client, card):
    log_in(client, answer(client, card))
    with everything():
        bound = BoundCertificate.objects.get()
    other = Client()
    other.post("/login/", {"username": "wangjie", "password": PASSWORD}, **HERE)
    assert other.post(f"/account/security/certificates/{bound.pk}/end/", **HERE).status_code == 404


def test_a_stranger_binds_nothing(client, card):
    proof = answer(client, card, use="bind")
    assert client.post("/account/security/certificates/", proof, **HERE).status_code == 401


def test_nobody_sees_the_cards_of_somebody_else_by_any_query(client, card, wu):
    log_in(client, answer(client, card))
    with everything():
        other = User.objects.get(login_name="wangjie")
    for scope, seen in ((Scope(user_id=str(wu.pk)), 1), (Scope(user_id=str(other.pk)), 0), (NOTHING, 0)):
        with seen_by(scope), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM identity_boundcertificate")
            assert cursor.fetchone() == (seen,)


def test_every_refusal_is_a_sentence():
    found = [each for each in vars(refusals).values() if isinstance(each, type) and issubclass(each, Refused)]
    assert len(found) > 10
    assert all((each.__doc__ or "").endswith("。") for each in found)
