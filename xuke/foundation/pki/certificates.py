"""X.509 certificates of people, enterprises and authorities (RFC 5280, GB/T 20518), read once and frozen."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from cryptography import x509

from xuke.foundation.identifiers import checksums
from xuke.foundation.pki import algorithms, der, oids, pem
from xuke.foundation.pki.algorithms import Algorithm, Family
from xuke.foundation.pki.keys import PublicKey
from xuke.foundation.pki.pem import Unreadable, reading

LARGEST_CERTIFICATE = 32 * 1024
LARGEST_BUNDLE = 4 * 1024 * 1024
_WHAT = "数字证书（X.509）"
_UNDERSTOOD = {oids.BASIC_CONSTRAINTS, oids.KEY_USAGE, oids.EXTENDED_KEY_USAGE} | {
    # Nothing in these narrows what we use a certificate for.
    oids.SUBJECT_KEY_ID,
    oids.AUTHORITY_KEY_ID,
    oids.SUBJECT_ALTERNATIVE_NAME,
    oids.CERTIFICATE_POLICIES,
    oids.CRL_DISTRIBUTION_POINTS,
}
_OF_OTHER_TRADES = frozenset(f"1.3.6.1.5.5.7.3.{number}" for number in (1, 3, 8, 9))
"""Purposes that have nothing to do with a person: servers, code, time stamps, OCSP."""
_SHORT_NAMES = {
    oids.COMMON_NAME: "CN",
    oids.ORGANISATION: "O",
    oids.UNIT: "OU",
    oids.COUNTRY: "C",
    oids.PROVINCE: "ST",
    oids.LOCALITY: "L",
    oids.SERIAL_NUMBER: "SERIALNUMBER",
}
_TEXTS = {der.UTF8: "utf-8", der.PRINTABLE: "ascii", der.IA5: "ascii", der.TELETEX: "latin-1", der.BMP: "utf-16-be"}

E = TypeVar("E", bound=x509.ExtensionType)


@dataclass(frozen=True)
class Name:
    """A distinguished name: attributes in the order of the certificate."""

    attributes: tuple[tuple[str, str], ...]
    """Object identifier and value."""

    def get(self, oid: str) -> str:
        """The first value of an attribute, or nothing."""
        return next((value for name, value in self.attributes if name == oid), "")

    @property
    def key(self) -> tuple[tuple[str, str], ...]:
        """Equal for names that RFC 5280, 7.1 takes for the same: spaces and capitals do not count."""
        return tuple((oid, " ".join(value.split()).casefold()) for oid, value in self.attributes)

    def __str__(self) -> str:
        return ", ".join(f"{_SHORT_NAMES.get(oid, oid)}={value}" for oid, value in self.attributes)


@dataclass(frozen=True)
class Places:
    """Where certification authorities write numbers. The first place with a right number counts."""

    credit_code: tuple[str, ...] = (
        "1.2.156.10260.4.4",
        oids.ORGANISATION_CODE,
        oids.REGISTRATION_NUMBER,
        "1.2.86.11.7.4",
        "1.2.86.11.7.3",
        "1.2.156.1.8888.148",
        oids.ORGANISATION_ID,
        oids.SERIAL_NUMBER,
        oids.UNIT,
    )
    """GM/T 0015-2023, GB/T 20518, the older arc of the same, one authority's own; then attributes of the subject."""
    resident_number: tuple[str, ...] = (
        "1.2.156.10260.4.1.1.1",
        oids.IDENTIFY_CODE,
        "1.2.86.11.7.1",
        "1.2.156.1.8888.148",
        oids.SERIAL_NUMBER,
    )


USUAL_PLACES = Places()


