"""The contents that all backups of a place share: each once, under its SHA-256, copied when new.

A pool that nobody reads decays unnoticed. So each backup compares the sizes of all of it and reads a share of it; what
is no longer what it is called is copied anew where the original is good, and set aside and told of where it is not.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from xuke.config.backup.manifest import Damaged
from xuke.foundation.directories import flush_entry

LIST = "contents.txt"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_INCOMING = ".incoming-"
ASIDE = ".damaged"
"""After the name of a content that decayed and of which there is no good original."""
SHARES = 29
"""In how many nights all of a pool is read. A prime, so that backups made once a week or a month meet each share."""
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Copied:
    """What one pass over the contents brought."""

    contents: int
    bytes: int
    damaged: tuple[str, ...] = ()
    """Contents whose file no longer has the digest it is called by."""


@dataclass(frozen=True)
class Seen:
    """What reading a share of the pool has shown."""

    contents: int
    mended: int = 0
    """Decayed, and copied anew from a good original."""
    decayed: tuple[str, ...] = ()
    """Decayed, without a good original; set aside."""


def place_of(root: Path, digest: str) -> Path:
    """Where a content lies below a folder of contents; the same below an installation and below a pool."""
    return root / digest[:2] / digest[2:4] / digest


def digests_in(root: Path, *, begin: str = "??") -> Iterator[str]:
    """Every content below a folder, or those whose digest begins so."""
    for path in root.glob(f"{begin}/??/*"):
        if _DIGEST.fullmatch(path.name):
            yield path.name


def has(root: Path, digest: str, size: int) -> bool:
    """Whether a content is there with all its bytes; what they are is asked elsewhere."""
    try:
        return place_of(root, digest).stat().st_size == size
    except FileNotFoundError:
        return False


def add_new(source: Path, pool: Path) -> Copied:
    """Copy what the pool has not got yet, or not whole. Each copy is read through: what decayed is told, not kept."""
    added, size, damaged = 0, 0, []
    for digest in digests_in(source):
        try:
            if has(pool, digest, place_of(source, digest).stat().st_size):
                continue
            size += copy(place_of(source, digest), place_of(pool, digest))
            added += 1
        except FileNotFoundError:
            continue  # Swept away meanwhile: nobody refers to it any more.
        except Damaged:
            damaged.append(digest)
    return Copied(added, size, tuple(sorted(damaged)))


def look_through(pool: Path, source: Path, *, turn: int) -> Seen:
    """Read the share of the pool whose turn it is, and mend from `source` what decayed in it."""
    seen, mended, decayed = 0, 0, []
    for begin in range(turn % SHARES, 256, SHARES):
        for digest in list(digests_in(pool, begin=f"{begin:02x}")):
            seen += 1
            if is_whole(place_of(pool, digest)):
                continue
            try:
                copy(place_of(source, digest), place_of(pool, digest))
                mended += 1
            except (FileNotFoundError, Damaged):
                set_aside(place_of(pool, digest))
                decayed.append(digest)
    return Seen(seen, mended, tuple(sorted(decayed)))


def is_whole(place: Path) -> bool:
    """Whether a content is what it is called."""
    digest = hashlib.sha256()
    try:
        for block in _blocks(place):
            digest.update(block)
    except Damaged:
        return False
    return digest.hexdigest() == place.name


def set_aside(place: Path) -> None:
    """Take its name from a content that decayed: it counts as missing, and somebody may still want to look at it."""
    place.replace(_aside(place))
    flush_entry(place.parent)


def _aside(place: Path) -> Path:
    return place.with_name(f"{place.name}{ASIDE}")


def copy(source: Path, target: Path) -> int:
    """Copy one content and check it on the way; its size. Whole or not at all, and on the disk when it returns."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=_INCOMING)
    digest = hashlib.sha256()
    try:
        with os.fdopen(handle, "wb") as out:
            for block in _blocks(source):
                digest.update(block)
                out.write(block)
            out.flush()
            os.fsync(out.fileno())
            size = out.tell()
        if digest.hexdigest() != target.name:
            raise Damaged(f"文件 {source} 的内容与它的SHA-256不符，已损坏。")
        Path(temporary).chmod(0o640)
        Path(temporary).replace(target)
        _aside(target).unlink(missing_ok=True)
        flush_entry(target.parent)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return size


def _blocks(path: Path) -> Iterator[bytes]:
    """A file block by block. What the disk cannot read any more is damaged like what reads differently."""
    with path.open("rb") as stream:
        while True:
            try:
                block = stream.read(_BLOCK)
            except OSError as problem:
                raise Damaged(f"文件 {path} 读不出来（{os.strerror(problem.errno or 0)}）。") from problem
            if not block:
                return
            yield block


def write_list(folder: Path, pool: Path, digests: Iterable[str]) -> tuple[int, int]:
    """List the contents that belong to a backup, with their sizes; how many and how many bytes."""
    count = total = 0
    with (folder / LIST).open("w", encoding="ascii") as out:
        for digest in sorted(digests):
            size = place_of(pool, digest).stat().st_size
            out.write(f"{digest} {size}\n")
            count, total = count + 1, total + size
    return count, total


def read_list(folder: Path) -> dict[str, int]:
    """The contents that belong to a backup, with their sizes."""
    lines = (folder / LIST).read_text("ascii").splitlines()
    return {digest: int(size) for digest, size in (line.split() for line in lines)}


def demand_there(contents: Iterable[str], pool: Path) -> None:
    """Every content is in the pool, or was set aside there. A backup that was copied without its contents, or with some
    of them, is refused; what each of them holds is checked while it is copied."""
    for digest in contents:
        place = place_of(pool, digest)
        if not place.is_file() and not _aside(place).is_file():
            raise Damaged(
                f"备份不完整：{pool} 中缺少文件 {digest}。没有恢复。"
                "备份目录旁边的 files/ 与备份是一体的，复制备份时要一起复制。"
            )


def bring_back(contents: Iterable[str], pool: Path, target: Path) -> tuple[str, ...]:
    """Copy contents into a new installation; those that decayed in the pool, which stay away."""
    decayed = []
    for digest in contents:
        try:
            copy(place_of(pool, digest), place_of(target, digest))
        except (FileNotFoundError, Damaged):
            decayed.append(digest)
    return tuple(decayed)


def forget(pool: Path, needed: set[str]) -> int:
    """Remove from the pool what no backup lists any more; how many."""
    gone = 0
    for digest in list(digests_in(pool)):
        if digest not in needed:
            place_of(pool, digest).unlink()
            gone += 1
    for place in list(pool.glob(f"??/??/*{ASIDE}")):
        if place.name.removesuffix(ASIDE) not in needed:
            place.unlink()
    return gone


def copy_tree(source: Path, target: Path) -> None:
    """Copy keys or trust with their modes, file by file; nothing when there is no such folder."""
    if source.is_dir():
        shutil.copytree(source, target, symlinks=False)
