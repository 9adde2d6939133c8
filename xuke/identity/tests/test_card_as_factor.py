"""A card, or an officer's account on the platform, is a factor: the password alone is no weaker way in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from xuke.accounts.models import User
from xuke.config.demonstration.people import PASSWORD
from xuke.foundation.actors import SYSTEM
from xuke.foundation.pki.issuing import Issued, Subject
from xuke.identity import entering, queries
from xuke.identity.certificates import commands
from xuke.identity.certificates.models import BoundCertificate
from xuke.identity.commands import factors
from xuke.identity.oidc import platform
from xuke.identity.oidc.models import ExternalIdentity
from xuke.identity.rules import Means
from xuke.identity.tests.conftest import ADDRESS, Someone, page_of, someone
from xuke.tests import cards
from xuke.tests.cards import PLACE, Authority, answer
from xuke.tests.cast import everything

HERE = {"headers": {"host": PLACE}}
ISSUER = "https://platform.example"


@pytest.fixture
def authority(world, clock) -> Iterator[Authority]:
    with cards.trusted() as found:
        yield found


@pytest.fixture
def card(authority: Authority) -> Issued:
    return authority.give(Subject("周敏"))


def bound(who: Someone, card: Issued) -> BoundCertificate:
    return commands.bind(user=who.user, certificate=card.certificate, by=who.me, now=who.clock.moment)


def log_in(who: Someone):
    return who.client.post("/login/", {"username": who.user.login_name, "password": PASSWORD}, **HERE)


def test_who_knows_the_password_of_an_officer_with_a_card_opens_nothing_and_adds_nothing(zhou, card, officers_need_two):
    bound(zhou, card)
    assert log_in(zhou)["Location"] == "/login/second/"
    for url in ("/office/", "/account/security/", "/account/totp/", "/account/passkeys/", "/account/password/"):
        assert zhou.client.get(url, **HERE)["Location"].startswith("/login/"), url
    assert zhou.factors().count == 1


def test_the_card_completes_it_and_leads_where_they_wanted(zhou, card, officers_need_two):
    bound(zhou, card)
    zhou.client.post("/login/", {"username": "zhoumin", "password": PASSWORD, "next": "/office/all/"}, **HERE)
    page = page_of(zhou.client.get("/login/second/", **HERE))
    assert "用数字证书登录" in page
    assert "请本单位的安全管理人员重置" in page
    response = zhou.client.post("/login/certificate/", answer(zhou.client, card), **HERE)
    assert (response.status_code, response["Location"]) == (303, "/office/all/")
    assert zhou.client.get("/office/", **HERE).status_code == 200


def test_an_applicants_card_is_one_as_well_until_it_runs_out(wu, authority):
    card = authority.give(Subject("", "宜昌糕点厂", credit_code="91330106MA27XK8T66"))
    bound(wu, card)
    assert log_in(wu)["Location"] == "/login/second/"
    with everything():
        BoundCertificate.objects.update(not_after=wu.clock.moment)
    assert log_in(wu)["Location"] == "/start/"


def test_an_officers_card_that_ran_out_still_keeps_a_thief_with_the_password_out(zhou, card):
    bound(zhou, card)
    with everything():
        BoundCertificate.objects.update(not_after=zhou.clock.moment - timedelta(days=1))
    assert log_in(zhou)["Location"] == "/login/second/"


def test_a_session_on_the_password_alone_adds_nothing_once_there_is_a_card(zhou, card):
    log_in(zhou)
    bound(zhou, card)
    assert zhou.client.get("/account/totp/", **HERE)["Location"].startswith("/account/confirm/")
    page = page_of(zhou.client.get("/account/confirm/", **HERE))
    assert "用数字证书登录" in page
    assert 'type="password" name="password"' not in page
    response = zhou.client.post("/account/confirm/", {"password": PASSWORD}, **HERE)
    assert response.status_code == 422
    proof = answer(zhou.client, card) | {"next": "/account/totp/"}
    assert zhou.client.post("/login/certificate/", proof, **HERE)["Location"] == "/account/totp/"
    assert zhou.client.get("/account/totp/", **HERE).status_code == 200


def test_binding_the_first_card_makes_the_session_strong_and_ends_those_elsewhere(zhou, card, officers_need_two):
    elsewhere = someone("zhoumin", zhou.clock)
    log_in(elsewhere)
    assert log_in(zhou)["Location"] == "/account/security/"
    response = zhou.client.post("/account/security/certificates/", answer(zhou.client, card, use="bind"), **HERE)
    assert response.status_code == 303
    assert zhou.client.get("/office/", **HERE).status_code == 200
    assert elsewhere.client.get("/account/security/", **HERE)["Location"].startswith("/login/")


def test_the_only_factor_of_an_officer_stays(zhou, card, officers_need_two):
    mine = bound(zhou, card)
    log_in(zhou)
    zhou.client.post("/login/certificate/", answer(zhou.client, card), **HERE)
    end = f"/account/security/certificates/{mine.pk}/end/"
    assert zhou.client.post(end, **HERE).status_code == 409
    zhou.add_app()
    assert zhou.client.post(end, **HERE).status_code == 303


def test_recovery_codes_are_for_whoever_has_a_card(wu, authority):
    bound(wu, authority.give(Subject("", "宜昌糕点厂", credit_code="91330106MA27XK8T66")))
    codes = factors.make_recovery_codes(user=wu.user, by=wu.me, now=wu.clock.moment)
    log_in(wu)
    assert wu.client.post("/login/second/", {"recovery_code": codes[0]}, **HERE)["Location"] == "/start/"


def test_a_reset_ends_cards_and_links(zhou, card):
    bound(zhou, card)
    linked(zhou)
    factors.reset_factors(user=zhou.user, by=SYSTEM, now=zhou.clock.moment)
    with everything():
        assert not BoundCertificate.objects.filter(ended_at=None).exists()
        assert not ExternalIdentity.objects.filter(ended_at=None).exists()
    other = someone("zhoumin", zhou.clock)
    response = other.client.post("/login/certificate/", answer(other.client, card), **HERE)
    assert response.status_code == 403
    assert log_in(zhou)["Location"] != "/login/second/"


# --- the platform -----------------------------------------------------------------------------------------------------


def linked(who: Someone) -> ExternalIdentity:
    with everything():
        facts = {"linked_at": who.clock.moment, "linked_by": "self"}
        return ExternalIdentity.objects.create(issuer=ISSUER, subject=who.user.login_name, user=who.user, **facts)


@pytest.fixture
def connected(settings) -> None:
    settings.XUKE_OIDC = platform.from_environment(
        {"XUKE_OIDC_ISSUER": ISSUER, "XUKE_OIDC_CLIENT_ID": "xuke", "XUKE_OIDC_CLIENT_SECRET": "x" * 32}
    )


def arrive(who: Someone, rf):
    """They come back from the platform, in the session of their browser."""
    request = rf.get("/login/oidc/back/", REMOTE_ADDR=ADDRESS)
    request.session, request.now = who.client.session, who.clock.moment
    request.user = AnonymousUser()
    user = User.objects.get(pk=who.user.pk)
    return entering.admit(request, user, means=Means.PLATFORM, strong=False, now=who.clock.moment), request


def test_an_officer_who_comes_by_the_platform_answers_with_it_after_the_password(zhou, connected, rf):
    linked(zhou)
    assert zhou.log_in()["Location"] == "/login/second/"
    assert "统一身份认证平台" in page_of(zhou.client.get("/login/second/"))
    response, request = arrive(zhou, rf)
    assert response["Location"] == "/start/"
    proof = request.session["proof"]
    assert (proof["means"], proof["strong"]) == ("password+platform", True)


def test_the_platform_alone_is_one_factor_and_twice_the_platform_too(zhou, connected, rf):
    linked(zhou)
    zhou.add_app()
    for _ in range(2):
        response, request = arrive(zhou, rf)
        assert response["Location"] == "/login/second/"
        assert "proof" not in request.session


def test_an_applicants_account_on_the_platform_is_another_way_and_no_factor(wu, connected):
    linked(wu)
    assert wu.log_in()["Location"] == "/start/"
    with everything():
        assert not queries.has_factor(wu.user, wu.clock.moment)
