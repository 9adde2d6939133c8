"""The cast of the journal's tests: cases that things happen to, somebody who does them, and somebody who tampers."""

from __future__ import annotations

import json
import os
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.db import connection

from xuke.foundation import journal
from xuke.foundation.scope import EVERYTHING, Scope
from xuke.foundation.transactions import opened_for

NOON = datetime(2026, 11, 21, 4, 0, 0, 123456, tzinfo=UTC)


@dataclass(frozen=True)
class Officer:
    code: str = "officer:12"
    label: str = "周敏（宜昌市市场监督管理局）"
    scope: Scope = EVERYTHING


ZHOU_MIN = Officer()


@dataclass
class Case:
    """A subject of journal entries."""

    stream: str
    revision: int = 0
    journal_label: str = "湖北𠮷祥食品有限公司"
    journal_authority: str = "42/4205"
    journal_enterprise: str = "91420500MA4900001X"


def happens(case: Case, verb: str = "application.accepted", times: int = 1, **facts: Any) -> None:
    """Something happens to a case; each time is a transaction of its own."""
    for _ in range(times):
        with opened_for(EVERYTHING):
            happens_here(case, verb, **facts)


def happens_here(case: Case, verb: str = "application.accepted", **facts: Any) -> None:
    """The same in the running transaction."""
    case.revision += 1
    journal.record(verb, subject=case, by=ZHOU_MIN, at=NOON, **facts)


@dataclass(frozen=True)
class Superuser:
    """Somebody who may do anything to the database, and nothing outside it."""

    conninfo: str

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.conninfo, autocommit=True)

    def tamper(self, statement: str, *arguments: object) -> None:
        """Change rows with all constraints switched off."""
        with self.connect() as attack:
            attack.execute("SET session_replication_role = replica")
            attack.execute(statement, arguments)

    def rows(self, statement: str, *arguments: object) -> list[tuple[Any, ...]]:
        with self.connect() as reading:
            return reading.execute(statement, arguments).fetchall()

    def column(self, statement: str, *arguments: object) -> list[Any]:
        return [value for (value,) in self.rows(statement, *arguments)]

    @contextmanager
    def long_transaction(self, case: Case) -> Iterator[None]:
        """A transaction that has written an entry and takes its time to commit."""
        case.revision += 1
        with self.connect() as other, other.transaction():
            other.execute(
                "INSERT INTO foundation_entry (stream, seq, verb, at, effective_on, clock, actor, actor_label,"
                " subject_label, authority_path, enterprise_id, facts)"
                " VALUES (%s, %s, 'application.granted', %s, '2026-11-21', '', 'officer:1', '', '', '', '', %s)",
                [case.stream, case.revision, NOON, json.dumps({"slow": True})],
            )
            yield


def killed_at(step: int, work: Callable[[], object], *, mallory: Superuser) -> bool:
    """Do the work in a child that kills itself at one of its steps; false when it came to its end.

    Returns when the server too has noticed that the child is dead, and has rolled back what it had begun.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Newer Pythons warn of every fork; our child only works and dies.
        child = os.fork()
    if not child:
        try:
            _count_down(step)
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    others = (
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = 'xuke_app' AND pid <> %s"
    )
    while mallory.column(others, connection.connection.info.backend_pid):
        time.sleep(0.01)
    return os.WIFSIGNALED(status)


def _count_down(steps: int) -> None:
    """Die before the statement, commit or flush of this number. The parent's connection stays the parent's."""
    left = iter(range(steps))
    commit, flush = connection._commit, os.fsync

    def step() -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any) -> Any:
            step()
            result = work(*args)
            step()
            return result

        return run

    def before_statement(execute: Any, *rest: Any) -> Any:
        step()
        return execute(*rest)

    _count_down.kept = connection.connection  # type: ignore[attr-defined]
    connection.connection = None
    connection._commit = around(commit)
    os.fsync = around(flush)
    connection.execute_wrappers.append(before_statement)
