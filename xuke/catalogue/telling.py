"""Rule editions in words: what a key is called and what an edition says. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xuke.catalogue import food
from xuke.catalogue.contents import ANY, CONDITIONS, KINDS
from xuke.catalogue.hierarchy import UNITS
from xuke.catalogue.rulebook import Edition

_LEVELS = {"province": "省级", "prefecture": "市级", "county": "县级"}


def title(topic: str, key: str, edition: Edition | None = None) -> str:
    """What a key is called: 作出许可决定, 124 糕点, 糕点 · 延续."""
    if topic == "competence":
        return category(key)
    if topic == "commitment":
        code, _, kind = key.partition(":")
        return f"{category(code)} · {KINDS.get(kind, '各种申请')}"
    if topic == "score":
        return "现场核查合格标准"
    return str(edition.content.get("title", key)) if edition else key


def category(code: str) -> str:
    """A category or subcategory with its code."""
    if code == ANY:
        return "其他各类食品"
    known = food.category(code) or food.subcategory(code)
    return f"{code} {known.name}" if known else code


def value(edition: Edition | None) -> str:
    """What an edition says, in a few words."""
    if edition is None or edition.ends:
        return "没有规定"
    return _VALUES[edition.topic](edition)


def _limit(edition: Edition) -> str:
    content = edition.content
    if not content["value"]:
        return "届满之前" if content.get("direction") == "before" else "当日"
    before = "届满前" if content.get("direction") == "before" else ""
    more = f"，可延长{content['extension']}{UNITS[content['unit']]}" if content.get("extension") else ""
    return f"{before}{content['value']}{UNITS[content['unit']]}{more}"


def _commitment(edition: Edition) -> str:
    if not edition.content["allowed"]:
        return "不适用"
    return f"适用，许可后{edition.content.get('check_days', 30)}个工作日内检查"


def _gate(edition: Edition) -> str:
    content = edition.content
    what = content.get("material") or "、".join(category(code) for code in content.get("categories", ()))
    return f"{CONDITIONS[content['condition']]}：{what}"


_VALUES: Mapping[str, Callable[[Edition], str]] = {
    "time_limit": _limit,
    "competence": lambda edition: _LEVELS[edition.content["level"]],
    "commitment": _commitment,
    "gate": _gate,
    "switch": lambda edition: "采用" if edition.content["on"] else "不采用",
    "score": lambda edition: f"得分率不低于{edition.content['pass_percent']}%，没有不符合项",
}
