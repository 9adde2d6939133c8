"""Directories that appear whole or not at all."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def appear(
    target: Path, fill: Callable[[Path], None], *, is_current: Callable[[Path], bool] = Path.is_dir, mode: int = 0o755
) -> bool:
    """Fill a directory beside its place, flush it to disk and rename it; false when it was already current.

    Whoever comes second waits for the first and then finds the work done. What a crash leaves behind begins with a dot
    and is swept away the next time.
    """
    if is_current(target):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    with _locked(target.parent / f".{target.name}.lock"):
        if is_current(target):
            return False
        for remains in target.parent.glob(f".{target.name}.*-*"):
            shutil.rmtree(remains, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.new-", dir=target.parent))
        fill(fresh)
        fresh.chmod(mode)
        _flush(fresh)
        if target.exists():
            target.rename(target.parent / f".{target.name}.old-{os.getpid()}")
        fresh.rename(target)
        flush_entry(target.parent)
        for remains in target.parent.glob(f".{target.name}.*-*"):
            shutil.rmtree(remains, ignore_errors=True)
    return True


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _flush(directory: Path) -> None:
    for path in directory.rglob("*"):
        flush_entry(path)
    flush_entry(directory)


def flush_entry(path: Path) -> None:
    """Have the disk remember a file's content, or a directory's names."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