@dataclass(frozen=True)
class Certificate:
    """One certificate. Two are equal when their bytes are."""

    der: bytes = field(repr=False)
    serial: int = field(compare=False)
    subject: Name = field(compare=False)
    issuer: Name = field(compare=False)
    not_before: datetime = field(compare=False)
    not_after: datetime = field(compare=False)
    key: PublicKey = field(compare=False, repr=False)
    uses: frozenset[str] | None = field(compare=False, repr=False)
    """Key usage, by the names of RFC 5280 in snake case; None: not restricted."""
    purposes: frozenset[str] | None = field(compare=False, repr=False)
    """Extended key usage, as object identifiers; None: not restricted."""
    is_authority: bool = field(compare=False, repr=False)
    path_length: int | None = field(compare=False, repr=False)
    key_id: bytes = field(compare=False, repr=False)
    issuer_key_id: bytes = field(compare=False, repr=False)
    crl_places: tuple[str, ...] = field(compare=False, repr=False)
    further: tuple[tuple[str, str], ...] = field(compare=False, repr=False)
    """The text in each extension that is not of RFC 5280."""
    not_understood: tuple[str, ...] = field(compare=False, repr=False)
    """Critical extensions that we do not know: whoever does not understand them must not accept the certificate."""
    signed: bytes = field(compare=False, repr=False)
    signature: bytes = field(compare=False, repr=False)
    signed_by: Algorithm | None = field(compare=False, repr=False)
    """How the issuer signed; None: in a way that we do not accept, such as SHA-1."""

    @classmethod
    def read(cls, content: bytes | str) -> Certificate:
        """From DER or PEM, the first one if there are several; raises Unreadable and nothing else."""
        return cls._parse(pem.unwrap(content, "CERTIFICATE", what=_WHAT, limit=LARGEST_CERTIFICATE)[0])

    @classmethod
    def read_all(cls, content: bytes | str) -> tuple[Certificate, ...]:
        """Every certificate of a file."""
        return tuple(map(cls._parse, pem.unwrap(content, "CERTIFICATE", what=_WHAT, limit=LARGEST_BUNDLE)))

    @classmethod
    def _parse(cls, content: bytes) -> Certificate:
        if len(content) > LARGEST_CERTIFICATE:
            raise Unreadable("数字证书太大，没有读取。")
        with reading(_WHAT):
            signed, algorithm, signature = der.items(der.read_whole(content, der.SEQUENCE).content)
            return _assemble(content, signed, algorithm, signature)

    @property
    def pem(self) -> str:
        """The certificate in PEM."""
        return pem.wrap("CERTIFICATE", self.der).decode()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hexadecimal."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def family(self) -> Family:
        """The kind of its key."""
        return self.key.family

    @property
    def common_name(self) -> str:
        """Whose it is: a person's or an enterprise's name."""
        return self.subject.get(oids.COMMON_NAME)

    @property
    def organisation(self) -> str:
        """The enterprise or authority the subject belongs to."""
        return self.subject.get(oids.ORGANISATION)

    @property
    def may_sign(self) -> bool:
        """Whether its key is meant for signatures of a person or an enterprise: neither an encryption certificate, of
        which everybody in China has one beside the other, nor that of an authority, a server or a program."""
        if self.is_authority:
            return False
        signing = self.uses is None or bool(self.uses & {"digital_signature", "content_commitment"})
        return signing and (self.purposes is None or not self.purposes <= _OF_OTHER_TRADES)

    @property
    def may_issue(self) -> bool:
        """Whether its key is meant to sign certificates."""
        return self.is_authority and (self.uses is None or "key_cert_sign" in self.uses)

    @property
    def may_revoke(self) -> bool:
        """Whether its key is meant to sign revocation lists."""
        return self.uses is None or "crl_sign" in self.uses

    def is_valid_at(self, at: datetime) -> bool:
        """Whether the moment lies in its validity."""
        return self.not_before <= at <= self.not_after

    def credit_code(self, places: Places = USUAL_PLACES) -> str:
        """The unified social credit code in it, with a right check character; empty when there is none."""
        return next((code for text in self._texts(places.credit_code) if (code := _credit_code(text))), "")

    def resident_number(self, places: Places = USUAL_PLACES) -> str:
        """The resident identity number in it, with a right check character; empty when there is none."""
        return next((number for text in self._texts(places.resident_number) if (number := _resident_number(text))), "")

    def _texts(self, places: Iterable[str]) -> Iterator[str]:
        for place in places:
            for oid, text in (*self.further, *self.subject.attributes):
                if oid == place:
                    yield text


