"""Is this certificate to be believed: does a chain of signatures lead to a trusted root, is all of it valid, is none of
it revoked (RFC 5280, 6)?

What does not change with time (signatures, constraints) is found once per certificate and store; each judgement then
costs a look at the dates and the revocation lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from itertools import islice, pairwise

from xuke.foundation.pki.algorithms import Algorithm
from xuke.foundation.pki.certificates import Certificate
from xuke.foundation.pki.crls import Revocation
from xuke.foundation.pki.stores import TrustDirectory, TrustStore

__all__ = ["Outcome", "TrustDirectory", "TrustStore", "Verdict", "judge", "verify_signature"]

LONGEST_CHAIN = 6
"""Certificates from the person to the root; authorities in China use three or four."""
MOST_EXTRA = 8
MOST_TRIED = 64
"""Signatures checked on the way to a root: crossed certificates must not keep us busy."""
_BEIJING = timezone(timedelta(hours=8))


class Outcome(StrEnum):
    """What came of a judgement."""

    TRUSTED = "trusted"
    NOT_FOR_SIGNING = "not_for_signing"
    WEAK = "weak"
    NOT_UNDERSTOOD = "not_understood"
    UNKNOWN_ISSUER = "unknown_issuer"
    BAD_SIGNATURE = "bad_signature"
    AUTHORITY_NOT_ALLOWED = "authority_not_allowed"
    CHAIN_TOO_LONG = "chain_too_long"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    CRL_MISSING = "crl_missing"
    CRL_OUT_OF_DATE = "crl_out_of_date"


_SENTENCES = {
    Outcome.TRUSTED: "证书有效，由受信任的证书认证机构签发。",
    Outcome.NOT_FOR_SIGNING: "这张证书不能用于签名，请选择签名证书，不要选择加密证书或者机构证书。",
    Outcome.WEAK: "证书的密钥或者签名算法强度不够，请向证书认证机构换发（RSA 2048位以上、P-256、P-384或者SM2）。",
    Outcome.NOT_UNDERSTOOD: "证书带有本平台不能识别的关键限制，不能接受。",
    Outcome.UNKNOWN_ISSUER: "本平台不信任签发这张证书的机构。",
    Outcome.BAD_SIGNATURE: "证书的签名与签发机构不符，证书可能被改动或者伪造。",
    Outcome.AUTHORITY_NOT_ALLOWED: "签发这张证书的机构没有相应的签发权限。",
    Outcome.CHAIN_TOO_LONG: "证书的签发层级太多，不能接受。",
    Outcome.NOT_YET_VALID: "证书还没有生效。",
    Outcome.EXPIRED: "证书已经过期，请向证书认证机构续期。",
    Outcome.REVOKED: "证书已经被吊销。",
    Outcome.CRL_MISSING: "没有签发机构的证书吊销列表，无法确认证书是否已被吊销，请联系平台管理员。",
    Outcome.CRL_OUT_OF_DATE: "签发机构的证书吊销列表已经过期，无法确认证书是否已被吊销，请联系平台管理员。",
}
_FAULTS_OF_THE_ISSUED = {Outcome.WEAK, Outcome.BAD_SIGNATURE}
Chain = tuple[Certificate, ...]
"""From the certificate judged to the root."""


@dataclass(frozen=True)
class Verdict:
    """An outcome and what it rests on."""

    outcome: Outcome
    certificate: Certificate
    """The one judged, or the one above it in which the fault lies."""
    chain: tuple[Certificate, ...] = ()
    """From the certificate judged to the root, as far as there is one."""
    revocation: Revocation | None = None
    doubts: tuple[Outcome, ...] = ()
    """Revocation lists that were missing or out of date where that was not to be a reason to refuse."""

    @property
    def trusted(self) -> bool:
        """Whether the certificate is to be believed."""
        return self.outcome is Outcome.TRUSTED

    @property
    def sentence(self) -> str:
        """For the person whose certificate it is."""
        if self.outcome is Outcome.EXPIRED:
            return f"证书已于{_day(self.certificate.not_after)}过期，请向证书认证机构续期。"
        if self.outcome is Outcome.NOT_YET_VALID:
            return f"证书从{_day(self.certificate.not_before)}起才有效。"
        if self.revocation:
            return f"证书已于{_day(self.revocation.since)}被吊销，原因：{self.revocation.in_words}。"
        return _SENTENCES[self.outcome]


def verify_signature(certificate: Certificate, message: bytes, signature: bytes, *, algorithm: Algorithm | str) -> bool:
    """Whether the holder of the certificate signed the message in this way. Never raises.

    It does not ask whether the certificate is to be believed: `judge` does. RSA below 2048 bits, other curves than
    P-256, P-384 and SM2, SHA-1, MD5 and an algorithm of another family than the key's are never right.
    """
    try:
        return certificate.key.verify(message, signature, Algorithm(algorithm))
    except ValueError:
        return False


def judge(
    certificate: Certificate,
    store: TrustStore,
    *,
    at: datetime,
    extra: Sequence[Certificate] = (),
    demand_crl: bool = True,
) -> Verdict:
    """Whether the certificate of a person or an enterprise was to be believed at a moment.

    `extra` are certificates in between that came along; they help to reach a root and are believed only so far.
    Without `demand_crl` a list that is missing or out of date is a doubt in the verdict and no reason to refuse. Judge
    a signature when it arrives and keep the verdict: authorities drop expired certificates from later lists.
    """
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone")
    for outcome, wrong in (
        (Outcome.NOT_FOR_SIGNING, not certificate.may_sign),
        (Outcome.WEAK, not certificate.key.acceptable),
        (Outcome.NOT_UNDERSTOOD, bool(certificate.not_understood)),
    ):
        if wrong:
            return Verdict(outcome, certificate, (certificate,))
    extra = tuple(extra)[:MOST_EXTRA]
    question = (certificate.der, *(one.der for one in extra))
    chains = store.remember(question, lambda: _search(certificate, store, extra), is_worth=_reach_a_root)
    verdicts = []
    for chain in chains:
        verdicts.append(chain if isinstance(chain, Verdict) else _weigh(chain, store, at, demand_crl))
        if verdicts[-1].trusted:
            break
    return next((one for one in verdicts if one.trusted), verdicts[0])


# --- what does not change with time -----------------------------------------------------------------------------------


def _search(certificate: Certificate, store: TrustStore, extra: tuple[Certificate, ...]) -> tuple[Chain | Verdict, ...]:
    """Every chain to a root; if there is none, the most telling reason: the one furthest up."""
    ways = list(islice(_climb((certificate,), store, extra), MOST_TRIED))
    chains = tuple(way for way in ways if not isinstance(way, Verdict))
    if chains:
        return chains
    faults = [way for way in ways if isinstance(way, Verdict)]
    return (max(faults, key=lambda fault: (len(fault.chain), fault.outcome is not Outcome.UNKNOWN_ISSUER)),)


def _reach_a_root(found: tuple[Chain | Verdict, ...]) -> bool:
    return not isinstance(found[0], Verdict)


def _climb(chain: Chain, store: TrustStore, extra: tuple[Certificate, ...]) -> Iterator[Chain | Verdict]:
    """One step towards the roots, by every certificate that bears the issuer's name. Each way ends in a chain or a
    fault, so that counting ways bounds the work."""
    last = chain[-1]
    if store.is_anchor(last):
        yield chain
        return
    issuers = _issuers(last, store, extra)
    if not issuers:
        yield Verdict(Outcome.UNKNOWN_ISSUER, last, chain)
    for issuer in issuers:
        longer = (*chain, issuer)
        if fault := _why_not(issuer, chain):
            yield Verdict(fault, last if fault in _FAULTS_OF_THE_ISSUED else issuer, longer)
        elif len(longer) > LONGEST_CHAIN:
            yield Verdict(Outcome.CHAIN_TOO_LONG, issuer, longer)
        elif issuer in chain:
            yield Verdict(Outcome.UNKNOWN_ISSUER, last, chain)
        else:
            yield from _climb(longer, store, extra)


def _issuers(issued: Certificate, store: TrustStore, extra: tuple[Certificate, ...]) -> list[Certificate]:
    """The certificates of the issuer's name, those first whose key identifier fits too."""
    known = store.named(issued.issuer)
    known += [one for one in extra if one.subject.key == issued.issuer.key and one not in known]
    return sorted(known, key=lambda one: not one.key_id or one.key_id != issued.issuer_key_id)


