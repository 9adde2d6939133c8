"""What all questions and answers have in common."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from xuke.publication.rules import FIRST_DAY

LAST_DAY = date(2199, 12, 31)
MOST = 100
"""Rows of one page of a list."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)([Zz]|[+ -]\d\d:\d\d)")


class Asked(BaseModel):
    """A question: what we do not know is a mistake, not something to pass over."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(BaseModel):
    """An answer. Fields may be added; whoever reads it passes over those they do not know."""

    model_config = ConfigDict(frozen=True)


def _day(value: Any) -> Any:
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("应为日期，例如2026-11-01。")
    return value


def _moment(value: Any) -> Any:
    """ISO 8601 with an offset. A plus sign that arrives as a space was meant as a plus sign."""
    if not isinstance(value, str):
        return value
    found = _MOMENT.fullmatch(value)
    if not found:
        raise ValueError("应为带时区的时间，例如2026-11-01T00:00:00+08:00；放在地址里时加号要写成%2B。")
    return found[1] + found[2].replace(" ", "+")


_FIRST = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC)
_LAST = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, tzinfo=UTC)

Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY), BeforeValidator(_day)]
"""A legal day, in Chinese time, between the founding of the state and the end of the next century."""
Moment = Annotated[AwareDatetime, Field(ge=_FIRST, le=_LAST), BeforeValidator(_moment)]

Limit = Annotated[int, Field(ge=1, le=MOST, description="每页条数", examples=[50])]
Cursor = Annotated[
    str,
    Field(max_length=400, description="翻页位置：原样使用上一页next里的值。不透明，只对同一份列表、同一组条件有效"),
]
Next = Annotated[
    str | None,
    Field(
        description="下一页的地址（相对于网站根），与Link头rel=next相同；没有下一页时为null",
        examples=["/api/v1/licences?division=4205&limit=50&cursor=AdeAdbeef"],
    ),
]
