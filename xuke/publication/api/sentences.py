"""What pydantic found wrong with a request, in Chinese. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from xuke.publication.api.problems import Mistake

Context = Mapping[str, Any]

_SENTENCES: dict[str, Callable[[Context], str]] = {
    "missing": lambda at: "没有填写，必须填写。",
    "extra_forbidden": lambda at: "不认识这一项，请删去；可能是名称写错了。",
    "string_too_long": lambda at: f"太长了，最多{at['max_length']}个字符。",
    "string_too_short": lambda at: f"太短了，最少{at['min_length']}个字符。",
    "too_long": lambda at: f"太多了，一次最多{at['max_length']}项。",
    "too_short": lambda at: f"太少了，最少{at['min_length']}项。",
    "string_type": lambda at: "应为字符串。",
    "string_unicode": lambda at: "含有不能识别的字符，请用UTF-8编码。",
    "list_type": lambda at: "应为数组。",
    "dict_type": lambda at: "应为对象。",
    "model_type": lambda at: "应为对象。",
    "model_attributes_type": lambda at: "应为对象。",
    "int_parsing": lambda at: "应为整数。",
    "int_parsing_size": lambda at: "数值太大。",
    "int_type": lambda at: "应为整数。",
    "int_from_float": lambda at: "应为整数。",
    "greater_than_equal": lambda at: f"不能小于{_plain(at['ge'])}。",
    "less_than_equal": lambda at: f"不能大于{_plain(at['le'])}。",
    "less_than": lambda at: f"必须早于或者小于{_plain(at['lt'])}。",
    "enum": lambda at: f"只能是{_choices(at['expected'])}。",
    "literal_error": lambda at: f"只能是{_choices(at['expected'])}。",
    "value_error": lambda at: str(at["error"]),
    "string_pattern_mismatch": lambda at: "写法不对，请对照接口说明。",
    "timezone_aware": lambda at: "时间必须带时区，例如2026-11-01T00:00:00+08:00。",
    "json_invalid": lambda at: "不是有效的JSON。",
}
_DAY = "应为日期，例如2026-11-01。"
_MOMENT = "应为带时区的时间，例如2026-11-01T00:00:00+08:00；放在地址里时加号要写成%2B。"


def sentence(kind: str, context: Context) -> str:
    """What is wrong, and how to write it."""
    if kind.startswith("datetime"):
        return _MOMENT
    if kind.startswith("date"):
        return _DAY
    says = _SENTENCES.get(kind)
    return says(context) if says else "不符合要求，请对照接口说明。"


def mistakes(errors: Iterable[Mapping[str, Any]]) -> list[Mistake]:
    """The errors of ninja: each says where (`loc`: source, the argument of our function, the way in) and what."""
    return [_mistake(error) for error in errors]


def _mistake(error: Mapping[str, Any]) -> Mistake:
    source, _, *way = (*error["loc"], "", "")[: max(2, len(error["loc"]))]
    text = sentence(error["type"], error.get("ctx") or {})
    if source == "body":
        pointer = "".join(f"/{_escaped(step)}" for step in way)
        return Mistake(f"{pointer or '正文'}{text}", pointer=pointer)
    name = str(way[0] if way else error["loc"][-1])
    return Mistake(f"{name}{text}", parameter=name)


def _escaped(step: object) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")[:100]


def _plain(bound: Any) -> str:
    return bound.isoformat() if hasattr(bound, "isoformat") else str(bound)


def _choices(expected: str) -> str:
    return expected.replace("'", "").replace(" or ", "、").replace(", ", "、")
