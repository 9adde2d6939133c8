"""What the database says of itself: who may see what, and whether it keeps what it was given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psycopg

from xuke.config.checks.finding import Finding
from xuke.config.embedded.programs import OLDEST
from xuke.config.embedded.roles import APP, OWNER, PUBLIC

PUBLISHED = ("publication_", "certificates_public")
"""What the public role may read begins like this."""
RESERVED = 10
"""Connections for administrators, backups and the worker's listening."""

_ROLES = "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = ANY(%s)"
_MEMBERS = (
    "SELECT member::regrole::text, roleid::regrole::text FROM pg_auth_members WHERE member::regrole::text = ANY(%s)"
)
# Without a wall although it has policies: somebody has switched row-level security off.
_OPEN_WALLS = (
    "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relrowsecurity"
    " AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid)"
)
_SEEN_BY = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
        AND has_any_column_privilege(%(role)s, oid, 'SELECT') ORDER BY relname
"""
_WRITTEN_BY = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
        AND (has_any_column_privilege(%(role)s, oid, 'INSERT, UPDATE')
            OR has_table_privilege(%(role)s, oid, 'DELETE, TRUNCATE')) ORDER BY relname
"""
_CALLED_BY = """
    SELECT oid::regprocedure::text FROM pg_proc
    WHERE prosecdef AND pronamespace = 'public'::regnamespace AND prorettype <> 'trigger'::regtype
        AND has_function_privilege(%(role)s, oid, 'EXECUTE')
"""
# The journal is written once: whoever may change it may change the past.
_REWRITTEN_BY = """
    SELECT relname FROM pg_class
    WHERE relname IN ('foundation_entry', 'foundation_leaf', 'foundation_head') AND relkind = 'r'
        AND (has_any_column_privilege(%(role)s, oid, 'UPDATE')
            OR has_table_privilege(%(role)s, oid, 'DELETE, TRUNCATE'))
"""
_ARCHIVED = """
    SELECT current_setting('archive_mode'), failed_count, last_archived_time, last_failed_time, last_failed_wal
    FROM pg_stat_archiver
"""
_SETTINGS = "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)"
WATCHED = (
    "fsync",
    "full_page_writes",
    "synchronous_commit",
    "wal_level",
    "max_connections",
    "data_checksums",
    "server_version_num",
)

Connection = psycopg.Connection[tuple[Any, ...]]


def check(connection: Connection, *, connections: int) -> Iterator[Finding]:
    """Everything that is wrong with roles, grants and the server."""
    yield from roles(connection.execute(_ROLES, [[APP, OWNER, PUBLIC]]).fetchall())
    yield from members(connection.execute(_MEMBERS, [[APP, PUBLIC]]).fetchall())
    for (table,) in connection.execute(_OPEN_WALLS).fetchall():
        yield Finding(
            f"表 {table} 的行级安全被关掉了。", f"以所有者运行 ALTER TABLE {table} ENABLE ROW LEVEL SECURITY。"
        )
    yield from grants(connection)
    yield from archiving(connection.execute(_ARCHIVED).fetchall()[0])
    settings: dict[str, str] = dict(connection.execute(_SETTINGS, [list(WATCHED)]).fetchall())
    yield from server(settings, connections=connections)


def roles(rows: Sequence[Sequence[Any]]) -> Iterator[Finding]:
    """All three are there, and none goes past the walls."""
    known = {name: any(powers) for name, *powers in rows}
    for role in (APP, OWNER, PUBLIC):
        if role not in known:
            yield Finding(f"没有数据库角色 {role}。", "运行 xuke prepare --admin 管理员地址。")
        elif known[role]:
            yield Finding(
                f"数据库角色 {role} 有 SUPERUSER、BYPASSRLS、CREATEROLE 或 REPLICATION，绕得过行级安全。",
                f"ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION。",
            )


def members(rows: Sequence[Sequence[Any]]) -> Iterator[Finding]:
    """Web and public pages belong to no other role: they would have its rights."""
    for member, role in rows:
        yield Finding(f"数据库角色 {member} 属于 {role}，有它的权限。", f"REVOKE {role} FROM {member}。")


def grants(connection: Connection) -> Iterator[Finding]:
    """The public role sees what is published, changes nothing and calls nothing; nobody rewrites the journal."""
    public, app = {"role": PUBLIC}, {"role": APP}
    if connection.execute("SELECT count(*) FROM pg_roles WHERE rolname IN (%s, %s)", [PUBLIC, APP]).fetchone() != (2,):
        return
    for (name,) in connection.execute(_SEEN_BY, public).fetchall():
        if not name.startswith(PUBLISHED):
            yield Finding(f"公开页面的角色 {PUBLIC} 看得到 {name}。", f"REVOKE ALL ON {name} FROM {PUBLIC}, PUBLIC。")
    for (name,) in connection.execute(_WRITTEN_BY, public).fetchall():
        yield Finding(f"公开页面的角色 {PUBLIC} 可以改 {name}。", f"REVOKE ALL ON {name} FROM {PUBLIC}, PUBLIC。")
    for (name,) in connection.execute(_CALLED_BY, public).fetchall():
        yield Finding(f"公开页面的角色 {PUBLIC} 可以调用 {name}。", f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC。")
    for (name,) in connection.execute(_REWRITTEN_BY, app).fetchall():
        yield Finding(
            f"网页的角色 {APP} 可以改写日志 {name}。", f"REVOKE UPDATE, DELETE, TRUNCATE ON {name} FROM {APP}。"
        )


def archiving(row: Sequence[Any]) -> Iterator[Finding]:
    """Where the server archives what it writes, the last piece went there."""
    mode, failures, archived, failed, piece = row
    if mode != "off" and failures and (archived is None or failed > archived):
        yield Finding(
            f"数据库的归档失败：{piece} 没有写下去（失败过{failures}次），按时刻恢复到不了以后的时刻，磁盘会写满。",
            "看归档的目录（内置数据库是 XUKE_WAL_ARCHIVE）数据库的账户能不能写、磁盘满不满；原因在数据库的日志里。",
        )


def server(settings: Mapping[str, str], *, connections: int) -> Iterator[Finding]:
    """What was acknowledged must survive a crash, and everybody must get a connection."""
    for name in ("fsync", "full_page_writes"):
        if settings[name] != "on":
            yield Finding(
                f"PostgreSQL 的 {name} 关着，断电会毁掉数据库。", f"在 postgresql.conf 中设 {name} = on，重新加载。"
            )
    if settings["synchronous_commit"] == "off":
        yield Finding(
            "PostgreSQL 的 synchronous_commit 关着，已经答复成功的事项会在断电时丢失。",
            "在 postgresql.conf 中设 synchronous_commit = on。",
        )
    if settings["wal_level"] == "minimal":
        yield Finding("PostgreSQL 的 wal_level 是 minimal，不能按时刻恢复。", "设 wal_level = replica，重启数据库。")
    if settings["data_checksums"] != "on":
        yield Finding("数据库没有校验和，磁盘悄悄坏了没有人知道。", "停止数据库，运行 pg_checksums --enable，再启动。")
    if (most := int(settings["max_connections"])) < connections + RESERVED:
        yield Finding(
            f"PostgreSQL 最多{most}个连接，网页和作业要{connections}个，另需{RESERVED}个给备份和管理员。",
            "提高 max_connections，或者减少 xuke serve 的 --workers、--threads。",
        )
    if int(settings["server_version_num"]) // 10_000 < OLDEST:
        yield Finding("PostgreSQL 太旧。", f"需要 PostgreSQL {OLDEST} 或更高版本。")
