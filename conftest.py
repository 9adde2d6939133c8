"""The database of the tests: a PostgreSQL of their own, thrown away afterwards, reached as the application's role.

`db` (pytest-django's) rolls the test back. `committed_db` is for tests that need real commits: threads, processes, a
live server; it puts every table back as the migrations left it. Tests that need no database start none.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from xuke.config import embedded

ROOT = Path(__file__).parent
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
MIGRATED = "migrated"
"""The database that every worker's is copied from."""
LARGE = 5_000
"""Reference tables with more rows are not put back after a test: no test may change them and commit."""


# --- the stage of one run ---------------------------------------------------------------------------------------------


def _stage() -> Path:
    """The folder of this run: the first process makes it, the workers of pytest-xdist find it in their environment."""
    if not IS_WORKER:
        stage = Path(tempfile.mkdtemp(prefix="xuke-test-"))
        stage.chmod(0o711)  # The server's account must get in when root runs the tests.
        _hold(stage)
        os.environ["XUKE_TEST_STAGE"] = str(stage)
    return Path(os.environ["XUKE_TEST_STAGE"])


def _hold(stage: Path) -> None:
    """Lock the stage for as long as this process lives: the next run sweeps away what nobody holds."""
    handle = os.open(stage / "in-use", os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_SH)


def _make_home() -> Path:
    """An XUKE_HOME of this worker's own; what the set-up made is shared."""
    made = Path(os.environ.get("XUKE_TEST_PREPARED") or os.environ.get("XUKE_HOME") or ROOT / "var").resolve()
    os.environ["XUKE_TEST_PREPARED"] = str(made)
    home = STAGE / f"home-{WORKER}"
    home.mkdir(exist_ok=True)
    for name in ("fonts", "vendor", "static"):
        if not (home / name).is_symlink():
            (home / name).symlink_to(made / name)
    return home


def _info(database: str) -> embedded.ConnectionInfo:
    return embedded.ConnectionInfo(
        app=CLUSTER.conninfo("xuke_app", database),
        owner=CLUSTER.conninfo("xuke_owner", database),
        admin=CLUSTER.conninfo("postgres", database),
    )


STAGE = _stage()
CLUSTER = embedded.throw_away(STAGE, version=os.environ.get("XUKE_POSTGRES", ""))
OURS = _info(f"test_{WORKER}")

# Settings are read after this: by this process, and by every process that a test starts.
os.environ["XUKE_HOME"] = str(_make_home())
os.environ["DATABASE_URL"] = OURS.app
os.environ["DATABASE_OWNER_URL"] = OURS.owner
os.environ["DJANGO_SETTINGS_MODULE"] = "xuke.config.settings"

import django  # noqa: E402 - needs the settings

django.setup()


def pytest_configure(config: pytest.Config) -> None:
    if not IS_WORKER:
        _sweep()
        if config.getoption("dist", "no") != "no":
            # Else pytest-django would read the settings in a worker before this file has named that worker's database.
            del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_unconfigure(config: pytest.Config) -> None:
    if not IS_WORKER:
        CLUSTER.destroy()
        shutil.rmtree(STAGE, ignore_errors=True)


