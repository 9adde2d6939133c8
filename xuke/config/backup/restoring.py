"""Restoring a backup into a new installation or an empty database: everything is checked before anything is touched.

The embedded server is filled beside its place, without flushing, and renamed when it is whole and on the disk. On a
server of one's own the tables of a restore that failed are taken away again. Either way a restore that ends with a
sentence has changed nothing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.db.migrations.loader import MigrationLoader

from xuke.config import embedded
from xuke.config.backup import database, manifest, pool
from xuke.config.backup.making import CONTENTS, COPIED, HEADS, Tell
from xuke.config.backup.manifest import Manifest
from xuke.config.embedded import Cluster
from xuke.config.unusable import Unusable
from xuke.foundation import journal_heads

SECRET = "secret_key"  # noqa: S105 - the name of a file
LOST_HEADS = "journal-heads.lost.jsonl"
"""The newer file of heads of the system that was lost, kept as evidence of what is missing."""
GROWTH = 1.3
"""How much room a restore takes for each byte of the database: its rows, its indexes and what sorting them needs."""
EMPTY_SERVER = 70_000_000
"""Bytes of a server without a database."""
QUICK_SERVER = """\
shared_buffers = '{buffers}MB'
max_wal_size = '16GB'
checkpoint_timeout = '1h'
wal_buffers = '64MB'
bgwriter_lru_maxpages = 0
"""


@dataclass(frozen=True)
class Restored:
    """What a restore has brought back."""

    manifest: Manifest
    lost: int | None
    """Sealed entries after the backup point that a newer file of heads proves; None when there was none to ask."""
    decayed: tuple[str, ...] = ()
    """Contents that had decayed in the backup and did not come back."""


def restore(folder: Path, home: Path, *, admin: str, heads: Path | None, jobs: int, tell: Tell) -> Restored:
    """Check a backup and make the installation from it."""
    tell("核对备份……")
    made, contents = check(folder)
    shared = folder.parent / CONTENTS
    lost = sealed_after(made, heads) if heads else None
    demand_empty_home(home)
    _demand_known(made.migrations)
    _demand_room(home, made)
    with staged(home) as stage:
        tell("取回密钥和文件……")
        bring_back_beside(folder, stage, heads if lost else None)
        journal_heads.restored_mark(stage / HEADS).touch()
        decayed = pool.bring_back(contents, shared, stage / "files")
        settle = _into_own_server if os.environ.get("DATABASE_URL") else _into_embedded
        tell(f"恢复数据库（{made.database_bytes / 1e6:,.0f} MB）……")
        settle(folder, home, stage, made=made, admin=admin, jobs=jobs)
    return Restored(made, lost, decayed)


def check(folder: Path) -> tuple[Manifest, dict[str, int]]:
    """The manifest of a whole backup, and its contents; raises `Damaged`."""
    made = manifest.read(folder)
    if made.kind != "dump":
        raise Unusable(f"{folder} 是服务器文件的副本，请用 xuke restore --base {folder} --until 时刻 恢复。")
    manifest.demand_whole(folder, made)
    contents = pool.read_list(folder)
    pool.demand_there(contents, folder.parent / CONTENTS)
    return made, contents


# --- before anything is touched ---------------------------------------------------------------------------------------


def demand_empty_home(home: Path) -> None:
    """Refuse to restore over an installation. What every command makes on its way, a secret key, is nothing yet."""
    there = [path.name for path in home.glob("pg-*")]
    there += [name for name in ("files", HEADS, *COPIED[1:]) if (home / name).exists()]
    there += [f"keys/{path.name}" for path in (home / "keys").glob("*") if path.name != SECRET]
    if there:
        raise Unusable(
            f"{home} 不是空的（有 {'、'.join(sorted(there))}），没有恢复。"
            "请把 XUKE_HOME 设为一个新目录；要替换现有的系统，先停止它，把原目录改名留存。"
        )


def _demand_known(migrations: tuple[str, ...]) -> None:
    """Refuse a backup of a newer release: its tables are not those of this code."""
    known = MigrationLoader(None).disk_migrations.keys()
    ours = {app for app, _ in known}
    newer = [name for name in migrations if name.split(".", 1)[0] in ours and tuple(name.split(".", 1)) not in known]
    if newer:
        raise Unusable(f"这份备份是较新的版本写下的（迁移 {newer[0]} 这里没有），没有恢复。请先升级程序，再恢复。")


def _demand_room(home: Path, made: Manifest) -> None:
    """Refuse where contents and database would not fit. A server of one's own may lie elsewhere; then only contents."""
    wanted = made.contents_bytes
    if not os.environ.get("DATABASE_URL"):
        wanted += int(made.database_bytes * GROWTH) + EMPTY_SERVER
    have = database.free(home)
    if have < wanted:
        raise Unusable(
            f"磁盘空间不足，没有恢复：{home} 需要 {wanted / 1e6:,.0f} MB，还有 {have / 1e6:,.0f} MB。请腾出空间。"
        )


def sealed_after(made: Manifest, heads: Path) -> int:
    """How many entries were sealed after the backup point, by a newer file of heads."""
    if not heads.is_file():
        raise Unusable(f"没有这个文件：{heads}。")
    try:
        newest = journal_heads.last(heads)
    except journal_heads.HeadsDamaged as problem:
        raise Unusable(f"{heads} 不是树头文件：{problem}") from None
    return max(0, (newest.size if newest else 0) - made.point.sealed)


