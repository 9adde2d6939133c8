"""Guess the kind of a number from its form. A wrong check digit must not hide what the number was meant to be."""

from __future__ import annotations

import re
from collections.abc import Callable

from xuke.foundation.identifiers import (
    checksums,
    credit_code,
    division_code,
    e_licence,
    food_licence,
    gs1,
    industrial_licence,
    organisation_code,
    resident_id,
)
from xuke.foundation.identifiers.places import NATION, is_province
from xuke.foundation.identifiers.result import Identification, Kind, Problem, conclude
from xuke.foundation.identifiers.text import LONGEST, is_digits, tidy

Parser = Callable[[str], Identification]

_READABLE = (
    "可以识别食品生产许可证编号（SC）、工业产品生产许可证证书编号（XK）、统一社会信用代码、公民身份号码、"
    "行政区划代码、电子证照标识、组织机构代码和商品条码"
)


def identify(value: str, *, lenient: bool = False) -> Identification:
    """Say what a value is and whether it is right; `lenient` as for numbers read from outside."""
    if len(value) > LONGEST:
        return _unknown(value, f"内容有{len(value)}个字符，超过任何号码的长度；请只填一个号码")
    text = tidy(value)
    if not text:
        return _unknown(value, "没有内容；请填写一个号码")
    if text.startswith(food_licence.PREFIX) or food_licence.looks_complete(text):
        return food_licence.parse(value, lenient=lenient)
    if text.startswith("1.2.156.") or re.fullmatch(r"[0-9A-Z]{21}\.[^.]*\.[^.]*\.[^.]*\.[^.]*", text):
        return e_licence.parse(value, lenient=lenient)
    parser = _by_prefix(text) or _by_length(text)
    return parser(value) if parser else _unknown(value, f"认不出这是哪一种号码；{_READABLE}")


def _by_prefix(text: str) -> Parser | None:
    if text.startswith("QS"):
        return food_licence.parse_old
    if re.match(r"\(?[^0-9A-Z()]?\)?XK", text):
        return industrial_licence.parse
    return gs1.parse_sscc if text.startswith("(00)") else None


def _by_length(text: str) -> Parser | None:
    """Numbers without a prefix are told apart by how many characters they have."""
    plain = text.replace("-", "")
    if not re.fullmatch(r"[0-9A-Z]+", plain):
        return None
    if len(plain) == 9:
        return organisation_code.parse
    if len(plain) in (17, 18, 19):
        return _eighteen(plain)
    if not is_digits(plain):
        return None
    return {6: division_code.parse, 15: resident_id.parse}.get(len(plain)) or _gtin(plain)


def _gtin(digits: str) -> Parser | None:
    return gs1.parse if len(digits) in gs1.GTIN_LENGTHS else None


def _eighteen(text: str) -> Parser:
    """A person, an organisation or a shipping unit: what checks out first, then what looks right.

    One character too few or too many counts as well: these are the numbers people type by hand.
    """
    if not is_digits(text[:17]):
        return credit_code.parse
    if len(text) != credit_code.LENGTH:
        return resident_id.parse if resident_id.birthday(text) else credit_code.parse
    readings: list[tuple[int, Parser]] = [
        (_signs_of_a_person(text), resident_id.parse),
        (_signs_of_an_organisation(text), credit_code.parse),
        (_signs_of_a_shipment(text), gs1.parse_sscc),
    ]
    return max(readings, key=lambda reading: reading[0])[1]


def _signs_of_a_person(text: str) -> int:
    """At most 8. A number with a wrong check digit still has 5, more than others reach by chance."""
    return (
        2 * (resident_id.birthday(text) is not None)
        + 2 * (text[6:8] in ("18", "19", "20"))
        + 3 * (checksums.mod_11_2(text[:17]) == text[17])
        + is_province(text[:2])
    )


def _signs_of_an_organisation(text: str) -> int:
    """At most 8. The check character inside weighs most: outsiders rarely have it right as well."""
    return (
        2 * (checksums.credit_code(text[:17]) == text[17])
        + 3 * (checksums.organisation(text[8:16]) == text[16])
        + 2 * (text[2:8] == NATION or is_province(text[2:4]))
        + credit_code.looks_registered(text)
    )


def _signs_of_a_shipment(text: str) -> int:
    """At most 5; Chinese company prefixes begin with 69."""
    return is_digits(text) and 3 * (checksums.gs1(text[:-1]) == text[-1]) + 2 * (text[1:3] == "69")


def _unknown(value: str, message: str) -> Identification:
    return conclude(Kind.UNKNOWN, value, tidy(value), [Problem("unknown", message)])
