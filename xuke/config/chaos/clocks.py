"""A clock that can be set while processes run: a small library of ours between them and the time of day."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

_SOURCE = Path(__file__).with_name("clock.c")
AHEAD, BACK = 3600, -600
"""Seconds by which it jumps."""


class NoClock(RuntimeError):
    """The clock of processes cannot be set here."""


class Clock:
    """The time of day of every process that was started with `environment`; ours stays as it is.

    Waiting goes by a clock that never jumps, as on a real machine.
    """

    def __init__(self, folder: Path) -> None:
        self._library, self._file = folder / "clock.so", folder / "clock"
        self.offset = 0
        self._file.write_bytes(bytes(8))
        self._file.chmod(0o644)
        _compile(self._library)

    @property
    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self._library), "XUKE_CHAOS_CLOCK": str(self._file)}

    def jump(self, seconds: int) -> None:
        """Set the clock; everybody sees it at once."""
        self.offset += seconds
        with self._file.open("r+b") as file:
            file.write(struct.pack("=q", self.offset))


def _compile(library: Path) -> None:
    compiler = next(filter(None, map(shutil.which, (os.environ.get("CC", "cc"), "gcc", "clang"))), None)
    if compiler is None:
        raise NoClock("没有C编译器（Debian：apt install gcc libc6-dev），不能拨动进程的时钟")
    command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(_SOURCE), "-ldl"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise NoClock(f"拨动时钟的程序没有编译成功：{done.stderr.strip()[:300]}")
    library.chmod(0o755)


def demand_far_from_midnight(now: datetime) -> None:
    """In the stories people visit on the day they agreed on; a clock that jumps over midnight breaks their word."""
    local = now.astimezone(ZoneInfo("Asia/Shanghai"))
    if not (local.hour >= 1 and (local + timedelta(hours=6)).date() == local.date()):
        raise NoClock("临近午夜，时钟跳过零点会改变约定的核查日")
