"""工业产品生产许可证证书编号: XK, sector, product, enterprise; provincial ones carry the province in front.

It has no check digit. Accepted with full-width, half-width or no parentheses; the normal form has half-width ones.
"""

from __future__ import annotations

import re

from xuke.foundation.identifiers.places import place
from xuke.foundation.identifiers.result import Identification, Kind, Problem, conclude
from xuke.foundation.identifiers.text import is_digits, tidy

_PROVINCES = """
京11 津12 冀13 晋14 蒙15 辽21 吉22 黑23 沪31 苏32 浙33 皖34 闽35 赣36 鲁37 豫41
鄂42 湘43 粤44 桂45 琼46 渝50 川51 贵52 云53 藏54 陕61 甘62 青63 宁64 新65
"""
PROVINCES = {pair[0]: pair[1:] for pair in _PROVINCES.split()}
"""The one-character names of the issuing provinces and their division codes."""

_LOOSE = re.compile(r"(?P<prefix>[^XK]*)XK-?(?P<sector>[^-]*)-?(?P<product>[^-]*)-?(?P<enterprise>.*)")
_EXAMPLE = "请写作XK08-001-00001的形式"
_WIDTHS = {"sector": ("行业编号", 2), "product": ("产品编号", 3), "enterprise": ("企业编号", 5)}


def parse(value: str) -> Identification:
    """Read an XK number."""
    text = tidy(value)
    match = _LOOSE.fullmatch(text)
    if match is None:
        problem = Problem("prefix", f"编号中没有XK；{_EXAMPLE}")
        return conclude(Kind.INDUSTRIAL_LICENCE, value, text, [problem])
    parts = match.groupdict()
    province = parts.pop("prefix").strip("()")
    problems = [*_province(province), *_widths(parts)]
    number = "XK" + "-".join(parts.values())
    normal = f"({province}){number}" if province else number
    where = place(PROVINCES[province] + "0000") if province in PROVINCES else None
    fields = {"province": province, "province_name": where.name if where else "", **parts}
    return conclude(Kind.INDUSTRIAL_LICENCE, value, text if problems else normal, problems, fields)


def _province(name: str) -> tuple[Problem, ...]:
    if not name or name in PROVINCES:
        return ()
    return (Problem("province", f"“{name}”不是发证省份的简称；请写鄂、苏、粤这样的一个字，全国证书不写"),)


def _widths(parts: dict[str, str]) -> list[Problem]:
    return [
        Problem(name, f"{title}应为{width}位数字，现为“{parts[name]}”；{_EXAMPLE}")
        for name, (title, width) in _WIDTHS.items()
        if len(parts[name]) != width or not is_digits(parts[name])
    ]
