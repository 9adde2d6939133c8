"""Making a backup while people work: written under another name, checked, flushed to disk, renamed when it is whole.

The order makes each part at least as new as what refers to it: the file of heads before the database, the contents
before it (one that is swept away meanwhile is still in the backup) and after it (a new one is, too). The database is of
one moment, the backup point; everything acknowledged before it is in the backup.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from xuke import __version__
from xuke.config import embedded
from xuke.config.backup import database, manifest, pool
from xuke.config.backup.manifest import Manifest
from xuke.config.unusable import Unusable
from xuke.foundation.directories import flush_entry

CONTENTS = "files"
HEADS = "journal-heads.jsonl"
COPIED = ("keys", "trust")
"""Folders of an installation that go into a backup as they are."""
INVENTED = "keys/demonstration-signers"
ROOM_TO_SPARE = 200_000_000

Tell = Callable[[str], object]


@dataclass(frozen=True)
class Made:
    """A backup that is complete."""

    place: Path
    manifest: Manifest
    digest: str
    """SHA-256 of the manifest: whoever keeps it elsewhere sees any change of the backup."""
    added: int
    """Contents that were new to the pool."""
    damaged: tuple[str, ...]
    """Contents of the installation that are not what they are called."""
    mended: int
    """Contents of the pool that had decayed and were copied anew."""
    decayed: tuple[str, ...]
    """Contents of the pool that decayed and of which the installation has no good one either."""

    @property
    def lost(self) -> tuple[str, ...]:
        """What neither the installation nor this backup has."""
        shared = self.place.parent / CONTENTS
        gone = (digest for digest in self.damaged if not pool.place_of(shared, digest).exists())
        return tuple(sorted({*self.manifest.missing, *gone}))


def make(home: Path, root: Path, *, owner: str, now: datetime, jobs: int, tell: Tell, base: str = "") -> Made:
    """Make a backup of an installation whose database runs, in a new folder below `root`.

    `base` is the way of somebody who may copy the server's own files: from such a copy any later moment is reached.
    """
    name = now.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    _demand_apart(home, root)
    with alone(root):
        target = root / name
        if target.exists():
            raise Unusable(f"备份 {target} 已经存在，没有覆盖。")
        fresh = root / f".{name}.new"
        fresh.mkdir(mode=0o700)
        try:
            made = replace(
                _fill(home, root, fresh, owner=owner, now=now, jobs=jobs, tell=tell, base=base), place=target
            )
            _flush(fresh)
            fresh.rename(target)
            flush_entry(root)
        except OSError as problem:
            raise Unusable(f"没有备份：写不了 {root}（{os.strerror(problem.errno or 0)}）。") from problem
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return made


def _fill(home: Path, root: Path, fresh: Path, *, owner: str, now: datetime, jobs: int, tell: Tell, base: str) -> Made:
    shared = root / CONTENTS
    copy_beside(home, fresh)
    tell("复制新的文件……")
    first = pool.add_new(home / "files", shared)
    tell("抽查已有的文件……")
    seen = pool.look_through(shared, home / "files", turn=now.toordinal())
    with database.frozen(owner) as connection:
        found = database.facts(connection)
        _demand_room(root, found.bytes)
        programs = database.tools(home, found.server // 10_000)
        if not base:
            tell(f"转储数据库（{found.bytes / 1e6:,.0f} MB）……")
            database.dump(programs, owner, found.snapshot, fresh / database.FOLDER, jobs=jobs)
    if base:
        tell(f"复制数据库服务器的文件（{found.bytes / 1e6:,.0f} MB）……")
        database.copy_server(programs, base, fresh / database.FOLDER)
    second = pool.add_new(home / "files", shared)
    here = {digest for digest, size in found.contents.items() if pool.has(shared, digest, size)}
    count, size = pool.write_list(fresh, shared, here)
    tell("核对……")
    if not base:
        database.demand_listed(programs, fresh / database.FOLDER)
    made = Manifest(
        kind="base" if base else "dump",
        made_at=now.astimezone(UTC),
        release=__version__,
        server=found.server,
        program=programs.major,
        database_bytes=found.bytes,
        point=found.point,
        migrations=found.migrations,
        rows=found.rows,
        contents=count,
        contents_bytes=size,
        missing=tuple(sorted(found.contents.keys() - here)),
        parts=manifest.parts_of(fresh),
    )
    return Made(
        place=fresh,
        manifest=made,
        digest=manifest.write(fresh, made),
        added=first.contents + second.contents,
        damaged=tuple(sorted({*first.damaged, *second.damaged})),
        mended=seen.mended,
        decayed=seen.decayed,
    )


def copy_beside(home: Path, fresh: Path) -> None:
    """What lies beside the database: the file of heads, keys and trust. Readable for this account only."""
    if (home / HEADS).exists():
        shutil.copy2(home / HEADS, fresh / HEADS)
    for name in COPIED:
        pool.copy_tree(home / name, fresh / name)
    shutil.rmtree(fresh / INVENTED, ignore_errors=True)


def _demand_apart(home: Path, root: Path) -> None:
    """A backup among the contents it copies would grow by itself."""
    for name in ("files", *COPIED):
        if root == home / name or (home / name) in root.parents:
            raise Unusable(f"备份不能放在 {home / name} 里面。请用 --to 指定别的目录，最好在另一块磁盘上。")


def _demand_room(root: Path, wanted: int) -> None:
    """A dump is smaller than its database: refused where not even half of it would fit."""
    have = database.free(root)
    if have < wanted // 2 + ROOM_TO_SPARE:
        raise Unusable(
            f"磁盘空间不足，没有备份：{root} 还有 {have / 1e6:,.0f} MB，数据库有 {wanted / 1e6:,.0f} MB。"
            "请腾出空间、用 --keep 删去旧备份，或者用 --to 指定别的磁盘。"
        )


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """One backup at a time in one place; what a killed one has left behind is cleared away."""
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (root / ".lock").open("a")
    except OSError as problem:
        raise Unusable(f"写不了备份目录 {root}（{os.strerror(problem.errno or 0)}），没有备份。") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unusable(f"另一个备份正在写 {root}，请等它结束。") from None
        for remains in root.glob(".*.new"):
            shutil.rmtree(remains, ignore_errors=True)
        yield


def _flush(folder: Path) -> None:
    for path in folder.rglob("*"):
        flush_entry(path)
    flush_entry(folder)


# --- old backups ------------------------------------------------------------------------------------------------------


def backups_in(root: Path) -> list[Path]:
    """The complete backups of a place, oldest first."""
    return sorted(path.parent for path in root.glob(f"[0-9]*/{manifest.NAME}"))


def forget_old(root: Path, *, kind: str, keep: int) -> list[Path]:
    """Delete all but the newest backups of a kind, and the contents that only they needed; which were deleted.

    Nightly dumps never push out the copy of the server from which the archive of WAL is rolled forward, nor the other
    way round. What cannot say of which kind it is stays for somebody to look at.
    """
    if keep < 1:
        raise ValueError("the newest backup of a kind is never deleted")
    with alone(root):
        old = [folder for folder in backups_in(root) if _kind_of(folder) == kind][:-keep]
        for folder in old:
            (folder / manifest.NAME).unlink()
            shutil.rmtree(folder)
        if old:
            needed: set[str] = set()
            for folder in backups_in(root):
                needed |= pool.read_list(folder).keys()
            pool.forget(root / CONTENTS, needed)
    return old


def _kind_of(folder: Path) -> str:
    try:
        return manifest.read(folder).kind
    except manifest.Damaged:
        return ""


def owner_of(info: embedded.ConnectionInfo) -> str:
    """The owner's way into a database that has tables; a sentence when it has none."""
    try:
        with psycopg.connect(info.owner) as connection:
            there = connection.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL").fetchone()
    except psycopg.OperationalError as problem:
        raise Unusable(f"连不上数据库，没有备份：{problem}") from None
    if there != (True,):
        raise Unusable("数据库是空的，没有可以备份的内容。请先运行 xuke prepare。")
    return info.owner
