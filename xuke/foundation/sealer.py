"""The sealer: takes the entries that nothing can come before any more into the Merkle log, and signs the head.

An entry is taken once every transaction as old as its own has ended, so the order of the log is final when it is
written and a reader who follows it misses nothing. A long transaction only delays. Everything happens in one
transaction under one lock: killed anywhere, the sealer has done the whole or nothing, and two never fork the log.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from inspect import cleandoc
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from xuke.foundation import canonical, journal_heads, journal_keys, journal_rows, scope
from xuke.foundation.actors import SYSTEM, Actor
from xuke.foundation.journal_heads import SignedHead
from xuke.foundation.merkle import Frontier
from xuke.foundation.transactions import be_patient

BATCH = 5_000
"""Entries in one transaction of the sealer."""
_LINES = 1_000

# Durable, whatever the server does otherwise: the file of heads must never run ahead of the database. And along the
# index, whatever the statistics say: sorting a long backlog for each batch would take for ever. It says which of the
# newer columns it seals: the database refuses a leaf by a sealer of an older release that would leave one out.
_BEGIN = (
    "SELECT set_config('synchronous_commit', 'on', true), set_config('enable_seqscan', 'off', true),"
    " set_config('enable_bitmapscan', 'off', true), set_config('xuke.seals', 'request_id', true),"
    " pg_advisory_xact_lock(8461937230115206)"
)
_HORIZON = "SELECT pg_snapshot_xmin(now)::text, pg_snapshot_xmax(now)::text FROM pg_current_snapshot() AS now"
_HEADS = f"SELECT {journal_rows.HEAD_COLUMNS}, h.frontier FROM foundation_head h"  # noqa: S608 - constants
_LAST_HEAD = f"{_HEADS} ORDER BY h.size DESC LIMIT 1"
_HEADS_AFTER = f"{_HEADS} WHERE h.size > %s ORDER BY h.size LIMIT %s"
# The subquery is a look-up per entry by intention: it must never become a join that reads the whole log.
_UNSEALED = (
    f"SELECT {journal_rows.ENTRY_COLUMNS}, e.transaction::text FROM foundation_entry e"  # noqa: S608 - constants
    " WHERE (SELECT l.position FROM foundation_leaf l WHERE l.entry_id = e.id) IS NULL"
)
_IN_ORDER = "ORDER BY e.transaction, e.id LIMIT %s"
_AFTER_LAST = f"{_UNSEALED} AND (e.transaction, e.id) > (%s::xid8, %s) AND e.transaction < %s::xid8 {_IN_ORDER}"
_ALL_SETTLED = f"{_UNSEALED} AND (e.transaction < %s::xid8 OR e.transaction >= %s::xid8) {_IN_ORDER}"
_ALL = f"{_UNSEALED} ORDER BY e.transaction, e.id"
_ADD_LEAVES = (
    "INSERT INTO foundation_leaf (position, entry_id, digest)"
    " SELECT %s + place - 1, entry_id, digest"
    " FROM unnest(%s::bigint[], %s::bytea[]) WITH ORDINALITY AS new (entry_id, digest, place)"
)
_ADD_HEAD = (
    "INSERT INTO foundation_head (size, root, frontier, sealed_below, sealed_id, at, key_id, signature)"
    " VALUES (%s, %s, %s, %s::xid8, %s, %s, %s, %s)"
)


class SealingRefused(RuntimeError):
    """日志封存已停止。请运行 xuke journal verify 查明原因。"""


class LogIsShorter(SealingRefused):
    """数据库中的日志比 journal-heads.jsonl 记录的短：有条目被截去，或者数据库是从较早的备份恢复的。

    确系恢复的，将该文件改名存档，封存随即继续；存档可用 xuke journal verify --heads 核对。
    """


class LogIsForged(SealingRefused):
    """数据库中最新的树头与签名或者 journal-heads.jsonl 不符。"""


@dataclass(frozen=True)
class Sealed:
    """What one call has appended: leaves `first` to `last`, to a log that now has `size`. Nothing when last < first."""

    first: int
    last: int
    size: int
    more: bool = False
    """Whether a full batch was taken, so that another call will find more."""

    @property
    def count(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class _Settled:
    """Entries whose place in the log is final, and how far the log reaches once they are in."""

    rows: list[Sequence[Any]]
    sealed_below: int
    sealed_id: int = 0
    more: bool = False


def seal(now: datetime, *, by: Actor = SYSTEM, limit: int = BATCH, path: Path | None = None) -> Sealed:
    """Seal up to `limit` entries under one signed head, then write the head into the file outside the database.

    Refuses to go on from a head that is not ours or that the file of heads contradicts.
    """
    if not by.scope.system:
        raise ValueError("whoever seals must see every entry, or the hidden ones would be passed over")
    path = path or journal_heads.place()
    with _alone(by):
        last, frontier = _last_head()
        _demand_genuine(last, frontier, path)
        restored = journal_heads.restored_mark(path).exists()
        settled = _settled_in_backup() if restored else _settled(last, limit)
        size = frontier.size
        if settled.rows:
            size = _append(settled, frontier, now)
    with transaction.atomic():
        scope.enter(by.scope)
        journal_heads.catch_up(path, _heads_after)
        scope.forget()
    if restored:
        journal_heads.restored_mark(path).unlink(missing_ok=True)
    return Sealed(frontier.size, size - 1, size, settled.more)


@contextmanager
def _alone(by: Actor) -> Iterator[None]:
    """A transaction of its own that no other sealer runs beside. It must really end before the file is written."""
    with transaction.atomic(durable=True):
        scope.enter(by.scope)
        try:
            be_patient()
            with connection.cursor() as cursor:
                cursor.execute(_BEGIN)
            yield
        finally:
            scope.forget()


def _last_head() -> tuple[SignedHead | None, Frontier]:
    with connection.cursor() as cursor:
        cursor.execute(_LAST_HEAD)
        row = cursor.fetchone()
    if row is None:
        return None, Frontier()
    *facts, frontier = row
    head = journal_rows.head(facts)
    try:
        return head, Frontier.from_bytes(head.size, bytes(frontier))
    except ValueError:
        raise LogIsForged(LogIsForged.__doc__) from None


def _demand_genuine(last: SignedHead | None, frontier: Frontier, path: Path) -> None:
    """Never sign on top of what we did not sign: that would launder it."""
    written = journal_heads.last(path)
    if written and written.size > frontier.size:
        raise LogIsShorter(cleandoc(LogIsShorter.__doc__ or ""))
    if last is None:
        return
    known = written is None or written.size < last.size or written == last
    signed = journal_keys.is_signed(
        journal_keys.public_keys(), key_id=last.key_id, content=last.statement, signature=last.signature
    )
    if not (known and signed and frontier.root == last.root):
        raise LogIsForged(LogIsForged.__doc__)


def _settled(last: SignedHead | None, limit: int) -> _Settled:
    below, after = (last.sealed_below, last.sealed_id) if last else (0, 0)
    oldest, unborn = _horizon()
    if oldest < below:
        return _settled_after_restore(last.size if last else 0, oldest, unborn)
    rows = _rows(_AFTER_LAST, below, after, oldest, limit)
    if len(rows) < limit:
        return _Settled(rows, oldest)
    return _Settled(rows, int(rows[-1][-1]), rows[-1][0], more=True)


def _settled_after_restore(size: int, oldest: int, unborn: int) -> _Settled:
    """After a restore into a new server, which counts its transactions from the beginning again.

    The entries that came with the restore carry numbers of the old server, smaller or not yet given out here; either
    way they are settled. The head that is signed now says where the new count stands, so this happens once.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM foundation_entry")
        (entries,) = cursor.fetchone()
    rows = _rows(_ALL_SETTLED, oldest, unborn, None) if entries > size else []
    return _Settled(rows, oldest)


