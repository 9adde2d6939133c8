"""Where a run takes place: an empty home on disks and under a clock of its own, as far as the machine allows."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from xuke.config.chaos import clocks, disks
from xuke.config.chaos.clocks import Clock, NoClock
from xuke.config.chaos.disks import NotMounted
from xuke.config.playground import SHARED, empty_home

DISK_MB, FILES_MB = 3_000, 600


@dataclass(frozen=True)
class Wanted:
    """What somebody asked for."""

    kills: int
    seed: int
    minutes: float
    only: str = ""
    keep: bool = False


@dataclass(frozen=True)
class Stage:
    """The home, and what this machine cannot do."""

    home: Path
    outside: Path
    """A folder that no fault touches: ledger and logs."""
    clock: Clock | None
    skipped: dict[str, str]
    """Kinds of faults that are left out, and why."""


@contextmanager
def stage(*, keep: bool) -> Iterator[Stage]:
    """Lay everything out; Django is set up when this block begins."""
    base = Path(os.environ.get("XUKE_HOME") or Path(__file__).resolve().parents[3] / "var").resolve()
    outside = Path(tempfile.mkdtemp(prefix="xuke-chaos-", dir="/var/tmp"))
    outside.chmod(0o755)  # The server's account reads the clock and reaches the disk.
    skipped: dict[str, str] = {}
    with ExitStack() as stack:
        if not keep:
            stack.callback(shutil.rmtree, outside, ignore_errors=True)
        if clock := _clock(outside, skipped):
            os.environ |= clock.environment
        _lay_out_disk(stack, outside, base, skipped)
        home = stack.enter_context(empty_home(keep=False))
        if "files_full" not in skipped:
            stack.enter_context(disks.mounted(home / "files", outside / "files.img", megabytes=FILES_MB))
        yield Stage(home, outside, clock, skipped)


def _clock(outside: Path, skipped: dict[str, str]) -> Clock | None:
    try:
        clocks.demand_far_from_midnight(datetime.now(UTC))  # noqa: TID251 - the clock of this machine is what is asked about
        return Clock(outside)
    except NoClock as reason:
        skipped["clock"] = str(reason)
        return None


def _lay_out_disk(stack: ExitStack, outside: Path, base: Path, skipped: dict[str, str]) -> None:
    """Have the home made on a disk of its own; where that is not possible, beside the installation's."""
    disk = outside / "disk"
    try:
        stack.enter_context(disks.mounted(disk, outside / "disk.img", megabytes=DISK_MB))
    except NotMounted as reason:
        skipped |= dict.fromkeys(("files_full", "disk_full"), f"不能挂载小磁盘：{reason}")
        return
    for name in SHARED:
        if (base / name).exists():
            (disk / name).symlink_to((base / name).resolve())
    os.environ["XUKE_HOME"] = str(disk)
