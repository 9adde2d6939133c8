"""Indexes and constraints of the tables that are filled: put aside before the COPY, made again exactly as they were."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

BUILDERS = 2
SESSION = (
    "SET lock_timeout = 0; SET statement_timeout = 0; SET synchronous_commit = off;"
    " SET maintenance_work_mem = '768MB'; SET max_parallel_maintenance_workers = 1; SET search_path = public"
)
_CONSTRAINTS = """
    SELECT c.conrelid::regclass::text, c.conname, c.contype, pg_get_constraintdef(c.oid)
    FROM pg_constraint c
    WHERE c.contype IN ('p', 'u', 'f') AND (c.conrelid = ANY(%(tables)s::regclass[])
        OR c.contype = 'f' AND c.confrelid = ANY(%(tables)s::regclass[]))
    ORDER BY c.contype <> 'f', c.conrelid, c.conname
"""
_INDEXES = """
    SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
    FROM pg_index i
    WHERE i.indrelid = ANY(%(tables)s::regclass[])
        AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))
    ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Constraint:
    """One that was put aside."""

    table: str
    name: str
    kind: str
    definition: str

    @property
    def again(self) -> sql.Composed:
        """The statement that makes it again."""
        return sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
            sql.SQL(self.table),
            sql.Identifier(self.name),
            sql.SQL(self.definition),
        )


@dataclass(frozen=True)
class Aside:
    """What was put aside, in the order in which it can be made again."""

    tables: tuple[str, ...]
    constraints: tuple[Constraint, ...]
    indexes: tuple[tuple[str, str], ...]
    """Table and definition."""


def described(connection: psycopg.Connection[tuple[object, ...]], tables: Sequence[str]) -> Aside:
    """The indexes and constraints of these tables, and foreign keys that refer to them."""
    facts = {"tables": list(tables)}
    constraints = [Constraint(*map(_text, row)) for row in connection.execute(_CONSTRAINTS, facts)]
    indexes = [(str(table), str(definition)) for table, _, definition in connection.execute(_INDEXES, facts)]
    return Aside(tuple(tables), tuple(constraints), tuple(indexes))


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def put_aside(connection: psycopg.Connection[tuple[object, ...]], tables: Sequence[str]) -> Aside:
    """Drop them, foreign keys first, and let no trigger of ours run. Joins the running transaction."""
    found = described(connection, tables)
    names = [str(name) for _, name, _ in connection.execute(_INDEXES, {"tables": list(tables)})]
    for constraint in found.constraints:
        connection.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                sql.SQL(constraint.table),
                sql.Identifier(constraint.name),
            )
        )
    for name in names:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.SQL(name)))
    _triggers(connection, tables, "DISABLE")
    return found


def bring_back(owner: str, aside: Aside) -> None:
    """Make everything again: primary keys and indexes table by table, several tables at once; foreign keys last."""
    work: dict[str, list[sql.Composed | sql.SQL]] = {table: [] for table in aside.tables}
    for constraint in aside.constraints:
        if constraint.kind != "f":
            work.setdefault(constraint.table, []).append(constraint.again)
    for table, definition in aside.indexes:
        work.setdefault(table, []).append(sql.SQL(definition))
    # A place in a GIN index costs more than one in any other: the tables that have one come first.
    waiting = sorted(work.values(), key=lambda statements: -len(statements))
    _at_once(owner, waiting)
    keys = [constraint.again for constraint in aside.constraints if constraint.kind == "f"]
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(SESSION)
        for statement in keys:
            connection.execute(statement)
        _triggers(connection, aside.tables, "ENABLE")


def tidy(owner: str, tables: Sequence[str]) -> None:
    """What autovacuum would have done: statistics, and which pages everybody may see."""
    _at_once(owner, [[sql.SQL("VACUUM (ANALYZE) {}").format(sql.SQL(table))] for table in tables])


def _triggers(connection: psycopg.Connection[tuple[object, ...]], tables: Sequence[str], what: str) -> None:
    for table in tables:
        connection.execute(f"ALTER TABLE {table} {what} TRIGGER USER")


def _at_once(owner: str, waiting: Sequence[Sequence[sql.Composed | sql.SQL]]) -> None:
    """Carry out lists of statements, several lists at once."""
    left, lock = list(reversed(waiting)), threading.Lock()
    problems: list[BaseException] = []

    def go_on() -> None:
        try:
            with psycopg.connect(owner, autocommit=True) as connection:
                connection.execute(SESSION)
                while True:
                    with lock:
                        if not left or problems:
                            return
                        statements = left.pop()
                    for statement in statements:
                        connection.execute(statement)
        except BaseException as problem:
            problems.append(problem)

    builders = [threading.Thread(target=go_on) for _ in range(BUILDERS)]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    if problems:
        raise problems[0]
