"""Makes the electronic certificate: main copy, duplicate and product table as one sealed and signed PDF/A.

`make_certificate` is the whole pipeline. It reads nothing but its arguments, so a job that was killed and runs again
makes the same bytes.
"""

from __future__ import annotations

from datetime import datetime

from cryptography import x509

from xuke.certificates.content import CertificateContent, ProductRow
from xuke.certificates.guilloche import Frame, frame_svg, rosette_svg
from xuke.certificates.qr import code_svg, code_text
from xuke.documents.typesetting import Attachment, Typesetter
from xuke.seals.pades import seal_and_sign
from xuke.seals.provider import SigningProvider

__all__ = ["CODE_NAME", "CONTENT_NAME", "CertificateContent", "ProductRow", "make_certificate", "render"]

TEMPLATE = "/certificates/typst/certificate.typ"
CONTENT_NAME = "licence.json"
CODE_NAME = "verification-code.txt"
REASON = "签发食品生产许可证"


def make_certificate(
    content: CertificateContent,
    *,
    typesetter: Typesetter,
    provider: SigningProvider,
    chain: tuple[x509.Certificate, ...],
    seal_pdf: bytes,
    at: datetime,
) -> bytes:
    """The finished certificate. `chain` begins with the signer's certificate, `at` is the signing time.

    Raises `MissingGlyphs` when no font can print a character of the content.
    """
    code = code_text(content, provider=provider, signer=chain[0])
    pdf = render(content, typesetter=typesetter, code=code, at=at)
    return seal_and_sign(pdf, seal_pdf=seal_pdf, provider=provider, chain=chain, at=at, reason=REASON)


def render(content: CertificateContent, *, typesetter: Typesetter, code: str, at: datetime) -> bytes:
    """The pages, with places for the seal; the content and the code travel inside as attachments."""
    return typesetter.typeset(
        TEMPLATE,
        content.facts() | {"code": code},
        at=at,
        images={"frame": frame_svg(Frame(420, 297)), "rosette": rosette_svg(), "code": code_svg(code)},
        attachments=(
            Attachment(CONTENT_NAME, content.as_json(), "application/json", "机器可读的许可证内容"),
            Attachment(CODE_NAME, code, "text/plain", "核验二维码的文字"),
        ),
    )
