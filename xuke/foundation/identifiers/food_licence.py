"""食品生产许可证编号: SC, three digits of category, six of division, four of sequence, one check digit.

Measures for Food Production Licensing (2020) art. 30; handbook 1.1.
"""

from __future__ import annotations

from xuke.foundation.identifiers import checksums
from xuke.foundation.identifiers.places import place
from xuke.foundation.identifiers.result import Identification, Kind, Problem, conclude
from xuke.foundation.identifiers.text import DIGITS, is_digits, stray, tidy, wrong_check, wrong_length

PREFIX = "SC"
LAST_SEQUENCE = 9999
"""Sequence numbers run from 0001 to 9999 within one category and division."""

_FOOD = """
粮食加工品 食用油、油脂及其制品 调味品 肉制品 乳制品 饮料 方便食品 饼干 罐头 冷冻饮品
速冻食品 薯类和膨化食品 糖果制品 茶叶及相关制品 酒类 蔬菜制品 水果制品 炒货食品及坚果制品 蛋制品 可可及焙烤咖啡产品
食糖 水产制品 淀粉及淀粉制品 糕点 豆制品 蜂产品 保健食品 特殊医学用途配方食品 婴幼儿配方食品 特殊膳食食品
其他食品
"""
CATEGORIES = {f"1{index:02}": name for index, name in enumerate(_FOOD.split(), start=1)} | {
    "201": "食品添加剂",
    "202": "食品用香精",
    "203": "复配食品添加剂",
}
"""The first three digits, in the order of art. 11. There is no 132: additives are 201 to 203."""


def parse(value: str, *, lenient: bool = False) -> Identification:
    """Read a licence number.

    `lenient` is for numbers read from outside: they may carry an old mistake for good, so a wrong check digit,
    category or sequence is then a warning. What cannot be cut into fields at all stays an error.
    """
    text = tidy(value)
    body = text.removeprefix(PREFIX)
    problems = list(_prefix(text, body))
    shape = stray(body, DIGITS, offset=len(text) - len(body)) or wrong_length(body, 14, what="SC后的数字")
    if shape:
        return conclude(Kind.FOOD_LICENCE, value, text, [*problems, *shape])
    where = place(body[3:9])
    content = [*_category(body[:3]), *_sequence(body[9:13]), *wrong_check(body[13], checksums.mod_11_10(body[:13]))]
    if lenient:
        content = [Problem(problem.code, problem.message, "warning") for problem in content]
    fields = {
        "category_code": body[:3],
        "category": CATEGORIES.get(body[:3], ""),
        "division": where.code,
        "division_name": where.full_name,
        "sequence": body[9:13],
        "check_digit": body[13],
    }
    return conclude(Kind.FOOD_LICENCE, value, PREFIX + body, [*problems, *content, *where.problems], fields)


def compose(*, category: str, division: str, sequence: int) -> str:
    """The licence number for the main category, the county of production and the sequence number (art. 30)."""
    if category not in CATEGORIES:
        raise ValueError(_category(category)[0].message)
    if len(division) != 6 or not is_digits(division):
        raise ValueError(f"行政区划代码应为6位数字，现为“{division}”")
    if not 1 <= sequence <= LAST_SEQUENCE:
        raise ValueError(f"顺序码应在1至{LAST_SEQUENCE}之间，现为{sequence}")
    body = f"{category}{division}{sequence:04}"
    return f"{PREFIX}{body}{checksums.mod_11_10(body)}"


def parse_old(value: str) -> Identification:
    """Read a number from before October 2015: QS and twelve digits. The mark ended on 1 October 2018."""
    text = tidy(value)
    body = text.removeprefix("QS")
    shape = stray(body, DIGITS, offset=2) or wrong_length(body, 12, what="QS后的数字")
    if shape:
        return conclude(Kind.OLD_FOOD_LICENCE, value, text, shape)
    ended = Problem("ended", "QS编号自2018年10月1日起停止使用；请填写SC开头的现行编号", "warning")
    fields = {"authority": body[:4], "product": body[4:8], "enterprise": body[8:]}
    return conclude(Kind.OLD_FOOD_LICENCE, value, text, [ended], fields)


def looks_complete(digits: str) -> bool:
    """Fourteen digits that can only be a licence number whose letters were left out."""
    return len(digits) == 14 and digits[:3] in CATEGORIES and checksums.mod_11_10(digits[:13]) == digits[13]


def _prefix(text: str, body: str) -> tuple[Problem, ...]:
    if text != body:
        return ()
    return (Problem("prefix", f"编号前缺少SC；请写作{PREFIX}{body}"),)


def _category(code: str) -> tuple[Problem, ...]:
    if code in CATEGORIES:
        return ()
    return (Problem("category", f"食品类别编号应为101至131或者201至203，现为{code}；请核对SC后的前3位"),)


def _sequence(digits: str) -> tuple[Problem, ...]:
    if int(digits):
        return ()
    return (Problem("sequence", "顺序码从0001开始编，现为0000；请核对倒数第2至第5位"),)
