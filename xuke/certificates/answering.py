"""Is this certificate genuine, and does it count today? Asked with a file, a code, or one or many numbers.

The pages and the interface for other systems answer from here, so that they never say different things. An upload is
read, answered and gone. Whatever a signature says is said even while the register cannot be reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.db import InterfaceError, OperationalError

from xuke.certificates import queries, verdicts
from xuke.certificates.content import CertificateContent
from xuke.certificates.models import PublicCertificate
from xuke.certificates.verdicts import Answer, Registered
from xuke.certificates.verification import Verification, verify, verify_code
from xuke.foundation.identifiers.identify import identify
from xuke.foundation.identifiers.result import Kind
from xuke.seals import pki

ASK = "请输入证书上的许可证编号（SC开头）或者电子证照标识。"
_KINDS = (Kind.FOOD_LICENCE, Kind.E_LICENCE)


class NotANumber(ValueError):
    """What was typed cannot be the number of a certificate; the sentences say why."""

    def __init__(self, *sentences: str) -> None:
        self.sentences = sentences
        super().__init__("".join(sentences))


@dataclass(frozen=True, slots=True)
class Number:
    """A licence number or an e-licence identifier in its normal form."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and what it rests on."""

    answer: Answer
    registered: Registered | None = None
    found: Verification | None = None
    """What the file itself proved."""


def read_number(text: str) -> Number:
    """The number in its normal form; raises `NotANumber`. To leave SC out is no mistake here."""
    found = identify(text)
    if found.kind not in _KINDS:
        told = "" if found.kind is Kind.UNKNOWN else f"这是{found.kind.label}。"
        raise NotANumber(told + ASK)
    if errors := [problem.message for problem in found.errors if problem.code != "prefix"]:
        raise NotANumber(*errors)
    return Number(found.kind, found.normal_form)


def by_number(number: Number, *, today: date) -> Answered:
    """The answer to a number that somebody read from a certificate."""
    find = queries.public_by_number if number.kind is Kind.FOOD_LICENCE else queries.public_by_identifier
    registered, reachable = _register(lambda: find(number.text), today=today)
    return Answered(verdicts.judge_number(registered, reachable=reachable), registered)


def by_numbers(numbers: Iterable[Number], *, today: date) -> dict[Number, Answered]:
    """The answers to many numbers, in two statements at most. Raises while the register cannot be reached."""
    asked = set(numbers)
    licences = {number.text for number in asked if number.kind is Kind.FOOD_LICENCE}
    identifiers = {number.text for number in asked} - licences
    found = {public.licence_number: public for public in queries.public_by_numbers(licences)} | {
        public.identifier: public for public in queries.public_by_identifiers(identifiers)
    }
    return {number: _judged(found.get(number.text), today) for number in asked}


def by_code(code: str, *, today: date) -> Answered:
    """The answer to the text of a QR code."""
    found = verify_code(code, signers=_signers(settings.XUKE_HOME))
    summary = found.summary
    if summary is None:
        return Answered(verdicts.judge_code(found, None))
    registered, reachable = _register(
        lambda: queries.public_version(summary.licence_number, summary.version), today=today
    )
    return Answered(verdicts.judge_code(found, registered, reachable=reachable), registered)


def by_file(file: bytes, *, today: date) -> Answered:
    """The answer to an uploaded file."""
    found = verify(file, trust=_roots(settings.XUKE_HOME))
    content = found.content
    if not found.authentic or content is None:
        return Answered(verdicts.judge_file(found, None), found=found)
    registered, reachable = _register(lambda: queries.public_by_identifier(content.e_licence_identifier), today=today)
    return Answered(verdicts.judge_file(found, registered, reachable=reachable), registered, found)


def _register(find: Callable[[], PublicCertificate | None], *, today: date) -> tuple[Registered | None, bool]:
    """What the register says, and whether it could be asked at all."""
    try:
        public = find()
    except (OperationalError, InterfaceError):
        return None, False
    return (_registered(public, today=today) if public else None), True


def _judged(public: PublicCertificate | None, today: date) -> Answered:
    registered = _registered(public, today=today) if public else None
    return Answered(verdicts.judge_number(registered), registered)


def _registered(public: PublicCertificate, *, today: date) -> Registered:
    standing, words = queries.standing(public, today=today)
    return Registered(
        content=CertificateContent.from_facts(public.content),
        version=public.version,
        newest=public.newest,
        digest=public.digest or "",
        standing=standing,
        standing_words=words,
        valid_to=public.valid_to,
    )


@lru_cache(maxsize=2)
def _roots(home: Path) -> tuple[x509.Certificate, ...]:
    """The root under which this installation's certificates are issued."""
    return pki.load_trust(home / pki.PLACE / f"{pki.ROOT}.pem")


@lru_cache(maxsize=2)
def _signers(home: Path) -> tuple[x509.Certificate, ...]:
    """The certificate of the key that signs codes. The key itself is no business of the pages."""
    return pki.load_trust(home / pki.PLACE / f"{pki.SIGNER}.pem")
