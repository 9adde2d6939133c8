"""How many licences have what: from the statistics of the table, so that the cheaper way is chosen before one is gone.

PostgreSQL keeps the shares of the most frequent elements of an array (about a thousand here); the rest are rarer than
the rarest of them.
"""

# ruff: noqa: S608 - constants

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from xuke.foundation.bigrams import bigrams
from xuke.publication.asking import TABLE, rows
from xuke.publication.searching import Question

_PER_ROW_IN_ORDER, _PER_ROW_BY_TOKEN, _PER_POSTING = 0.3, 2.5, 0.05
"""What a row costs, in microseconds: read from the index in order; fetched from the table; passed over in a list."""
COMMON = 0.2
"""Tokens that more rows have than this are not asked of the index: reading their lists costs more than it saves."""
_UNKNOWN_CHARACTER = 0.01
_REMEMBERED = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Counted:
    """What the statistics of the table say."""

    rows: int
    shares: Mapping[str, float]
    least: float
    """Tokens that are not among the frequent ones are rarer than this."""

    def share(self, token: str) -> float:
        return self.shares.get(token, self.least)


_STATISTICS = f"""
SELECT greatest(class.reltuples, 0)::bigint, most_common_elems::text::text[], most_common_elem_freqs
FROM pg_class AS class
LEFT JOIN pg_stats ON tablename = class.relname AND schemaname = 'public' AND attname = 'tokens'
WHERE class.oid = '{TABLE}'::regclass
"""
_remembered: tuple[datetime, Counted] | None = None


def counted(now: datetime) -> Counted:
    """The statistics, asked for every few minutes."""
    global _remembered
    if _remembered is None or not timedelta() <= now - _remembered[0] < _REMEMBERED:
        ((number, tokens, shares),) = rows(_STATISTICS, ())
        known = dict(zip(tokens or (), shares or (), strict=False))
        _remembered = (now, Counted(number, known, min(known.values(), default=0.0)))
    return _remembered[1]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What either way would read."""

    rows_until_full: float
    """Rows in order, until the page is full. A token that the statistics do not know may be in no row at all: then it
    would be every row."""
    matching: float
    """Rows that the index of tokens would find."""
    shortest: float
    """Entries of the shortest list in the index; in longer ones it skips to where this one is."""
    lists: int

    @property
    def in_order_is_cheaper(self) -> bool:
        by_tokens = self.matching * _PER_ROW_BY_TOKEN + self.shortest * self.lists * _PER_POSTING
        return self.rows_until_full * _PER_ROW_IN_ORDER < by_tokens


def estimated(question: Question, rare: list[str], counted: Counted, size: int) -> Estimate:
    shares = sorted(counted.share(token) for token in rare)
    # Two tokens rarely have nothing to do with each other: 茶叶 and the category of tea.
    matching = counted.rows * shares[0] * (shares[1] ** 0.5 if len(shares) > 1 else 1.0)
    rows_until_full = min(counted.rows, (size + 1) / max(_share_of_answers(question, counted), 1e-9))
    return Estimate(rows_until_full, matching, counted.rows * shares[0], len(shares))


def _share_of_answers(question: Question, counted: Counted) -> float:
    """How many of the rows answer the question, as if its parts had nothing to do with each other."""
    share = 1.0
    for word in question.words:
        known = (counted.shares.get(pair, 0.0) for pair in bigrams(word))
        share *= min(known, default=1.0) if len(word) > 1 else _UNKNOWN_CHARACTER
    if question.place:
        share *= counted.shares.get(f"d:{question.place.prefix}", 0.0)
    if question.category:
        share *= counted.shares.get(f"c:{question.category}", 0.0)
    if question.states:
        share *= sum(counted.shares.get(f"s:{state}", 0.0) for state in question.states)
    return share
