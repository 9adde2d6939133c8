"""Finding licences among a million, in two or three index look-ups, whatever was asked (decision 0033).

Three ways. *In order*: read the newest first and stop when the page is full; best for what many rows have (食品,
有限公司), and an index that carries the compared columns makes even the whole of it bearable. *By tokens*: pairs of
characters and facets in a GIN index, then sort; best for what few have. *By number*: a range of the index of numbers.
How many rows have a token is known from the statistics of the table, so the cheaper way is chosen before one is gone;
where the statistics were wrong, a bound on each way leads to the other.
"""

# ruff: noqa: S608 - what is put together here are our own words; what somebody typed goes in as a value.

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from xuke.foundation.bigrams import bigrams
from xuke.publication import frequencies
from xuke.publication.asking import TABLE, rows
from xuke.publication.rules import Standing
from xuke.publication.searching import Question

PAGE = 20
LOOK = 60_000
"""Rows looked through for a single character before the answer is given as it is."""
SORTED = 20_000
"""Rows found by tokens that are sorted at most."""
GLANCE = 50_000
"""Rows read in order before the index of tokens is asked after all: the statistics know how many rows have each of two
tokens, not how many have both."""
_NARROW = 8
"""Characters of a number from which on few begin alike: registrar and county, or category and county."""
SHOWN = (
    "number",
    "holder",
    "uscc",
    "categories",
    "products",
    "division",
    "authority",
    "state",
    "granted_on",
    "valid_to",
    "ended_on",
    "version",
    "identifier",
    "changed_at",
)


_COLUMNS = ", ".join(f"licence.{name}" for name in SHOWN)
_CARRIED = "number, changed_at, plain, division, categories, state, granted_on, valid_to, ended_on"
"""What the indexes of the orders carry."""


@dataclass(frozen=True, slots=True)
class Row:
    """A licence as a list shows it."""

    number: str
    holder: str
    uscc: str
    categories: list[int]
    products: str
    division: str
    authority: str
    state: str
    granted_on: date
    valid_to: date
    ended_on: date | None
    version: int
    identifier: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after a row, or before it when one turns back. Its values are those of the order."""

    values: tuple[Any, ...]
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found."""

    rows: tuple[Row, ...]
    more: bool
    """Whether there are further ones in the direction one went."""
    looked: int = 0
    """When it was not the whole register that was looked through: how many rows were."""


@dataclass(frozen=True, slots=True)
class _Order:
    columns: tuple[str, ...]
    descending: bool

    def place_of(self, row: Row) -> tuple[Any, ...]:
        return tuple(getattr(row, column) for column in self.columns)

    def by(self, backwards: bool, table: str = "") -> str:
        word = "DESC" if self.descending != backwards else "ASC"
        return ", ".join(f"{table}{column} {word}" for column in self.columns)

    def beyond(self, place: Place | None) -> _Where:
        if place is None:
            return _Where()
        sign = "<" if self.descending != place.backwards else ">"
        marks = ", ".join(["%s"] * len(self.columns))
        return _Where((f"({', '.join(self.columns)}) {sign} ({marks})",), place.values)


@dataclass(frozen=True, slots=True)
class _Where:
    conditions: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()

    def __add__(self, other: _Where) -> _Where:
        return _Where(self.conditions + other.conditions, self.values + other.values)

    def __str__(self) -> str:
        return " AND ".join(self.conditions) or "true"


NEWEST = _Order(("changed_at", "number"), descending=True)
BY_GRANT = _Order(("granted_on", "number"), descending=True)
BY_NUMBER = _Order(("number",), descending=False)
BY_CREDIT_CODE = _Order(("uscc", "number"), descending=False)


def order_of(question: Question) -> _Order:
    """In which order the answers to a question come: what changed last, what was granted last by a day, or as the
    numbers run."""
    if question.number:
        return BY_NUMBER
    if question.uscc:
        return BY_CREDIT_CODE
    return BY_GRANT if question.on else NEWEST


def place_of(question: Question, row: Row) -> tuple[Any, ...]:
    """Where a row stands in the order of its question: what a cursor holds."""
    return order_of(question).place_of(row)


def find(question: Question, *, today: date, now: datetime, place: Place | None = None, size: int = PAGE) -> Found:
    """The licences that a question asks for, one page of them."""
    search = _Search(question, order_of(question), _filters(question, today), place, size)
    tokens = tokens_of(question)
    if question.number or question.uscc:
        return _by_number(search, tokens)
    counted = frequencies.counted(now)
    rare = [token for token in tokens if counted.share(token) <= frequencies.COMMON]
    if not rare:
        has_one_character = any(len(word) == 1 for word in question.words)
        return search.in_order(look=LOOK if has_one_character and counted.rows > LOOK else 0)
    estimate = frequencies.estimated(question, rare, counted, size)
    if estimate.matching > SORTED:
        return search.in_order()
    if estimate.rows_until_full < GLANCE / 2 and estimate.in_order_is_cheaper:
        found = search.in_order(look=GLANCE)
        if found.more or counted.rows <= GLANCE:
            return replace(found, looked=0)
    return search.by_tokens(rare) or search.in_order()


# --- what is asked ----------------------------------------------------------------------------------------------------


def tokens_of(question: Question) -> list[str]:
    """What the index can be asked for. States that a day decides (有效, 有效期届满) are not among it."""
    tokens = [pair for word in question.words if len(word) > 1 for pair in bigrams(word)]
    if question.place:
        tokens.append(f"d:{question.place.prefix}")
    if question.category:
        tokens.append(f"c:{question.category}")
    if len(question.states) == 1 and question.states[0] not in (Standing.IN_FORCE, Standing.EXPIRED):
        tokens.append(f"s:{question.states[0]}")
    return list(dict.fromkeys(tokens))


