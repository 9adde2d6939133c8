"""Certificates for tests: an authority that the installation under test trusts, and cards it gives to people."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.test import Client
from django.utils import timezone

from xuke.foundation.pki.algorithms import Family
from xuke.foundation.pki.certificates import Certificate
from xuke.foundation.pki.crls import Revocation
from xuke.foundation.pki.issuing import CertificateMaker, Issued, Subject
from xuke.identity.certificates import trust

PLACE = "localhost:8000"
"""The address under which the tests' browsers open the site; anywhere else certificates need TLS."""


@dataclass
class Authority:
    """A root and what it issues, laid where `xuke trust` would lay it."""

    family: Family
    since: datetime
    name: str = "测试"
    root: CertificateMaker = field(init=False)
    issuing: CertificateMaker = field(init=False)

    def __post_init__(self) -> None:
        self.root = CertificateMaker.root(f"{self.name}根证书", family=self.family, now=self.since)
        self.issuing = self.root.intermediate(f"{self.name}签发证书", now=self.since)

    def give(self, subject: Subject, *, since: datetime | None = None, days: int = 365) -> Issued:
        """A card for somebody."""
        return self.issuing.issue(subject, now=since or self.since, days=days)

    def lay_down(self, place: Path, *, revoked: Iterable[tuple[Certificate, datetime]] = ()) -> None:
        """Have the installation trust this authority, and know what it has taken back."""
        for name in ("roots", "intermediates", "crls"):
            (place / name).mkdir(parents=True, exist_ok=True)
        (place / "roots" / f"{self.family}.pem").write_text(self.root.certificate.pem)
        (place / "intermediates" / f"{self.family}.pem").write_text(self.issuing.certificate.pem)
        taken_back = [(certificate, Revocation(since)) for certificate, since in revoked]
        now = timezone.now() - timedelta(minutes=1)
        (place / "crls" / f"{self.family}-root.crl").write_bytes(self.root.crl(now=now))
        (place / "crls" / f"{self.family}-issuing.crl").write_bytes(self.issuing.crl(now=now, revoked=taken_back))
        trust.forget()


@contextmanager
def trusted(family: Family = Family.RSA) -> Iterator[Authority]:
    """An authority that is trusted as long as the block lasts."""
    place = Path(settings.XUKE_HOME) / "trust"
    authority = Authority(family, timezone.now() - timedelta(days=30))
    authority.lay_down(place)
    try:
        yield authority
    finally:
        shutil.rmtree(place)
        trust.forget()


def answer(client: Client, card: Issued, *, use: str = "login", origin: str = f"http://{PLACE}") -> dict[str, str]:
    """What the page sends after the agent has signed."""
    asked = client.post("/login/certificate/challenge/", {"use": use}, headers={"host": PLACE})
    assert asked.status_code == 200, asked.content.decode()
    return signed(card, asked.json()["challenge"], origin=origin)


def signed(
    card: Issued, challenge: str, *, origin: str = f"http://{PLACE}", key: Issued | None = None
) -> dict[str, str]:
    """A challenge, signed as the agent signs it."""
    algorithm = card.key.public.algorithms[0]
    signature = (key or card).key.sign(f"xuke-login-v1\n{origin}\n{challenge}".encode(), algorithm)
    return {
        "certificate": card.certificate_pem,
        "challenge": challenge,
        "signature": base64.b64encode(signature).decode(),
        "algorithm": algorithm.value,
    }