def _settled_in_backup() -> _Settled:
    """Right after a restore, before anybody works: everything that is there came with the backup, and nothing of it is
    running any more, whatever the other server numbered it."""
    oldest, _ = _horizon()
    return _Settled(_rows(_ALL), oldest)


def _horizon() -> tuple[int, int]:
    """The oldest transaction that still runs, and the first that has not begun."""
    with connection.cursor() as cursor:
        cursor.execute(_HORIZON)
        oldest, unborn = cursor.fetchone()
    return int(oldest), int(unborn)


def _rows(statement: str, *arguments: int | None) -> list[Sequence[Any]]:
    """Rows of the columns of an entry and its transaction."""
    with connection.cursor() as cursor:
        # A transaction number goes as text: xid8 has no cast from a number.
        cursor.execute(statement, [str(value) if value is not None else None for value in arguments])
        return list(cursor.fetchall())


def _append(settled: _Settled, frontier: Frontier, now: datetime) -> int:
    digests = [journal_rows.leaf_hash(row[:-1]) for row in settled.rows]
    grown = frontier.grown(digests)
    key = journal_keys.signing_key()
    head = SignedHead(
        size=grown.size,
        root=grown.root,
        sealed_below=settled.sealed_below,
        sealed_id=settled.sealed_id,
        at=canonical.moment(now),
        key_id=key.key_id,
    )
    with connection.cursor() as cursor:
        cursor.execute(_ADD_LEAVES, [frontier.size, [row[0] for row in settled.rows], digests])
        cursor.execute(
            _ADD_HEAD,
            [
                head.size,
                head.root,
                bytes(grown),
                str(head.sealed_below),
                head.sealed_id,
                now,
                head.key_id,
                key.sign(head.statement),
            ],
        )
    return grown.size


def _heads_after(size: int) -> list[SignedHead]:
    with connection.cursor() as cursor:
        cursor.execute(_HEADS_AFTER, [size, _LINES])
        return [journal_rows.head(row[:-1]) for row in cursor.fetchall()]
