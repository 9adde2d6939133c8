"""A certification authority for tests, demonstrations and the pages that explain: RSA, ECDSA or SM2.

Real authorities are licensed (Electronic Signature Law, art. 18) and keep their keys in hardware; this one says what it
is in the names its users give it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509

from xuke.foundation.pki import algorithms, der, keys, oids, pem, protection
from xuke.foundation.pki.algorithms import Family
from xuke.foundation.pki.certificates import Certificate, Name
from xuke.foundation.pki.crls import Revocation, RevocationList
from xuke.foundation.pki.keys import PrivateKey

SIGNING = frozenset({"digital_signature", "content_commitment"})
ENCRYPTION = frozenset({"key_encipherment", "data_encipherment", "key_agreement"})
AUTHORITY = frozenset({"key_cert_sign", "crl_sign"})
_USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
_CRL_REASONS = {
    x509.ReasonFlags.unspecified: 0,
    x509.ReasonFlags.key_compromise: 1,
    x509.ReasonFlags.ca_compromise: 2,
    x509.ReasonFlags.affiliation_changed: 3,
    x509.ReasonFlags.superseded: 4,
    x509.ReasonFlags.cessation_of_operation: 5,
    x509.ReasonFlags.certificate_hold: 6,
    x509.ReasonFlags.remove_from_crl: 8,
    x509.ReasonFlags.privilege_withdrawn: 9,
    x509.ReasonFlags.aa_compromise: 10,
}


@dataclass(frozen=True)
class Subject:
    """Who gets a certificate: a person, perhaps of an enterprise, or the enterprise itself."""

    name: str
    organisation: str = ""
    credit_code: str = ""
    resident_number: str = ""
    country: str = "CN"

    @property
    def as_name(self) -> Name:
        """The distinguished name."""
        attributes = (
            (oids.COUNTRY, self.country),
            (oids.ORGANISATION, self.organisation),
            (oids.COMMON_NAME, self.name),
        )
        return Name(tuple((oid, value) for oid, value in attributes if value))


@dataclass(frozen=True)
class Issued:
    """A certificate with its key."""

    certificate: Certificate
    key: PrivateKey = field(repr=False)

    @property
    def certificate_pem(self) -> str:
        """The certificate in PEM."""
        return self.certificate.pem

    def key_pem(self, pin: str, *, rounds: int = protection.ROUNDS) -> str:
        """The key in PKCS#8, encrypted under a PIN; `openssl pkey` reads it, that of SM2 too."""
        return self.key.protected(pin, rounds=rounds).decode()


@dataclass(frozen=True)
class CertificateMaker:
    """An authority that can issue: its certificate and key, and those above it without the root."""

    certificate: Certificate
    key: PrivateKey = field(repr=False)
    above: tuple[Certificate, ...] = ()

    @classmethod
    def root(
        cls,
        name: str,
        *,
        now: datetime,
        family: Family = Family.SM2,
        days: int = 3650,
        path_length: int | None = None,
    ) -> CertificateMaker:
        """A new root of trust, signed by itself."""
        key = keys.generate(family)
        own = Subject(name).as_name
        extensions = _extensions(key, None, uses=AUTHORITY, authority=True, path_length=path_length)
        return cls(_certify(key, own, key, own, now, days, extensions), key)

    def intermediate(
        self,
        name: str,
        *,
        now: datetime,
        family: Family | None = None,
        days: int = 1825,
        path_length: int | None = 0,
        authority: bool = True,
    ) -> CertificateMaker:
        """An authority below this one. Without `authority` it is one that must not issue, for tests."""
        key = keys.generate(family or self.key.family)
        extensions = _extensions(key, self.key, uses=AUTHORITY, authority=authority, path_length=path_length)
        certificate = _certify(self.key, self.certificate.subject, key, Subject(name).as_name, now, days, extensions)
        above = (self.certificate, *self.above) if self.certificate.subject != self.certificate.issuer else ()
        return CertificateMaker(certificate, key, above)

    @property
    def chain(self) -> tuple[Certificate, ...]:
        """What travels with the certificates it issues: itself and those above, without the root."""
        return () if self.certificate.subject == self.certificate.issuer else (self.certificate, *self.above)

    def issue(
        self,
        subject: Subject,
        *,
        now: datetime,
        days: int = 365,
        family: Family | None = None,
        uses: frozenset[str] = SIGNING,
        purposes: Sequence[str] = (),
        crl_places: Sequence[str] = (),
        key: PrivateKey | None = None,
    ) -> Issued:
        """A certificate for a person or an enterprise, valid from `now`, with a new key unless one is given."""
        key = key or keys.generate(family or self.key.family)
        extensions = [
            *_extensions(key, self.key, uses=uses, authority=False),
            *_numbers(subject),
            *_addresses(crl_places),
        ]
        if purposes:
            found = x509.ExtendedKeyUsage([x509.ObjectIdentifier(purpose) for purpose in purposes])
            extensions.append(_extension(oids.EXTENDED_KEY_USAGE, found.public_bytes()))
        certificate = _certify(self.key, self.certificate.subject, key, subject.as_name, now, days, extensions)
        return Issued(certificate, key)

    def crl(
        self,
        *,
        now: datetime,
        next_update: datetime | None = None,
        revoked: Iterable[tuple[Certificate | int, Revocation]] = (),
        further: Sequence[bytes] = (),
    ) -> bytes:
        """The revocation list in PEM; valid for a day unless told otherwise. `further` are extensions in DER."""
        algorithm = algorithms.write(self.key.public.algorithms[0])
        entries = [_entry(whose if isinstance(whose, int) else whose.serial, why) for whose, why in revoked]
        extensions = (_authority_key_id(self.key), _extension(oids.CRL_NUMBER, der.integer(int(now.timestamp()))))
        signed = der.sequence(
            der.integer(1),
            algorithm,
            _name(self.certificate.subject),
            der.moment(now),
            der.moment(next_update or now + timedelta(days=1)),
            *([der.sequence(*entries)] if entries else []),
            der.tagged(0, der.sequence(*extensions, *further)),
        )
        return pem.wrap("X509 CRL", der.sequence(signed, algorithm, der.bits(self.key.sign(signed))))

    def revocation_list(self, **facts: object) -> RevocationList:
        """The same, read."""
        return RevocationList.read(self.crl(**facts))  # type: ignore[arg-type]


