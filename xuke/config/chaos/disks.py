"""Small disks that can be filled: file systems in images of their own, mounted where this machine allows it."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BALLAST = "ballast"
_STEPS = (1 << 26, 1 << 20, 1 << 12)


class NotMounted(RuntimeError):
    """This machine does not let us mount a disk."""


@contextmanager
def mounted(place: Path, image: Path, *, megabytes: int) -> Iterator[None]:
    """A journalling file system of that size at `place`, for as long as this block lasts."""
    place.mkdir(parents=True, exist_ok=True)
    with image.open("wb") as handle:
        handle.truncate(megabytes * 1_000_000)
    try:
        _run("mkfs.ext4", "-q", "-F", "-m", "0", str(image))
        _run("mount", "-o", "loop", str(image), str(place))
    except NotMounted:
        image.unlink()
        raise
    place.chmod(0o755)
    try:
        yield
    finally:
        # Lazily: whoever was killed a moment ago may still hold a file of it.
        subprocess.run(["umount", "--lazy", str(place)], check=False, capture_output=True)
        image.unlink(missing_ok=True)


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    except OSError as problem:
        raise NotMounted(f"{command[0]}：{problem.strerror}") from None
    if done.returncode:
        raise NotMounted(f"{command[0]}：{done.stderr.strip()[:200]}")


@contextmanager
def full(place: Path) -> Iterator[int]:
    """Not a byte is left on the disk of `place`, for as long as this block lasts; the bytes that were taken."""
    ballast = place / _BALLAST
    with ballast.open("wb") as handle:
        taken = _fill(handle.fileno())
    try:
        yield taken
    finally:
        ballast.unlink()


def _fill(handle: int) -> int:
    size = 0
    for step in _STEPS:
        with contextlib.suppress(_Full):
            while True:
                _grow(handle, size, step)
                size += step
    os.fsync(handle)
    return size


class _Full(Exception):
    """No space is left."""


def _grow(handle: int, size: int, step: int) -> None:
    try:
        os.posix_fallocate(handle, size, step)
    except OSError as problem:
        if problem.errno != errno.ENOSPC:
            raise
        raise _Full from None
