"""Signed heads of the log, and the file outside the database that remembers every one of them.

A database from which the newest entries were cut off, heads and all, agrees with itself. It does not agree with
`XUKE_HOME/journal-heads.jsonl`, to which each head is added after its transaction has committed: one canonical JSON
object a line. The file is never ahead of an honest database. Copies of it kept elsewhere (with a notary, on inspectors'
laptops) also protect against somebody who rules this machine.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from xuke.foundation.canonical import encode, parse

LONGEST_LINE = 65_536


class HeadsDamaged(ValueError):
    """签名树头文件中有无法读取的内容。"""


@dataclass(frozen=True)
class SignedHead:
    """Everything up to `size` entries, in one digest, signed."""

    size: int
    root: bytes
    sealed_below: int
    sealed_id: int
    at: str
    """Canonical text, see `canonical.moment`."""
    key_id: str
    signature: bytes = b""

    @property
    def _facts(self) -> dict[str, Any]:
        return {
            "type": "xuke-journal-head-1",
            "size": self.size,
            "root": self.root.hex(),
            "sealed_below": self.sealed_below,
            "sealed_id": self.sealed_id,
            "at": self.at,
            "key_id": self.key_id,
        }

    @property
    def statement(self) -> bytes:
        """The bytes that are signed."""
        return encode(self._facts)

    @property
    def line(self) -> bytes:
        """The head as a line of the file: the statement with its signature."""
        return encode(self._facts | {"signature": self.signature.hex()}) + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> SignedHead:
        """Read a line back; raises HeadsDamaged unless it is exactly a line as we write it."""
        try:
            facts = parse(line.decode())
            head = cls(
                size=_whole(facts["size"]),
                root=bytes.fromhex(facts["root"]),
                sealed_below=_whole(facts["sealed_below"]),
                sealed_id=_whole(facts["sealed_id"]),
                at=str(facts["at"]),
                key_id=str(facts["key_id"]),
                signature=bytes.fromhex(facts["signature"]),
            )
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise HeadsDamaged("这一行不是树头。") from error
        if head.line != line:
            raise HeadsDamaged("这一行不是树头的规范写法。")
        return head


def _whole(value: Any) -> int:
    if not isinstance(value, Decimal) or value != value.to_integral_value():
        raise ValueError("not a whole number")
    return int(value)


def place() -> Path:
    """The file of this installation."""
    return Path(settings.XUKE_HOME) / "journal-heads.jsonl"


def last(path: Path) -> SignedHead | None:
    """The newest complete line, or None when there is no file or nothing in it."""
    try:
        with path.open("rb") as file:
            return _last(file)
    except FileNotFoundError:
        return None


def _last(file: IO[bytes]) -> SignedHead | None:
    end = file.seek(0, os.SEEK_END)
    start = max(0, end - LONGEST_LINE)
    file.seek(start)
    complete, newline, _ = file.read(end - start).rpartition(b"\n")
    if not newline:
        if start:
            raise HeadsDamaged(f"{file.name} 的末尾不是树头。")
        return None
    return SignedHead.from_line(complete.rpartition(b"\n")[2] + b"\n")


def restored_mark(path: Path) -> Path:
    """A file that a restore leaves beside the heads, until the sealer has taken over what came with it.

    The numbers of transactions in a restored database are another server's, so they cannot say what is settled.
    """
    return path.with_name("journal-restored")


def catch_up(path: Path, newer_than: Callable[[int], Iterable[SignedHead]]) -> int:
    """Add the heads that the file lacks, those a crash kept out of it among them; how many there were.

    `newer_than` gives committed heads above a size, in order, and may give only the first of them.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    added = 0
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        _cut_torn_line(file)
        newest = _last(file)
        size = newest.size if newest else 0
        while lines := list(newer_than(size)):
            file.writelines(head.line for head in lines)
            size, added = lines[-1].size, added + len(lines)
        if added:
            file.flush()
            os.fsync(file.fileno())
    if added and newest is None:
        _flush_folder(path.parent)
    return added


def _cut_torn_line(file: IO[bytes]) -> None:
    """Drop what a crash in the middle of a line has left behind; the database still has that head."""
    end = file.seek(0, os.SEEK_END)
    start = max(0, end - LONGEST_LINE)
    file.seek(start)
    tail = file.read(end - start)
    torn = len(tail) - (tail.rfind(b"\n") + 1)
    if torn and not (start and torn == len(tail)):
        file.truncate(end - torn)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def length(path: Path) -> int:
    """Bytes in the file at this moment; 0 when there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def lines(path: Path, *, upto: int) -> Iterator[tuple[int, bytes]]:
    """The complete lines within the first `upto` bytes, with their numbers from 1."""
    if not upto:
        return
    read = 0
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), start=1):
            read += len(line)
            if read > upto or (read == upto and not line.endswith(b"\n")):
                return
            yield number, line