def _certify(
    issuer_key: PrivateKey,
    issuer: Name,
    key: PrivateKey,
    subject: Name,
    now: datetime,
    days: int,
    extensions: Iterable[bytes],
) -> Certificate:
    algorithm = algorithms.write(issuer_key.public.algorithms[0])
    signed = der.sequence(
        der.tagged(0, der.integer(2)),
        der.integer(1 + secrets.randbits(120)),
        algorithm,
        _name(issuer),
        der.sequence(der.moment(now), der.moment(now + timedelta(days=days))),
        _name(subject),
        key.public.spki,
        der.tagged(3, der.sequence(*extensions)),
    )
    return Certificate.read(der.sequence(signed, algorithm, der.bits(issuer_key.sign(signed))))


def _name(name: Name) -> bytes:
    return der.sequence(
        *(der.set_of(der.sequence(der.object_identifier(oid), _string(oid, value))) for oid, value in name.attributes)
    )


def _string(oid: str, value: str) -> bytes:
    return der.element(der.PRINTABLE, value.encode()) if oid == oids.COUNTRY else der.utf8(value)


def _extension(oid: str, value: bytes, *, critical: bool = False) -> bytes:
    return der.sequence(der.object_identifier(oid), *([der.yes()] if critical else []), der.octets(value))


def _extensions(
    key: PrivateKey,
    issuer: PrivateKey | None,
    *,
    uses: frozenset[str],
    authority: bool,
    path_length: int | None = None,
) -> list[bytes]:
    constraints = x509.BasicConstraints(ca=authority, path_length=path_length if authority else None)
    usage = x509.KeyUsage(**{use: use in uses for use in _USES})
    return [
        _extension(oids.BASIC_CONSTRAINTS, constraints.public_bytes(), critical=True),
        _extension(oids.KEY_USAGE, usage.public_bytes(), critical=True),
        _extension(oids.SUBJECT_KEY_ID, der.octets(_key_id(key))),
        *([_authority_key_id(issuer)] if issuer else []),
    ]


def _key_id(key: PrivateKey) -> bytes:
    """Twenty bytes that name a key (RFC 7093, method 1 for the whole SubjectPublicKeyInfo)."""
    return hashlib.sha256(key.public.spki).digest()[:20]


def _authority_key_id(key: PrivateKey) -> bytes:
    return _extension(oids.AUTHORITY_KEY_ID, der.sequence(der.element(0x80, _key_id(key))))


def _numbers(subject: Subject) -> list[bytes]:
    """Credit code and identity number where GB/T 20518 has them."""
    found = []
    if subject.credit_code:
        code = der.element(der.PRINTABLE, subject.credit_code.encode())
        found.append(_extension(oids.ORGANISATION_CODE, code))
    if subject.resident_number:
        number = der.tagged(0, der.element(der.PRINTABLE, subject.resident_number.encode()))
        found.append(_extension(oids.IDENTIFY_CODE, der.set_of(number)))
    return found


def _addresses(places: Sequence[str]) -> list[bytes]:
    if not places:
        return []
    names = [x509.UniformResourceIdentifier(place) for place in places]
    points = x509.CRLDistributionPoints([x509.DistributionPoint(names, None, None, None)])
    return [_extension(oids.CRL_DISTRIBUTION_POINTS, points.public_bytes())]


def _entry(serial: int, why: Revocation) -> bytes:
    reason = der.element(der.ENUMERATED, bytes((_CRL_REASONS[why.reason],)))
    return der.sequence(der.integer(serial), der.moment(why.since), der.sequence(_extension(oids.REASON_CODE, reason)))
