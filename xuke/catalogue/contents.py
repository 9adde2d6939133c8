"""What each topic of the rules has to say, checked before it is published. Pure; sentences for whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from xuke.catalogue import food, score_sheet
from xuke.catalogue.hierarchy import UNITS

if TYPE_CHECKING:
    from xuke.catalogue.rulebook import Edition, RuleBook

ANY = "*"
AUTHORITY_LEVELS = ("province", "prefecture", "county")
RUNNING = ("stay", "waiting", "all")
"""Which running cases are handed over when competence moves."""
MOST_DAYS = 10_000
"""No term is longer: what is added to a day must still be a day."""
_MOST = {"year": 100, "month": 1_200}
KINDS = {
    "first": "首次申请",
    "change": "变更",
    "report": "报告",
    "renewal": "延续",
    "renewal_change": "延续并变更",
    "cancellation": "注销",
    "reissue": "补办",
}
"""Kinds of applications (handbook 2.2)."""
NAMES: Mapping[str, tuple[str, ...]] = {
    "time_limit": (
        *("title", "value", "unit", "starts_from", "text"),
        *("extension", "direction", "may_be_promised", "shown_only"),
    ),
    "competence": ("level", "running", "fixed"),
    "commitment": ("allowed", "check_days", "fixed"),
    "gate": ("title", "text", "condition", "material", "categories", "kinds"),
    "switch": ("title", "text", "on", "fixed"),
    "score": ("sheet", "pass_percent", "zero_fails", "fixed"),
}
"""What a row of each topic can say, beside its key, its days and its basis. A name of no list would say nothing."""
CONDITIONS = {"requires_material": "须提交材料", "blocks_category": "暂停受理"}
"""What a local gate can demand."""


def _short(value: Any) -> str:
    """A value as a sentence tells it: a number of a thousand digits fills no screen."""
    try:
        said = str(value)
    except ValueError:  # More digits than Python writes out.
        return "过长的数"
    return said if len(said) <= 40 else f"{said[:40]}…"


def why_not(topic: str, keys: Any, content: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with what a row says about its keys."""
    named = [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []
    return list(_CHECKS[topic](named, content))


def why_not_moved(book: RuleBook, edition: Edition) -> str:
    """The reason a subcategory stays where the nation fixed its category (Measures art. 7), or nothing."""
    known = food.subcategory(edition.key)
    nation = book.find("competence", known.category_code, on=edition.valid_from) if known else None
    if nation and nation.content.get("fixed") and edition.content["level"] != nation.content["level"]:
        return f"{nation.key}类食品的许可权限由国家规定在省级，不能下放（{nation.basis}）。"
    return ""


def is_category(code: str) -> bool:
    """Whether the catalogue has a category or a subcategory of that code."""
    return food.category(code) is not None or food.subcategory(code) is not None


def _is_one_of(value: Any, known: Iterable[str]) -> bool:
    """Whether a value is one of these words: not a list, nor an object."""
    return isinstance(value, str) and value in tuple(known)


def _is_number(value: Any, *, least: int, most: int = MOST_DAYS) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _unknown(codes: Any) -> Iterator[str]:
    if not isinstance(codes, list | tuple):
        yield f"食品类别应当是一个列表，现为“{codes}”。"
        return
    for code in codes:
        if not isinstance(code, str) or (code != ANY and not is_category(code)):
            yield f"食品生产许可分类目录里没有“{code}”这个类别。"


def _time_limit(keys: list[str], content: Mapping[str, Any]) -> Iterator[str]:
    value, extension = content.get("value"), content.get("extension", 0)
    most = _MOST.get(str(content.get("unit")), MOST_DAYS)
    if not _is_number(value, least=0, most=most):
        yield f"时限（value）应当是0至{most}的整数，现为“{_short(value)}”。"
    if not _is_number(extension, least=0):
        yield f"可以延长的天数（extension）应当是0至{MOST_DAYS}的整数，现为“{_short(extension)}”。"
    if not _is_one_of(content.get("unit"), UNITS):
        yield f"单位（unit）应当是{'、'.join(UNITS)}之一，现为“{content.get('unit')}”。"
    if not _is_one_of(content.get("direction", "after"), ("after", "before")):
        yield f"方向（direction）应当是after或者before，现为“{content['direction']}”。"
    for name, word in (("title", "名称"), ("starts_from", "起算"), ("text", "说明")):
        if not isinstance(content.get(name), str) or not content[name].strip():
            yield f"没有写明{word}（{name}）。"
    if "shown_only" in content and not (isinstance(content["shown_only"], str) and content["shown_only"].strip()):
        yield "只供查阅的，写明为什么系统不按它计时（shown_only）。"


def _competence(keys: list[str], content: Mapping[str, Any]) -> Iterator[str]:
    yield from _unknown(keys)
    if not _is_one_of(content.get("level"), AUTHORITY_LEVELS):
        yield f"许可权限（level）应当是{'、'.join(AUTHORITY_LEVELS)}之一，现为“{content.get('level')}”。"
    if not _is_one_of(content.get("running", RUNNING[0]), RUNNING):
        yield f"在办的申请怎么办（running）应当是{'、'.join(RUNNING)}之一，现为“{content['running']}”。"


def _commitment(keys: list[str], content: Mapping[str, Any]) -> Iterator[str]:
    for key in keys:
        category, _, kind = key.partition(":")
        yield from _unknown([category])
        if kind != ANY and kind not in KINDS:
            yield f"申请种类应当是{'、'.join(KINDS)}或者*，现为“{kind}”。"
    if not isinstance(content.get("allowed"), bool):
        yield "没有写明是否适用告知承诺（allowed：true或者false）。"
    if "check_days" in content and not _is_number(content["check_days"], least=1):
        yield f"事后检查的工作日数（check_days）应当是1至{MOST_DAYS}的整数，现为“{_short(content['check_days'])}”。"


def _gate(keys: list[str], content: Mapping[str, Any]) -> Iterator[str]:
    for name, word in (("title", "名称"), ("text", "内容")):
        if not isinstance(content.get(name), str) or not content[name].strip():
            yield f"没有写明{word}（{name}）。"
    if not _is_one_of(content.get("condition"), CONDITIONS):
        yield f"条件（condition）应当是{'、'.join(CONDITIONS)}之一，现为“{content.get('condition')}”。"
    elif content["condition"] == "requires_material" and not content.get("material"):
        yield "没有写明须提交的材料（material）。"
    elif content["condition"] == "blocks_category" and not content.get("categories"):
        yield "没有写明暂停受理的食品类别（categories）。"
    yield from _unknown(content.get("categories", ()))
    kinds = content.get("kinds", [])
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if not _is_one_of(kind, KINDS):
            yield f"申请种类应当是{'、'.join(KINDS)}之一，现为“{kind}”。"


def _switch(keys: list[str], content: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(content.get("on"), bool):
        yield "没有写明开还是关（on：true或者false）。"
    if not isinstance(content.get("title"), str) or not content["title"].strip():
        yield "没有写明名称（title）。"


def _score(keys: list[str], content: Mapping[str, Any]) -> Iterator[str]:
    percent = content.get("pass_percent")
    if not isinstance(percent, int) or isinstance(percent, bool) or not 0 < percent <= 100:
        yield f"合格的得分率（pass_percent）应当是1至100的整数，现为“{percent}”。"
    if not _is_one_of(content.get("sheet"), score_sheet.SHEETS):
        yield f"评分记录表（sheet）应当是{'、'.join(score_sheet.SHEETS)}之一，现为“{_short(content.get('sheet'))}”。"
    if not isinstance(content.get("zero_fails"), bool):
        yield "没有写明有0分项的是否不通过（zero_fails：true或者false）。"


_CHECKS: Mapping[str, Callable[[list[str], Mapping[str, Any]], Iterator[str]]] = {
    "time_limit": _time_limit,
    "competence": _competence,
    "commitment": _commitment,
    "gate": _gate,
    "switch": _switch,
    "score": _score,
}
