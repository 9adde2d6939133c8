"""公民身份号码 (GB 11643-1999): division, date of birth, sequence, check character."""

from __future__ import annotations

from datetime import date

from xuke.foundation.identifiers import checksums
from xuke.foundation.identifiers.places import place
from xuke.foundation.identifiers.result import Identification, Kind, Problem, conclude
from xuke.foundation.identifiers.text import DIGITS, is_digits, stray, tidy, wrong_check, wrong_length

LENGTH = 18
_FIRST_YEAR = 1800


def parse(value: str) -> Identification:
    """Read a resident number. A birthday that never was is an error; a division nobody knows is not."""
    text = tidy(value)
    shape = _shape(text)
    if shape:
        return conclude(Kind.RESIDENT, value, text, shape)
    where, born = place(text[:6]), birthday(text)
    problems = [*_birthday_problems(text[6:14], born), *wrong_check(text[17], checksums.mod_11_2(text[:17]))]
    fields = {
        "division": where.code,
        "division_name": where.full_name,
        "born_on": born.isoformat() if born else "",
        "sex": "男" if int(text[16]) % 2 else "女",
        "check_character": text[17],
    }
    return conclude(Kind.RESIDENT, value, text, [*problems, *where.problems], fields)


def compose(*, division: str, born_on: date, sequence: int) -> str:
    """A number with its check character, for demonstrations and tests; real ones are issued by the police."""
    body = f"{division}{born_on:%Y%m%d}{sequence:03}"
    if len(body) != LENGTH - 1 or not is_digits(body):
        raise ValueError(f"行政区划代码应为6位数字，顺序码应在0至999之间，现为“{division}”和{sequence}")
    return body + checksums.mod_11_2(body)


def birthday(text: str) -> date | None:
    """The date of birth inside a number, or None when there is no such day."""
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return None
    return born if born.year >= _FIRST_YEAR else None


def _shape(text: str) -> tuple[Problem, ...]:
    if len(text) == 15 and is_digits(text):
        return (Problem("old_form", "15位身份证号码已停止使用；请填写18位公民身份号码"),)
    return (
        wrong_length(text, LENGTH, what="公民身份号码")
        or stray(text[:17], DIGITS)
        or stray(text[17:], DIGITS + "X", offset=17, meant="数字或者X")
    )


def _birthday_problems(digits: str, born: date | None) -> tuple[Problem, ...]:
    if born:
        return ()
    return (Problem("birthday", f"没有{digits[:4]}年{digits[4:6]}月{digits[6:]}日这一天；请核对第7至14位出生日期"),)
