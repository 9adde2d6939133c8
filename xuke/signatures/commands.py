"""Signing: the only writer of signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import connection
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from xuke.accounts.models import RealName
from xuke.foundation import files, journal
from xuke.foundation.canonical import moment
from xuke.foundation.identity import new_id
from xuke.foundation.pki.certificates import Certificate
from xuke.foundation.pki.pem import Unreadable
from xuke.foundation.transactions import command
from xuke.identity import passkeys
from xuke.identity import proofs as factors
from xuke.identity.certificates import trust
from xuke.identity.certificates.models import BoundCertificate
from xuke.identity.models import Passkey
from xuke.parties import permissions
from xuke.parties.applicants import Applicant
from xuke.parties.rules import SigningFacts, is_same_name
from xuke.signatures import checking, keys, refusals, standing
from xuke.signatures.models import Signature
from xuke.signatures.proofs import ByCertificate, ByConfirmation, ByPaper, ByPasskey, Proof
from xuke.signatures.records import Means, Record, in_base64
from xuke.signatures.statement import Statement

CONFIRMED = timedelta(minutes=2)
"""How long a confirmation waits for the submission it was given for: they are one click."""


@dataclass(frozen=True)
class _Evidence:
    """What a proof adds to the record."""

    means: Means
    algorithm: str
    key: bytes = b""
    signature: bytes = b""
    facts: Mapping[str, str] = field(default_factory=dict)


@command
def sign(*, statement: Statement, proof: Proof, by: Applicant, now: datetime, within: str = "") -> Signature:
    """Sign a statement: the proof is checked, and enterprise, person and mandate are asked afresh, in one transaction.

    Whoever calls has locked the subject and built the statement from what stands there now. `within` is the path of the
    authority that receives it.
    """
    facts = standing.read(by, today=journal.legal_day(now))
    permissions.demand_standing(facts)
    _demand_the_same(statement, proof, facts, by)
    evidence = _weigh(statement, proof, by, now)
    made = _record(statement, evidence, facts, by, now)
    signature = Signature(
        id=made.id,
        about=made.about,
        about_revision=made.revision,
        kind=made.kind,
        statement=statement.text,
        digest=made.digest,
        means=made.means.value,
        signer_id=made.signer,
        signer_name=made.name,
        capacity=made.capacity,
        standing=made.standing,
        key=made.key,
        evidence=made.evidence,
        signature=made.signature,
        algorithm=made.algorithm,
        signed_at=now,
        attested_by=made.attested_by,
        attestation=(attestation := keys.attesting_key().sign(made.encoded)),
        enterprise_id=by.enterprise_id,
        authority_path=within,
    )
    signature.save(force_insert=True)
    if isinstance(proof, ByPaper):
        files.keep_for(proof.scan, signature.stream)
    journal.record(
        "statement.signed",
        subject=signature,
        by=by,
        at=now,
        about=made.about,
        statement=made.digest,
        means=made.means.value,
        attestation=sha256(attestation).hexdigest(),
    )
    return signature


def _demand_the_same(statement: Statement, proof: Proof, facts: SigningFacts, by: Applicant) -> None:
    """What was shown is what stands there now, the signer is who acts, and neither was signed before."""
    known = set(Signature.objects.filter(digest__in={proof.digest, statement.digest}).values_list("digest", flat=True))
    if proof.digest != statement.digest:
        if proof.digest in known:
            raise refusals.Replayed
        raise refusals.SignedSomethingElse(statement.changes_since(proof.seen))
    if known:
        raise refusals.Replayed
    if statement.signer != standing.signer(facts) or statement.enterprise.code != by.uscc:
        raise refusals.SignedSomethingElse(("签名人和授权",))


def _record(statement: Statement, evidence: _Evidence, facts: SigningFacts, by: Applicant, now: datetime) -> Record:
    return Record(
        id=str(new_id()),
        kind=statement.kind.value,
        about=statement.about,
        revision=statement.revision,
        digest=statement.digest,
        means=evidence.means,
        signer=by.user_id,
        name=statement.signer.name,
        capacity=statement.signer.capacity,
        standing=standing.as_facts(facts),
        key=evidence.key,
        evidence=evidence.facts,
        signature=evidence.signature,
        algorithm=evidence.algorithm,
        signed_at=moment(now),
        attested_by=keys.attesting_key().key_id,
    )


# --- by means ---------------------------------------------------------------------------------------------------------


def _weigh(statement: Statement, proof: Proof, by: Applicant, now: datetime) -> _Evidence:
    """What the proof is worth; raises `SignatureRefused`."""
    if (by.counter is not None) != isinstance(proof, ByPaper):
        raise refusals.NotThisMeans("窗口代办的，由来访人在打印的签字页上签字；自己办的，用自己的方式签名。")
    match proof:
        case ByPaper():
            return _by_paper(proof, by)
        case ByCertificate():
            _demand_open(Means.CERTIFICATE)
            return _by_certificate(statement, proof, by, now)
        case ByPasskey():
            _demand_open(Means.PASSKEY)
            return _by_passkey(statement, proof, by, now)
        case ByConfirmation():
            _demand_open(Means.CONFIRMATION)
            return _by_confirmation(proof, by, now)
    raise refusals.NotThisMeans


def _demand_open(means: Means) -> None:
    if means.value not in settings.XUKE_SIGNATURE_MEANS:
        raise refusals.NotThisMeans


def _by_certificate(statement: Statement, proof: ByCertificate, by: Applicant, now: datetime) -> _Evidence:
    """Signature, then whose certificate it is, then its chain, validity and revocation, as they are now."""
    try:
        certificate, *above = (Certificate.read(one) for one in (proof.certificate, *proof.above))
    except Unreadable as problem:
        raise refusals.BadSignature(str(problem)) from None
    right = checking.certificate_signature(certificate, statement.digest, proof.signature, proof.algorithm)
    if not right.passed:
        raise refusals.BadSignature
    _demand_yours(certificate, by)
    verdict = trust.verdict_on(certificate, chain=above, at=now)
    if not verdict.trusted:
        raise refusals.NotTrusted(f"没有提交。{verdict.sentence}")
    facts = {
        checking.CHAIN: ",".join(in_base64(one.der) for one in verdict.chain[1:-1]),
        checking.JUDGED: f"{verdict.outcome.value} {'+'.join(verdict.doubts)}".strip(),
    }
    return _Evidence(Means.CERTIFICATE, proof.algorithm, certificate.der, proof.signature, facts)


def _demand_yours(certificate: Certificate, by: Applicant) -> None:
    """The certificate is the signer's own or the enterprise's, and nobody has reported it lost.

    One that names a natural person must name this one; one that names an enterprise, this enterprise; one that names
    neither must be bound to this account. A card that a colleague has reported lost is lost to everybody.
    """
    mark = bytes.fromhex(certificate.fingerprint)
    is_bound = BoundCertificate.objects.filter(user=by.user_id, fingerprint=mark, ended_at=None).exists()
    number, code = certificate.resident_number(), certificate.credit_code()
    if _is_ended(mark):
        raise refusals.NotYourCertificate("这张证书的绑定已经解除，不能用来签名。需要时在“账号与安全”里重新绑定。")
    if code and code != by.uscc:
        raise refusals.NotYourCertificate
    if number and not _is_of_this_person(certificate, number, by):
        raise refusals.NotYourCertificate
    if not number and not code and not is_bound:
        raise refusals.NotYourCertificate("这张证书上没有证件号码和信用代码，要先在“账号与安全”里绑定才能用来签名。")


def _is_ended(mark: bytes) -> bool:
    """Whoever bound it: the rows of colleagues are not shown, so a function of the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT signatures_card_is_ended(%s)", [mark])
        return bool(cursor.fetchone()[0])


