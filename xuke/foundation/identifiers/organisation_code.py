"""组织机构代码 (GB 11714-1997): eight characters and a check character; today the inside of the credit code."""

from __future__ import annotations

from xuke.foundation.identifiers import checksums
from xuke.foundation.identifiers.result import Identification, Kind, conclude
from xuke.foundation.identifiers.text import DIGITS, LETTERS, stray, tidy, wrong_check, wrong_length


def parse(value: str) -> Identification:
    """Read an organisation code, with or without its hyphen."""
    text = tidy(value).replace("-", "")
    shape = wrong_length(text, 9, what="组织机构代码") or stray(text, DIGITS + LETTERS, meant="数字或者大写字母")
    if shape:
        return conclude(Kind.ORGANISATION, value, text, shape)
    problems = wrong_check(text[8], checksums.organisation(text[:8]))
    fields = {"body": text[:8], "check_character": text[8]}
    return conclude(Kind.ORGANISATION, value, f"{text[:8]}-{text[8]}", problems, fields)
