"""What a backup says of itself: when, by which release, of which server, and the digest of every file in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from xuke.config.unusable import Unusable

NAME = "manifest.json"
SEAL = "manifest.sha256"
FORMAT = "xuke-backup-1"
_LARGEST = 500_000_000
_BLOCK = 1 << 20


class Damaged(Unusable):
    """The backup is not what it says it is; nothing was changed."""


@dataclass(frozen=True)
class Part:
    """One file of a backup."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Point:
    """The moment a backup holds, as the journal knows it: everything acknowledged before it is in the backup."""

    at: datetime
    entries: int
    """Entries of the journal."""
    sealed: int
    """How many of them were sealed: the size of the last signed head."""
    root: str
    """The digest of that head, hexadecimal; empty before the first."""


@dataclass(frozen=True)
class Manifest:
    """Everything a restore wants to know before it touches anything."""

    kind: str
    """`dump`, or `base` for a copy of the server's own files."""
    made_at: datetime
    release: str
    server: int
    """The server's version as PostgreSQL counts it: 150014."""
    program: int
    """The major version of the program that wrote the database part."""
    database_bytes: int
    point: Point
    migrations: tuple[str, ...]
    """The newest migration of each app, such as ``licensing.0007``: a release that does not know one is too old."""
    rows: Mapping[str, int] = field(default_factory=dict)
    """How many rows each table had."""
    contents: int = 0
    """How many contents of the pool belong to this backup; `contents.txt` lists them."""
    contents_bytes: int = 0
    missing: tuple[str, ...] = ()
    """Contents that the database knows and the system had lost already."""
    parts: Mapping[str, Part] = field(default_factory=dict)

    @property
    def server_major(self) -> int:
        """15 of 150014."""
        return self.server // 10_000


def write(folder: Path, manifest: Manifest) -> str:
    """Write the manifest and its digest; the digest, for somebody to keep elsewhere."""
    facts = {"format": FORMAT, **asdict(manifest)}
    content = json.dumps(facts, default=datetime.isoformat, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (folder / NAME).write_text(content, encoding="utf-8")
    digest = hashlib.sha256(content.encode()).hexdigest()
    (folder / SEAL).write_text(f"{digest}  {NAME}\n", encoding="utf-8")
    return digest


def read(folder: Path) -> Manifest:
    """The manifest of a backup; raises `Damaged` with a sentence."""
    if not folder.is_dir():
        raise Damaged(f"没有这个备份：{folder}。")
    if not (folder / NAME).is_file():
        raise Damaged(f"{folder} 中没有 {NAME}：这不是一份完成的备份。请指定 xuke backup 写下的那个目录。")
    content = (folder / NAME).read_bytes()[:_LARGEST]
    try:
        sealed = (folder / SEAL).read_text("utf-8").split()[0]
    except (OSError, ValueError, IndexError):
        sealed = ""
    if hashlib.sha256(content).hexdigest() != sealed:
        raise Damaged(f"{folder / NAME} 与 {SEAL} 中的摘要不符：清单被截断或者改动过，没有恢复。请用另一份备份。")
    try:
        return _parse(json.loads(content))
    except (ValueError, KeyError, TypeError) as problem:
        raise Damaged(f"{folder / NAME} 读不懂（{problem}），没有恢复。请用写下它的那个版本的程序。") from None


def _parse(facts: dict[str, Any]) -> Manifest:
    if facts.pop("format") != FORMAT:
        raise ValueError("格式不认识")
    point = facts.pop("point")
    return Manifest(
        made_at=datetime.fromisoformat(facts.pop("made_at")),
        point=Point(at=datetime.fromisoformat(point.pop("at")), **point),
        migrations=tuple(facts.pop("migrations")),
        missing=tuple(facts.pop("missing")),
        parts={name: Part(**part) for name, part in facts.pop("parts").items()},
        **facts,
    )


# --- parts ------------------------------------------------------------------------------------------------------------


def files_in(folder: Path) -> Iterator[Path]:
    """Every file of a backup but the manifest itself, in the order of their names."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.relative_to(folder).as_posix() not in (NAME, SEAL):
            yield path


def parts_of(folder: Path) -> dict[str, Part]:
    """Size and digest of every file, two at a time."""
    paths = list(files_in(folder))
    with ThreadPoolExecutor(2) as pool:
        return dict(zip((path.relative_to(folder).as_posix() for path in paths), pool.map(measure, paths), strict=True))


def measure(path: Path) -> Part:
    """Size and digest of one file, read block by block."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return Part(size, digest.hexdigest())


def demand_whole(folder: Path, manifest: Manifest) -> None:
    """Every file is there and is what the manifest says; sizes first, because they are quick to ask."""
    for name, part in manifest.parts.items():
        path = folder / name
        if not path.is_file():
            raise Damaged(f"备份不完整：缺少 {name}。没有恢复。请用另一份备份，或者从别处取来这个文件。")
        if path.stat().st_size != part.size:
            raise Damaged(
                f"备份不完整：{name} 有 {path.stat().st_size:,} 字节，应为 {part.size:,} 字节。没有恢复。"
                "请用另一份备份。"
            )
    with ThreadPoolExecutor(2) as pool:
        measured = dict(zip(manifest.parts, pool.map(lambda name: measure(folder / name), manifest.parts), strict=True))
    for name, part in manifest.parts.items():
        if measured[name] != part:
            raise Damaged(f"备份被改动或者损坏：{name} 的SHA-256与清单不符。没有恢复。请用另一份备份。")