# --- beside the database ----------------------------------------------------------------------------------------------


@contextmanager
def staged(home: Path) -> Iterator[Path]:
    """A folder in the installation where everything is put together before it appears under its name."""
    home.mkdir(parents=True, exist_ok=True)
    for remains in home.glob(".restoring-*"):
        shutil.rmtree(remains, ignore_errors=True)
    stage = home / f".restoring-{os.getpid()}"
    stage.mkdir(mode=0o700)
    try:
        yield stage
    except OSError as problem:
        raise Unusable(f"没有恢复：写不了 {home}（{os.strerror(problem.errno or 0)}）。") from problem
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def bring_back_beside(folder: Path, stage: Path, heads: Path | None) -> None:
    """Keys, trust and the file of heads; and the newer file of heads of the lost system beside it."""
    for name in COPIED:
        pool.copy_tree(folder / name, stage / name)
    if (folder / HEADS).exists():
        shutil.copy2(folder / HEADS, stage / HEADS)
    if heads:
        shutil.copy2(heads, stage / LOST_HEADS)


def appear(stage: Path, home: Path) -> None:
    """Put what is staged into its place. The secret key that this command made for itself gives way."""
    shutil.rmtree(home / "keys", ignore_errors=True)
    for part in sorted(stage.iterdir()):
        part.rename(home / part.name)


# --- the database -----------------------------------------------------------------------------------------------------


def _into_embedded(folder: Path, home: Path, stage: Path, *, made: Manifest, admin: str, jobs: int) -> None:
    """Fill a cluster beside the installation's place, flush it and rename both."""
    cluster = embedded.beside(home, also=QUICK_SERVER.format(buffers=_buffers()))
    _demand_new_enough(cluster.programs.major, made)
    cluster.destroy()
    try:
        cluster.start()
        embedded.roles.prepare(cluster.conninfo("postgres", "postgres"), embedded.DATABASE)
        owner = cluster.conninfo(embedded.roles.OWNER, embedded.DATABASE)
        _load(cluster.programs, owner, folder, made, jobs)
        cluster.stop()
        cluster.flush()
        appear(stage, home)
        embedded.take_its_place(cluster)
    except BaseException as problem:
        was_full = _ran_out_of_room(cluster)
        cluster.destroy()
        forget_link(home)
        if was_full and isinstance(problem, Exception):
            raise Unusable(f"磁盘空间不足，没有恢复：{home} 所在的磁盘写满了。请腾出空间后重新运行。") from None
        raise


def _ran_out_of_room(cluster: Cluster) -> bool:
    """Whether the server complained about a full disk: its clients only see that it is gone."""
    log = cluster.data / "server.log"
    return log.exists() and "No space left on device" in log.read_text(errors="replace")


def forget_link(home: Path) -> None:
    """The link to data that did not come about."""
    for link in home.glob("pg-*"):
        if link.is_symlink() and not link.exists():
            link.unlink()


def _into_own_server(folder: Path, home: Path, stage: Path, *, made: Manifest, admin: str, jobs: int) -> None:
    """Fill the empty database that DATABASE_URL names; `admin` makes it, with its roles, where it is not there yet."""
    if admin:
        embedded.prepare_database(home, admin)
    info = embedded.connection_info(home)
    major = _server_major(info.owner)
    _demand_new_enough(major, made)
    if not database.is_empty(info.owner):
        raise Unusable(
            "DATABASE_URL 的数据库不是空的，没有恢复。请另建一个空的数据库，"
            "例如把两个地址中的库名改成 xuke_restored，再加上 --admin 管理员地址。"
        )
    try:
        _load(database.tools(home, major, at_least=made.program), info.owner, folder, made, jobs)
    except BaseException:
        database.empty(info.owner)
        raise
    appear(stage, home)


def _server_major(owner: str) -> int:
    try:
        with psycopg.connect(owner) as connection:
            return connection.info.server_version // 10_000
    except psycopg.OperationalError as problem:
        raise Unusable(
            f"连不上 DATABASE_OWNER_URL 的数据库，没有恢复：{problem}\n"
            "数据库或者角色还没有的，加上 --admin 管理员地址，由 xuke restore 建立。"
        ) from None


def _demand_new_enough(major: int, made: Manifest) -> None:
    needed = max(made.server_major, made.program)
    if major < needed:
        raise Unusable(
            f"备份来自 PostgreSQL {needed}，这里的服务器是 {major}，不能恢复到较旧的版本，什么也没有改动。"
            f"请安装 PostgreSQL {needed} 或更高版本（或者用 XUKE_POSTGRES 指定）。"
        )


def _load(found: Any, owner: str, folder: Path, made: Manifest, jobs: int) -> None:
    """Load the dump, count its rows, make statistics."""
    database.load(found, owner, folder / database.FOLDER, jobs=jobs)
    with database.frozen(owner) as connection:
        rows = database.count_rows(connection)
    wrong = [name for name, count in made.rows.items() if rows.get(name) != count]
    if wrong:
        raise manifest.Damaged(
            f"恢复后表 {wrong[0]} 有 {rows.get(wrong[0], 0):,} 行，备份时有 {made.rows[wrong[0]]:,} 行，没有恢复。"
        )
    database.analyze(found, owner, jobs=jobs)


def _buffers() -> int:
    """Megabytes of shared buffers while restoring: an eighth of the machine, at most 2 GB."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000
    return max(128, min(2048, total // 8))