def _assemble(content: bytes, signed: der.Element, algorithm: der.Element, signature: der.Element) -> Certificate:
    """Structure and names by cryptography, key and signature by ourselves: it refuses keys of SM2."""
    parsed = x509.load_der_x509_certificate(content)
    fields = [item for item in der.items(signed.content) if item.tag != 0xA0]
    if signature.tag != der.BITS or signature.content[:1] != b"\0" or fields[1].whole != algorithm.whole:
        raise der.NotDER("the signature is not what the certificate says it is")
    extensions = parsed.extensions
    constraints = extension(extensions, x509.BasicConstraints)
    key_id, issuer_key_id = (
        extension(extensions, x509.SubjectKeyIdentifier),
        extension(extensions, x509.AuthorityKeyIdentifier),
    )
    purposes = extension(extensions, x509.ExtendedKeyUsage)
    points = extension(extensions, x509.CRLDistributionPoints)
    return Certificate(
        der=content,
        serial=parsed.serial_number,
        subject=name_of(parsed.subject),
        issuer=name_of(parsed.issuer),
        not_before=parsed.not_valid_before_utc,
        not_after=parsed.not_valid_after_utc,
        key=PublicKey.read(fields[5].whole),
        uses=_uses(extension(extensions, x509.KeyUsage)),
        purposes=frozenset(purpose.dotted_string for purpose in purposes) if purposes else None,
        is_authority=bool(constraints and constraints.ca),
        path_length=constraints.path_length if constraints else None,
        key_id=key_id.digest if key_id else b"",
        issuer_key_id=(issuer_key_id.key_identifier if issuer_key_id else None) or b"",
        crl_places=tuple(place for point in points or () for place in addresses(point.full_name or ())),
        further=tuple(
            (one.oid.dotted_string, text_in(one.value.value))
            for one in extensions
            if isinstance(one.value, x509.UnrecognizedExtension)
        ),
        not_understood=tuple(
            one.oid.dotted_string for one in extensions if one.critical and one.oid.dotted_string not in _UNDERSTOOD
        ),
        signed=signed.whole,
        signature=signature.content[1:],
        signed_by=algorithms.read(algorithm.whole),
    )


def name_of(name: x509.Name) -> Name:
    """A name as cryptography gives it, frozen."""
    attributes = ((one.oid.dotted_string, one.value) for one in name)
    return Name(tuple((oid, value if isinstance(value, str) else value.hex()) for oid, value in attributes))


def extension(extensions: x509.Extensions, kind: type[E]) -> E | None:
    """The extension of one kind, or nothing."""
    return next((one.value for one in extensions if isinstance(one.value, kind)), None)


def _uses(usage: x509.KeyUsage | None) -> frozenset[str] | None:
    if usage is None:
        return None
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    return frozenset(name for name in (*names, "key_cert_sign", "crl_sign") if getattr(usage, name))


def addresses(names: Iterable[x509.GeneralName]) -> Iterator[str]:
    """Where something is published: web addresses, or names in a directory."""
    for name in names:
        if isinstance(name, x509.UniformResourceIdentifier):
            yield name.value
        elif isinstance(name, x509.DirectoryName):
            yield str(name_of(name.value))


def text_in(content: bytes, depth: int = 4) -> str:
    """The words in an extension: of its string or strings, or of the bytes themselves, as some authorities write."""
    try:
        found = der.read_whole(content)
        if found.tag in _TEXTS:
            return found.content.decode(_TEXTS[found.tag])
        if depth and found.tag & 0x20:
            return " ".join(text_in(item.whole, depth - 1) for item in der.items(found.content)).strip()
        return found.content.decode() if found.tag & 0x80 else ""
    except ValueError:
        return content.decode("utf-8", "ignore")


def _credit_code(text: str) -> str:
    for code in re.findall(r"\b[0-9A-HJ-NPQRTUWXY]{18}\b", text.upper(), re.ASCII):
        if checksums.credit_code(code[:17]) == code[17]:
            return str(code)
    return ""


def _resident_number(text: str) -> str:
    """Some authorities put `SF` (身份证) in front."""
    for number in re.findall(r"(?:\b|SF0?)([1-9][0-9]{16}[0-9X])\b", text.upper(), re.ASCII):
        if checksums.mod_11_2(number[:17]) == number[17]:
            return str(number)
    return ""
