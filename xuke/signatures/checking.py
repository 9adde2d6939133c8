"""Is this signature right? Asked at the moment of signing, on every page that shows it, and years later from a file.

Pure: no Django, no database. What is asked of the database (who may sign at all) is asked once, when it is signed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import webauthn
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException

from xuke.foundation.pki.certificates import Certificate
from xuke.foundation.pki.chains import Outcome, judge, verify_signature
from xuke.foundation.pki.pem import Unreadable
from xuke.foundation.pki.purposes import NotOurs, statement_message
from xuke.foundation.pki.stores import TrustStore
from xuke.signatures import statement
from xuke.signatures.records import Means, PlatformKeys, Record, from_base64
from xuke.signatures.statement import NotAStatement, Statement

CHAIN, CREDENTIAL, RP_ID, ORIGIN = "chain", "credential_id", "rp_id", "origin"
AUTHENTICATOR_DATA, CLIENT_DATA, FACTOR, JUDGED = "authenticator_data", "client_data", "factor", "judged"
SCAN, WITNESS, SHOWN = "scan", "witness", "shown"
"""The names in a record's evidence."""


@dataclass(frozen=True)
class Check:
    """One question that was asked of a signature."""

    label: str
    problem: str = ""
    """A sentence where the answer is no."""
    note: str = ""
    """What a reader should know although the answer is yes."""

    @property
    def passed(self) -> bool:
        """Whether the answer is yes."""
        return not self.problem


@dataclass(frozen=True)
class Verdict:
    """What came of checking a signature."""

    checks: tuple[Check, ...]

    @property
    def good(self) -> bool:
        """Whether everything that can be checked is right."""
        return all(check.passed for check in self.checks)

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, as sentences."""
        return tuple(check.problem for check in self.checks if check.problem)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know."""
        return tuple(check.note for check in self.checks if check.note)

    @property
    def headline(self) -> str:
        """In one line."""
        return "签名有效，内容没有改动" if self.good else "签名核验没有通过"


@dataclass(frozen=True)
class Trust:
    """Whom whoever checks believes: certification authorities, and the platform's own keys."""

    authorities: TrustStore
    platform: PlatformKeys


def check(record: Record, *, text: str, attestation: bytes, trust: Trust) -> Verdict:
    """Everything that can be asked of a signature and its statement without a database."""
    found = [*_content(record, text)]
    found.append(_attested(record, attestation, trust))
    found += _MEANS[record.means](record, trust)
    return Verdict(tuple(found))


def _content(record: Record, text: str) -> Iterator[Check]:
    """Electronic Signature Law art. 13(4): any change of the content after signing is found."""
    label = "内容没有改动"
    try:
        shown = statement.read(text)
    except NotAStatement:
        yield Check(label, "签名所附的内容已被改动，或者不是本平台的格式。")
        return
    same = shown.digest == record.digest
    yield Check(label, "" if same else "内容的摘要与签名时的不一致：签名之后内容被改动。")
    yield Check(
        "签名和内容是同一件", "" if _agree(record, shown) else "签名记录与内容不是同一件事项，或者签名人不一致。"
    )


def _agree(record: Record, shown: Statement) -> bool:
    mine = (record.about, record.revision, record.kind, record.name)
    return mine == (shown.about, shown.revision, shown.kind.value, shown.signer.name)


def _attested(record: Record, attestation: bytes, trust: Trust) -> Check:
    label = "签名记录没有改动"
    if record.attested_by not in trust.platform:
        return Check(label, "没有平台的公钥，无法核对签名记录。请指定平台的公钥目录。")
    if not record.is_attested(attestation, trust.platform):
        return Check(label, "签名记录与平台当时的证明不一致：记录被改动或者替换。")
    return Check(label)


# --- by means ---------------------------------------------------------------------------------------------------------


def _by_certificate(record: Record, trust: Trust) -> Iterator[Check]:
    """Art. 13(1)–(3): the key of the signer alone; art. 16: by a certification authority that is trusted."""
    try:
        certificate = Certificate.read(record.key)
        above = tuple(Certificate.read(from_base64(one)) for one in record.evidence.get(CHAIN, "").split(",") if one)
    except (Unreadable, ValueError):
        yield Check("证书可以读取", "签名所附的数字证书读不出来。")
        return
    yield certificate_signature(certificate, record.digest, record.signature, record.algorithm)
    verdict = judge(certificate, trust.authorities, at=record.at, extra=above, demand_crl=False)
    doubts = "；".join(_DOUBTS[doubt] for doubt in verdict.doubts if doubt in _DOUBTS)
    yield Check("签名时证书有效", "" if verdict.trusted else verdict.sentence, doubts)


_DOUBTS = {
    Outcome.CRL_MISSING: "现在没有签发机构的吊销列表；签名时已经核对过。",
    Outcome.CRL_OUT_OF_DATE: "现有的吊销列表早于签名时间；签名时已经核对过。",
}


def certificate_signature(certificate: Certificate, digest: str, signature: bytes, algorithm: str) -> Check:
    """Whether the holder of the certificate signed this digest."""
    label = "签名与证书、内容相符"
    try:
        message = statement_message(digest)
    except NotOurs:
        return Check(label, "签名记录里的摘要不完整。")
    right = verify_signature(certificate, message, signature, algorithm=algorithm)
    return Check(label, "" if right else "签名与证书或者内容不符。")


def _by_passkey(record: Record, trust: Trust) -> Iterator[Check]:
    """The device verified its owner by finger, face or PIN, and signed the digest as its challenge (WebAuthn level 3).

    How often the device had signed before was asked when it signed: a copied key is found then.
    """
    label = "签名与设备的公钥、内容相符"
    answer = {
        "id": record.evidence.get(CREDENTIAL, ""),
        "rawId": record.evidence.get(CREDENTIAL, ""),
        "type": "public-key",
        "response": {
            "authenticatorData": record.evidence.get(AUTHENTICATOR_DATA, ""),
            "clientDataJSON": record.evidence.get(CLIENT_DATA, ""),
            "signature": bytes_to_base64url(record.signature),
        },
    }
    try:
        webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=bytes.fromhex(record.digest),
            expected_rp_id=record.evidence[RP_ID],
            expected_origin=record.evidence[ORIGIN],
            credential_public_key=record.key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        yield Check(label, "签名与设备的公钥或者内容不符，或者设备没有验证本人。")
    else:
        yield Check(label, note="通行密钥当时登记在签名人的账号下，这一点由平台证明。")


def _by_confirmation(record: Record, trust: Trust) -> Iterator[Check]:
    factor = FACTORS.get(record.evidence.get(FACTOR, ""), "")
    note = f"签名人在签名时再次输入了{factor}。这一点由平台证明，没有签名人自己的私钥。"
    yield Check("签名时再次确认了身份", "" if factor else "没有记录签名时用什么确认了身份。", note if factor else "")


def _by_paper(record: Record, trust: Trust) -> Iterator[Check]:
    whole = all(record.evidence.get(name) for name in (SCAN, WITNESS, SHOWN))
    note = f"{record.evidence.get(WITNESS, '')}核验了{record.evidence.get(SHOWN, '')}，签字页扫描件在案卷里。"
    problem = "" if whole else "没有记录签字页和窗口核验的情况。"
    yield Check("在窗口当面签字", problem, note if whole else "")


FACTORS = {"password": "密码", "code": "动态口令"}
_MEANS = {
    Means.CERTIFICATE: _by_certificate,
    Means.PASSKEY: _by_passkey,
    Means.CONFIRMATION: _by_confirmation,
    Means.PAPER: _by_paper,
}
