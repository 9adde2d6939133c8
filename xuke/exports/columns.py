"""What an exported list says of each application. No number of a person is among it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from xuke.foundation.journal import SHANGHAI
from xuke.licensing.workflow import LIFE


class Kind(Enum):
    """How a value is written."""

    TEXT = "text"
    NUMBER = "an identifier: digits that are nothing to calculate with"
    DAY = "day"
    MOMENT = "moment"
    STATE = "state"


@dataclass(frozen=True)
class Column:
    """One column: its heading, and where its value is found."""

    title: str
    source: str
    kind: Kind = Kind.TEXT
    width: int = 14


COLUMNS = (
    Column("接收凭证号", "receipt_number", Kind.NUMBER, 24),
    Column("受理号", "acceptance_number", Kind.NUMBER, 28),
    Column("企业名称", "enterprise__name", width=36),
    Column("统一社会信用代码", "enterprise__uscc", Kind.NUMBER, 22),
    Column("申请品种", "title", width=28),
    Column("环节", "state", Kind.STATE),
    Column("提交时间", "submitted_at", Kind.MOMENT, 20),
    Column("受理日期", "accepted_on", Kind.DAY),
    Column("到期日", "due_on", Kind.DAY),
    Column("决定日期", "decided_on", Kind.DAY),
    Column("受理机关", "authority__name", width=32),
    Column("领取人", "claimed_by__name"),
    Column("许可证编号", "licence__number", Kind.NUMBER, 20),
)
SOURCES = tuple(column.source for column in COLUMNS)
_STATES = {state.name: state.title for state in LIFE.states}


def readable(value: Any, column: Column) -> Any:
    """A value as people read it: states by their names, moments in our time."""
    if value is None or value == "":
        return None
    if column.kind is Kind.STATE:
        return _STATES.get(value, value)
    if column.kind is Kind.MOMENT and isinstance(value, datetime):
        return value.astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0)
    return value
