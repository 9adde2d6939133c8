"""What a list is made of: parts that an index gives in one order, and where to go on from a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.expressions import RawSQL

from xuke.licensing.models import Application


class _Beyond(Func):
    """``(column, key) > (value, key)``: one condition, so that an index begins right behind a row."""

    output_field = BooleanField()

    def __init__(self, column: str, key: str, value: object, at: UUID, *, upward: bool) -> None:
        super().__init__(F(column), F(key), Value(value), Value(at))
        self.upward = upward

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]
        """A comparison of rows, as SQL has it."""
        parts = [compiler.compile(each) for each in self.source_expressions]
        (column, key, value, at), params = zip(*parts, strict=True)
        sign = ">" if self.upward else "<"
        return f"({column}, {key}) {sign} ({value}, {at})", tuple(each for part in params for each in part)


class Among(Func):
    """The key is one of those that a statement finds. Found first, all at once, and then looked up: as a join, it may
    come after every other join of the rows."""

    output_field = BooleanField()

    def __init__(self, statement: str, params: list[Any]) -> None:
        super().__init__(F("pk"), RawSQL(statement, params))  # noqa: S611 - SQL that Django made, and words of ours

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]
        """An array of keys, of which the key is any."""
        (key, before), (keys, params) = (compiler.compile(each) for each in self.source_expressions)
        return f"{key} = ANY (ARRAY{keys})", (*before, *params)


@dataclass(frozen=True)
class Order:
    """A column to sort by, then the key. Rows without a value come last."""

    column: str
    descending: bool = False
    key: str = "pk"
    always: bool = False
    """Every row has a value. The index is then made without a word about rows that have none."""

    def sorting(self, *, backward: bool) -> tuple[Any, Any]:
        """What `order_by` takes."""
        nulls: dict[str, Any] = {} if self.always else {"nulls_first": True} if backward else {"nulls_last": True}
        column, key = F(self.column), F(self.key)
        if self.is_downward(backward=backward):
            return column.desc(**nulls), key.desc()
        return column.asc(**nulls), key.asc()

    def is_downward(self, *, backward: bool) -> bool:
        """Whether large values come first."""
        return self.descending != backward

    def beyond(self, value: date | datetime | None, key: UUID, *, backward: bool) -> tuple[Q | _Beyond, ...]:
        """Conditions for the rows behind the one with this value and key, or before it: each a stretch of an index."""
        upward = not self.is_downward(backward=backward)
        nothing, something = Q(**{f"{self.column}__isnull": True}), Q(**{f"{self.column}__isnull": False})
        if value is None:
            tie = nothing & Q(**{f"{self.key}__{'gt' if upward else 'lt'}": key})
            return (tie, something) if backward else (tie,)
        further = _Beyond(self.column, self.key, value, key, upward=upward)
        return (further,) if backward or self.always else (further, nothing)


NAMED = (
    " JOIN parties_enterprisename AS naming ON naming.enterprise_id = keyed.enterprise"
    " WHERE strpos(naming.plain, %s) > 0"
)
NUMBERED = " JOIN parties_enterprise AS firm ON firm.id = keyed.enterprise WHERE starts_with(firm.uscc, %s)"
BY_DUE_DAY = Order("due_on")
NEWEST_FIRST = Order("submitted_at", descending=True)
HANDLED_LAST = Order("handled_at", descending=True, key="handled_key", always=True)


@dataclass(frozen=True)
class Listed:
    """A list: parts without a row in common, each of which an index gives in the order of the list."""

    parts: tuple[QuerySet[Application], ...]
    order: Order
    among: int = 0
    """Look only at so many from the beginning of each part; 0 for all."""
    is_rare: bool = False
    """Few rows, found by their numbers: sorted when they are found, because reading the list in its order until
    they come by takes longer."""
    also: tuple[str, tuple[str, ...]] = ("", ())
    """What the enterprise of each must be besides, as SQL, where only the beginnings are looked at."""