def _is_of_this_person(certificate: Certificate, number: str, by: Applicant) -> bool:
    known = RealName.objects.filter(user=by.user_id, withdrawn_at=None).first()
    return known is not None and known.number == number and is_same_name(known.name, certificate.common_name)


def _by_passkey(statement: Statement, proof: ByPasskey, by: Applicant, now: datetime) -> _Evidence:
    """The device of this account verified its owner and signed the digest."""
    rows = Passkey.objects.select_for_update().filter(user=by.user_id, rp_id=proof.site.rp_id)
    passkey = rows.filter(credential_id=passkeys.id_of(dict(proof.answer))).first()
    if passkey is None:
        raise refusals.NotYourPasskey
    challenge = {"challenge": bytes_to_base64url(bytes.fromhex(statement.digest))}
    try:
        found = passkeys.used(dict(proof.answer), passkey, challenge=challenge, site=proof.site, alone=True)
        response = proof.answer["response"]
        signature = base64url_to_bytes(response["signature"])
    except (passkeys.WrongPasskey, ValueError, KeyError, TypeError):
        raise refusals.BadSignature from None
    factors.count_use(passkey, found.sign_count, now=now)
    facts = {
        checking.CREDENTIAL: bytes_to_base64url(bytes(passkey.credential_id)),
        checking.RP_ID: proof.site.rp_id,
        checking.ORIGIN: proof.site.origin,
        checking.AUTHENTICATOR_DATA: str(response["authenticatorData"]),
        checking.CLIENT_DATA: str(response["clientDataJSON"]),
    }
    return _Evidence(Means.PASSKEY, "WebAuthn", bytes(passkey.public_key), signature, facts)


def _by_paper(proof: ByPaper, by: Applicant) -> _Evidence:
    """The visitor signed by hand what was printed; the officer who saw it is named. The platform attests it."""
    assert by.counter is not None
    facts = {
        checking.SCAN: proof.scan,
        checking.WITNESS: f"{by.counter.authority_name}窗口{by.counter.officer}",
        checking.SHOWN: by.counter.document,
    }
    return _Evidence(Means.PAPER, "Ed25519", facts=facts)


def _by_confirmation(proof: ByConfirmation, by: Applicant, now: datetime) -> _Evidence:
    """The person at the screen proved once more who they are. Nothing of theirs is signed; the platform attests it."""
    if proof.user_id != by.user_id or proof.factor not in checking.FACTORS:
        raise refusals.NotYourConfirmation
    if not timedelta(0) <= now - proof.at <= CONFIRMED:
        raise refusals.NotYourConfirmation("确认已经过了很久，没有提交。请重新输入密码或者动态口令。")
    return _Evidence(Means.CONFIRMATION, "Ed25519", facts={checking.FACTOR: proof.factor})
