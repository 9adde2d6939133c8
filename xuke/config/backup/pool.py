"""The contents that all backups of a place share: each once, under its SHA-256, copied when new and never again."""

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
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Copied:
    """What one pass over the contents brought."""

    contents: int
    bytes: int
    damaged: tuple[str, ...] = ()
    """Contents whose file no longer has the digest it is called by."""


def place_of(root: Path, digest: str) -> Path:
    """Where a content lies below a folder of contents; the same below an installation and below a pool."""
    return root / digest[:2] / digest[2:4] / digest


def digests_in(root: Path) -> Iterator[str]:
    """Every content below a folder."""
    for path in root.glob("??/??/*"):
        if _DIGEST.fullmatch(path.name):
            yield path.name


def add_new(source: Path, pool: Path) -> Copied:
    """Copy what the pool has not got yet. Each copy is read through: a file that decayed is told, not kept."""
    added, size, damaged = 0, 0, []
    for digest in digests_in(source):
        if place_of(pool, digest).exists():
            continue
        try:
            size += copy(place_of(source, digest), place_of(pool, digest))
            added += 1
        except FileNotFoundError:
            continue  # Swept away meanwhile: nobody refers to it any more.
        except Damaged:
            damaged.append(digest)
    return Copied(added, size, tuple(sorted(damaged)))


def copy(source: Path, target: Path) -> int:
    """Copy one content and check it on the way; its size. Whole or not at all, and on the disk when it returns."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=_INCOMING)
    digest = hashlib.sha256()
    try:
        with os.fdopen(handle, "wb") as out, source.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
                out.write(block)
            out.flush()
            os.fsync(out.fileno())
            size = out.tell()
        if digest.hexdigest() != target.name:
            raise Damaged(f"文件 {source} 的内容与它的SHA-256不符，已损坏。")
        Path(temporary).chmod(0o640)
        Path(temporary).replace(target)
        flush_entry(target.parent)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return size


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


def demand_there(contents: dict[str, int], pool: Path) -> None:
    """Every content is in the pool with its size; what it holds is checked while it is copied."""
    for digest, size in contents.items():
        place = place_of(pool, digest)
        if not place.is_file() or place.stat().st_size != size:
            raise Damaged(
                f"备份不完整：{pool} 中缺少文件 {digest}，或者它不完整。没有恢复。"
                "备份目录旁边的 files/ 与备份是一体的，复制备份时要一起复制。"
            )


def bring_back(contents: Iterable[str], pool: Path, target: Path) -> None:
    """Copy contents into a new installation; raises `Damaged` at the first that is not what it is called."""
    for digest in contents:
        copy(place_of(pool, digest), place_of(target, digest))


def forget(pool: Path, needed: set[str]) -> int:
    """Remove from the pool what no backup lists any more; how many."""
    gone = 0
    for digest in list(digests_in(pool)):
        if digest not in needed:
            place_of(pool, digest).unlink()
            gone += 1
    return gone


def copy_tree(source: Path, target: Path) -> None:
    """Copy keys or trust with their modes, file by file; nothing when there is no such folder."""
    if source.is_dir():
        shutil.copytree(source, target, symlinks=False)
