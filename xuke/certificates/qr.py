"""The QR code of a certificate: an address any phone opens, with a signed summary that needs no network to check.

The text is ``HTTPS://HOST/V/<code>`` in upper case, because QR codes store capitals, digits and ``/ : .`` compactly.
The code is a COSE_Sign1 message (RFC 9052, ES256) in base32. Its protected header names the key by `pki.key_id`; its
payload is a CBOR map with small integers as names:

===  ==========================================  ===  ==========================================
0    version of this layout, 1                   5    last day of validity, days since 1970-01-01
1    licence number                              6    day of issue, days since 1970-01-01
2    name of the producer                        7    name of the issuing authority
3    unified social credit code                  8    version of the certificate
4    category numbers, ascending                 9    first 16 bytes of SHA-256 of the canonical JSON
===  ==========================================  ===  ==========================================
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import cbor2
import segno
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from xuke.certificates.content import CertificateContent
from xuke.seals.pki import key_id
from xuke.seals.provider import SigningProvider

LAYOUT = 1
LONGEST_CODE = 2500
QUIET_ZONE = 4
_ALPHANUMERIC = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
_HEAD, _NO_HEADERS, _SIGNATURE_HEAD = b"\xd2\x84", b"\xa0", b"\x58\x40"
_EPOCH = date(1970, 1, 1)


class CodeNotGenuine(Exception):
    """The code is unreadable, or none of the given keys signed it."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a verification code says."""

    licence_number: str
    producer_name: str
    uscc: str
    category_numbers: tuple[int, ...]
    valid_to: date
    issued_on: date
    issuer: str
    version: int
    digest: bytes

    @classmethod
    def of(cls, content: CertificateContent) -> Summary:
        """The summary of a certificate."""
        return cls(
            licence_number=content.licence_number,
            producer_name=content.producer_name,
            uscc=content.uscc,
            category_numbers=content.category_numbers(),
            valid_to=content.valid_to,
            issued_on=content.issued_on,
            issuer=content.issuer,
            version=content.version,
            digest=content.digest(),
        )


def code_text(content: CertificateContent, *, provider: SigningProvider, signer: x509.Certificate) -> str:
    """The text of the QR code."""
    protected, payload = _protected(signer), _payload(Summary.of(content))
    message = _to_be_signed(protected, payload)
    signature = b"".join(part.to_bytes(32, "big") for part in decode_dss_signature(provider.sign(message)))
    sealed = _HEAD + cbor2.dumps(protected) + _NO_HEADERS + cbor2.dumps(payload) + _SIGNATURE_HEAD + signature
    code = base64.b32encode(sealed).rstrip(b"=").decode()
    text = f"{content.verify_address.rstrip('/').upper()}/V/{code}"
    if strange := set(text) - _ALPHANUMERIC:
        raise ValueError(f"the verification address cannot be written in a QR code: {''.join(sorted(strange))}")
    return text


def read_code(text: str, *, signers: tuple[x509.Certificate, ...]) -> Summary:
    """What a genuine code says; raises `CodeNotGenuine`. Nothing is decoded before the signature over it holds."""
    protected, payload, signature = _take_apart(_unpacked(text))
    signer = next((signer for signer in signers if _protected(signer) == protected), None)
    key = signer.public_key() if signer else None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise CodeNotGenuine("二维码不是本系统签发的。")
    halves = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        key.verify(encode_dss_signature(*halves), _to_be_signed(protected, payload), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise CodeNotGenuine("二维码的内容被改动。") from None
    return _summary(payload)


@lru_cache(maxsize=64)
def code_svg(text: str) -> str:
    """The symbol as SVG, one unit per module, quiet zone included. The mask is fixed: choosing one costs 30 ms."""
    rows = segno.make(text, error="m", micro=False, boost_error=False, mask=2).matrix
    size = len(rows) + 2 * QUIET_ZONE
    bars = "".join(_bars(row, QUIET_ZONE + y) for y, row in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/><path d="{bars}"/></svg>'
    )


def _bars(row: bytes | bytearray, y: int) -> str:
    """The dark modules of one row, joined into bars so that no hairline shows between them."""
    text = bytes(48 + (module & 1) for module in row).decode()
    drawn, x = [], 0
    while (start := text.find("1", x)) >= 0:
        x = text.find("0", start) if "0" in text[start:] else len(text)
        drawn.append(f"M{QUIET_ZONE + start} {y}h{x - start}v1h-{x - start}z")
    return "".join(drawn)


def _protected(signer: x509.Certificate) -> bytes:
    """The protected header: algorithm ES256 and the key's name."""
    return cbor2.dumps({1: -7, 4: key_id(signer)}, canonical=True)


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return cbor2.dumps(["Signature1", protected, b"", payload])


def _payload(summary: Summary) -> bytes:
    facts = {
        0: LAYOUT,
        1: summary.licence_number,
        2: summary.producer_name,
        3: summary.uscc,
        4: list(summary.category_numbers),
        5: (summary.valid_to - _EPOCH).days,
        6: (summary.issued_on - _EPOCH).days,
        7: summary.issuer,
        8: summary.version,
        9: summary.digest,
    }
    return cbor2.dumps(facts, canonical=True)


def _summary(payload: bytes) -> Summary:
    """Read a payload whose signature holds; a later layout is genuine but not for us to guess at."""
    facts = cbor2.loads(payload)
    if not isinstance(facts, dict) or facts.get(0) != LAYOUT:
        raise CodeNotGenuine("二维码的版本较新，请更新核验程序。")
    return Summary(
        licence_number=facts[1],
        producer_name=facts[2],
        uscc=facts[3],
        category_numbers=tuple(facts[4]),
        valid_to=_EPOCH + timedelta(days=facts[5]),
        issued_on=_EPOCH + timedelta(days=facts[6]),
        issuer=facts[7],
        version=facts[8],
        digest=facts[9],
    )


def _unpacked(text: str) -> bytes:
    code = text.strip().rsplit("/", 1)[-1].upper()
    try:
        if not 0 < len(code) <= LONGEST_CODE:
            raise ValueError("length")
        return base64.b32decode(code + "=" * (-len(code) % 8))
    except (ValueError, binascii.Error):
        raise CodeNotGenuine("这不是许可证的核验码。") from None


def _take_apart(sealed: bytes) -> tuple[bytes, bytes, bytes]:
    """Protected header, payload and signature of exactly the form that `code_text` writes."""
    try:
        if not sealed.startswith(_HEAD):
            raise ValueError("head")
        protected, rest = _take_bytes(sealed[len(_HEAD) :])
        if not rest.startswith(_NO_HEADERS):
            raise ValueError("headers")
        payload, rest = _take_bytes(rest[1:])
        if len(rest) != 66 or not rest.startswith(_SIGNATURE_HEAD):
            raise ValueError("signature")
    except (ValueError, IndexError):
        raise CodeNotGenuine("这不是许可证的核验码。") from None
    return protected, payload, rest[2:]


def _take_bytes(data: bytes) -> tuple[bytes, bytes]:
    """A CBOR byte string at the beginning of some bytes, and what follows it."""
    width = {0x58: 1, 0x59: 2}.get(data[0], 0)
    if not width and not 0x40 <= data[0] < 0x58:
        raise ValueError("not a byte string")
    size = int.from_bytes(data[1 : 1 + width], "big") if width else data[0] - 0x40
    content = data[1 + width : 1 + width + size]
    if len(content) != size:
        raise ValueError("cut short")
    return content, data[1 + width + size :]
