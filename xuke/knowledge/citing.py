"""How texts cite articles, such as 行政许可法第三十二条、第八十二条: a pure parser, without Django."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_DIGITS = "零一二三四五六七八九"
_UNITS = {"千": 1000, "百": 100, "十": 10}
_NUMBER = "[零〇一二两三四五六七八九十百千]+|[0-9]{1,4}"
_LONGEST_TITLE = 60

_ARTICLE = rf"第(?:{_NUMBER})条(?:之(?:{_NUMBER}))?"
_PART = rf"(?:第(?:{_NUMBER})款)?(?:第?[（(]?(?:{_NUMBER})[）)]?项)?"
_SECTION = r"[一二三四五六七八九十]{1,3}、?[（(][一二三四五六七八九十]{1,3}[）)]"
"""A notice without articles is cited by its headings: 三（二）."""
_LOCATOR = rf"(?:{_ARTICLE}{_PART}|{_SECTION})"
_PLACE = rf"(?P<from>{_LOCATOR})(?:[至到－—-](?P<until>{_LOCATOR}))?"
_TITLE = rf"[^《》；;，,、。：:“”\s第]{{2,{_LONGEST_TITLE}}}?"
_EDITION = r"（[^（）]*[0-9]{4}[^（）]*）"
_QUOTED = rf"《(?P<quoted>[^《》]{{1,{_LONGEST_TITLE}}})》(?P<after>{_EDITION})?"
_CITATION = re.compile(
    rf"{_QUOTED}(?:{_PLACE.replace('from', 'qfrom').replace('until', 'quntil')})?"
    rf"|(?P<plain>{_TITLE})(?:{_PLACE.replace('from', 'pfrom').replace('until', 'puntil')}"
    r"|(?=[；;，,、。：:”》\s]|$))"
    rf"|{_PLACE}"
)
_IN_ARTICLE = re.compile(rf"第(?P<number>{_NUMBER})条(?:之(?P<sub>{_NUMBER}))?(?P<part>.*)")
_IN_SECTION = re.compile(r"(?P<number>[^、（(]+)、?[（(](?P<sub>[^）)]+)[）)]")
_NAMED = re.compile(rf"(?P<title>.+?)(?P<edition>{_EDITION})?", re.DOTALL)


@dataclass(frozen=True, order=True)
class Place:
    """Where in a law: an article, or a heading of a notice that has no articles."""

    number: int
    sub: int = 0
    """The one of 第五十条之一, or the second part of a heading such as 三（二）."""
    is_section: bool = False

    @property
    def key(self) -> str:
        """As it stands in an address: 32, 50-1, s3-2."""
        tail = f"-{self.sub}" if self.sub else ""
        return f"{'s' if self.is_section else ''}{self.number}{tail}"

    @property
    def label(self) -> str:
        """As people write it: 第三十二条, 第五十条之一, 三（二）."""
        if self.is_section:
            return f"{spelt(self.number)}（{spelt(self.sub)}）"
        return f"第{spelt(self.number)}条" + (f"之{spelt(self.sub)}" if self.sub else "")


@dataclass(frozen=True)
class Citation:
    """One place cited in a text, and where in the text it stands."""

    start: int
    end: int
    title: str
    """Which law, as it was written or as it was named before; other words may stand in front of an unquoted one."""
    edition: str
    """What the text says about the edition, such as 2020年; empty when it says nothing."""
    place: Place | None
    """None when the law as a whole is cited."""
    until: Place | None = None
    """The last article, where a row of them is cited (第三十二条至第四十四条)."""
    part: str = ""
    """The paragraph or item within the article, as written."""
    named: bool = True
    """Whether the title stands in this place of the text, or is carried over from before."""


def value(text: str) -> int:
    """The number behind 三十二 or 32."""
    if text.isascii():
        return int(text)
    total = digit = 0
    for character in text.replace("〇", "零").replace("两", "二"):
        if unit := _UNITS.get(character):
            total += (digit or 1) * unit
            digit = 0
        else:
            digit = _DIGITS.index(character)
    return total + digit


def spelt(number: int) -> str:
    """32 as 三十二, 110 as 一百一十, 203 as 二百零三; from 1 to 9999."""
    words, gap = "", False
    for unit, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit = number // size % 10
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + unit
        gap = not digit
    return words.removeprefix("一") if 10 <= number < 20 else words


def parse(text: str) -> tuple[Citation, ...]:
    """Everything that a text cites, in its order. Whatever the text, this answers; what is no citation is left out."""
    return tuple(_citations(text))


def _citations(text: str) -> Iterator[Citation]:
    title = edition = ""
    for found in _CITATION.finditer(text):
        if name := found["quoted"] or found["plain"]:
            title, edition = _title(name, found["after"] or "")
        first = found["qfrom"] or found["pfrom"] or found["from"]
        if not title:
            continue
        last = found["quntil"] or found["puntil"] or found["until"]
        place, part = _place(first) if first else (None, "")
        until, tail = _place(last) if last else (None, "")
        yield Citation(found.start(), found.end(), title, edition, place, until, part or tail, bool(name))


def _title(name: str, after: str) -> tuple[str, str]:
    """Title and edition: 食品生产许可管理办法（2020年） names an edition, （试行） belongs to the title."""
    named = _NAMED.fullmatch(name)
    assert named is not None
    return named["title"], (after or named["edition"] or "")[1:-1]


def _place(text: str) -> tuple[Place, str]:
    if found := _IN_ARTICLE.fullmatch(text):
        return Place(value(found["number"]), value(found["sub"]) if found["sub"] else 0), found["part"]
    section = _IN_SECTION.fullmatch(text)
    assert section is not None
    return Place(value(section["number"]), value(section["sub"]), is_section=True), ""
