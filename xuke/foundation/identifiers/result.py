"""What is known about one value after reading it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class Kind(StrEnum):
    """The kinds of number that can be read."""

    FOOD_LICENCE = "food_licence_number"
    OLD_FOOD_LICENCE = "previous_food_licence_number"
    INDUSTRIAL_LICENCE = "industrial_licence_number"
    CREDIT_CODE = "uscc"
    ORGANISATION = "organisation_code"
    RESIDENT = "resident_id"
    DIVISION = "division_code"
    E_LICENCE = "e_licence_identifier"
    GTIN = "gtin"
    SSCC = "sscc"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The name of the number as officials say it."""
        return _LABELS[self]


_LABELS = {
    Kind.FOOD_LICENCE: "食品生产许可证编号",
    Kind.OLD_FOOD_LICENCE: "旧版食品生产许可证编号（QS）",
    Kind.INDUSTRIAL_LICENCE: "工业产品生产许可证证书编号",
    Kind.CREDIT_CODE: "统一社会信用代码",
    Kind.ORGANISATION: "组织机构代码",
    Kind.RESIDENT: "公民身份号码",
    Kind.DIVISION: "行政区划代码",
    Kind.E_LICENCE: "电子证照标识",
    Kind.GTIN: "商品条码",
    Kind.SSCC: "系列货运包装箱代码",
    Kind.UNKNOWN: "未能识别的号码",
}

_GROUPS = {
    Kind.FOOD_LICENCE: (2, 3, 6, 4, 1),
    Kind.CREDIT_CODE: (2, 6, 4, 4, 2),
    Kind.RESIDENT: (6, 8, 4),
    Kind.DIVISION: (2, 2, 2),
}

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong or doubtful, as a sentence that says what to do."""

    code: str
    message: str
    level: Level = "error"


@dataclass(frozen=True)
class Identification:
    """A value, read: its kind, its one normal form, its fields, and everything that is wrong with it."""

    kind: Kind
    value: str
    normal_form: str
    valid: bool
    problems: tuple[Problem, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that make the value invalid."""
        return tuple(problem for problem in self.problems if problem.level == "error")

    @property
    def groups(self) -> tuple[str, ...]:
        """The normal form cut by meaning, for reading aloud and comparing: SC 124 420506 0021 9."""
        widths = _GROUPS.get(self.kind, ())
        if sum(widths) != len(self.normal_form):
            return (self.normal_form,)
        ends = [sum(widths[: index + 1]) for index in range(len(widths))]
        return tuple(self.normal_form[end - width : end] for width, end in zip(widths, ends, strict=True))


def conclude(
    kind: Kind, value: str, normal_form: str, problems: Iterable[Problem], fields: Mapping[str, str] | None = None
) -> Identification:
    """The result of reading: valid when nothing worse than a warning was found."""
    found = tuple(problems)
    valid = all(problem.level == "warning" for problem in found)
    return Identification(kind, value, normal_form, valid, found, dict(fields or {}))
