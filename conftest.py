"""The database of the tests: a PostgreSQL of their own, thrown away afterwards, reached as the application's role.

`db` (pytest-django's) rolls the test back. `committed_db` is for tests that need real commits: threads, processes, a
live server; it puts every table back as `xuke prepare` left it. Tests that need no database start none.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from xuke.config import embedded

ROOT = Path(__file__).parent
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
LARGE = 1_000
"""Reference tables with more rows (divisions) are not put back: no test may change them and commit."""


# --- the stage of one run ---------------------------------------------------------------------------------------------


def _stage() -> Path:
    """The folder of this run: the first process makes it, the workers of pytest-xdist find it in their environment."""
    if not IS_WORKER:
        stage = Path(tempfile.mkdtemp(prefix="xuke-test-"))
        stage.chmod(0o711)  # The server's account must get in when root runs the tests.
        _hold(stage)
        os.environ["XUKE_TEST_STAGE"] = str(stage)
        os.environ["XUKE_TEST_PREPARED"] = str(Path(os.environ.get("XUKE_HOME") or ROOT / "var").resolve())
    return Path(os.environ["XUKE_TEST_STAGE"])


def _hold(stage: Path) -> None:
    """Lock the stage for as long as this process lives: the next run sweeps away what nobody holds."""
    handle = os.open(stage / "in-use", os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_SH)


def _cluster(place: Path) -> embedded.Cluster:
    """A server for each worker: a transaction that runs in one holds back the sealer of every database beside it."""
    return embedded.throw_away(place, version=os.environ.get("XUKE_POSTGRES", ""), programs_in=STAGE)


def _home() -> Path:
    """An XUKE_HOME of this worker's own; only what the set-up made is shared."""
    home = STAGE / WORKER / "home"
    home.mkdir(parents=True)
    home.parent.chmod(0o711)
    for name in ("fonts", "vendor", "static"):
        (home / name).symlink_to(Path(os.environ["XUKE_TEST_PREPARED"]) / name)
    return home


STAGE = _stage()
HOME = _home()
CLUSTER = _cluster(HOME.parent)
OURS = embedded.ConnectionInfo(
    app=CLUSTER.conninfo("xuke_app", embedded.DATABASE),
    owner=CLUSTER.conninfo("xuke_owner", embedded.DATABASE),
    public=CLUSTER.conninfo("xuke_public", embedded.DATABASE),
    admin=CLUSTER.conninfo("postgres", embedded.DATABASE),
)

# Settings are read after this: by this process, and by every process that a test starts.
os.environ["XUKE_HOME"] = str(HOME)
os.environ["DATABASE_URL"] = OURS.app
os.environ["DATABASE_OWNER_URL"] = OURS.owner
os.environ["DATABASE_PUBLIC_URL"] = OURS.public
os.environ["DJANGO_SETTINGS_MODULE"] = "xuke.config.settings"

import django  # noqa: E402 - needs the settings

django.setup()

from whitenoise.base import WhiteNoise  # noqa: E402 - as above


def _look_at_static_files_once() -> None:
    """Keep what WhiteNoise found in a folder: it looks at 600 files anew for every test client, thousands of times."""
    look, seen = WhiteNoise.update_files_dictionary, {}

    def look_once(self: WhiteNoise, root: str, prefix: str) -> None:
        key = (root, prefix, self.max_age)
        if key not in seen:
            look(self, root, prefix)
            seen[key] = dict(self.files)
        self.files.update(seen[key])

    WhiteNoise.update_files_dictionary = look_once


_look_at_static_files_once()

# The people that every test knows. Read after the settings, because they are made of models.
pytest_plugins = ["xuke.tests.cast"]


def pytest_configure(config: pytest.Config) -> None:
    if not IS_WORKER:
        _sweep()
        if config.getoption("dist", "no") != "no":
            # Else pytest-django would read the settings in a worker before this file has named that worker's database.
            del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_unconfigure() -> None:
    CLUSTER.destroy()
    if not IS_WORKER:
        _remove(STAGE)


def _sweep() -> None:
    """Remove what runs left behind that were killed: nobody holds their lock any more."""
    for remains in STAGE.parent.glob("xuke-test-*/in-use"):
        with suppress(OSError), remains.open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(remains.parent)


def _remove(stage: Path) -> None:
    for place in stage.glob("*/pg"):
        with suppress(embedded.NoPostgres, embedded.ClusterFailed):
            _cluster(place.parent).destroy()
    shutil.rmtree(stage, ignore_errors=True)


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
    """Make this worker's database as an installation makes its own: roles, then migrations as the owner, divisions."""
    CLUSTER.start()
    embedded.roles.prepare(CLUSTER.conninfo("postgres", "postgres"), embedded.DATABASE)
    done = subprocess.run(
        [sys.executable, "-m", "xuke.config.cli", "prepare"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.exit(f"xuke prepare failed:\n{done.stdout}{done.stderr}", returncode=1)
    _remember()


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: object) -> Iterator[embedded.ConnectionInfo]:
    """A database whose commits are real; afterwards every table is as `xuke prepare` left it."""
    from django.db import connections

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        try:
            yield OURS
        finally:
            connections.close_all()
            _put_back()
            # Heads of a log that is gone: the sealer of the next test would take that for a log that was cut.
            for left in HOME.glob("journal-*"):
                left.unlink()


@pytest.fixture
def db(db: None) -> Iterator[None]:
    """pytest-django's: the test is one transaction. Every way into the database is that one, because another
    connection would see nothing of it. What each role may really see is tried with `committed_db`."""
    from django.db import connections

    others = {alias: connections[alias] for alias in ("public", "reports")}
    for alias in others:
        connections[alias] = connections["default"]
    yield
    for alias, connection in others.items():
        connections[alias] = connection


@pytest.fixture(autouse=True)
def requests_begin_as_nobody() -> Iterator[None]:
    """Where a test is one transaction, whoever asked last is still in its settings: in service each request begins
    without, and some questions are answered only to oneself and to nobody known yet."""
    from django.core.signals import request_started
    from django.db import connection

    def begin(**_: object) -> None:
        if connection.in_atomic_block:
            # Past Django's count of statements: this one is ours, not the page's.
            connection.connection.execute("SELECT set_config('xuke.user', '', true)")

    request_started.connect(begin)
    yield
    request_started.disconnect(begin)


def _remember() -> None:
    """Keep a copy of every small table that has rows, where the application cannot see it."""
    with psycopg.connect(OURS.admin, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA as_prepared")
        for table in map(sql.Identifier, sorted(_filled(connection))):
            count = connection.execute(sql.SQL("SELECT count(*) FROM public.{}").format(table)).fetchone()
            if count and count[0] <= LARGE:
                connection.execute(sql.SQL("CREATE TABLE as_prepared.{0} AS TABLE public.{0}").format(table))
            else:
                connection.execute(sql.SQL("CREATE TABLE as_prepared.{} ()").format(table))


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
                        "INSERT INTO public.{0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM as_prepared.{0}"
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
        " WHERE relkind = 'r' AND relnamespace = 'as_prepared'::regnamespace GROUP BY relname"
    )
    return dict(rows.fetchall())
