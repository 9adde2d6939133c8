"""What a province may say beside the nation, and why not otherwise. Pure; each rule names its article."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xuke.catalogue.rulebook import Edition

UNITS = {"working_day": "个工作日", "day": "日", "month": "个月", "year": "年", "hour": "小时"}


def why_not(topic: str, nation: Edition | None, province: Edition) -> str:
    """The reason the nation does not allow what a province says, as a sentence; empty when it does."""
    rule = _RULES.get(topic)
    return rule(nation, province) if rule else ""


def _shorter_only(nation: Edition | None, province: Edition) -> str:
    """An authority may promise to be faster than the law demands, never slower (Administrative Permit Law art. 42)."""
    if nation is None:
        return ""
    title, basis = nation.content.get("title", nation.key), nation.basis
    if not nation.content.get("may_be_promised"):
        return f"“{title}”由国家规定（{basis}），省级不能另作承诺。"
    if province.content["unit"] != nation.content["unit"]:
        return f"承诺的“{title}”应当与法定时限用同一单位：{UNITS[nation.content['unit']]}（{basis}）。"
    if province.content.get("direction", "after") != nation.content.get("direction", "after"):
        return f"承诺的“{title}”应当与法定时限同一个方向（direction）（{basis}）。"
    unit = UNITS[nation.content["unit"]]
    if province.content["value"] > nation.content["value"]:
        return f"承诺的“{title}”只能短于法定时限{nation.content['value']}{unit}，不能更长（{basis}）。"
    if province.content.get("extension", 0) > (most := nation.content.get("extension", 0)):
        allowed = f"法律允许的{most}{unit}" if most else "法律允许的范围，法律没有规定可以延长"
        return f"“{title}”可以延长的天数不能超过{allowed}（{basis}）。"
    return ""


def _not_below_the_fixed(nation: Edition | None, province: Edition) -> str:
    """Special foods, complementary foods for infants and table salt stay with the province (Measures art. 7)."""
    if nation is not None and nation.content.get("fixed") and province.content["level"] != nation.content["level"]:
        return f"这类食品的许可权限由国家规定在省级，不能下放（{nation.basis}）。"
    return ""


def _not_what_is_forbidden(nation: Edition | None, province: Edition) -> str:
    """Special foods are never licensed on a promise (handbook 2.9)."""
    if nation is not None and nation.content.get("fixed") and province.content["allowed"]:
        return f"特殊食品不适用告知承诺（{nation.basis}）。"
    return ""


def _not_what_is_fixed(nation: Edition | None, province: Edition) -> str:
    """What the nation fixed is not switched by a province."""
    if nation is not None and nation.content.get("fixed") and province.content != nation.content:
        return f"这一项由国家统一规定，省级不能更改（{nation.basis}）。"
    return ""


_RULES: Mapping[str, Callable[[Edition | None, Edition], str]] = {
    "time_limit": _shorter_only,
    "competence": _not_below_the_fixed,
    "commitment": _not_what_is_forbidden,
    "switch": _not_what_is_fixed,
    "score": _not_what_is_fixed,
}
