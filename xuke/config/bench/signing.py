"""CPU of verifying a signed submission: statement, record, signature, chain, revocation, as a case page does it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from statistics import median

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.utils import timezone
from webauthn.helpers import bytes_to_base64url

from xuke.config.bench.measure import Figure
from xuke.config.demonstration import signing, stories
from xuke.config.demonstration.people import Cast
from xuke.foundation.journal import legal_day
from xuke.foundation.pki.algorithms import Family
from xuke.foundation.pki.issuing import CertificateMaker, Subject
from xuke.foundation.pki.purposes import statement_message
from xuke.foundation.pki.stores import LISTS, ROOTS
from xuke.foundation.transactions import opened_for
from xuke.identity.certificates import trust
from xuke.licensing import statements
from xuke.licensing.models import Application
from xuke.signatures import checking, keys, standing
from xuke.signatures.checking import Trust
from xuke.signatures.records import Means, Record
from xuke.signatures.statement import Statement

TIMES = 200
TARGET_MS = 10.0


@dataclass(frozen=True)
class _Signed:
    """What is verified."""

    record: Record
    text: str
    attestation: bytes


def verification(cast: Cast) -> list[Figure]:
    """One figure for each means, and for each family of keys of certificates."""
    now = timezone.now()
    statement, facts = _statement(cast, now)
    home = Path(settings.XUKE_HOME)
    figures = []
    for family in Family:
        maker = _trusted(home, family)
        held = maker.issue(Subject("演示", credit_code=cast.applicant.uscc), now=signing.SINCE, days=9000)
        made = _record(
            statement,
            facts,
            Means.CERTIFICATE,
            now,
            key=held.certificate.der,
            signature=held.key.sign(statement_message(statement.digest)),
            algorithm=held.key.public.algorithms[0].value,
        )
        figures.append(_figure(f"verify_submission_certificate_{family.value.lower()}", made))
    figures.append(_figure("verify_submission_passkey", _by_passkey(statement, facts, now)))
    confirmed = _record(statement, facts, Means.CONFIRMATION, now, evidence={checking.FACTOR: "password"})
    figures.append(_figure("verify_submission_confirmation", confirmed))
    return figures


def _statement(cast: Cast, now: datetime) -> tuple[Statement, dict[str, str]]:
    draft, today = stories.draft(cast, timezone.now), legal_day(now)
    with opened_for(cast.applicant.scope):
        application = Application.objects.select_related("enterprise", "authority").get(pk=draft.pk)
        facts = standing.read(cast.applicant, today=today)
        return statements.prepare("submit", application, by=cast.applicant, today=today), standing.as_facts(facts)


def _trusted(home: Path, family: Family) -> CertificateMaker:
    """An authority in between, as real ones have; its root and the lists of both are trusted here."""
    root = CertificateMaker.root(f"测量 {family}", now=signing.SINCE, family=family, days=9000)
    below = root.intermediate(f"测量 {family} 签发", now=signing.SINCE, days=9000)
    for part, name, content in (
        (ROOTS, f"{family}.pem", root.certificate.pem.encode()),
        ("intermediates", f"{family}.pem", below.certificate.pem.encode()),
        (LISTS, f"{family}-root.crl", root.crl(now=signing.SINCE, next_update=signing.UNTIL)),
        (LISTS, f"{family}.crl", below.crl(now=signing.SINCE, next_update=signing.UNTIL)),
    ):
        place = home / "trust" / part / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    trust.forget()
    return below


def _by_passkey(statement: Statement, facts: dict[str, str], now: datetime) -> _Signed:
    """A passkey in software, as phones have it: P-256."""
    key = ec.generate_private_key(ec.SECP256R1())
    numbers = key.public_key().public_numbers()
    public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
    challenge = bytes_to_base64url(bytes.fromhex(statement.digest))
    client = json.dumps({"type": "webauthn.get", "challenge": challenge, "origin": "https://xuke.example"}).encode()
    data = sha256(b"xuke.example").digest() + bytes([0x05]) + (1).to_bytes(4, "big")
    evidence = {
        checking.CREDENTIAL: bytes_to_base64url(b"c" * 32),
        checking.RP_ID: "xuke.example",
        checking.ORIGIN: "https://xuke.example",
        checking.AUTHENTICATOR_DATA: bytes_to_base64url(data),
        checking.CLIENT_DATA: bytes_to_base64url(client),
    }
    signature = key.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
    return _record(
        statement, facts, Means.PASSKEY, now, key=cbor2.dumps(public), signature=signature, evidence=evidence
    )


def _record(
    statement: Statement,
    facts: dict[str, str],
    means: Means,
    now: datetime,
    *,
    key: bytes = b"",
    signature: bytes = b"",
    algorithm: str = "",
    evidence: dict[str, str] | None = None,
) -> _Signed:
    attesting = keys.attesting_key()
    record = Record(
        id="0192",
        kind=statement.kind.value,
        about=statement.about,
        revision=statement.revision,
        digest=statement.digest,
        means=means,
        signer=1,
        name=statement.signer.name,
        capacity=statement.signer.capacity,
        standing=facts,
        key=key,
        evidence=evidence or {},
        signature=signature,
        algorithm=algorithm,
        signed_at=now.isoformat(),
        attested_by=attesting.key_id,
    )
    return _Signed(record, statement.text, attesting.sign(record.encoded))


def _figure(name: str, made: _Signed) -> Figure:
    """Keys and trust are looked up each time, as a page does; chains already found are remembered, as in a process."""

    def verify() -> bool:
        believed = Trust(trust.store(), keys.public_keys())
        return checking.check(made.record, text=made.text, attestation=made.attestation, trust=believed).good

    if not verify():
        raise SystemExit(f"签名没有通过核验，指标无效：{name}。")
    took = sorted(_timed(verify) for _ in range(TIMES))
    value = median(took)
    details: dict[str, object] = {
        "p99_ms": round(took[int(TIMES * 0.99)], 3),
        "statement_bytes": len(made.text.encode()),
        "record_bytes": len(made.record.encoded),
        "times": TIMES,
    }
    return Figure(name, round(value, 3), "ms CPU", TARGET_MS, value <= TARGET_MS, details)


def _timed(verify: Callable[[], bool]) -> float:
    before = time.process_time()
    verify()
    return (time.process_time() - before) * 1000
