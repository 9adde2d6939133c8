"""Cards of the demonstration: certificates with keys under a PIN, to log in and to sign with the signing agent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from xuke.accounts.models import User
from xuke.accounts.queries import real_name
from xuke.config.demonstration import signing
from xuke.config.demonstration.people import FIRMS, Firm, number_of
from xuke.foundation.pki import pem
from xuke.foundation.pki.algorithms import Family
from xuke.foundation.pki.certificates import Certificate
from xuke.foundation.pki.issuing import Subject
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.identity.certificates import trust

PLACE = "demonstration-cards"
PIN = "123456"
OFFICER = "zhouwen"
CONTACT = FIRMS[2]
"""Whoever has a draft to submit."""
FAMILIES = (Family.RSA, Family.SM2)
_ROUNDS = 1000
"""The PIN is printed on the screen: guessing it is no secret to keep."""


@dataclass(frozen=True)
class Card:
    """A certificate and its key, as two files."""

    login_name: str
    family: Family

    @property
    def key(self) -> Path:
        """The key, under the PIN."""
        return self._file("key")

    @property
    def certificate(self) -> Path:
        """The certificate."""
        return self._file("pem")

    def _file(self, kind: str) -> Path:
        return Path(settings.XUKE_HOME) / PLACE / f"{self.login_name}-{self.family.lower()}.{kind}"

    def works(self, now: datetime) -> bool:
        """Whether it is there and of the authority that this installation trusts now."""
        if not self.key.is_file() or not self.certificate.is_file():
            return False
        try:
            held = Certificate.read(self.certificate.read_bytes())
        except pem.Unreadable:
            return False
        return trust.verdict_on(held, at=now).trusted


def make(*, now: datetime) -> tuple[Card, ...]:
    """The cards of an officer and of an enterprise's contact; those that work stay as they are."""
    home = Path(settings.XUKE_HOME)
    maker = signing.authority(home)
    made = []
    for subject, card in _wanted():
        if not card.works(now):
            issued = maker.issue(subject, now=signing.SINCE, days=signing.DAYS, family=card.family)
            card.key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            card.key.touch(mode=0o600)
            card.key.write_text(issued.key_pem(PIN, rounds=_ROUNDS))
            card.certificate.write_text(issued.certificate_pem)
        made.append(card)
    return tuple(made)


def _wanted() -> Iterator[tuple[Subject, Card]]:
    """Who gets a card, with the proven name and number of their account: by these the certificate is recognised."""
    with opened_for(EVERYTHING):
        users = {user.login_name: user for user in User.objects.filter(login_name__in=(OFFICER, CONTACT.login_name))}
        people = [(name, real_name(users[name])) for name in (OFFICER, CONTACT.login_name) if name in users]
    for login_name, known in people:
        if known is None:
            continue
        firm = CONTACT if login_name == CONTACT.login_name else None
        organisation, code = (firm.name, _code(firm)) if firm else ("", "")
        for family in FAMILIES:
            yield Subject(known.name, organisation, code, known.number), Card(login_name, family)


def _code(firm: Firm) -> str:
    """The credit code under which the demonstration registers a firm."""
    return number_of(FIRMS.index(firm) + 1, firm.division)
