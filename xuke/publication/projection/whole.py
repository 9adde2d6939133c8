"""The whole register as one file (整库下载): a line of JSON for each licence, compressed, with its SHA-256.

Written in batches to a file beside it that takes its place when it is whole, so a download that has begun goes on with
the file it began with, and memory does not grow with the register.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import os
from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from xuke.publication.models import PublishedLicence

NAME = "whole_register"
FILE = "licences.jsonl.gz"
BATCH = 5_000
COLUMNS = (
    "number",
    "kind",
    "state",
    "holder",
    "uscc",
    "categories",
    "products",
    "division",
    "authority",
    "granted_on",
    "valid_to",
    "ended_on",
    "version",
    "identifier",
    "changed_at",
)
"""What of a licence is written: everything its page shows."""


def place(home: Path) -> Path:
    """Where the file lies."""
    return home / "public" / FILE


def exists(home: Path) -> bool:
    """Whether it was written on this machine."""
    return place(home).is_file()


def write(home: Path, *, now: datetime) -> dict[str, Any] | None:
    """Write the file; how many licences, how many bytes, and its SHA-256. None while another worker is writing it."""
    target = place(home)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f"{FILE}.new")
    with beside.open("ab") as plain:
        try:
            fcntl.flock(plain, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        plain.truncate(0)
        digest = _Digest(plain)
        # Without name and time inside, the same register is the same file.
        with gzip.GzipFile(filename="", mode="wb", fileobj=digest, mtime=0, compresslevel=6) as packed:
            count = sum(_write_line(packed, row) for row in _rows())
        plain.flush()
        os.fsync(plain.fileno())
        beside.replace(target)
    return {"licences": count, "bytes": digest.size, "sha256": digest.sum.hexdigest(), "made_at": now.isoformat()}


class _Digest:
    """A file that sums what is written into it."""

    def __init__(self, plain: BinaryIO) -> None:
        self._plain, self.sum, self.size = plain, sha256(), 0

    def write(self, data: Any) -> int:
        self.sum.update(data)
        self.size += len(data)
        return self._plain.write(data)

    def flush(self) -> None:
        self._plain.flush()


def _rows() -> Iterator[dict[str, Any]]:
    """The register in the order of first publication, a batch at a time."""
    after = 0
    while True:
        rows = PublishedLicence.objects.using("public").filter(place__gt=after).order_by("place")
        batch = list(rows.values("place", *COLUMNS)[:BATCH])
        yield from batch
        if len(batch) < BATCH:
            return
        after = batch[-1]["place"]


def _write_line(packed: gzip.GzipFile, row: dict[str, Any]) -> int:
    found = {name: _plain(row[name]) for name in COLUMNS}
    packed.write(json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    return 1


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
