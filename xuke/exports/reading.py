"""Reading a long list in the scope of a person, on a connection of its own, a few thousand rows at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from psycopg import ClientCursor

from xuke.exports.columns import SOURCES
from xuke.foundation import scope
from xuke.foundation.scope import Scope
from xuke.licensing.models import Application

AT_A_TIME = 2_000
AT_FIRST = 200
"""Rows of the first piece: nothing of an answer leaves before it is there."""
_IDLE = "2min"
"""How long a reader who does not read may keep the rows waiting."""
Rows = Sequence[tuple[Any, ...]]


@dataclass
class Reading:
    """A list that is being read: one transaction that only reads, in one moment, seen as its person sees it.

    The connection belongs to the reading and not to a thread, because the pieces of an answer are asked for by
    whichever thread is free. Close it in any case.
    """

    found: QuerySet[Application]
    seen_by: Scope
    _connection: BaseDatabaseWrapper = field(init=False)

    def __post_init__(self) -> None:
        self._connection = connections.create_connection("reports")
        self._connection.inc_thread_sharing()
        self._cursor: Any = None

    def open(self) -> None:
        """Begin: enter the scope and place the cursor before the first row."""
        sql = self._sql()
        self._connection.ensure_connection()
        self._cursor = self._connection.connection.cursor()
        self._cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        self._cursor.execute(scope.SET, scope.values(self.seen_by))
        self._cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [_IDLE])
        if sql:
            self._cursor.execute(f"DECLARE reading NO SCROLL CURSOR FOR {sql}")
        self._is_empty = not sql

    def estimate(self) -> int:
        """About how many rows there are, as the database guesses without counting."""
        sql = self._sql()
        if not sql:
            return 0
        self._cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        return int(self._cursor.fetchone()[0][0]["Plan"]["Plan Rows"])

    def pieces(self) -> Iterator[Rows]:
        """The rows, piece by piece."""
        count = AT_FIRST
        while not self._is_empty:
            self._cursor.execute(f"FETCH {count} FROM reading")
            rows = self._cursor.fetchall()
            if not rows:
                return
            yield rows
            count = AT_A_TIME

    def hold(self, kind: int, number: int) -> bool:
        """Take a lock of the session if it is free: how many read at once is counted across processes."""
        self._connection.ensure_connection()
        row = self._connection.connection.execute("SELECT pg_try_advisory_lock(%s, %s)", [kind, number]).fetchone()
        return bool(row and row[0])

    def close(self) -> None:
        """End the transaction and give the connection back. May be called twice, and by any thread."""
        self._connection.close()

    def _sql(self) -> str:
        """The statement with its values in it, because a cursor is declared and not asked."""
        try:
            sql, params = self.found.values_list(*SOURCES).query.sql_with_params()
        except EmptyResultSet:
            return ""
        self._connection.ensure_connection()
        return ClientCursor(self._connection.connection).mogrify(sql, params)
