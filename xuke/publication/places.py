"""Divisions as people name them: by code, by name, by the name without 市 or 县, with the prefecture before it. Pure.

The list is the one published (GB/T 2260), because the public role reads no table of ours but what is published.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from xuke.foundation.bigrams import plain
from xuke.foundation.identifiers import gazetteer
from xuke.foundation.identifiers.places import place

LONGEST = 40
MOST_NAMED = 5
_AUTONOMOUS = re.compile(r"自治[县州区旗]$")
_ENDING = re.compile(r"(?:特别行政区|林区|地区|省|市|盟|县|区|旗|州)$")
_PEOPLES = re.compile(
    r"(?<=..)(?:各族|土家族|苗族|回族|藏族|彝族|壮族|侗族|瑶族|蒙古族|蒙古|满族|朝鲜族|哈萨克|柯尔克孜|维吾尔|羌族|白族|傣族"
    r"|景颇族|哈尼族|傈僳族|布依族|水族|黎族|畲族|达斡尔族|土族|撒拉族|东乡族|保安族|裕固族|仡佬族|毛南族|纳西族|拉祜族|佤族|独龙族|怒族|普米族|布朗族"
    r"|锡伯|塔吉克)+$"
)
_IN_BRACKETS = re.compile(r"\((\d+)\)$")


@dataclass(frozen=True, slots=True)
class Named:
    """A division somebody named: its code without the empty levels, which is what codes below it begin with."""

    code: str
    name: str

    @property
    def prefix(self) -> str:
        """42, 4205 or 420506."""
        return re.sub(r"(?:00)+$", "", self.code)


def find(typed: str) -> tuple[Named | None, str]:
    """The division that was meant, or a sentence that says why it is not clear."""
    text = plain(typed)[:LONGEST]
    bracketed = _IN_BRACKETS.search(text)
    if (text.isascii() and text.isdigit()) or bracketed:
        return _by_code(bracketed[1] if bracketed else text)
    return _by_name(text, typed.strip()[:LONGEST])


def _by_code(digits: str) -> tuple[Named | None, str]:
    if len(digits) not in (2, 4, 6):
        return None, f"行政区划代码是2位、4位或者6位数字，现为{len(digits)}位。也可以写地名，例如宜昌市。"
    code = digits.ljust(6, "0")
    found = place(code)
    if not found.name and not gazetteer.present().get(f"{code[:2]}0000"):
        return None, f"没有行政区划代码{digits}，请核对。也可以写地名，例如宜昌市。"
    return Named(code, found.full_name or code), ""


def _by_name(text: str, typed: str) -> tuple[Named | None, str]:
    codes = _names().get(text, ())
    if not codes:
        return None, f"没有叫“{typed}”的省、市、县，请核对，或者写6位行政区划代码。"
    code = _containing(codes)
    if not code:
        shown = "、".join(place(code).full_name for code in codes[:MOST_NAMED])
        more = "等" if len(codes) > MOST_NAMED else ""
        return None, f"有{len(codes)}个地方叫“{typed}”：{shown}{more}。请写上所在的市，或者写6位行政区划代码。"
    return Named(code, place(code).full_name), ""


def _containing(codes: tuple[str, ...]) -> str:
    """The one that holds all the others: 恩施 is the prefecture and its seat, and means the prefecture."""
    first = min(codes, key=lambda code: len(Named(code, "").prefix))
    prefix = Named(first, "").prefix
    return first if all(code.startswith(prefix) for code in codes) else ""


@cache
def _names() -> Mapping[str, tuple[str, ...]]:
    """Every way to name a place of today, to the codes it can mean. An exact name goes before a shortened one."""
    exact: dict[str, list[str]] = {}
    short: dict[str, list[str]] = {}
    for code, name in gazetteer.present().items():
        uppers = [gazetteer.present().get(upper, "") for upper in gazetteer.above(code)]
        befores = {"", "".join(uppers), *(upper for upper in uppers), *(_shortened(upper) for upper in uppers)}
        befores.add("".join(map(_shortened, uppers)))
        for before in befores:
            exact.setdefault(before + name, []).append(code)
            short.setdefault(before + _shortened(name), []).append(code)
            if name.endswith("自治州"):
                short.setdefault(f"{before}{_shortened(name)}州", []).append(code)
    merged = {key: tuple(dict.fromkeys(codes)) for key, codes in short.items()}
    return merged | {key: tuple(dict.fromkeys(codes)) for key, codes in exact.items()}


def _shortened(name: str) -> str:
    """夷陵 of 夷陵区, 五峰 of 五峰土家族自治县; a name of two characters stays as it is."""
    own = _AUTONOMOUS.sub("", name)
    short = _PEOPLES.sub("", own) if own != name else _ENDING.sub("", name)
    return short if len(short) > 1 else name


def full_name(code: str) -> str:
    """湖北省宜昌市夷陵区; the code where nobody knows it."""
    return place(code).full_name or code


@cache
def in_two_parts(code: str) -> str:
    """宜昌市 · 夷陵区, as a list shows where somebody produces."""
    names = gazetteer.present()
    uppers = [names[upper] for upper in gazetteer.above(code)[1:] if upper in names]
    own = place(code).name or code
    return " · ".join([*uppers, own])


@cache
def offered(province: str) -> tuple[tuple[str, str], ...]:
    """The divisions of one province, as a list to choose from: name and code."""
    names = gazetteer.present()
    return tuple((names[code], code) for code in sorted(names) if code[:2] == province[:2])


@cache
def counties(province: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The counties of one province by prefecture, as a list to choose from: code and name."""
    names = gazetteer.present()
    groups: dict[str, list[tuple[str, str]]] = {}
    for code in sorted(names):
        if code[:2] == province[:2] and not code.endswith("00"):
            groups.setdefault(f"{code[:4]}00", []).append((code, names[code]))
    return tuple((names.get(above, "省直辖"), tuple(found)) for above, found in groups.items())


@cache
def province_of(operator: str) -> str:
    """The code of the province that an operator's name begins with; empty when it names none."""
    return next(
        (code for code, name in gazetteer.present().items() if code.endswith("0000") and operator.startswith(name)), ""
    )
