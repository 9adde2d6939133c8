"""Proofs out of the sealed log (RFC 9162): that an entry is in it, that an older head is its beginning.

The roots of large subtrees are taken from the frontiers of old heads, so that a proof out of millions of entries reads
some thousand leaves. Nothing here is trusted: a root that somebody changed makes a proof that leads nowhere, and
whoever checks the export finds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from xuke.foundation import journal_rows, merkle
from xuke.foundation.journal_heads import SignedHead
from xuke.foundation.merkle import WIDTH, Frontier

SMALL = 1_024
"""Leaves that are read and hashed rather than looked up."""

_FRONTIER = "SELECT size, frontier FROM foundation_head WHERE size >= %s AND size < %s ORDER BY size LIMIT 1"
_DIGESTS = "SELECT digest FROM foundation_leaf WHERE position >= %s AND position < %s ORDER BY position"
_HEAD = f"SELECT {journal_rows.HEAD_COLUMNS} FROM foundation_head h"  # noqa: S608 - constants
_NEWEST = f"{_HEAD} ORDER BY h.size DESC LIMIT 1"
_OF_SIZES = f"{_HEAD} WHERE h.size = ANY(%s) ORDER BY h.size"
_COVERING = (
    "SELECT DISTINCT (SELECT min(size) FROM foundation_head WHERE size > place) FROM unnest(%s::bigint[]) AS place"
)


class Torn(ValueError):
    """The log has a hole where a proof would pass."""


@dataclass
class Log:
    """The sealed log as it was when `newest` was signed."""

    newest: SignedHead
    _roots: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def inclusion(self, position: int) -> tuple[bytes, ...]:
        """That the entry at this position is in the log."""
        return merkle.inclusion_proof(position, self.newest.size, self._subtree)

    def consistency(self, old: int) -> tuple[bytes, ...]:
        """That the log of `old` entries is the beginning of this one."""
        return merkle.consistency_proof(old, self.newest.size, self._subtree)

    def _subtree(self, start: int, end: int) -> bytes:
        if (start, end) not in self._roots:
            self._roots[start, end] = self._found(start, end) or self._made(start, end)
        return self._roots[start, end]

    def _found(self, start: int, end: int) -> bytes | None:
        """The root of a perfect subtree that some old head had on its frontier: any that ends inside its sibling."""
        size = end - start
        if size <= SMALL or size & (size - 1) or start % (2 * size):
            return None
        row = _row(_FRONTIER, end, end + size)
        if row is None:
            return None
        place = (row[0] // (2 * size)).bit_count() * WIDTH
        return bytes(row[1])[place : place + WIDTH]

    def _made(self, start: int, end: int) -> bytes:
        size = end - start
        if size > SMALL:
            middle = start + (1 << ((size - 1).bit_length() - 1))
            return merkle.node_hash(self._subtree(start, middle), self._subtree(middle, end))
        digests = [bytes(digest) for (digest,) in _rows(_DIGESTS, start, end)]
        if len(digests) != size or any(len(digest) != WIDTH for digest in digests):
            raise Torn(f"leaves {start} to {end - 1}")
        return Frontier().grown(digests).root


def newest_head() -> SignedHead | None:
    """The newest head of the database; None while nothing was sealed."""
    row = _row(_NEWEST)
    return journal_rows.head(row) if row else None


def heads_of(sizes: Iterable[int]) -> list[SignedHead]:
    """The heads of these sizes, smallest first; sizes that no head has are passed over."""
    return [journal_rows.head(row) for row in _rows(_OF_SIZES, list(sizes))]


def covering(positions: Sequence[int]) -> set[int]:
    """For each position the size of the first head that covers it."""
    return {size for (size,) in _rows(_COVERING, list(positions)) if size is not None}


def _rows(statement: str, *arguments: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return list(cursor.fetchall())


def _row(statement: str, *arguments: Any) -> Any:
    return next(iter(_rows(statement, *arguments)), None)
