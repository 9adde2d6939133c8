"""统一社会信用代码 (GB 32100-2015): department, kind, division, organisation code, check character."""

from __future__ import annotations

from xuke.foundation.identifiers import checksums
from xuke.foundation.identifiers.places import place
from xuke.foundation.identifiers.result import Identification, Kind, Problem, conclude
from xuke.foundation.identifiers.text import DIGITS, stray, tidy, wrong_check, wrong_length

LENGTH = 18
REGISTRARS = {
    "11": "机构编制：机关",
    "12": "机构编制：事业单位",
    "13": "机构编制：编办直接管理机构编制的群众团体",
    "19": "机构编制：其他",
    "51": "民政：社会团体",
    "52": "民政：民办非企业单位",
    "53": "民政：基金会",
    "59": "民政：其他",
    "91": "市场监督管理：企业",
    "92": "市场监督管理：个体工商户",
    "93": "市场监督管理：农民专业合作社",
}
"""The registering departments and kinds that meet us every day; the standard has more."""

_FURTHER_DEPARTMENTS, _FURTHER_KINDS = "2345678ANY", "123459"


def parse(value: str) -> Identification:
    """Read a credit code. Only the check character at the end decides; the one inside may be an old mistake."""
    text = tidy(value).replace("-", "")
    shape = _shape(text)
    if shape:
        return conclude(Kind.CREDIT_CODE, value, text, shape)
    where = place(text[2:8])
    problems = [*wrong_check(text[17], checksums.credit_code(text[:17])), *_organisation(text[8:17]), *_registrar(text)]
    fields = {
        "registrar_code": text[:2],
        "registrar": REGISTRARS.get(text[:2], ""),
        "division": where.code,
        "division_name": where.full_name,
        "organisation_code": text[8:17],
        "check_character": text[17],
    }
    return conclude(Kind.CREDIT_CODE, value, text, [*problems, *where.problems], fields)


def compose(*, registrar: str, division: str, organisation: str) -> str:
    """A code with both check characters right, from the first eight characters of the organisation code."""
    body = f"{registrar}{division}{organisation}{checksums.organisation(organisation)}"
    if shape := _shape(f"{body}0"):
        raise ValueError(shape[0].message)
    return body + checksums.credit_code(body)


def looks_registered(text: str) -> bool:
    """Whether the first two characters name a registrar of the standard."""
    return text[:2] in REGISTRARS or (text[0] in _FURTHER_DEPARTMENTS and text[1] in _FURTHER_KINDS)


def _shape(text: str) -> tuple[Problem, ...]:
    return (
        wrong_length(text, LENGTH, what="统一社会信用代码")
        or stray(text[2:8], DIGITS, offset=2)
        or stray(text, checksums.CREDIT_CODE_ALPHABET, meant="数字或者除I、O、S、V、Z以外的大写字母")
    )


def _organisation(code: str) -> tuple[Problem, ...]:
    expected = checksums.organisation(code[:8])
    if code[8] == expected:
        return ()
    message = f"第9至17位组织机构代码的校验码应为{expected}，现为{code[8]}；早期编发的代码可能如此，请与营业执照核对"
    return (Problem("organisation_check", message, "warning"),)


def _registrar(text: str) -> tuple[Problem, ...]:
    if looks_registered(text):
        return ()
    return (Problem("registrar", f"没有以{text[:2]}开头的登记管理部门和机构类别；请核对前2位", "warning"),)