def _sweep() -> None:
    """Remove what runs left behind that were killed: nobody holds their lock any more."""
    for remains in STAGE.parent.glob("xuke-test-*/in-use"):
        with suppress(OSError), remains.open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with suppress(embedded.NoPostgres, embedded.ClusterFailed):
                embedded.throw_away(remains.parent, version=os.environ.get("XUKE_POSTGRES", "")).destroy()
            shutil.rmtree(remains.parent, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        marker = item.get_closest_marker("django_db")
        names = set(getattr(item, "fixturenames", ()))
        if (marker and marker.kwargs.get("transaction")) or "transactional_db" in names:
            raise pytest.UsageError(f"{item.nodeid}: use the fixture committed_db; the application may not truncate.")
        if "committed_db" in names and ("db" in names or marker):
            raise pytest.UsageError(f"{item.nodeid}: db rolls back, committed_db commits; a test has one of them.")


# --- databases --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """This worker's database: a copy of one that was migrated once, by the first worker to ask, as the owner."""
    with _one_at_a_time():
        CLUSTER.start()
        if not (STAGE / "migrated").exists():
            _migrate()
            (STAGE / "migrated").touch()
        with psycopg.connect(CLUSTER.conninfo("postgres", "postgres"), autocommit=True) as connection:
            name = sql.Identifier(f"test_{WORKER}")
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE migrated OWNER xuke_owner").format(name))
        embedded.roles.prepare(CLUSTER.conninfo("postgres", "postgres"), f"test_{WORKER}")


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: object) -> Iterator[embedded.ConnectionInfo]:
    """A database whose commits are real; afterwards every table is as the migrations left it."""
    from django.db import connections

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        try:
            yield OURS
        finally:
            connections.close_all()
            _put_back()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (STAGE / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _migrate() -> None:
    info = _info(MIGRATED)
    embedded.roles.prepare(CLUSTER.conninfo("postgres", "postgres"), MIGRATED)
    done = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--database=owner", "--verbosity=0"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": info.app, "DATABASE_OWNER_URL": info.owner},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.exit(f"The migrations failed:\n{done.stdout}{done.stderr}", returncode=1)
    _remember(info)


def _remember(info: embedded.ConnectionInfo) -> None:
    """Keep a copy of every small table that the migrations filled, where the application cannot see it."""
    with psycopg.connect(info.admin, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA as_migrated")
        for table in map(sql.Identifier, sorted(_filled(connection))):
            count = connection.execute(sql.SQL("SELECT count(*) FROM public.{}").format(table)).fetchone()
            if count and count[0] <= LARGE:
                connection.execute(sql.SQL("CREATE TABLE as_migrated.{0} AS TABLE public.{0}").format(table))
            else:
                connection.execute(sql.SQL("CREATE TABLE as_migrated.{} ()").format(table))


def _put_back() -> None:
    """Whatever a test committed goes; foreign keys and append-only rules do not bind us here."""
    with psycopg.connect(OURS.admin, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute("SET session_replication_role = replica")
        remembered = _remembered(connection)
        for name in _filled(connection) - remembered.keys():
            connection.execute(sql.SQL("DELETE FROM public.{}").format(sql.Identifier(name)))
        for name, columns in remembered.items():
            if columns:
                parts = (sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns)))
                connection.execute(sql.SQL("DELETE FROM public.{}").format(parts[0]))
                connection.execute(
                    sql.SQL(
                        "INSERT INTO public.{0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM as_migrated.{0}"
                    ).format(*parts)
                )


def _filled(connection: psycopg.Connection) -> set[str]:
    """The tables that have rows."""
    rows = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
        " AND relnamespace = 'public'::regnamespace"
    )
    names = [name for (name,) in rows]
    question = sql.SQL("SELECT EXISTS (SELECT FROM public.{})")
    return {name for name in names if connection.execute(question.format(sql.Identifier(name))).fetchone() == (True,)}


def _remembered(connection: psycopg.Connection) -> dict[str, list[str]]:
    """The tables with a copy and the columns to copy back; no columns for a large table, which stays as it is."""
    rows = connection.execute(
        "SELECT relname, coalesce(array_agg(attname ORDER BY attnum) FILTER (WHERE attname IS NOT NULL), '{}')"
        " FROM pg_class LEFT JOIN pg_attribute copied ON copied.attrelid = pg_class.oid AND copied.attnum > 0"
        " AND EXISTS (SELECT FROM pg_attribute original WHERE original.attname = copied.attname"
        "   AND original.attrelid = ('public.' || quote_ident(relname))::regclass AND original.attgenerated = '')"
        " WHERE relkind = 'r' AND relnamespace = 'as_migrated'::regnamespace GROUP BY relname"
    )
    return dict(rows.fetchall())
