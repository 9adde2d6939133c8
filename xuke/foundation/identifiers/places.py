"""The place that six digits inside a number point to, and why it may be unknown without the number being wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from xuke.foundation.identifiers import gazetteer
from xuke.foundation.identifiers.result import Problem

NATION = "100000"
"""Stands for the central authorities in codes they register; no division of its own."""


@dataclass(frozen=True)
class Place:
    """A division code and what is known about it. `doubt` is empty for a code in use today."""

    code: str
    name: str = ""
    full_name: str = ""
    doubt: Problem | None = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The doubt as a warning: numbers keep the codes of their day, and development zones make up their own."""
        return (self.doubt,) if self.doubt else ()


@lru_cache(maxsize=4096)
def place(code: str) -> Place:
    """Look a six-digit code up: among today's codes first, then in the history of the standard."""
    if code == NATION:
        return Place(code, "国家", "国家")
    names = gazetteer.present()
    if code in names:
        return Place(code, names[code], _full_name(code, names))
    return _past(code) or _unknown(code)


def is_province(digits: str) -> bool:
    """Whether two digits are the code of a province."""
    return f"{digits}0000" in gazetteer.present()


def _past(code: str) -> Place | None:
    """The newest revision of the standard that had the code, or None."""
    for revision in reversed(gazetteer.revisions()):
        name = revision.names.get(code)
        if name is None:
            continue
        full = _full_name(code, revision.names)
        if gazetteer.is_heading(name):
            message = f"行政区划代码{code}是{full}的统计代码，不是具体区县"
            return Place(code, name, full, _warn("division_heading", message))
        successor = _successor(code, name)
        advice = f"，现用{successor}" if successor else ""
        message = f"行政区划代码{code}（{full}）是历史代码{advice}；以前编定的号码仍可使用"
        return Place(code, name, full, _warn("division_historical", message))
    return None


def _unknown(code: str) -> Place:
    province = gazetteer.present().get(f"{code[:2]}0000")
    if province is None:
        message = f"没有以{code[:2]}开头的省级行政区划代码；请核对{code}是否抄错"
    else:
        message = f"行政区划代码{code}不在国家标准（GB/T 2260）中，可能是{province}的早期代码或者开发区自编代码；请核对"
    return Place(code, doubt=_warn("division_unknown", message))


def _successor(code: str, name: str) -> str:
    """Today's code of the place with the same name under the same prefecture."""
    return next((now for now, today in gazetteer.present().items() if today == name and now[:4] == code[:4]), "")


def _full_name(code: str, names: Mapping[str, str]) -> str:
    uppers = (names.get(upper, "") for upper in gazetteer.above(code))
    return "".join(name for name in uppers if not gazetteer.is_heading(name)) + names[code]


def _warn(code: str, message: str) -> Problem:
    return Problem(code, message, "warning")
