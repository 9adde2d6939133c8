"""What every question needs: the day, and numbers that are numbers."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest

from xuke.certificates.answering import NotANumber, read_number
from xuke.foundation.identifiers import credit_code as credit_codes
from xuke.foundation.identifiers.result import Kind
from xuke.publication.api.problems import NOT_FOUND, Refusal, parameter
from xuke.web import frame


def today_of(request: HttpRequest) -> date:
    """The legal day on which somebody asks."""
    frame.stamp(request)
    today = frame.today(request)
    assert today is not None
    return today


def number_in_address(text: str) -> str:
    """A licence number in an address, in its normal form; what can be none is not found, with the reason."""
    try:
        number = read_number(text)
    except NotANumber as problem:
        raise Refusal(NOT_FOUND, f"“{text[:60]}”不是食品生产许可证编号。{told(problem)}") from None
    if number.kind is not Kind.FOOD_LICENCE:
        raise Refusal(NOT_FOUND, "这里要用食品生产许可证编号（SC开头），不是电子证照标识。")
    return number.text


def told(problem: NotANumber) -> str:
    """Why something is no number, as sentences."""
    return "".join(sentence if sentence.endswith("。") else f"{sentence}。" for sentence in problem.sentences)


def credit_code(name: str, text: str) -> str:
    """A credit code in a parameter, in its normal form. One with an old mistake in it is looked up all the same."""
    found = credit_codes.parse(text)
    if len(found.normal_form) != credit_codes.LENGTH or not found.normal_form.isalnum():
        raise parameter(
            name, "".join(f"{problem.message}。" for problem in found.errors[:1]) or "应为统一社会信用代码。"
        )
    return found.normal_form
