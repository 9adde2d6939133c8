"""Values as people type, paste and scan them, brought to one form; and what is wrong with single characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from xuke.foundation.identifiers.result import Problem

LONGEST = 200
"""No identifier is longer. More text than this is not one, and is not worth normalising."""

_HYPHENS = re.compile("[‐‑‒–—―−－﹣]")
_LOOK_ALIKES = {"O": "0", "Q": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "B": "8"}

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def tidy(value: str) -> str:
    """Full-width to half-width, one kind of hyphen, capitals; spaces and invisible characters are dropped."""
    text = _HYPHENS.sub("-", unicodedata.normalize("NFKC", value[:LONGEST]))
    return "".join(char for char in text if not char.isspace() and unicodedata.category(char) != "Cf").upper()


def is_digits(text: str) -> bool:
    """Only 0-9: `str.isdigit` would let the digits of other scripts pass."""
    return bool(text) and all(char in DIGITS for char in text)


def stray(text: str, allowed: Container[str], *, offset: int = 0, meant: str = "数字") -> tuple[Problem, ...]:
    """The first character that cannot stand there, with the digit it is usually mistaken for."""
    for index, char in enumerate(text):
        if char not in allowed:
            likely = _LOOK_ALIKES.get(char, "")
            advice = f"请核对是否应为数字{likely}" if likely else "请核对是否抄错"
            return (Problem("character", f"第{offset + index + 1}位“{char}”不符合规则，这里应为{meant}；{advice}"),)
    return ()


def wrong_length(text: str, expected: int, *, what: str) -> tuple[Problem, ...]:
    """Too short or too long, by how much."""
    missing = expected - len(text)
    if missing > 0:
        advice = f"少{missing}位；请对照原件补全"
    elif missing < 0:
        advice = f"多{-missing}位；请对照原件删去多余字符"
    else:
        return ()
    return (Problem("length", f"{what}应为{expected}位，现为{len(text)}位，{advice}"),)


def wrong_check(found: str, expected: str) -> tuple[Problem, ...]:
    """The check character does not follow from the others: one of them was misread."""
    if found == expected:
        return ()
    return (Problem("check_digit", f"校验码应为{expected}，现为{found}；请核对是否抄错"),)