def _why_not(issuer: Certificate, chain: Chain) -> Outcome | None:
    """What keeps this certificate from having issued the last one of the chain."""
    issued = chain[-1]
    if issued.signed_by is None or not issuer.key.acceptable:
        return Outcome.WEAK
    if not issuer.key.verify(issued.signed, issued.signature, issued.signed_by):
        return Outcome.BAD_SIGNATURE
    between = sum(one.subject.key != one.issuer.key for one in chain[1:])
    if not issuer.may_issue or (issuer.path_length is not None and between > issuer.path_length):
        return Outcome.AUTHORITY_NOT_ALLOWED
    return Outcome.NOT_UNDERSTOOD if issuer.not_understood else None


# --- what changes with time -------------------------------------------------------------------------------------------


def _weigh(chain: Chain, store: TrustStore, at: datetime, demand_crl: bool) -> Verdict:
    """The dates of the whole chain, and the revocation lists for all of it but the root."""
    for certificate in chain:
        if not certificate.is_valid_at(at):
            early = at < certificate.not_before
            return Verdict(Outcome.NOT_YET_VALID if early else Outcome.EXPIRED, certificate, chain)
    doubts = []
    for certificate, issuer in pairwise(chain):
        outcome, revocation = _look_up(certificate, issuer, store, at)
        if outcome is Outcome.REVOKED or (outcome and demand_crl):
            return Verdict(outcome, certificate, chain, revocation)
        if outcome:
            doubts.append(outcome)
    return Verdict(Outcome.TRUSTED, chain[0], chain, doubts=tuple(doubts))


def _look_up(
    certificate: Certificate, issuer: Certificate, store: TrustStore, at: datetime
) -> tuple[Outcome | None, Revocation | None]:
    """What the lists that speak of the certificate say. Revoking is for ever, whichever list says it; only a hold ends,
    when the newest list no longer has it. A list newer than the moment knows all the better."""
    lists = sorted((one for one in store.lists_of(issuer) if one.covers(certificate)), key=lambda one: one.this_update)
    if not lists:
        return Outcome.CRL_MISSING, None
    for one in reversed(lists):
        revocation = one.find(certificate.serial)
        if revocation and revocation.since <= at and (one is lists[-1] or not revocation.is_hold):
            return Outcome.REVOKED, revocation
    return (Outcome.CRL_OUT_OF_DATE, None) if lists[-1].next_update < at else (None, None)


def _day(at: datetime) -> str:
    day = at.astimezone(_BEIJING)
    return f"{day.year}年{day.month}月{day.day}日"
