"""The second wall: what row-level security lets the current transaction see (architecture 4a).

Five settings live exactly as long as a transaction. Policies test them against columns of the row itself; when nothing
was set, nothing is visible. The first wall is the query that asks on somebody's behalf; this one catches the query that
forgot to.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import Error, connection


@dataclass(frozen=True)
class Scope:
    """Whose rows a transaction may see; each part opens something of its own, nothing opens nothing."""

    authority_path: str = ""
    """Cases of the authorities at and below this place, for officers who handle or audit cases."""
    enterprise_id: str = ""
    """What belongs to one enterprise."""
    user_id: str = ""
    """What belongs to one person: factors, sessions, the proven name."""
    administers: str = ""
    """People and authorities at and below this place, for administrators. Opens no case."""
    system: bool = False
    """Everything: jobs, set-up, and the moment of logging in."""


EVERYTHING = Scope(system=True)
NOTHING = Scope()

SET = (
    "SELECT set_config('xuke.system', %s, true), set_config('xuke.authority', %s, true),"
    " set_config('xuke.enterprise', %s, true), set_config('xuke.user', %s, true),"
    " set_config('xuke.administers', %s, true)"
)


def values(scope: Scope) -> list[str]:
    """What the statement `SET` takes, on whichever connection it runs."""
    system = "on" if scope.system else ""
    return [system, scope.authority_path, scope.enterprise_id, scope.user_id, scope.administers]


def enter(scope: Scope) -> None:
    """Set the scope of the running transaction: one statement, undone by the database when the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(SET, values(scope))
    remember(scope)


@contextmanager
def widened() -> Iterator[None]:
    """See everything for one act that the law ties to the one under way although its rows lie elsewhere.

    For exactly such rows, found by their key: whoever uses it has asked before who may. Afterwards, also when the act
    was refused, the transaction sees what it saw before.
    """
    before = entered()
    enter(EVERYTHING)
    try:
        yield
    finally:
        try:
            enter(before or NOTHING)
        except Error:
            # The transaction is broken: it shows nothing more, and its end brings the settings back.
            remember(before)


def entered() -> Scope | None:
    """The scope of the running transaction, or None when none was set or no transaction runs."""
    if not connection.in_atomic_block:
        return None
    return getattr(connection, "xuke_scope", None)


def remember(scope: Scope | None) -> None:
    """Note which scope the database is in, without telling it: after it went back by itself."""
    connection.xuke_scope = scope  # type: ignore[attr-defined]


def forget() -> None:
    """Note that the transaction is over. The database has already dropped its settings."""
    remember(None)
