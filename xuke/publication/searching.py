"""What somebody looks for in the register: read from an address, tidied, and judged before a row is looked at. Pure.

Everything is bounded here: how long a text is, how many words it has, which days exist. What nobody can see (control
characters, marks of direction) is left out, as it is from the names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from xuke.foundation import canonical
from xuke.foundation.bigrams import plain
from xuke.foundation.calendar import spoken
from xuke.foundation.identifiers import Kind, food_licence, identify
from xuke.foundation.identifiers.credit_code import REGISTRARS
from xuke.foundation.identifiers.text import tidy
from xuke.foundation.refusals import Problem
from xuke.publication import places
from xuke.publication.places import Named
from xuke.publication.rules import FIRST_DAY, Standing
from xuke.publication.states import HELD

LONGEST, MOST_WORDS = 100, 8
SHORTEST_PREFIX = 4
"""Characters of a number from the beginning by which it is looked up."""
CATEGORIES = {int(code) - 100: name for code, name in food_licence.CATEGORIES.items() if code < "200"} | {
    32: "食品添加剂"
}
"""The numbers of the classification catalogue (食品生产许可分类目录): 1 to 32."""
FIELDS = ("q", "division", "category", "state", "on")

_NUMBER = re.compile(r"SC\d{0,14}|[12]\d{3,13}")
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{4,18}")
_DAY = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?")


@dataclass(frozen=True, slots=True)
class Question:
    """One search: what of each licence has to be so."""

    text: str = ""
    words: tuple[str, ...] = ()
    """In the form in which names are compared; all of them have to occur."""
    number: str = ""
    """A licence number, or its beginning."""
    uscc: str = ""
    """A credit code, or its beginning."""
    place: Named | None = None
    category: int = 0
    states: tuple[Standing, ...] = ()
    on: date | None = None
    """The day on which it has to be so; None for today."""
    doubt: str = ""
    """What is wrong with a number that was typed; it is looked up all the same, old numbers carry mistakes for good."""
    problems: tuple[Problem, ...] = ()
    """Why nothing is looked up."""

    @property
    def is_everything(self) -> bool:
        """Nothing was asked for."""
        return self == Question(text=self.text)

    @property
    def filters(self) -> int:
        """How many conditions there are beside the text."""
        return bool(self.place) + bool(self.category) + len(self.states) + bool(self.on)

    @property
    def digest(self) -> str:
        """What a cursor is bound to: two addresses that ask the same have the same."""
        asked = [
            *(list(self.words), self.number, self.uscc, self.place.code if self.place else "", self.category),
            *(list(self.states), self.on.isoformat() if self.on else ""),
        ]
        return sha256(canonical.encode({"asked": asked})).hexdigest()[:16]


def read(given: Mapping[str, Sequence[str]], *, today: date) -> Question:
    """The question in the parameters of an address."""
    text = _first(given, "q")
    problems: list[Problem] = []
    if len(text) > LONGEST:
        problems.append(
            Problem("q", f"最多{LONGEST}个字，现在有{len(text)}个字。请只写企业名称里的几个字，或者一个编号。")
        )
        text = text[:LONGEST]
    place = _place(_first(given, "division"), problems)
    category = _category(_first(given, "category"), problems)
    states = _states(given.get("state", ()), problems)
    on = read_day(_first(given, "on"), today=today, field="on", what="查询时点", problems=problems)
    words, number, uscc, doubt = _meaning(text, problems)
    return Question(
        text, words, number, uscc, place, category, states, None if on == today else on, doubt, tuple(problems)
    )


def read_day(text: str, *, today: date, field: str, what: str, problems: list[Problem]) -> date | None:
    """A day as people write it. One that cannot be answered for is told in `problems`."""
    text = "".join(plain(text[: LONGEST + 1]))
    if not text:
        return None
    found = _DAY.fullmatch(text)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        problems.append(Problem(field, f"没有{text}这一天，请核对。"))
        return None
    if day is None:
        problems.append(Problem(field, f"{what}请写成2025-03-01这样的日期。"))
    elif day < FIRST_DAY:
        problems.append(Problem(field, f"{what}不能早于{spoken(FIRST_DAY)}，更早的日子没有可以查的许可。"))
    elif day > today:
        problems.append(
            Problem(
                field, f"{what}不能晚于今天（{spoken(today)}）：以后会不会被撤回、撤销、吊销、注销，现在没有人知道。"
            )
        )
    else:
        return day
    return None


def _first(given: Mapping[str, Sequence[str]], name: str) -> str:
    values = given.get(name, ())
    return values[0].strip() if values else ""


def _meaning(text: str, problems: list[Problem]) -> tuple[tuple[str, ...], str, str, str]:
    """Words, licence number, credit code, and what is wrong with the number."""
    if not text:
        return (), "", "", ""
    number = tidy(text)
    found = identify(text)
    errors = "；".join(problem.message for problem in found.errors if problem.code != "prefix")
    if found.kind is Kind.FOOD_LICENCE and _NUMBER.fullmatch(number):
        is_whole = len(number.removeprefix("SC")) >= 14
        return (), _with_prefix(number), "", errors if is_whole else ""
    if found.kind is Kind.CREDIT_CODE and _CREDIT_CODE.fullmatch(number) and len(number) == 18:
        return (), "", number, errors
    if found.kind in (Kind.E_LICENCE, Kind.OLD_FOOD_LICENCE, Kind.INDUSTRIAL_LICENCE):
        problems.append(Problem("q", _OTHER[found.kind]))
        return (), "", "", ""
    if _NUMBER.fullmatch(number) and len(number) >= SHORTEST_PREFIX:
        return (), _with_prefix(number), "", ""
    if number[:2] in REGISTRARS and number[2:].isalnum() and _CREDIT_CODE.fullmatch(number):
        return (), "", number, ""
    if found.kind is Kind.FOOD_LICENCE and len(number) >= SHORTEST_PREFIX:
        problems.append(Problem("q", f"许可证编号写得不对：{errors}"))
        return (), "", "", ""
    words = tuple(dict.fromkeys(word for word in map(plain, text.split()) if word))
    if not words:
        problems.append(Problem("q", "没有可以查的字。请写企业名称里的几个字，或者一个编号。"))
    if len(words) > MOST_WORDS:
        problems.append(Problem("q", f"最多{MOST_WORDS}个词，用空格分开；现在有{len(words)}个。"))
    return words[:MOST_WORDS], "", "", ""


_OTHER = {
    Kind.E_LICENCE: "这是电子证照标识。要核对一张电子证书，请到“证书核验”。",
    Kind.OLD_FOOD_LICENCE: "这是旧版编号（QS），2018年10月1日起停止使用。请用SC开头的现行编号，或者企业名称。",
    Kind.INDUSTRIAL_LICENCE: "这是工业产品生产许可证编号（XK）。这里登记食品生产许可，请用SC编号或者企业名称。",
}


def _with_prefix(number: str) -> str:
    return number if number.startswith("SC") else f"SC{number}"


def _place(text: str, problems: list[Problem]) -> Named | None:
    if not plain(text[:LONGEST]):
        return None
    found, why_not = places.find(text)
    if why_not:
        problems.append(Problem("division", why_not))
    return found


def _category(text: str, problems: list[Problem]) -> int:
    if not text:
        return 0
    if text.isascii() and text.isdecimal() and len(text) <= 3 and int(text) in CATEGORIES:
        return int(text)
    problems.append(Problem("category", f"食品类别是1至{max(CATEGORIES)}的数字，请从列表里选。"))
    return 0


def _states(values: Sequence[str], problems: list[Problem]) -> tuple[Standing, ...]:
    asked = dict.fromkeys(value for value in values[:20] if value)
    if any(value not in HELD for value in asked):
        problems.append(Problem("state", "没有这种状态，请从列表里选。"))
    found = tuple(state for state in HELD if state in asked)
    return () if len(found) == len(HELD) else found
