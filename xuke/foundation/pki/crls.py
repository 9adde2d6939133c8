"""Revocation lists (RFC 5280, 5): which certificates an authority has taken back, since when and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from xuke.foundation.pki import algorithms, der, oids, pem
from xuke.foundation.pki.algorithms import Algorithm
from xuke.foundation.pki.certificates import Certificate, Name, addresses, extension, name_of
from xuke.foundation.pki.pem import Unreadable, reading

LARGEST_LIST = 64 * 1024 * 1024
_WHAT = "证书吊销列表（CRL）"
_UNDERSTOOD = {oids.CRL_NUMBER, oids.AUTHORITY_KEY_ID, oids.ISSUING_DISTRIBUTION_POINT}
REASONS: Mapping[x509.ReasonFlags, str] = {
    x509.ReasonFlags.unspecified: "未说明原因",
    x509.ReasonFlags.key_compromise: "私钥泄露",
    x509.ReasonFlags.ca_compromise: "证书认证机构的私钥泄露",
    x509.ReasonFlags.affiliation_changed: "姓名或者单位变更",
    x509.ReasonFlags.superseded: "已经换发新证书",
    x509.ReasonFlags.cessation_of_operation: "停止使用",
    x509.ReasonFlags.certificate_hold: "暂停使用",
    x509.ReasonFlags.privilege_withdrawn: "权限已经撤回",
    x509.ReasonFlags.aa_compromise: "授权机构的私钥泄露",
}


@dataclass(frozen=True)
class Revocation:
    """That a certificate was taken back."""

    since: datetime
    """When it stopped counting: the day of the revocation, or the earlier one on which the key was lost."""
    reason: x509.ReasonFlags = x509.ReasonFlags.unspecified

    @property
    def is_hold(self) -> bool:
        """Whether it may end: the certificate was only put on hold (挂失)."""
        return self.reason is x509.ReasonFlags.certificate_hold

    @property
    def in_words(self) -> str:
        """The reason as a Chinese phrase."""
        return REASONS.get(self.reason, REASONS[x509.ReasonFlags.unspecified])


@dataclass(frozen=True, eq=False)
class RevocationList:
    """One list. Whether its issuer really signed it is asked by the store, which has the certificates."""

    issuer: Name
    this_update: datetime
    next_update: datetime
    entries: Mapping[int, x509.RevokedCertificate] = field(repr=False)
    """By serial number; what an entry says is read when it is asked for, since lists are long."""
    part: x509.IssuingDistributionPoint | None = field(repr=False)
    """Which part of the issuer's certificates the list is about; None: all."""
    is_complete: bool = field(repr=False)
    """Not an addition to another list, nor with a condition that we do not understand."""
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    signed_by: Algorithm | None = field(repr=False)

    @classmethod
    def read(cls, content: bytes) -> RevocationList:
        """From DER or PEM; raises Unreadable and nothing else."""
        (encoded, *_) = pem.unwrap(content, "X509 CRL", what=_WHAT, limit=LARGEST_LIST)
        with reading(_WHAT):
            signed, algorithm, signature = der.items(der.read_whole(encoded, der.SEQUENCE).content)
            return _assemble(encoded, signed, algorithm, signature)

    def covers(self, certificate: Certificate) -> bool:
        """Whether a certificate of this issuer that is not on the list has not been revoked."""
        part = self.part
        if not self.is_complete or part is None:
            return self.is_complete
        if part.indirect_crl or part.only_some_reasons or part.only_contains_attribute_certs or part.relative_name:
            return False
        if part.only_contains_ca_certs if not certificate.is_authority else part.only_contains_user_certs:
            return False
        places = set(addresses(part.full_name or ()))
        return not places or not places.isdisjoint(certificate.crl_places)

    def find(self, serial: int) -> Revocation | None:
        """The revocation of a certificate, if it is on the list. What cannot be read about it does not undo it."""
        entry = self.entries.get(serial)
        if entry is None:
            return None
        try:
            return _read_entry(entry)
        except Unreadable:
            return Revocation(entry.revocation_date_utc)


def _read_entry(entry: x509.RevokedCertificate) -> Revocation | None:
    with reading(_WHAT):
        reason = extension(entry.extensions, x509.CRLReason)
        lost = extension(entry.extensions, x509.InvalidityDate)
    if reason and reason.reason is x509.ReasonFlags.remove_from_crl:
        return None
    since = min(entry.revocation_date_utc, lost.invalidity_date_utc) if lost else entry.revocation_date_utc
    return Revocation(since, reason.reason if reason else x509.ReasonFlags.unspecified)


def _assemble(content: bytes, signed: der.Element, algorithm: der.Element, signature: der.Element) -> RevocationList:
    parsed = x509.load_der_x509_crl(content)
    fields = [item for item in der.items(signed.content) if item.tag != der.INTEGER]
    if signature.tag != der.BITS or signature.content[:1] != b"\0" or fields[0].whole != algorithm.whole:
        raise der.NotDER("the signature is not what the list says it is")
    if parsed.next_update_utc is None:
        raise Unreadable("证书吊销列表没有写明下次更新时间，不能据以判断。")
    return RevocationList(
        issuer=name_of(parsed.issuer),
        this_update=parsed.last_update_utc,
        next_update=parsed.next_update_utc,
        entries={entry.serial_number: entry for entry in parsed},
        part=extension(parsed.extensions, x509.IssuingDistributionPoint),
        is_complete=all(not one.critical or one.oid.dotted_string in _UNDERSTOOD for one in parsed.extensions),
        signed=signed.whole,
        signature=signature.content[1:],
        signed_by=algorithms.read(algorithm.whole),
    )
