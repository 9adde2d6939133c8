"""The second wall: what row-level security lets the current transaction see (architecture 4a).

Three settings live exactly as long as a transaction. Policies test them against columns of the row itself; when nothing
was set, nothing is visible. The first wall is the query that asks on somebody's behalf; this one catches the query that
forgot to.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Scope:
    """Rows of the authorities below `authority_path`, rows of one enterprise, or (`system`) all rows."""

    authority_path: str = ""
    enterprise_id: str = ""
    system: bool = False


EVERYTHING = Scope(system=True)
NOTHING = Scope()

_SET = (
    "SELECT set_config('xuke.system', %s, true), set_config('xuke.authority', %s, true),"
    " set_config('xuke.enterprise', %s, true)"
)


def enter(scope: Scope) -> None:
    """Set the scope of the running transaction: one statement, undone by the database when the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_SET, ["on" if scope.system else "", scope.authority_path, scope.enterprise_id])
    remember(scope)


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
