"""What people type, before a command sees it: no text that the database, a page or a document cannot hold.

Browsers send what scripts and clipboards give them. Lone surrogates and NUL cannot be stored at all; other control
characters can, and then break documents and histories; marks that nobody sees (zero-width, or turning the direction of
what follows) let a page read otherwise than the paper, which leaves them out. Whoever typed them is told, instead of
reading about an error.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from xuke.foundation.refusals import Invalid, Problem

LONGEST = 20_000
"""Characters in one text. No field asks for so much; each has a limit of its own below this."""
DEEPEST = 8
MOST = 20_000
"""Values in one call: more than the largest form has."""

_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Control characters, invisible marks, halves of surrogate pairs, and two line ends that no keyboard has."""
_LAYOUT = "\t\n\r"
_BEFORE = 6
"""Characters before an invisible one that say where it stands."""


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
    return why_not_seen(text)


def why_not_seen(text: str) -> str:
    """The first character of a text that nobody sees, by its code and its place, as a sentence; or an empty string."""
    place = -1 if text.isprintable() else next((at for at, each in enumerate(text) if _is_unseen(each)), -1)
    if place < 0:
        return ""
    before = text[max(place - _BEFORE, 0) : place].split("\n")[-1].strip()
    where = f"在“{before}”后面" if before else "在一行的开头"
    return f"有看不见、不能保存的字符（U+{ord(text[place]):04X}），{where}，可能是复制时带进来的。请删去后重新填写。"


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN and character not in _LAYOUT


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
