"""What people type, before a command sees it: no text that the database, a page or a document cannot hold.

Browsers send what scripts and clipboards give them. Lone surrogates and NUL cannot be stored at all; other control
characters can, and then break documents and histories. Whoever typed them is told, instead of reading about an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from xuke.foundation.refusals import Invalid, Problem

LONGEST = 20_000
"""Characters in one text. No field asks for so much; each has a limit of its own below this."""
DEEPEST = 8
MOST = 20_000
"""Values in one call: more than the largest form has."""

_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters but line breaks and tabs, and halves of surrogate pairs."""


def demand_storable(values: Mapping[str, Any]) -> None:
    """Raise `Invalid` with every text in `values` that cannot be kept, named by its place: ``values.address``."""
    problems = []
    for count, (place, text) in enumerate(_texts(values)):
        if count >= MOST:
            raise Invalid(Problem(place.partition(".")[0], f"一次最多保存{MOST}项内容。请分几次保存。"))
        if sentence := why_not_storable(text):
            problems.append(Problem(place, sentence))
    if problems:
        raise Invalid(*problems)


def why_not_storable(text: str) -> str:
    """The reason a text cannot be kept, or an empty string."""
    if len(text) > LONGEST:
        return f"最多{LONGEST}个字，现在有{len(text)}个字。请缩短，或者作为附件上传。"
    found = _UNSTORABLE.search(text)
    return f"有不能保存的控制字符（U+{ord(found[0]):04X}），可能是复制时带进来的。请删去后重新填写。" if found else ""


def _texts(value: Any, place: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Every text in nested values with its place; the keys of mappings are texts too."""
    if depth > DEEPEST:
        raise Invalid(Problem(place.partition(".")[0], "内容嵌套得太深，不能保存。"))
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            name = str(key)
            inside = f"{place}.{_shown(name)}" if place else _shown(name)
            yield inside, name
            yield from _texts(inner, inside, depth + 1)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _texts(inner, f"{place}.{index}", depth + 1)


def _shown(name: str) -> str:
    """A key as it may stand in a sentence."""
    return name[:60].encode("utf-8", "replace").decode()