def _filters(question: Question, today: date) -> _Where:
    """The conditions on the row itself, on columns that the index of the newest carries."""
    where = _Where()
    for word in question.words:
        where += _Where(("plain LIKE %s",), (f"%{_as_it_is(word)}%",))
    if question.place:
        where += _within(question.place.prefix)
    if question.category:
        where += _Where(("categories @> ARRAY[%s]::smallint[]",), (question.category,))
    if question.states:
        states = [_in_state(state, question.on or today) for state in question.states]
        where += _Where(
            (f"({' OR '.join(str(state) for state in states)})",),
            tuple(value for state in states for value in state.values),
        )
    if question.on:
        where += _Where(("granted_on <= %s",), (question.on,))
    return where


def _within(prefix: str) -> _Where:
    """A county is asked for as it is, so that its own index serves; those above by their digits."""
    if len(prefix) == 6:
        return _Where(("division = %s",), (prefix,))
    return _Where((f"left(division, {len(prefix)}) = %s",), (prefix,))


def _in_state(state: Standing, on: date) -> _Where:
    """As `rules.standing_today` says it."""
    not_ended = "(state IN ('in_force', 'expired') OR ended_on > %s)"
    if state is Standing.IN_FORCE:
        return _Where((f"(granted_on <= %s AND valid_to >= %s AND {not_ended})",), (on, on, on))
    if state is Standing.EXPIRED:
        return _Where((f"(valid_to < %s AND {not_ended})",), (on, on))
    return _Where(("(state = %s AND (ended_on IS NULL OR ended_on <= %s))",), (state.value, on))


def _as_it_is(word: str) -> str:
    """A word in which `%` and `_` are what somebody typed."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


# --- three ways -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Search:
    """A question, ready to be asked: in its order, with its conditions, from a place on."""

    question: Question
    order: _Order
    asked: _Where
    place: Place | None
    size: int

    @property
    def backwards(self) -> bool:
        return self.place is not None and self.place.backwards

    @property
    def beyond(self) -> _Where:
        return self.order.beyond(self.place)

    def in_order(self, *, look: int = 0) -> Found:
        """Read in order and stop when the page is full; with `look`, after that many rows at the latest."""
        by = self.order.by(self.backwards)
        source, where = TABLE, self.beyond + self.asked
        if look:
            source = f"(SELECT {_CARRIED} FROM {TABLE} WHERE {self.beyond} ORDER BY {by} LIMIT {look}) AS nearest"
        hit = f"SELECT number FROM {source} WHERE {self.asked if look else where} ORDER BY {by} LIMIT {self.size + 1}"
        return self._page(self._fetch(hit, where.values), look)

    def by_tokens(self, tokens: list[str]) -> Found | None:
        """Ask the index, look once more at each row, sort; None when there were too many to sort."""
        where = _Where(("tokens @> %s::text[]",), (tokens,)) + self._range + self.asked + self.beyond
        columns = ", ".join(dict.fromkeys(("number", *self.order.columns)))
        statement = (
            f"WITH hit AS MATERIALIZED (SELECT {columns} FROM {TABLE} WHERE {where} LIMIT {SORTED + 1}),"
            f" first AS (SELECT number FROM hit ORDER BY {self.order.by(self.backwards)} LIMIT {self.size + 1})"
            f" SELECT {_COLUMNS}, (SELECT count(*) FROM hit) FROM first JOIN {TABLE} AS licence USING (number)"
            f" ORDER BY {self.order.by(self.backwards, 'licence.')}"
        )
        found = rows(statement, where.values)
        if found and found[0][-1] > SORTED:
            return None
        return self._page([Row(*row[:-1]) for row in found])

    def in_range(self) -> Found:
        """Numbers that begin alike, in their order; after many that do not fit the other conditions it is enough."""
        by, where = self.order.by(self.backwards), self._range + self.beyond
        source = f"(SELECT * FROM {TABLE} WHERE {where} ORDER BY {by} LIMIT {SORTED}) AS range"
        hit = f"SELECT number FROM {source} WHERE {self.asked} ORDER BY {by} LIMIT {self.size + 1}"
        is_wide = bool(self.asked.values) and len(self._beginning) < _NARROW
        return self._page(self._fetch(hit, where.values + self.asked.values), SORTED if is_wide else 0)

    @property
    def _beginning(self) -> str:
        return self.question.number or self.question.uscc

    @property
    def _range(self) -> _Where:
        begin = self._beginning
        column = self.order.columns[0]
        return _Where((f"{column} >= %s AND {column} < %s",), (begin, f"{begin}~")) if begin else _Where()

    def _fetch(self, hit: str, values: tuple[Any, ...]) -> list[Row]:
        """The rows whose numbers a statement finds."""
        by = self.order.by(self.backwards, "licence.")
        statement = f"SELECT {_COLUMNS} FROM ({hit}) AS hit JOIN {TABLE} AS licence USING (number) ORDER BY {by}"
        return [Row(*row) for row in rows(statement, values)]

    def _page(self, rows: list[Row], looked: int = 0) -> Found:
        more, shown = len(rows) > self.size, rows[: self.size]
        return Found(tuple(reversed(shown) if self.backwards else shown), more, 0 if more else looked)


def _by_number(search: _Search, tokens: list[str]) -> Found:
    """A range of numbers. Where it is wide, and something else is asked as well, the index of tokens narrows it."""
    begin = search.question.number or search.question.uscc
    if tokens and len(begin) < _NARROW:
        found = search.by_tokens(tokens)
        if found is not None:
            return found
    return search.in_range()
