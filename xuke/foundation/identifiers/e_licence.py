"""电子证照标识 (GB/T 36904-2018): root, type, issuer, serial, version and check, joined by dots."""

from __future__ import annotations

import re
from itertools import takewhile

from xuke.foundation.identifiers import checksums
from xuke.foundation.identifiers.result import Identification, Kind, Problem, conclude
from xuke.foundation.identifiers.text import is_digits, tidy, wrong_check

ROOT = "1.2.156.3005.2"
_ARCS, _LONGEST_ARC = 5, 4
"""How many numbers the root has, and how long the longest is; all fields after it but the version are longer."""

_FORMS = {
    "type_code": (re.compile(r"[0-9A-Z]{18}[0-9]{3}"), "证照类型代码应为18位统一社会信用代码加3位顺序号"),
    "issuer_code": (re.compile(r"[0-9A-Z]{18}|[0-9]{6}"), "证照颁发机构代码应为18位统一社会信用代码"),
    "serial": (re.compile(r"[0-9A-Z]+"), "流水号只能由数字和字母组成"),
    "version": (re.compile(r"(?!000)[0-9]{3}"), "版本号应为3位数字，从001开始"),
    "check_character": (re.compile(r"[0-9A-Z]"), "校验位应为1位数字或者字母"),
}


def parse(value: str, *, lenient: bool = False) -> Identification:
    """Read an identifier. `lenient` is for those of other issuers: a wrong check is then only a warning."""
    text = tidy(value)
    rest, problems = _without_root(text)
    parts = rest.split(".")
    if len(parts) != len(_FORMS):
        message = f"根代码之后应有类型、颁发机构、流水号、版本号、校验位5段，现为{len(parts)}段；请对照原件"
        return conclude(Kind.E_LICENCE, value, text, [*problems, Problem("parts", message)])
    fields = dict(zip(_FORMS, parts, strict=True))
    shape = [*problems, *_shape(fields)]
    if any(problem.code != "root" for problem in shape):
        return conclude(Kind.E_LICENCE, value, text, shape, fields)
    wrong = wrong_check(fields["check_character"], checksums.mod_37_36("".join(parts[:4])))
    if lenient:
        wrong = tuple(Problem(problem.code, problem.message, "warning") for problem in wrong)
    foreign = _issuer_is_a_place(fields["issuer_code"])
    return conclude(Kind.E_LICENCE, value, text, [*shape, *wrong, *foreign], fields)


def compose(*, type_code: str, issuer_code: str, serial: str, version: int) -> str:
    """The identifier of one issue of one certificate; `version` counts from 1 and grows with every re-issue."""
    parts = {"type_code": type_code, "issuer_code": issuer_code, "serial": serial, "version": f"{version:03}"}
    if problems := _shape(parts):
        raise ValueError(problems[0].message)
    check = checksums.mod_37_36("".join(parts.values()))
    return ".".join((ROOT, *parts.values(), check))


def _without_root(text: str) -> tuple[str, list[Problem]]:
    """What follows the root; an identifier whose root is wrong or missing is still read to the end."""
    if text.startswith(f"{ROOT}."):
        return text[len(ROOT) + 1 :], []
    parts = text.split(".")
    arcs = list(takewhile(lambda part: is_digits(part) and len(part) <= _LONGEST_ARC, parts[:_ARCS]))
    found = ".".join(arcs)
    message = f"根代码应为{ROOT}，现为{found}；请核对开头" if found else f"缺少根代码；请在前面补上{ROOT}."
    return ".".join(parts[len(arcs) :]), [Problem("root", message)]


def _shape(fields: dict[str, str]) -> list[Problem]:
    return [
        Problem(name, f"{_FORMS[name][1]}，现为“{text}”；请核对是否抄错")
        for name, text in fields.items()
        if not _FORMS[name][0].fullmatch(text)
    ]


def _issuer_is_a_place(code: str) -> tuple[Problem, ...]:
    """Some issuers put their division where their credit code belongs: accepted, but said."""
    if len(code) == 18:
        return ()
    return (Problem("issuer_division", f"颁发机构代码{code}是行政区划代码，按标准应为统一社会信用代码", "warning"),)
