"""Is this file, or this code, a licence that we issued, and untouched? Answers offline, in sentences.

Whether the licence is still in force is another question, which only the register can answer.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from io import BytesIO
from typing import Any

import pikepdf
from cryptography import x509

from xuke.certificates.content import CertificateContent
from xuke.certificates.qr import CodeNotGenuine, Summary, read_code
from xuke.certificates.rendering import CODE_NAME, CONTENT_NAME
from xuke.seals.validation import NotAuthentic, examine


class Verdict(StrEnum):
    """What a verification found; the values of `seals.validation.Fault` are among them."""

    AUTHENTIC = "authentic"
    TOO_LARGE = "too_large"
    NOT_A_PDF = "not_a_pdf"
    UNSIGNED = "unsigned"
    FOREIGN = "foreign"
    ALTERED = "altered"
    KEY_NOT_VALID = "key_not_valid"
    REJECTED = "rejected"
    NOT_A_LICENCE = "not_a_licence"
    INCONSISTENT = "inconsistent"

    @property
    def headline(self) -> str:
        """The verdict in a few words, as a page shows it first."""
        return _HEADLINES.get(self, "不是本系统签发")


_HEADLINES = {
    Verdict.AUTHENTIC: "真实",
    Verdict.ALTERED: "内容被改动",
    Verdict.KEY_NOT_VALID: "签章无效",
    Verdict.REJECTED: "签章无效",
    Verdict.NOT_A_LICENCE: "不是许可证",
    Verdict.INCONSISTENT: "内容前后不一致",
}


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found out about a file. Content is told only when the signature over it holds."""

    verdict: Verdict
    digest: str
    """SHA-256 of the whole file, as the register keeps it."""
    problems: tuple[str, ...] = ()
    signer: str = ""
    signed_at: datetime | None = None
    content: CertificateContent | None = None
    code: Summary | None = None

    @property
    def authentic(self) -> bool:
        """Issued by us and untouched."""
        return self.verdict is Verdict.AUTHENTIC

    def facts(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "authentic": self.authentic,
            "verdict": self.verdict.value,
            "headline": self.verdict.headline,
            "problems": list(self.problems),
            "signer": self.signer,
            "signed_at": self.signed_at.isoformat() if self.signed_at else None,
            "digest": self.digest,
            "content": self.content.facts() if self.content else None,
            "code": _summary_facts(self.code) if self.code else None,
        }


@dataclass(frozen=True, slots=True)
class CodeVerification:
    """What was found out about the text of a QR code."""

    problems: tuple[str, ...] = ()
    summary: Summary | None = None

    @property
    def authentic(self) -> bool:
        """Signed by one of the given keys and untouched."""
        return self.summary is not None

    def facts(self) -> dict[str, Any]:
        """As JSON values."""
        summary = _summary_facts(self.summary) if self.summary else None
        return {"authentic": self.authentic, "problems": list(self.problems), "code": summary}


def verify(file: bytes, *, trust: tuple[x509.Certificate, ...]) -> Verification:
    """Verify a certificate file against the roots one trusts. Never raises, whatever the file holds."""
    digest = hashlib.sha256(file).hexdigest()
    try:
        signature = examine(file, trust=trust)
    except NotAuthentic as found:
        return Verification(Verdict(found.fault.value), digest, (str(found),))
    signed = Verification(Verdict.AUTHENTIC, digest, signer=signature.signer, signed_at=signature.signed_at)
    return _with_content(signed, file, signature.certificate)


def verify_code(text: str, *, signers: tuple[x509.Certificate, ...]) -> CodeVerification:
    """Verify the text of a QR code against the certificates of the signers one knows. Never raises."""
    try:
        return CodeVerification(summary=read_code(text, signers=signers))
    except CodeNotGenuine as found:
        return CodeVerification(problems=(str(found),))


def _with_content(signed: Verification, file: bytes, signer: x509.Certificate) -> Verification:
    """Read what travels inside a file whose signature holds, and compare its parts."""
    attached = _attachments(file)
    if CONTENT_NAME not in attached:
        return replace(
            signed, verdict=Verdict.NOT_A_LICENCE, problems=("电子签章真实，但这个文件不是食品生产许可证。",)
        )
    try:
        content = CertificateContent.from_facts(json.loads(attached[CONTENT_NAME]))
        code = read_code(attached.get(CODE_NAME, b"").decode(), signers=(signer,))
    except (ValueError, AttributeError, CodeNotGenuine):
        return _inconsistent(signed, "文件所附的许可证内容或者核验码无法读取。")
    told = replace(signed, content=content, code=code)
    if content.as_json().encode() != attached[CONTENT_NAME] or code != Summary.of(content):
        return _inconsistent(told, "二维码与许可证内容不一致。")
    return told


def _inconsistent(signed: Verification, problem: str) -> Verification:
    return replace(signed, verdict=Verdict.INCONSISTENT, problems=(problem,))


def _attachments(file: bytes) -> dict[str, bytes]:
    with pikepdf.open(BytesIO(file)) as document:
        return {name: attached.get_file().read_bytes() for name, attached in document.attachments.items()}


def _summary_facts(summary: Summary) -> dict[str, Any]:
    values = asdict(summary) | {"digest": summary.digest.hex()}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
