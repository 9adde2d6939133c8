"""A first password, given by an administrator: good for taking one of one's own, and for nothing else."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from xuke.accounts import commands
from xuke.accounts.models import Authority, User
from xuke.accounts.officers import Role
from xuke.foundation.actors import SYSTEM
from xuke.foundation.pki.issuing import Subject
from xuke.identity.certificates.models import BoundCertificate
from xuke.identity.tests.test_page_login import log_in, page_of
from xuke.tests import cards
from xuke.tests.cast import everything
from xuke.web.access import addresses

FIRST, OWN = "kf7m-2xqp-w9dh-t4ab", "wo-ziji-de-mima-2026"


@pytest.fixture
def qin(world):
    """Somebody new, as the security administrator adds them."""
    with everything():
        now = timezone.now()
        facts = {"password": FIRST, "must_change_password": True}
        user = commands.add_user(login_name="qinxin", name="秦新", **facts, by=SYSTEM, now=now)
        place = Authority.objects.get(code="420506")
        commands.appoint(user=user, authority=place, role=Role.ACCEPTOR, by=SYSTEM, now=now)
    return user


def change(client, new=OWN):
    typed = {"password": FIRST, "new_password": new, "new_password_again": new}
    return client.post("/account/password/", typed)


def test_it_opens_nothing_but_the_page_that_replaces_it(client, qin):
    assert log_in(client, "qinxin", FIRST).status_code == 303
    for url in ("/office/", "/office/all/", "/office/visits/"):
        assert client.get(url)["Location"] == "/account/password/", url
    assert client.get("/account/password/").status_code == 200


def test_with_a_password_of_their_own_they_are_at_their_desk(client, qin):
    log_in(client, "qinxin", FIRST)
    assert change(client).status_code == 303
    assert client.get("/office/").status_code == 200
    client.post("/logout/")
    assert log_in(client, "qinxin", FIRST).status_code == 422
    assert log_in(client, "qinxin", OWN).status_code == 303
    assert client.get("/office/").status_code == 200


def test_the_same_one_again_is_none_of_their_own(client, qin):
    log_in(client, "qinxin", FIRST)
    answer = change(client, FIRST)
    assert answer.status_code == 422
    assert "新密码不能和原来的一样" in page_of(answer)
    with everything():
        assert User.objects.get(pk=qin.pk).must_change_password


def test_a_new_first_password_ends_what_is_open(client, qin):
    log_in(client, "qinxin", FIRST)
    change(client)
    assert client.get("/office/").status_code == 200
    with everything():
        user = User.objects.get(pk=qin.pk)
        commands.give_password(user=user, password=FIRST + "-2", reason="忘记", by=SYSTEM, now=timezone.now())
    assert client.get("/office/").status_code != 200


# --- every address ----------------------------------------------------------------------------------------------------

SAMPLES = {"int": "1", "uuid": "00000000-0000-7000-8000-000000000000"}
WAYS = ("login", "logout", "second-factor")


def everywhere():
    """An address of every kind we have, with its name."""
    for address in addresses():
        if address.pattern.startswith("^"):
            continue  # The code in capitals, as some scanners read it: the same view as beside it.
        if address.pattern.startswith("api/"):
            continue  # Nobody is logged in there: cookies are taken away before anything is read.
        yield address.name, "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES.get(found[1], "x"), address.pattern)


def astray(client, owed: str, open_too: tuple[str, ...] = ()) -> list[str]:
    """The addresses that lead elsewhere than to what somebody owes, besides the ways in and out."""
    wrong = []
    for name, url in everywhere():
        if name.startswith(WAYS) or url == owed or name in open_too:
            continue
        for send in (client.get, client.post):
            answer = send(url)
            if (answer.status_code, answer.get("Location")) != (303, owed):
                wrong.append(f"{send.__name__} {url}: {answer.status_code} {answer.get('Location')}")
    return wrong


def test_no_address_of_all_opens_to_it(client, qin):
    log_in(client, "qinxin", FIRST)
    assert len(list(everywhere())) > 100
    assert astray(client, "/account/password/") == []
    assert client.get("/login/second/").status_code != 200
    assert change(client).status_code == 303


def test_it_binds_no_card(client, qin):
    log_in(client, "qinxin", FIRST)
    with cards.trusted() as authority:
        card = authority.give(Subject("某人"))
        here = {"headers": {"host": cards.PLACE}}
        answer = client.post(reverse("bind-certificate"), cards.answer(client, card, use="bind"), **here)
    assert answer["Location"] == "/account/password/"
    with everything():
        assert not BoundCertificate.objects.exists()


def test_an_officer_on_one_factor_opens_only_where_the_second_is_added(client, world, settings):
    settings.XUKE_OFFICERS_SECOND_FACTOR = True
    log_in(client, "zhoumin")
    pages = ("totp", "passkey", "passkey-options", "confirm", "confirm-options")
    enrolment = tuple(f"account-{page}" for page in pages)
    assert astray(client, "/account/security/", (*enrolment, "bind-certificate", "link-platform")) == []
    assert client.get("/account/totp/").status_code == 200
