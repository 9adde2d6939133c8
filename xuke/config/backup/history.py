"""Point-in-time recovery of the embedded server: a copy of its files, rolled forward by what was archived since.

Everything that was committed up to a moment is there, and nothing that was committed later. A server of one's own does
the same by its own settings; see docs/guide/operate.md.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from xuke.config import embedded
from xuke.config.backup import database, manifest, pool, restoring
from xuke.config.backup.making import CONTENTS, Tell
from xuke.config.backup.manifest import Manifest, Point
from xuke.config.embedded.cluster import Cluster, ClusterFailed
from xuke.config.unusable import Unusable

PATIENCE = 3600.0
"""Seconds for rolling forward."""
PIECE = re.compile(r"[0-9A-F]{24}")
RECOVERY = """\
archive_mode = off
fsync = off
restore_command = 'cp "{archive}/%f" "%p"'
recovery_target_action = 'promote'
recovery_target_timeline = 'latest'
max_wal_size = '4GB'
"""


@dataclass(frozen=True)
class Wanted:
    """Which moment, and where from."""

    folder: Path
    """What `xuke backup --base` wrote."""
    archive: Path
    until: datetime | None
    """None: as far as the archive reaches."""
    files: Path | None = None
    """The `files/` of the lost system, where its disk can still be read."""
    heads: Path | None = None


@dataclass(frozen=True)
class Recovered:
    """What came back."""

    manifest: Manifest
    point: Point
    """Where the journal stands now."""
    archived: bool
    """Whether there was anything in the archive to roll forward with."""
    missing: tuple[str, ...]
    """Contents that the database knows and neither the pool nor the old files had whole."""


def restore(wanted: Wanted, home: Path, *, now: datetime, tell: Tell) -> Recovered:
    """Check everything, roll a copy forward beside the installation's place, and rename it."""
    tell("核对备份……")
    made = _checked(wanted, home, now)
    with restoring.staged(home) as stage:
        tell("取回密钥和文件……")
        restoring.bring_back_beside(wanted.folder, stage, wanted.heads)
        shared = wanted.folder.parent / CONTENTS
        for source in filter(None, (shared, wanted.files)):
            pool.add_new(source, stage / "files")
        tell("按时刻恢复数据库……")
        with _rolled_forward(wanted, home, made) as (cluster, owner):
            with database.frozen(owner) as connection:
                point = database.point(connection)
                point = replace(point, at=wanted.until or point.at)
                known = {row[0] for row in connection.execute("SELECT digest FROM foundation_storedfile").fetchall()}
            missing = tuple(sorted(each for each in known if not pool.place_of(stage / "files", each).exists()))
            cluster.stop()
            cluster.flush()
            restoring.appear(stage, home)
            embedded.take_its_place(cluster)
    return Recovered(made, point, has_pieces(wanted.archive), missing)


def has_pieces(archive: Path) -> bool:
    """Whether an archive holds any WAL: 24 hexadecimal digits are the name of a piece."""
    return any(PIECE.fullmatch(path.name) for path in archive.iterdir())


def _checked(wanted: Wanted, home: Path, now: datetime) -> Manifest:
    """The manifest, once everything that can be asked beforehand was asked."""
    if os.environ.get("DATABASE_URL"):
        raise Unusable(
            "设置了 DATABASE_URL：您自己的PostgreSQL按时刻恢复，由它的 restore_command 和 recovery_target_time 完成，"
            "步骤见 docs/guide/operate.md。"
        )
    made = manifest.read(wanted.folder)
    if made.kind != "base":
        raise Unusable(f"{wanted.folder} 是整份备份，没有时刻可选：去掉 --base 恢复它。")
    manifest.demand_whole(wanted.folder, made)
    restoring.demand_empty_home(home)
    if not wanted.archive.is_dir():
        raise Unusable(f"没有WAL归档目录 {wanted.archive}。用 --wal 指定 XUKE_WAL_ARCHIVE 当时的目录。")
    if wanted.until and not made.point.at < wanted.until <= now:
        raise Unusable(
            f"只能恢复到这份备份之后、现在之前的时刻（{made.point.at.astimezone():%Y-%m-%d %H:%M:%S} 之后）。"
            "要更早的时刻，用更早的备份。"
        )
    return made


@contextmanager
def _rolled_forward(wanted: Wanted, home: Path, made: Manifest) -> Iterator[tuple[Cluster, str]]:
    """A server beside the installation's place that has reached the moment."""
    target = f"recovery_target_time = '{wanted.until.astimezone(UTC).isoformat()}'\n" if wanted.until else ""
    beside = embedded.beside(home, also=RECOVERY.format(archive=wanted.archive) + target)
    cluster = replace(beside, durable=True)
    if cluster.programs.major != made.server_major:
        raise Unusable(
            f"备份来自 PostgreSQL {made.server_major}，这里的程序是 {cluster.programs.major}："
            f"服务器的文件只能由同一版本打开。请安装 PostgreSQL {made.server_major}，或者用 XUKE_POSTGRES 指定。"
        )
    cluster.destroy()
    try:
        _copy_server(wanted.folder / database.FOLDER, cluster)
        owner = cluster.conninfo(embedded.roles.OWNER, embedded.DATABASE)
        try:
            cluster.start()
            _await_end(cluster.conninfo("postgres", "postgres"))
        except (ClusterFailed, psycopg.OperationalError) as problem:
            raise Unusable(_why(cluster, problem)) from None
        yield cluster, owner
    except BaseException:
        cluster.destroy()
        restoring.forget_link(home)
        raise


def _copy_server(source: Path, cluster: Cluster) -> None:
    """The copied files, for the server's account and nobody else."""
    shutil.copytree(source, cluster.data)
    (cluster.data / "recovery.signal").touch()
    (cluster.data / "server.log").unlink(missing_ok=True)
    for path in (cluster.data, *cluster.data.rglob("*")):
        os.chown(path, cluster.account.uid, cluster.account.gid)
        path.chmod(0o700 if path.is_dir() else 0o600)


def _await_end(admin: str) -> None:
    """Wait until the moment is reached: the server then lets people write."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with psycopg.connect(admin) as connection:
            if connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,):
                return
        time.sleep(0.2)


def _why(cluster: Cluster, problem: Exception) -> str:
    log = cluster.data / "server.log"
    said = log.read_text(errors="replace") if log.exists() else str(problem)
    if "before configured recovery target was reached" in said:
        return (
            "归档没有到达这个时刻：最后一段还没有归档系统就停了，或者这个时刻之后再没有写过什么。"
            "不写 --until，恢复到归档的末尾。什么也没有改动。"
        )
    return "按时刻恢复没有完成，什么也没有改动。日志的末尾：\n" + "\n".join(said.splitlines()[-10:])
