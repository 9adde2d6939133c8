"""Row-level security for migrations: the statements that put a table behind the second wall (architecture 4a)."""

from __future__ import annotations

from django.db.migrations import RunSQL

# Byte order, whatever the locale of the server: a territory is a range of paths, and most locales sort ~ before digits.
_ALLOWED = """
    (SELECT current_setting('xuke.system', true)) = 'on'
    OR (
        (SELECT current_setting('xuke.authority', true)) <> ''
        AND authority_path COLLATE "C" >= (SELECT current_setting('xuke.authority', true))
        AND authority_path COLLATE "C" < (SELECT current_setting('xuke.authority', true)) || '~'
    )
    OR (
        (SELECT current_setting('xuke.enterprise', true)) <> ''
        AND enterprise_id::text = (SELECT current_setting('xuke.enterprise', true))
    )
"""


def wall(table: str) -> RunSQL:
    """Put a table with `authority_path` and `enterprise_id` behind the wall: its rows are seen and written only in a
    scope that covers one of them. The owner, who migrates, stands outside."""
    return RunSQL(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
        f"CREATE POLICY {table}_scope ON {table} USING ({_ALLOWED}) WITH CHECK ({_ALLOWED});",
        f"DROP POLICY {table}_scope ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
    )


def append_only(*tables: str) -> RunSQL:
    """Take from the application every right but to read and to add."""
    names = ", ".join(tables)
    return RunSQL(
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {names} FROM xuke_app", f"GRANT UPDATE, DELETE ON {names} TO xuke_app"
    )
