"""How the people of the demonstration sign: each enterprise has a certificate of a certification authority that is
invented, and a key in this process. What they sign and how it is checked is the same as for everybody.
"""

from __future__ import annotations

import fcntl
import re
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from xuke.foundation import journal, scope
from xuke.foundation.pki import keys
from xuke.foundation.pki.algorithms import Family
from xuke.foundation.pki.certificates import Certificate
from xuke.foundation.pki.issuing import CertificateMaker, Issued, Subject
from xuke.foundation.pki.purposes import statement_message
from xuke.foundation.pki.stores import LISTS, ROOTS
from xuke.foundation.transactions import opened_for
from xuke.identity.certificates import trust
from xuke.licensing import statements
from xuke.licensing.models import Application
from xuke.parties.applicants import Applicant
from xuke.signatures.proofs import ByCertificate
from xuke.signatures.records import Means, in_base64
from xuke.signatures.statement import Statement

NAME = "演示证书认证机构 DEMO（不具有法律效力）"
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
UNTIL = datetime(2049, 12, 31, tzinfo=UTC)
"""Stories of the demonstration take place on any day between."""
PIN = "demonstration"
DAYS = (UNTIL - SINCE).days


def proof(verb: str, application: Application, *, by: Applicant, now: datetime) -> ByCertificate:
    """Look at what would be submitted, and sign it with the certificate of the enterprise."""
    with opened_for(by.scope) if scope.entered() is None else nullcontext():
        stored = Application.objects.select_related("enterprise", "authority").get(pk=application.pk)
        statement = statements.prepare(verb, stored, by=by, today=journal.legal_day(now))
    return sign(statement, by)


def sign(statement: Statement, by: Applicant) -> ByCertificate:
    """A signature over a statement, and the marks of what was read."""
    held = certificate_of(by.uscc, by.enterprise_name)
    return ByCertificate(
        digest=statement.digest,
        seen=statement.marks,
        certificate=held.certificate.der,
        signature=held.key.sign(statement_message(statement.digest)),
        algorithm=held.key.public.algorithms[0].value,
    )


_BROUGHT_BACK = re.compile(r'name="(digest|seen|revision|kind)" value="([^"]*)"')


def answer(page: str, *, uscc: str, name: str) -> dict[str, str]:
    """What the form of a page to sign sends, once the signing agent has answered with the enterprise's certificate."""
    shown = dict(_BROUGHT_BACK.findall(page))
    held = certificate_of(uscc, name)
    return {
        **shown,
        "means": Means.CERTIFICATE.value,
        "certificate": held.certificate.pem,
        "signature": in_base64(held.key.sign(statement_message(shown["digest"]))),
        "algorithm": held.key.public.algorithms[0].value,
    }


def certificate_of(uscc: str, name: str) -> Issued:
    """The certificate of an enterprise, with its key; made when it is asked for."""
    home = Path(settings.XUKE_HOME)
    authority(home)
    return _certificate_of(home, uscc, name)


@lru_cache(maxsize=1024)
def _certificate_of(home: Path, uscc: str, name: str) -> Issued:
    subject = Subject(name, name, credit_code=uscc)
    return authority(home).issue(subject, now=SINCE, days=DAYS)


def authority(home: Path) -> CertificateMaker:
    """The certification authority of the demonstration, trusted by this installation from now on."""
    made = _authority(home)
    root, crl = home / "trust" / ROOTS / "demonstration.pem", home / "trust" / LISTS / "demonstration.crl"
    if not crl.is_file() or not root.is_file() or root.read_text() != made.certificate.pem:
        _put(crl, made.crl(now=SINCE, next_update=UNTIL))
        _put(root, made.certificate.pem.encode())
        trust.forget()
    return made


@lru_cache(maxsize=8)
def _authority(home: Path) -> CertificateMaker:
    place = home / "keys" / "demonstration-signers"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (place / ".lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        return _read(place) or _found(place)


def _read(place: Path) -> CertificateMaker | None:
    certificate, key = place / "root.pem", place / "root.key"
    if not certificate.is_file() or not key.is_file():
        return None
    return CertificateMaker(Certificate.read(certificate.read_bytes()), keys.unlock(key.read_bytes(), PIN))


def _found(place: Path) -> CertificateMaker:
    """Make it; its root and its empty revocation list go where trust lies when somebody signs."""
    made = CertificateMaker.root(NAME, now=SINCE, family=Family.ECDSA, days=DAYS)
    (place / "root.key").write_bytes(made.key.protected(PIN, rounds=1000))
    (place / "root.key").chmod(0o600)
    _put(place / "root.pem", made.certificate.pem.encode())
    return made


def _put(path: Path, content: bytes) -> None:
    """Written beside its place and renamed, so that nobody reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)
