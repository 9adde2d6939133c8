"""The database part of a backup: what it holds at one moment, dumped and read back by PostgreSQL's own programs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from xuke.config import embedded
from xuke.config.backup.manifest import Point
from xuke.config.embedded import programs
from xuke.config.embedded.roles import APP, OWNER
from xuke.config.unusable import Unusable

FOLDER = "database"
_QUICK = "-c synchronous_commit=off -c lock_timeout=0 -c statement_timeout=0 -c idle_in_transaction_session_timeout=0"

_NO_DEFAULTS = sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {role} IN SCHEMA public REVOKE ALL ON {kind} FROM {app}")


class ProgramFailed(Unusable):
    """One of PostgreSQL's programs gave up; the message carries its last words."""


# --- programs ---------------------------------------------------------------------------------------------------------


def tools(home: Path, server_major: int, *, at_least: int = 0) -> programs.Programs:
    """The programs to dump or to restore with: of the server's own version where there are any, else of a newer one.

    The embedded server brings its own.
    """
    if not os.environ.get("DATABASE_URL"):
        return embedded.cluster_of(home).programs
    wanted = max(server_major, at_least)
    usable = [found for found in programs.candidates() if found.major >= wanted]
    if not usable:
        raise Unusable(
            f"备份和恢复需要 PostgreSQL {wanted} 或更高版本的 pg_dump 和 pg_restore，这台机器上没有。"
            f"请安装系统软件包 postgresql-client-{wanted}。"
        )
    return min(usable, key=lambda found: found.major)


