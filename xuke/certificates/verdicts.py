"""The answer to somebody who holds a certificate: one verdict in words, and what was checked to reach it. Pure.

Two questions meet here: is this what was issued, and does it still count today? The signature answers the first, only
the register the second. A file proves most, a code less (it can be copied onto other paper), a number nothing about the
paper it was read from: the words say which it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xuke.certificates import verification
from xuke.certificates.content import CertificateContent
from xuke.certificates.verification import CodeVerification, Verification
from xuke.foundation.calendar import spoken


class Verdict(StrEnum):
    """What can be said about a certificate."""

    IN_FORCE = "in_force"
    REPLACED = "replaced"
    EXPIRED = "expired"
    ENDED = "ended"
    ALTERED = "altered"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"
    OTHER = "other"
    """Ours and untouched, but not a licence: a notice, for instance."""


_ICONS = {
    Verdict.IN_FORCE: "shield-check",
    Verdict.REPLACED: "history",
    Verdict.EXPIRED: "clock",
    Verdict.ENDED: "circle-minus",
    Verdict.ALTERED: "shield-x",
    Verdict.FOREIGN: "shield-question",
    Verdict.UNKNOWN: "cloud-off",
    Verdict.OTHER: "file-text",
}
_RED = frozenset({Verdict.ALTERED, Verdict.FOREIGN})


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `passed` is None when it could not be."""

    title: str
    text: str
    passed: bool | None = True

    @property
    def icon(self) -> str:
        """Its shape; the colour only repeats it."""
        return {True: "circle-check", False: "circle-x", None: "circle-minus"}[self.passed]

    @property
    def tone(self) -> str:
        """Its colour."""
        return {True: "jade", False: "red", None: "muted"}[self.passed]


