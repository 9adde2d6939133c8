"""Cards of the demonstration: they log in, they sign, and they are made once."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from xuke.agent.token import Token
from xuke.config import cli_demo
from xuke.config.demonstration import cards, people, signing
from xuke.foundation import journal
from xuke.foundation.pki import keys
from xuke.foundation.pki.certificates import Certificate
from xuke.foundation.pki.issuing import Issued
from xuke.foundation.pki.purposes import statement_message
from xuke.identity.certificates import trust
from xuke.licensing import commands, statements
from xuke.licensing.models import Application
from xuke.parties.queries import applicant
from xuke.signatures.proofs import ByCertificate
from xuke.tests.cards import PLACE, answer
from xuke.tests.cast import LONG_AGO, Minutes, drafted, everything


@pytest.fixture
def huang(world):
    """黄萍 of the noodle factory, as the demonstration registers her."""
    firm = cards.CONTACT
    enterprise, user = people.found_firm(firm, place=people.FIRMS.index(firm) + 1, now=LONG_AGO)
    officers = world.casts["wuxiaomei"]
    who = applicant(user, today=journal.legal_day(LONG_AGO), enterprise=enterprise)
    return replace(officers, applicant=who, firm=firm)


@pytest.fixture
def made(huang):
    place = Path(settings.XUKE_HOME) / cards.PLACE
    yield cards.make(now=timezone.now())
    shutil.rmtree(place, ignore_errors=True)


def contents(made):
    return [path.read_bytes() for card in made for path in (card.key, card.certificate)]


def test_four_cards_with_keys_under_the_pin(made):
    assert [(card.login_name, card.family) for card in made] == [
        (name, family) for name in ("zhouwen", "huangping") for family in ("RSA", "SM2")
    ]
    for card in made:
        assert card.key.stat().st_mode & 0o777 == 0o600
        assert Token.read(key=card.key, certificate=card.certificate).sign(b"x", cards.PIN)


def test_what_works_stays_and_what_does_not_is_made_anew(made):
    before, (first, *_) = contents(made), made
    assert contents(cards.make(now=timezone.now())) == before
    first.certificate.write_bytes(b"damaged")
    cards.make(now=timezone.now())
    assert first.works(timezone.now())
    shutil.rmtree(Path(settings.XUKE_HOME) / "keys" / "demonstration-signers")
    signing._authority.cache_clear()
    signing._certificate_of.cache_clear()
    again = cards.make(now=timezone.now())
    assert all(card.works(timezone.now()) for card in again)
    assert not set(contents(again)) & set(before)


def test_they_log_in(made):
    for card in made:
        held = Certificate.read(card.certificate.read_bytes())
        issued = Issued(held, keys.unlock(card.key.read_bytes(), cards.PIN))
        client = Client()
        answered = client.post("/login/certificate/", answer(client, issued), headers={"host": PLACE})
        assert answered.status_code == 303, answered.content.decode()


def test_the_contact_signs_an_application_with_hers(world, huang, made):
    clock = Minutes()
    case = drafted(world, huang, clock)
    with everything():
        stored = Application.objects.select_related("enterprise", "authority").get(pk=case.pk)
        statement = statements.prepare("submit", stored, by=huang.applicant, today=clock.moment.date())
    for card in made[2:]:
        held = Certificate.read(card.certificate.read_bytes())
        token = Token.read(key=card.key, certificate=card.certificate)
        signature = token.sign(statement_message(statement.digest), cards.PIN)
        proof = ByCertificate(
            digest=statement.digest,
            seen=statement.marks,
            certificate=held.der,
            signature=signature,
            algorithm=held.key.algorithms[0].value,
        )
        assert trust.verdict_on(held, at=clock.moment).trusted
    submitted = commands.submit(application=case, proof=proof, by=huang.applicant, now=clock())
    assert submitted.state == "submitted"


def test_the_demonstration_says_how_to_start_the_agent(made):
    told = cli_demo._introduction("http://127.0.0.1:8001", made)
    (line,) = [line for line in told.splitlines() if " agent " in line]
    assert line.endswith("--origin http://127.0.0.1:8001")
    assert "huangping-sm2" in line or "huangping-rsa" in line
    assert f"口令 {cards.PIN}" in told
    for name in ("罗汀", "方原", "简明"):
        assert f"{name}，湖北省市场监督管理局" in told
    assert "agent" not in cli_demo._introduction("http://127.0.0.1:8001", ())
