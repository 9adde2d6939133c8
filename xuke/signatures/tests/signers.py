"""People who sign, each in their own way, and what may be wrong with what they bring."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from xuke.accounts.models import RealName, User
from xuke.accounts.persons import Person
from xuke.config.demonstration import signing
from xuke.foundation import journal
from xuke.foundation.pki.issuing import Issued
from xuke.foundation.pki.purposes import statement_message
from xuke.identity.commands import factors
from xuke.identity.passkeys import NewPasskey, Site
from xuke.identity.tests.authenticator import SoftPasskey
from xuke.licensing import statements
from xuke.licensing.models import Application
from xuke.parties.applicants import Applicant
from xuke.signatures import commands
from xuke.signatures.models import Signature
from xuke.signatures.proofs import ByCertificate, ByConfirmation, ByPasskey, Proof
from xuke.signatures.statement import Statement
from xuke.tests.cast import NOON

SITE = Site("testserver", "http://testserver")
MEANS = ("certificate", "passkey", "confirmation")


def statement_of(application: Application, by: Applicant, now: datetime = NOON, verb: str = "submit") -> Statement:
    """What the person would sign."""
    stored = Application.objects.select_related("enterprise", "authority").get(pk=application.pk)
    return statements.prepare(verb, stored, by=by, today=journal.legal_day(now))


def signed(statement: Statement, proof: Proof, by: Applicant, now: datetime = NOON) -> Signature:
    """The command."""
    return commands.sign(statement=statement, proof=proof, by=by, now=now, within="420000/420500/420506/")


def by_certificate(statement: Statement, by: Applicant, held: Issued | None = None, **changes: Any) -> ByCertificate:
    """With the certificate of the enterprise, or another one."""
    if held is None:
        return replace(signing.sign(statement, by), **changes)
    proof = ByCertificate(
        digest=statement.digest,
        seen=statement.marks,
        certificate=held.certificate.der,
        signature=held.key.sign(statement_message(statement.digest)),
        algorithm=held.key.public.algorithms[0].value,
    )
    return replace(proof, **changes)


class EdDSAKey:
    """The key of a security key that signs with Ed25519 (COSE -8), in the place of the usual one."""

    def __init__(self) -> None:
        self.private = ed25519.Ed25519PrivateKey.generate()

    def sign(self, data: bytes, _: object) -> bytes:
        """Over the message itself."""
        return self.private.sign(data)

    @property
    def registered(self) -> dict[int, Any]:
        """As the device registers it."""
        return {1: 1, 3: -8, -1: 6, -2: self.private.public_key().public_bytes_raw()}


class RSAKey:
    """The key of an older computer, which signs with RSA and SHA-256 (COSE -257)."""

    def __init__(self) -> None:
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def sign(self, data: bytes, _: object) -> bytes:
        """With the padding of PKCS #1 version 1.5."""
        return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())

    @property
    def registered(self) -> dict[int, Any]:
        """As the device registers it."""
        numbers = self.private.public_key().public_numbers()
        return {1: 3, 3: -257, -1: numbers.n.to_bytes(256, "big"), -2: numbers.e.to_bytes(3, "big")}


PASSKEYS: dict[str, type[EdDSAKey | RSAKey]] = {"EdDSA": EdDSAKey, "RS256": RSAKey}


def a_phone(by: Applicant, now: datetime = NOON, *, key: EdDSAKey | RSAKey | None = None) -> SoftPasskey:
    """A passkey registered to this person; with a key of another kind, where one is given."""
    phone = SoftPasskey()
    options = {"challenge": bytes_to_base64url(b"0" * 32), "user": {"id": bytes_to_base64url(b"h" * 32)}}
    made = json.loads(phone.make(options))
    numbers = phone.key.public_key().public_numbers()
    public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
    if key is not None:
        public, phone.key = key.registered, key  # type: ignore[assignment]
    new = NewPasskey(base64url_to_bytes(made["id"]), cbor2.dumps(public), 0, ("internal",), True)
    person = Person(by.user_id, by.name)
    factors.add_passkey(
        user=User.objects.get(pk=by.user_id),
        new=new,
        handle=phone.handle,
        rp_id=SITE.rp_id,
        name="手机",
        by=person,
        now=now,
    )
    return phone


def by_passkey(statement: Statement, phone: SoftPasskey, digest: str = "", **changes: Any) -> ByPasskey:
    """With a phone; `digest` is what the device is given to sign, when it is something else."""
    challenge = bytes_to_base64url(bytes.fromhex(digest or statement.digest))
    answer = json.loads(phone.use({"challenge": challenge}))
    return replace(ByPasskey(digest=statement.digest, seen=statement.marks, answer=answer, site=SITE), **changes)


def by_confirmation(statement: Statement, by: Applicant, now: datetime = NOON, **changes: Any) -> ByConfirmation:
    """With a password that was found right."""
    proof = ByConfirmation(digest=statement.digest, seen=statement.marks, user_id=by.user_id, factor="password", at=now)
    return replace(proof, **changes)


def sign_by(means: str, statement: Statement, by: Applicant, now: datetime = NOON) -> Signature:
    """Signed well, by one of the means."""
    if means == "passkey":
        proof: Proof = by_passkey(statement, a_phone(by, now))
    elif means == "confirmation":
        proof = by_confirmation(statement, by, now)
    else:
        proof = by_certificate(statement, by)
    return signed(statement, proof, by, now)


def number_of(by: Applicant) -> str:
    """The resident number of somebody of the cast."""
    return str(RealName.objects.get(user=by.user_id).number)


A_MINUTE = timedelta(minutes=1)
