"""The first signature of a PDF: visible seal, PAdES baseline B-B, certified so that nothing may follow.

Everything happens in one save: the places a template marked with ``xuke-seal:`` become the signature field and copies
of the seal's picture, a placeholder keeps room for the signature container, and the container (CMS, RFC 5652 and
ETSI EN 319 122-1) is written as DER by hand. Equal inputs give equal bytes: a job that was killed and runs again
arrives at the same file.

Later signatures, such as time-stamps for the archive, must be added as increments; this module rewrites the file.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from pikepdf import Array, Dictionary, Name, String

from xuke.foundation.pki import der
from xuke.seals.provider import SigningProvider

RESERVED = 8192
"""Bytes kept for the container: a signer, two issuers and later attributes fit in easily."""
FIELD = "Seal"
MARK = "xuke-seal:"
_FILLER = b"\xa5" * RESERVED
_NUMBER = 1234567890
_RANGE_GAP = f"/ByteRange [ 0 {_NUMBER} {_NUMBER} {_NUMBER} ]".encode()

_SIGNED_DATA = der.object_identifier("1.2.840.113549.1.7.2")
_DATA = der.object_identifier("1.2.840.113549.1.7.1")
_CONTENT_TYPE = der.object_identifier("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = der.object_identifier("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE_V2 = der.object_identifier("1.2.840.113549.1.9.16.2.47")
_SHA256 = der.sequence(der.object_identifier("2.16.840.1.101.3.4.2.1"))
_ECDSA_WITH_SHA256 = der.sequence(der.object_identifier("1.2.840.10045.4.3.2"))


class NoSealPlace(ValueError):
    """The document does not mark exactly one place for the signature."""


class ContainerTooLarge(ValueError):
    """The signature container does not fit into the room kept for it."""


@dataclass(frozen=True)
class _Place:
    page: pikepdf.Page
    mark: pikepdf.Object
    kind: str


def seal_and_sign(
    pdf: bytes,
    *,
    seal_pdf: bytes,
    provider: SigningProvider,
    chain: tuple[x509.Certificate, ...],
    at: datetime,
    reason: str,
) -> bytes:
    """Put the seal on its places and sign. `chain` begins with the signer; `at` becomes the signing time (M)."""
    with pikepdf.open(BytesIO(pdf)) as document, pikepdf.open(BytesIO(seal_pdf)) as seal:
        picture = document.copy_foreign(seal.pages[0].as_form_xobject())
        signed, copies = _places(document)
        for place in copies:
            _print_copy(place, picture)
        _add_field(document, signed, picture, _signature_dictionary(chain[0], at, reason))
        raw = _save(document)
    return _fill_in(raw, provider, chain)


def signed_attributes(digest: bytes, chain: tuple[x509.Certificate, ...]) -> bytes:
    """The attributes the signature covers, sorted: content type, digest of the file, hashes of the certificates.

    The issuers are named too, so that no byte of the container escapes the signature.
    """
    fingerprints = (hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest() for certificate in chain)
    named = der.sequence(*(der.sequence(der.octets(fingerprint)) for fingerprint in fingerprints))
    attributes = (
        der.sequence(_CONTENT_TYPE, der.set_of(_DATA)),
        der.sequence(_MESSAGE_DIGEST, der.set_of(der.octets(digest))),
        der.sequence(_SIGNING_CERTIFICATE_V2, der.set_of(der.sequence(named))),
    )
    return b"".join(sorted(attributes))


def container(attributes: bytes, signature: bytes, chain: tuple[x509.Certificate, ...]) -> bytes:
    """The CMS SignedData, detached, with one signer."""
    signer = chain[0]
    signer_info = der.sequence(
        der.integer(1),
        der.sequence(signer.issuer.public_bytes(), der.integer(signer.serial_number)),
        _SHA256,
        der.tagged(0, attributes),
        _ECDSA_WITH_SHA256,
        der.octets(signature),
    )
    certificates = sorted(certificate.public_bytes(Encoding.DER) for certificate in chain)
    signed_data = der.sequence(
        der.integer(1),
        der.set_of(_SHA256),
        der.sequence(_DATA),
        der.tagged(0, *certificates),
        der.set_of(signer_info),
    )
    return der.sequence(_SIGNED_DATA, der.tagged(0, signed_data))


def settled(signature: bytes) -> bytes:
    """The one of the two equivalent forms of an ECDSA P-256 signature with the lower s, so that a file has one form."""
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, ec.SECP256R1().group_order - s))


def to_be_signed(attributes: bytes) -> bytes:
    """What the key signs: the attributes as a SET, not under the tag they travel with (RFC 5652, 5.4)."""
    return der.element(der.SET, attributes)


def _places(document: pikepdf.Pdf) -> tuple[_Place, list[_Place]]:
    found = [place for page in document.pages for place in _places_on(page)]
    signed = [place for place in found if place.kind == "sign"]
    if len(signed) != 1:
        raise NoSealPlace(f"{len(signed)} places for the signature")
    return signed[0], [place for place in found if place.kind == "copy"]


def _places_on(page: pikepdf.Page) -> list[_Place]:
    places = []
    for annotation in page.obj.get("/Annots", Array()):
        target = str(annotation.get("/A", Dictionary()).get("/URI", ""))
        if target.startswith(MARK):
            places.append(_Place(page, annotation, target.removeprefix(MARK)))
    return places


def _print_copy(place: _Place, picture: pikepdf.Object) -> None:
    """Draw the seal on the page itself, as an artifact: a picture of a signature is not one."""
    left, bottom, right, top = (float(edge) for edge in place.mark.Rect)
    width, height = _size(picture)
    name = place.page.add_resource(picture, Name.XObject, Name("/XukeSeal"), replace_existing=True)
    drawing = f"q {(right - left) / width:.6f} 0 0 {(top - bottom) / height:.6f} {left:.4f} {bottom:.4f} cm {name} Do Q"
    place.page.contents_add(b"q\n", prepend=True)
    place.page.contents_add(f"\nQ\n/Artifact BMC {drawing} EMC\n".encode())
    others = [annotation for annotation in place.page.obj.Annots if annotation.objgen != place.mark.objgen]
    place.page.obj.Annots = Array(others)


def _size(picture: pikepdf.Object) -> tuple[float, float]:
    left, bottom, right, top = (float(edge) for edge in picture.BBox)
    return right - left, top - bottom


def _signature_dictionary(signer: x509.Certificate, at: datetime, reason: str) -> Dictionary:
    certify = Dictionary(
        Type=Name.SigRef,
        TransformMethod=Name.DocMDP,
        TransformParams=Dictionary(Type=Name.TransformParams, V=Name("/1.2"), P=1),
    )
    return Dictionary(
        Type=Name.Sig,
        Filter=Name("/Adobe.PPKLite"),
        SubFilter=Name("/ETSI.CAdES.detached"),
        M=String(at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")),
        Name=String(signer.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value),
        Reason=String(reason),
        ByteRange=Array([0, _NUMBER, _NUMBER, _NUMBER]),
        Contents=String(_FILLER),
        Reference=Array([certify]),
    )


def _add_field(document: pikepdf.Pdf, place: _Place, picture: pikepdf.Object, signature: Dictionary) -> None:
    """Turn the mark into the signature field; the viewer fits the picture into its rectangle."""
    value = document.make_indirect(signature)
    field = place.mark
    for key in ("/A", "/Border", "/Contents"):
        if key in field:
            del field[key]
    field.Subtype, field.FT, field.T, field.TU = Name.Widget, Name.Sig, String(FIELD), String("电子印章")
    field.F, field.V, field.P, field.AP = 132, value, place.page.obj, Dictionary(N=picture)
    document.Root.AcroForm = document.make_indirect(Dictionary(Fields=Array([field]), SigFlags=3))
    document.Root.Perms = Dictionary(DocMDP=value)


def _save(document: pikepdf.Pdf) -> bytearray:
    output = BytesIO()
    document.save(
        output,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        deterministic_id=True,
    )
    return bytearray(output.getvalue())


def _fill_in(raw: bytearray, provider: SigningProvider, chain: tuple[x509.Certificate, ...]) -> bytes:
    """Write the byte range and the container into the room kept for them."""
    opening = raw.index(b"<" + _FILLER.hex().encode() + b">")
    closing = opening + 2 * RESERVED + 2
    gap = raw.index(_RANGE_GAP)
    byte_range = f"/ByteRange [ 0 {opening} {closing} {len(raw) - closing} ]".encode()
    raw[gap : gap + len(_RANGE_GAP)] = byte_range.ljust(len(_RANGE_GAP))
    digest = hashlib.sha256(raw[:opening])
    digest.update(raw[closing:])
    attributes = signed_attributes(digest.digest(), chain)
    content = container(attributes, settled(provider.sign(to_be_signed(attributes))), chain)
    if len(content) > RESERVED:
        raise ContainerTooLarge(f"{len(content)} bytes")
    raw[opening + 1 : closing - 1] = content.hex().encode().ljust(2 * RESERVED, b"0")
    return bytes(raw)