@dataclass(frozen=True, slots=True)
class Registered:
    """What the register says about one version of a certificate today."""

    content: CertificateContent
    version: int
    newest: bool
    digest: str
    """Of the sealed file; empty while it is being made."""
    standing: str
    """``in_force``, ``expired``, or how the right ended."""
    standing_words: str
    valid_to: date


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict and its reasons."""

    verdict: Verdict
    headline: str
    sentence: str
    checks: tuple[Check, ...] = ()

    @property
    def tone(self) -> str:
        """Green for what counts; grey for what no longer does or cannot be told; red for what was never issued."""
        if self.verdict in _RED:
            return "bad"
        return "" if self.verdict is Verdict.IN_FORCE else "off"

    @property
    def icon(self) -> str:
        """The shape beside the headline."""
        return _ICONS[self.verdict]


@dataclass(frozen=True, slots=True)
class _Means:
    """How a certificate was shown to us, as far as the words depend on it."""

    genuine: str
    proof: str
    advice: str = ""


_FILE = _Means("真实", "证书由发证机关签发，内容未被改动")
_CODE = _Means("真实", "二维码由发证机关签发", "二维码可能被翻印，请逐项核对手里的证书与本页是否一致。")
_NUMBER = _Means("登记在册", "登记簿里有这张证书", "只凭编号查不出手里的证书有没有被改动，请扫二维码或者上传电子证书。")
_UNSEEN = Check("没有核验文件", "没有上传电子证书，签章和内容没有核验", None)


def judge_file(found: Verification, registered: Registered | None, *, reachable: bool = True) -> Answer:
    """The answer to an uploaded file."""
    if not found.authentic:
        return _not_authentic(found)
    sealed = Check("签章有效", f"{found.signer}，签章时证书有效")
    if not reachable:
        return _unreachable("签章真实，内容未被改动。", sealed)
    if registered is None or not registered.digest:
        return _unregistered("签章真实", sealed)
    if registered.digest != found.digest:
        return _different("文件有签章，但不是登记的那一份。", sealed)
    return _counted(_FILE, registered, sealed, Check("内容未改动", "文件摘要与登记一致"))


def judge_code(found: CodeVerification, registered: Registered | None, *, reachable: bool = True) -> Answer:
    """The answer to a scanned code."""
    if found.summary is None:
        sentence = f"{''.join(found.problems)}请不要采信，并向发证机关反映。"
        return Answer(Verdict.FOREIGN, "不是本系统签发", sentence, (Check("二维码无效", "签名没有通过检验", False),))
    signed = Check("二维码真实", "签名有效，由发证机关签发")
    if not reachable:
        return _unreachable("二维码真实。", signed)
    if registered is None:
        return _unregistered("二维码真实", signed)
    if registered.content.digest() != found.summary.digest:
        return _different("二维码里的内容与登记不一致。", signed)
    return _counted(_CODE, registered, signed, Check("内容相符", "内容摘要与登记一致"))


def judge_number(registered: Registered | None, *, reachable: bool = True) -> Answer:
    """The answer to a number that was typed in."""
    if not reachable:
        return _unreachable("")
    if registered is None:
        sentence = "登记簿里没有这个编号。请核对是否抄错；证书上确实这样印的，请不要采信，并向发证机关反映。"
        return Answer(Verdict.FOREIGN, "不是本系统签发", sentence, (Check("没有登记", "登记簿里没有这个编号", False),))
    return _counted(_NUMBER, registered, Check("已经登记", "编号与登记簿一致"))


def _not_authentic(found: Verification) -> Answer:
    if found.verdict is verification.Verdict.NOT_A_LICENCE:
        sentence = "文件由本系统签章，没有被改动，但它不是食品生产许可证。"
        return Answer(Verdict.OTHER, "真实，但不是许可证", sentence, (Check("签章有效", found.signer),))
    altered = found.verdict in (verification.Verdict.ALTERED, verification.Verdict.INCONSISTENT)
    return Answer(
        Verdict.ALTERED if altered else Verdict.FOREIGN,
        "内容被改动" if altered else "不是本系统签发",
        f"{''.join(found.problems)}请不要采信，并向发证机关反映。",
        (Check("签章没有通过检验", "".join(found.problems), False),),
    )


def _unregistered(known: str, check: Check) -> Answer:
    sentence = f"{known}，但是登记簿里还没有这一版证书。刚刚制成的请几分钟后再核验，否则请向发证机关核实。"
    return Answer(Verdict.UNKNOWN, "暂时无法核验", sentence, (check, Check("没有登记", "登记簿里没有这一版", None)))


def _different(sentence: str, check: Check) -> Answer:
    advice = "请以登记的内容为准，并向发证机关反映。"
    return Answer(
        Verdict.ALTERED, "内容被改动", sentence + advice, (check, Check("摘要不符", "摘要与登记不一致", False))
    )


def _unreachable(known: str, *checks: Check) -> Answer:
    sentence = f"{known}登记簿现在查不到，不能确认证书现在是否有效。请稍后再核验。"
    return Answer(Verdict.UNKNOWN, "暂时无法核验", sentence, (*checks, Check("登记簿没有应答", "请稍后再试", None)))


def _counted(means: _Means, registered: Registered, *checks: Check) -> Answer:
    """What a genuine certificate counts for today. How the right ended weighs more than which version it was."""
    verdict, headline, sentence = _standing(registered)
    return Answer(
        verdict,
        f"{means.genuine}，{headline}",
        f"{means.proof}，{sentence}{means.advice}",
        (*checks, _version_check(registered), _state_check(registered), *(() if means is _FILE else (_UNSEEN,))),
    )


def _standing(registered: Registered) -> tuple[Verdict, str, str]:
    if registered.standing == "expired":
        return Verdict.EXPIRED, "有效期届满", f"但有效期到{spoken(registered.valid_to)}为止，不能再作为生产的依据。"
    if registered.standing != "in_force":
        return Verdict.ENDED, registered.standing_words, f"但许可{registered.standing_words}，不能再作为生产的依据。"
    if not registered.newest:
        return Verdict.REPLACED, "已被新版替换", "但发证机关已经签发新的一版，请以新版为准。"
    return Verdict.IN_FORCE, "现行有效", "核验时处于有效状态。"


def _version_check(registered: Registered) -> Check:
    if registered.newest:
        return Check("版本最新", f"第{registered.version}版，没有更新的版本")
    return Check("不是最新版本", f"第{registered.version}版已被替换", False)


def _state_check(registered: Registered) -> Check:
    if registered.standing == "in_force":
        return Check("状态有效", "没有届满，也没有撤回、撤销、吊销、注销")
    return Check("状态无效", registered.standing_words, False)
