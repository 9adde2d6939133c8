"""The Merkle log over the entries that were written: leaves in their order, one signed head, handlers at its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import psycopg
from django.db import connection, transaction

from xuke.config.bench.million.pages import LEAF_COLUMNS, LEAVES
from xuke.config.bench.million.writing import Written
from xuke.foundation import canonical, journal_keys, sealer
from xuke.foundation.journal_heads import SignedHead
from xuke.foundation.merkle import WIDTH, Frontier
from xuke.foundation.news import On

_HEAD = (
    "INSERT INTO foundation_head (size, root, frontier, sealed_below, sealed_id, at, key_id, signature)"
    " VALUES (%s, %s, %s, %s::xid8, 0, %s, %s, %s)"
)
_FOLLOW = (
    "INSERT INTO foundation_follower (handler, position) VALUES (%s, %s)"
    " ON CONFLICT (handler) DO UPDATE SET position = excluded.position"
)


class Log:
    """Takes the digests of chunk after chunk; the log must be sealed up to here, and nothing else writes."""

    def __init__(self, owner: str, start: Frontier) -> None:
        self.frontier = start
        self._connection = psycopg.connect(owner)

    def add(self, written: Written) -> None:
        """Append the leaves of a chunk."""
        digests = [written.digests[at : at + WIDTH] for at in range(0, len(written.digests), WIDTH)]
        lines = self._lines(written.first, digests)
        statement = f"COPY {LEAVES} ({LEAF_COLUMNS}) FROM STDIN"
        with self._connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            copy.write("".join(lines).encode())
        self._connection.commit()
        self.frontier = self.frontier.grown(digests)

    def _lines(self, entry: int, digests: Sequence[bytes]) -> Iterator[str]:
        size = self.frontier.size
        for place, digest in enumerate(digests):
            yield f"{size + place}\t{entry + place}\t\\\\x{digest.hex()}\n"

    def close(self, now: datetime) -> None:
        """Sign the head, and write it into the file outside the database."""
        (below,) = self._connection.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text").fetchone() or ("0",)
        key = journal_keys.signing_key()
        head = SignedHead(
            size=self.frontier.size,
            root=self.frontier.root,
            sealed_below=int(below),
            sealed_id=0,
            at=canonical.moment(now),
            key_id=key.key_id,
        )
        self._connection.execute(
            _HEAD,
            [
                head.size,
                head.root,
                bytes(self.frontier),
                str(head.sealed_below),
                now,
                head.key_id,
                key.sign(head.statement),
            ],
        )
        self._connection.commit()
        self._connection.close()
        sealer.seal(now)  # Nothing is left to seal; the head goes into its file.


def sealed(now: datetime) -> Frontier:
    """Seal what commands have written so far; where the log goes on from."""
    while sealer.seal(now).more:
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT size, frontier FROM foundation_head ORDER BY size DESC LIMIT 1")
        row = cursor.fetchone()
    return Frontier.from_bytes(row[0], bytes(row[1])) if row else Frontier()


def stand_still(handlers: Sequence[On], size: int) -> None:
    """Let every handler stand at the end of the log: what they would have done is there."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(_FOLLOW, [(name, size) for name in sorted({on.handler for on in handlers})])
