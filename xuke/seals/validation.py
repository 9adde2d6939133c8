"""Whether a PDF is exactly as one of our signers left it. Offline, and safe on hostile files.

The bytes are judged before anything in them is read as a PDF: one signature of the form that `pades` writes, by a
certificate under a trusted root, over every byte of the file. Only a file that passes is handed to pyHanko, which
validates it again by its own means. What an attacker sends therefore never reaches a PDF parser.

There is no time-stamp yet: "valid when signed" rests on the signing time that the signer itself wrote.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from io import BytesIO
from itertools import islice, pairwise
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from xuke.foundation.pki import der
from xuke.seals import pades

LARGEST_FILE = 30_000_000
_LARGEST_CONTAINER = 65_536
_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_SIGNING_TIME = re.compile(rb"/M \(D:(\d{14})Z\)")


class Fault(StrEnum):
    """Why a file is not authentic."""

    TOO_LARGE = "too_large"
    NOT_A_PDF = "not_a_pdf"
    UNSIGNED = "unsigned"
    FOREIGN = "foreign"
    ALTERED = "altered"
    KEY_NOT_VALID = "key_not_valid"
    REJECTED = "rejected"


SENTENCES = {
    Fault.TOO_LARGE: f"文件超过{LARGEST_FILE // 1_000_000} MB，不是本系统签发的文件。",
    Fault.NOT_A_PDF: "这个文件不是PDF。",
    Fault.UNSIGNED: "文件上没有电子签章。",
    Fault.FOREIGN: "文件上的电子签章不是本系统签发的。",
    Fault.ALTERED: "签章之后，文件内容被改动。",
    Fault.KEY_NOT_VALID: "签署时，签章证书不在有效期内。",
    Fault.REJECTED: "电子签章没有通过检验。",
}


class NotAuthentic(Exception):
    """The file is not as a trusted signer left it."""

    def __init__(self, fault: Fault, sentence: str = "") -> None:
        self.fault = fault
        super().__init__(sentence or SENTENCES[fault])


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that holds."""

    signer: str
    signed_at: datetime
    certificate: x509.Certificate


@dataclass(frozen=True, slots=True)
class _Container:
    chain: tuple[x509.Certificate, ...]
    attributes: bytes
    signature: bytes


def examine(file: bytes, *, trust: tuple[x509.Certificate, ...]) -> Signature:
    """The signature of an untouched file; raises `NotAuthentic` for anything else, and nothing but that."""
    if len(file) > LARGEST_FILE:
        raise NotAuthentic(Fault.TOO_LARGE)
    if not file.startswith(b"%PDF-"):
        raise NotAuthentic(Fault.NOT_A_PDF)
    gap = _gap(file)
    encoded = _container_bytes(file, gap)
    found = _read_container(encoded, trust)
    digest = hashlib.sha256(memoryview(file)[: gap[0]])
    digest.update(memoryview(file)[gap[1] :])
    _demand_untouched(found, encoded, digest.digest())
    at = _signing_time(file, gap)
    _demand_valid_when_signed(found.chain, at)
    _second_opinion(file, found.chain, trust, at)
    signer = found.chain[0]
    return Signature(_common_name(signer), at, signer)


def _gap(file: bytes) -> tuple[int, int]:
    """Where the container lies. Everything else, from the first byte to the last, must be covered."""
    ranges = list(islice(_BYTE_RANGE.finditer(file), 2))
    if not ranges:
        raise NotAuthentic(Fault.UNSIGNED)
    start, before, after, rest = map(int, ranges[0].groups())
    if start or not before < after <= before + 2 * _LARGEST_CONTAINER or after > len(file):
        raise NotAuthentic(Fault.FOREIGN)
    if after + rest < len(file) or len(ranges) > 1:
        raise NotAuthentic(Fault.ALTERED, "签章之后，文件又被追加了内容。")
    if after + rest > len(file):
        raise NotAuthentic(Fault.ALTERED, "文件不完整，结尾缺失。")
    return before, after


def _container_bytes(file: bytes, gap: tuple[int, int]) -> bytes:
    """The container between its brackets, with its padding; in lower-case hexadecimal, as we write it."""
    text = file[gap[0] : gap[1]]
    try:
        content = bytes.fromhex(text[1:-1].decode("ascii"))
    except ValueError:
        raise NotAuthentic(Fault.ALTERED) from None
    if text != b"<" + content.hex().encode() + b">":
        raise NotAuthentic(Fault.ALTERED)
    return content


