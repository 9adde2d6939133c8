"""The database's roles and what each may do, from before the first migration (architecture 4a).

`xuke_owner` owns the database and runs migrations; `xuke_app` is the web and the worker, bound by row-level security;
`xuke_public` sees nothing but what a migration grants to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import LiteralString

import psycopg
from psycopg import sql

OWNER, APP, PUBLIC = "xuke_owner", "xuke_app", "xuke_public"
EDITION = "xuke roles 5"
"""Written on a database when everything below is done; a new edition is applied to it at the next start."""

BUILTIN: LiteralString = "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
LIBC: LiteralString = "LOCALE_PROVIDER libc LOCALE 'C.UTF-8'"

IN_THE_DATABASE = (
    "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {app}",
    "GRANT CONNECT ON DATABASE {database} TO {public}",
    # A migration that cannot get its lock gives up before a queue of readers forms behind it.
    "ALTER ROLE {owner} IN DATABASE {database} SET lock_timeout = '2s'",
    # No page holds others up for longer: a forgotten lock ends in a sentence, not in a queue. Who needs more says so.
    "ALTER ROLE {app} IN DATABASE {database} SET lock_timeout = '5s'",
    "ALTER ROLE {app} IN DATABASE {database} SET statement_timeout = '30s'",
    # Our statements name their joins in a good order; trying every other one costs more than the rest of a page.
    "ALTER ROLE {app} IN DATABASE {database} SET join_collapse_limit = '3'",
    "ALTER ROLE {app} IN DATABASE {database} SET idle_in_transaction_session_timeout = '60s'",
    # Our statements take milliseconds; compiling one takes longer than running it.
    "ALTER ROLE {app} IN DATABASE {database} SET jit = off",
    "ALTER ROLE {public} IN DATABASE {database} SET jit = off",
    # Anybody may ask the public pages anything: what they ask is bounded, and changes nothing.
    "ALTER ROLE {public} IN DATABASE {database} SET default_transaction_read_only = on",
    "ALTER ROLE {public} IN DATABASE {database} SET statement_timeout = '3s'",
    "ALTER ROLE {public} IN DATABASE {database} SET lock_timeout = '1s'",
    "ALTER ROLE {public} IN DATABASE {database} SET idle_in_transaction_session_timeout = '10s'",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
    "GRANT USAGE ON SCHEMA public TO {app}, {public}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
    " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    "COMMENT ON DATABASE {database} IS {edition}",
)


def prepare(admin: str, database: str, *, passwords: Mapping[str, str] | None = None) -> bool:
    """Make the roles and the database as an administrator; false when this edition of them was there already."""
    with psycopg.connect(admin, autocommit=True) as connection:
        if not passwords and _edition(connection, database) == EDITION:
            return False
        _make_roles(connection, passwords or {})
        if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", database):
            # The same order and letters on every server, whatever its own default is.
            locale = BUILTIN if connection.info.server_version >= 170_000 else LIBC
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' {} TEMPLATE template0").format(
                    sql.Identifier(database), sql.Identifier(OWNER), sql.SQL(locale)
                )
            )
    with psycopg.connect(admin, dbname=database, autocommit=True) as connection:
        names = {
            "database": sql.Identifier(database),
            "owner": sql.Identifier(OWNER),
            "app": sql.Identifier(APP),
            "public": sql.Identifier(PUBLIC),
            "edition": sql.Literal(EDITION),
        }
        for statement in IN_THE_DATABASE:
            connection.execute(sql.SQL(statement).format(**names))
    return True


def _make_roles(connection: psycopg.Connection[tuple[object, ...]], passwords: Mapping[str, str]) -> None:
    for role in (OWNER, APP, PUBLIC):
        name = sql.Identifier(role)
        if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
        if role in passwords:
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(passwords[role])))
    if _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s AND (rolsuper OR rolbypassrls)", APP):
        raise ValueError(f"角色 {APP} 不受行级安全约束，请收回其 SUPERUSER 和 BYPASSRLS 属性。")
    if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = current_user AND rolsuper"):
        # An administrator who is not a superuser may give a database only to a role it belongs to.
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))


def _edition(connection: psycopg.Connection[tuple[object, ...]], database: str) -> object:
    row = connection.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [database]
    ).fetchone()
    return row and row[0]


def _exists(connection: psycopg.Connection[tuple[object, ...]], question: LiteralString, *names: str) -> bool:
    return connection.execute(question, names).fetchone() is not None
