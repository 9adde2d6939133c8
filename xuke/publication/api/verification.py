"""Verification: what the page says about a number, a code or a file, and a thousand numbers at once."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Body, File, Query, Router
from ninja.files import UploadedFile
from pydantic import Field

from xuke.certificates import answering, verdicts
from xuke.certificates.answering import Answered, NotANumber, Number, read_number
from xuke.foundation.identifiers.result import Kind
from xuke.publication.api.asking import today_of, told
from xuke.publication.api.problems import TOO_LARGE, UNAVAILABLE, Mistake, Refusal, invalid, parameter
from xuke.publication.api.schemas.base import Asked
from xuke.publication.api.schemas.register import State
from xuke.publication.api.schemas.verification import (
    LONGEST_NUMBER,
    Check,
    Item,
    Numbers,
    Registered,
    Verdict,
    Verified,
    VerifiedFile,
    VerifiedNumbers,
)
from xuke.seals.validation import LARGEST_FILE

router = Router(tags=["verification"])


class OneQuestion(Asked):
    """Exactly one of the three."""

    number: str | None = Field(
        None, max_length=LONGEST_NUMBER, description="食品生产许可证编号", examples=["SC11442050600216"]
    )
    identifier: str | None = Field(None, max_length=LONGEST_NUMBER, description="电子证照标识（GB/T 36904）")
    code: str | None = Field(None, max_length=4_000, description="二维码里的文字，整段或者/V/之后的部分")


@router.get(
    "/verification", response=Verified, url_name="api-verification", operation_id="verify", summary="核验一张证书"
)
def verify(request: HttpRequest, asked: Query[OneQuestion]) -> Verified:
    """number、identifier、code三个里填一个。只凭编号查不出证书有没有被改动；code验签名；文件请用/verification/file。"""
    given = [name for name in OneQuestion.model_fields if getattr(asked, name) is not None]
    if len(given) != 1:
        raise parameter(given[1] if given else "number", "number、identifier、code三个里要填一个，只能填一个。")
    today = today_of(request)
    if asked.code is not None:
        return Verified(**_facts("", answering.by_code(asked.code, today=today), today))
    number = _number(given[0], asked.number or asked.identifier or "")
    answered = answering.by_number(number, today=today)
    if answered.answer.verdict is verdicts.Verdict.UNKNOWN:
        raise Refusal(UNAVAILABLE, headers={"Retry-After": "5"})
    return Verified(**_facts(number.text, answered, today))


@router.post(
    "/verification",
    response=VerifiedNumbers,
    url_name="api-verification",
    operation_id="verifyMany",
    summary="批量核验编号",
)
def verify_many(request: HttpRequest, asked: Body[Numbers]) -> VerifiedNumbers:
    """一次核验最多1000个编号，结论的顺序与请求相同。认不出来的编号不影响其他编号。"""
    today = today_of(request)
    read = [_read(text) for text in asked.numbers]
    answers = answering.by_numbers((number for number in read if isinstance(number, Number)), today=today)
    told = {number: _item(number, answered) for number, answered in answers.items()}
    items = [
        told[number] if isinstance(number, Number) else _malformed(text, number)
        for text, number in zip(asked.numbers, read, strict=True)
    ]
    return VerifiedNumbers(checked_on=today, items=items)


@router.post(
    "/verification/file",
    response=VerifiedFile,
    url_name="api-verification-file",
    operation_id="verifyFile",
    summary="核验电子证书文件",
)
def verify_file(
    request: HttpRequest,
    file: Annotated[UploadedFile, File(description=f"电子证书的PDF原件，不超过{LARGEST_FILE // 1_000_000} MB")],
) -> VerifiedFile:
    """核验签章、内容、版本和状态。文件核验之后立即删除，不保存。不是PDF的、被改动的，也给出结论。"""
    if (file.size or 0) > LARGEST_FILE:
        raise Refusal(TOO_LARGE, f"文件超过{LARGEST_FILE // 1_000_000} MB，不会是电子证书，没有接收。")
    if not file.size:
        raise invalid(Mistake("这是空文件，请重新选择。", pointer="/file"))
    today = today_of(request)
    answered = answering.by_file(file.read(), today=today)
    found = answered.found
    assert found is not None
    signed_at = found.signed_at.isoformat() if found.signed_at else ""
    return VerifiedFile(**_facts("", answered, today), digest=found.digest, signer=found.signer, signed_at=signed_at)


def _number(name: str, text: str) -> Number:
    """The number that was asked for by this name."""
    try:
        number = read_number(text)
    except NotANumber as problem:
        raise parameter(name, told(problem)) from None
    if (number.kind is Kind.FOOD_LICENCE) != (name == "number"):
        other = "number" if number.kind is Kind.FOOD_LICENCE else "identifier"
        raise parameter(name, f"这是{number.kind.label}，请用参数{other}。")
    return number


def _read(text: str) -> Number | NotANumber:
    try:
        return read_number(text)
    except NotANumber as problem:
        return problem


def _malformed(text: str, problem: NotANumber) -> Item:
    return Item(
        asked=text[:LONGEST_NUMBER],
        verdict=Verdict.MALFORMED,
        headline="不是证书上的编号",
        sentence=told(problem),
        licence=None,
    )


def _item(number: Number, answered: Answered) -> Item:
    answer = answered.answer
    return Item(
        asked=number.text,
        verdict=Verdict(answer.verdict.value),
        headline=answer.headline,
        sentence=answer.sentence,
        licence=_registered(answered),
    )


def _facts(asked: str, answered: Answered, today: date) -> dict[str, Any]:
    answer = answered.answer
    return {
        "asked": asked,
        "verdict": Verdict(answer.verdict.value),
        "headline": answer.headline,
        "sentence": answer.sentence,
        "checked_on": today,
        "licence": _registered(answered),
        "checks": [Check(title=each.title, text=each.text, passed=each.passed) for each in answer.checks],
    }


def _registered(answered: Answered) -> Registered | None:
    registered = answered.registered
    if registered is None:
        return None
    content = registered.content
    return Registered(
        number=content.licence_number,
        identifier=content.e_licence_identifier,
        version=registered.version,
        newest=registered.newest,
        holder=content.producer_name,
        uscc=content.uscc,
        categories=list(content.food_categories),
        authority=content.issuer,
        issued_on=content.issued_on,
        valid_to=registered.valid_to,
        state=State(registered.standing),
        state_words=registered.standing_words,
        digest=registered.digest,
    )