def run(program: Path, *arguments: str, conninfo: str, options: str = "") -> None:
    """Run one of the programs on a database. The password goes through the environment, where nobody lists it."""
    known = conninfo_to_dict(conninfo)
    password = known.pop("password", None)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
    environment |= {"PGOPTIONS": options} if options else {}
    environment |= {"PGPASSWORD": str(password)} if password else {}
    facts: dict[str, Any] = dict(known)
    done = subprocess.run(
        [program, *arguments, f"--dbname={make_conninfo(**facts)}"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise ProgramFailed(why(program.name, done.stderr))


def why(program: str, said: str) -> str:
    """What one of PostgreSQL's programs complained about, as a sentence with a remedy where we know one."""
    last = "\n".join(line for line in said.splitlines() if line.strip())[-1500:]
    if "No space left on device" in said:
        return f"磁盘空间不足，{program} 没有完成。请腾出空间后重新运行。\n{last}"
    if "invalid signature" in said or "end of file" in said or "could not uncompress" in said:
        return f"备份中的数据库部分已损坏，{program} 没有完成。请用另一份备份。\n{last}"
    return f"{program} 没有完成：\n{last}"


# --- dump -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Facts:
    """What the database holds at the moment of a snapshot."""

    snapshot: str
    server: int
    bytes: int
    point: Point
    migrations: tuple[str, ...]
    rows: Mapping[str, int]
    contents: Mapping[str, int]
    """Digests of all files, with their sizes."""


@contextmanager
def frozen(owner: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """One moment of the database, for as long as the block lasts: everything read in it belongs together."""
    with psycopg.connect(owner, options=_QUICK) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


def facts(connection: psycopg.Connection[tuple[Any, ...]]) -> Facts:
    """Everything the manifest tells of the database, read in the snapshot that is dumped."""
    (snapshot,) = _one(connection, "SELECT pg_export_snapshot()")
    (size,) = _one(connection, "SELECT pg_database_size(current_database())")
    contents = connection.execute("SELECT digest, size FROM foundation_storedfile").fetchall()
    return Facts(
        snapshot=snapshot,
        server=connection.info.server_version,
        bytes=size,
        point=point(connection),
        migrations=migrations(connection),
        rows=count_rows(connection),
        contents=dict(contents),
    )


def point(connection: psycopg.Connection[tuple[Any, ...]]) -> Point:
    """How far the journal had come."""
    (at,) = _one(connection, "SELECT clock_timestamp()")
    (entries,) = _one(connection, "SELECT count(*) FROM foundation_entry")
    head = connection.execute("SELECT size, root FROM foundation_head ORDER BY size DESC LIMIT 1").fetchone()
    moment: datetime = at
    return Point(moment.astimezone(UTC), entries, head[0] if head else 0, bytes(head[1]).hex() if head else "")


def migrations(connection: psycopg.Connection[tuple[Any, ...]]) -> tuple[str, ...]:
    """The newest migration of each app."""
    rows = connection.execute("SELECT app, max(name) FROM django_migrations GROUP BY app ORDER BY app").fetchall()
    return tuple(f"{app}.{name}" for app, name in rows)


def count_rows(connection: psycopg.Connection[tuple[Any, ...]]) -> dict[str, int]:
    """How many rows each table has."""
    names = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"
    ).fetchall()
    question = sql.SQL("SELECT count(*) FROM public.{}")
    counted = {name: connection.execute(question.format(sql.Identifier(name))).fetchone() for (name,) in names}
    return {name: row[0] for name, row in counted.items() if row}


def dump(found: programs.Programs, owner: str, snapshot: str, target: Path, *, jobs: int) -> None:
    """Write the database as it is in the snapshot: a file for each table, several at a time.

    Schemas that somebody else keeps in the same database, such as a monitoring tool, are not ours to read.
    """
    with psycopg.connect(owner) as connection:
        strange = connection.execute(
            "SELECT nspname FROM pg_namespace"
            " WHERE nspname !~ '^(pg_|information_schema$)' AND NOT has_schema_privilege(oid, 'USAGE')"
        ).fetchall()
    arguments = ["--format=directory", f"--jobs={jobs}", f"--snapshot={snapshot}", "--compress=1"]
    arguments += [f'--exclude-schema="{name}"' for (name,) in strange]
    run(found.bin / "pg_dump", *arguments, f"--file={target}", conninfo=owner)


def copy_server(found: programs.Programs, admin: str, target: Path) -> None:
    """Copy the server's own files, with what is written meanwhile, and check the copy by the digests it carries."""
    run(found.bin / "pg_basebackup", "--wal-method=stream", "--checkpoint=fast", f"--pgdata={target}", conninfo=admin)
    done = subprocess.run([found.bin / "pg_verifybackup", target], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProgramFailed(why("pg_verifybackup", done.stderr))


def demand_listed(found: programs.Programs, folder: Path) -> None:
    """Whether pg_restore can read the list of contents of a dump."""
    done = subprocess.run([found.bin / "pg_restore", "--list", folder], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProgramFailed(why("pg_restore", done.stderr))


# --- restore ----------------------------------------------------------------------------------------------------------


def load(found: programs.Programs, owner: str, folder: Path, *, jobs: int) -> None:
    """Read a dump into an empty database: rows by several jobs, then indexes and constraints with memory for each.

    What new tables grant by themselves is taken away first and comes back with the dump: otherwise the application
    would be granted everything on tables that it may only read or add to, the journal among them.
    """
    with psycopg.connect(owner, autocommit=True) as connection:
        for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
            connection.execute(
                _NO_DEFAULTS.format(kind=sql.SQL(kind), app=sql.Identifier(APP), role=sql.Identifier(OWNER))
            )
    options = (
        f"{_QUICK} -c maintenance_work_mem={_memory(jobs)}MB -c max_parallel_maintenance_workers=0 -c row_security=off"
    )
    arguments = ("--exit-on-error", "--no-owner", f"--jobs={jobs}")
    run(found.bin / "pg_restore", *arguments, str(folder), conninfo=owner, options=options)


def analyze(found: programs.Programs, owner: str, *, jobs: int) -> None:
    """Statistics for the planner, which a dump does not carry: the first page must not be slow."""
    run(found.bin / "vacuumdb", "--analyze-only", f"--jobs={jobs}", "--quiet", conninfo=owner, options=_QUICK)


def _memory(jobs: int) -> int:
    """Megabytes that one job may sort in: an eighth of the machine for all of them together, at most 1 GB each."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000
    return max(64, min(1024, total // 8 // jobs))


def is_empty(owner: str) -> bool:
    """Whether there is nothing in a database yet."""
    with psycopg.connect(owner) as connection:
        (count,) = _one(
            connection,
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')",
        )
    return bool(count == 0)


def empty(owner: str) -> None:
    """Take away again what a restore that failed has made, so that the database is as empty as it was."""
    with psycopg.connect(owner, autocommit=True, options=_QUICK) as connection:
        for kind, word in (("v", "VIEW"), ("r", "TABLE"), ("p", "TABLE"), ("S", "SEQUENCE")):
            _drop_all(connection, kind, word)
        routines = connection.execute(
            "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " AND proowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
        ).fetchall()
        for (routine,) in routines:
            connection.execute(sql.SQL("DROP ROUTINE IF EXISTS {} CASCADE").format(sql.SQL(routine)))
        types = connection.execute(
            "SELECT oid::regtype::text FROM pg_type"
            " WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')"
            " AND typowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
        ).fetchall()
        for (name,) in types:
            connection.execute(sql.SQL("DROP TYPE IF EXISTS {} CASCADE").format(sql.SQL(name)))


def _drop_all(connection: psycopg.Connection[tuple[Any, ...]], kind: str, word: str) -> None:
    rows = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = %s"
        " AND relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)",
        [kind],
    ).fetchall()
    for (name,) in rows:
        connection.execute(sql.SQL("DROP {} IF EXISTS {} CASCADE").format(sql.SQL(word), sql.Identifier(name)))


def free(place: Path) -> int:
    """Bytes that can still be written where a folder is, or will be."""
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free


def _one(connection: psycopg.Connection[tuple[Any, ...]], question: Any) -> tuple[Any, ...]:
    row = connection.execute(question).fetchone()
    assert row is not None
    return row