def _read_container(encoded: bytes, trust: tuple[x509.Certificate, ...]) -> _Container:
    """Take the container apart and demand that its signer is ours."""
    try:
        found = _parse(encoded)
        foreign = not _is_trusted(found.chain, trust)
    except Exception:  # Damaged certificates raise whatever their parser pleases.
        # If a trusted root is named in it, the container was one of ours before somebody damaged it.
        foreign = not any(root.subject.public_bytes() in encoded for root in trust)
        raise NotAuthentic(Fault.FOREIGN if foreign else Fault.ALTERED) from None
    if foreign:
        raise NotAuthentic(Fault.FOREIGN)
    return found


def _parse(encoded: bytes) -> _Container:
    content_info, _padding = der.read(encoded, der.SEQUENCE)
    _, wrapped = der.read(content_info.content, der.OBJECT_IDENTIFIER)
    signed_data, _ = der.read(der.read(wrapped, 0xA0)[0].content, der.SEQUENCE)
    _version, _digests, _content, certificates, signer_infos = der.items(signed_data.content)
    signer_info, _ = der.read(signer_infos.content, der.SEQUENCE)
    _version, identity, _digest, attributes, _algorithm, signature = der.items(signer_info.content)
    chain = tuple(x509.load_der_x509_certificate(item.whole) for item in der.items(certificates.content))
    return _Container(_signer_first(chain, identity.content), attributes.content, signature.content)


def _signer_first(chain: tuple[x509.Certificate, ...], identity: bytes) -> tuple[x509.Certificate, ...]:
    """The chain in order: each certificate before its issuer."""
    ordered = [c for c in chain if c.issuer.public_bytes() + der.integer(c.serial_number) == identity]
    if len(ordered) != 1 or len(chain) > 5:
        raise ValueError("signer's certificate not found")
    while issuer := next((c for c in chain if c not in ordered and c.subject == ordered[-1].issuer), None):
        ordered.append(issuer)
    return tuple(ordered)


def _is_trusted(chain: tuple[x509.Certificate, ...], trust: tuple[x509.Certificate, ...]) -> bool:
    return all(_issued(issuer, certificate) for certificate, issuer in pairwise(chain)) and any(
        _issued(root, chain[-1]) for root in trust
    )


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _demand_untouched(found: _Container, encoded: bytes, digest: bytes) -> None:
    """Attributes and container must be, to the last byte, what `pades` writes for this digest and signer."""
    key = found.chain[0].public_key()
    attributes = pades.signed_attributes(digest, found.chain)
    rebuilt = pades.container(attributes, found.signature, found.chain)
    if not isinstance(key, ec.EllipticCurvePublicKey) or encoded != rebuilt.ljust(len(encoded), b"\0"):
        raise NotAuthentic(Fault.ALTERED)
    try:
        if pades.settled(found.signature) != found.signature:
            raise ValueError("the other form of the signature")
        key.verify(found.signature, pades.to_be_signed(attributes), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        raise NotAuthentic(Fault.ALTERED) from None


def _signing_time(file: bytes, gap: tuple[int, int]) -> datetime:
    """The time in the signature dictionary: in the object around the container."""
    begin, end = file.rfind(b" obj", 0, gap[0]), file.find(b"endobj", gap[1])
    found = _SIGNING_TIME.search(file, max(begin, 0), max(end, 0))
    try:
        return datetime.strptime(found[1].decode() if found else "", "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise NotAuthentic(Fault.REJECTED, "电子签章缺少签署时间。") from None


def _demand_valid_when_signed(chain: tuple[x509.Certificate, ...], at: datetime) -> None:
    if not all(c.not_valid_before_utc <= at <= c.not_valid_after_utc for c in chain):
        raise NotAuthentic(Fault.KEY_NOT_VALID)


def _second_opinion(
    file: bytes, chain: tuple[x509.Certificate, ...], trust: tuple[x509.Certificate, ...], at: datetime
) -> None:
    """pyHanko's verdict on the same file: path, key usage, coverage, integrity."""
    context = ValidationContext(
        trust_roots=_for_pyhanko(trust),
        other_certs=_for_pyhanko(chain),
        moment=at,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    try:
        (embedded,) = PdfFileReader(BytesIO(file)).embedded_signatures
        status = validate_pdf_signature(embedded, signer_validation_context=context)
        accepted = status.bottom_line and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    except Exception:  # Whatever a parser may stumble over, such a file is not one of ours.
        accepted = False
    if not accepted:
        raise NotAuthentic(Fault.REJECTED)


def _for_pyhanko(certificates: tuple[x509.Certificate, ...]) -> list[Any]:
    pem = b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)
    return list(load_certs_from_pemder_data(pem))


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()
