"""Row-level security for migrations: the statements that put a table behind the second wall (architecture 4a).

Conditions are written in SQL once, here, and combined by the migrations of the apps. Each reads the settings through a
subquery, so that PostgreSQL asks once for a statement and not for every row.
"""

from __future__ import annotations

from django.db.migrations import RunSQL

SYSTEM = "(SELECT current_setting('xuke.system', true)) = 'on'"
"""Jobs, set-up, logging in."""


def within(setting: str, path: str) -> str:
    """The path in this column lies at or below the place in this setting.

    In byte order, whatever the locale of the server: a territory is a range of paths, and most locales sort ~ before
    digits.
    """
    return f"""({path} COLLATE "C" >= {_value(setting)} AND {path} COLLATE "C" < {_value(setting)} || '~')"""


def begins(setting: str, path: str) -> str:
    """What `within` says, for tables of which long lists are read.

    Of a range between two settings PostgreSQL guesses that it holds one row in 200, and of a beginning as well, so it
    sorts what it should have read in order; of this it guesses every second row. No path holds a ~, so both mean the
    same.
    """
    return f"coalesce(starts_with({path}, {_value(setting)}), false)"


def is_set(setting: str) -> str:
    """Somebody of this kind is at work, whoever it is."""
    return f"(SELECT current_setting('xuke.{setting}', true)) <> ''"


def equals(setting: str, column: str) -> str:
    """This column holds the number in this setting."""
    return f"({column}::text = {_value(setting)})"


def _value(setting: str) -> str:
    """What a setting says; unknown, which equals nothing, where nobody set it. Each mention costs time to plan."""
    return f"(SELECT nullif(current_setting('xuke.{setting}', true), ''))"


def wall(table: str) -> RunSQL:
    """Put a table with `authority_path` and `enterprise_id` behind the wall: its rows are seen and written only in a
    scope that covers one of them. The owner, who migrates, stands outside."""
    allowed = " OR ".join((SYSTEM, within("authority", "authority_path"), equals("enterprise", "enterprise_id")))
    return policies(table, ALL=allowed)


def own_wall(table: str, column: str = "user_id") -> RunSQL:
    """Put a table of personal things behind the wall: oneself and the system."""
    return policies(table, ALL=f"{SYSTEM} OR {equals('user', column)}")


def policies(table: str, **allowed: str) -> RunSQL:
    """Put a table behind a wall with one condition for ALL, or one each for SELECT, INSERT, UPDATE and DELETE.

    A command without a condition is forbidden to everybody but the owner.
    """
    made = "".join(
        f"CREATE POLICY {_named(table, verb)} ON {table} {_clauses(verb, test)};" for verb, test in allowed.items()
    )
    gone = "".join(f"DROP POLICY {_named(table, verb)} ON {table};" for verb in allowed)
    return RunSQL(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; {made}",
        f"{gone} ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
    )


def _named(table: str, verb: str) -> str:
    return f"{table}_scope" if verb == "ALL" else f"{table}_{verb.lower()}"


def _clauses(verb: str, allowed: str) -> str:
    using, check = f"USING ({allowed})", f"WITH CHECK ({allowed})"
    clauses = {"SELECT": using, "DELETE": using, "INSERT": check}.get(verb, f"{using} {check}")
    return f"FOR {verb} {clauses}"


def append_only(*tables: str) -> RunSQL:
    """Take from the application every right but to read and to add."""
    names = ", ".join(tables)
    return RunSQL(
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {names} FROM xuke_app", f"GRANT UPDATE, DELETE ON {names} TO xuke_app"
    )
