"""商品条码 GTIN-8, -12, -13, -14 and 系列货运包装箱代码 SSCC-18: GS1 modulo 10."""

from __future__ import annotations

from xuke.foundation.identifiers import checksums
from xuke.foundation.identifiers.result import Identification, Kind, Problem, conclude
from xuke.foundation.identifiers.text import DIGITS, stray, tidy, wrong_check, wrong_length

GTIN_LENGTHS = (8, 12, 13, 14)
SSCC_LENGTH = 18


def parse(value: str) -> Identification:
    """Read the number under a bar code on a product."""
    text = tidy(value)
    shape = stray(text, DIGITS)
    if not shape and len(text) not in GTIN_LENGTHS:
        shape = (Problem("length", f"商品条码应为8、12、13或者14位，现为{len(text)}位；请对照包装补全"),)
    if shape:
        return conclude(Kind.GTIN, value, text, shape)
    fields = {"gtin14": text.rjust(14, "0"), "check_digit": text[-1]}
    return conclude(Kind.GTIN, value, text, wrong_check(text[-1], checksums.gs1(text[:-1])), fields)


def parse_sscc(value: str) -> Identification:
    """Read the number of a shipping unit; the application identifier (00) in front is dropped."""
    text = tidy(value).removeprefix("(00)")
    shape = stray(text, DIGITS) or wrong_length(text, SSCC_LENGTH, what="系列货运包装箱代码")
    if shape:
        return conclude(Kind.SSCC, value, text, shape)
    fields = {"extension_digit": text[0], "check_digit": text[-1]}
    return conclude(Kind.SSCC, value, text, wrong_check(text[-1], checksums.gs1(text[:-1])), fields)
