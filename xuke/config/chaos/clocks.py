"""A clock that can be set while processes run: libfaketime (Debian: libfaketime) between them and the kernel."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

LIBRARY = "libfaketimeMT.so.1"
_PLACES = ("/usr/lib", "/usr/lib64", "/usr/local/lib")
AHEAD, BACK = 3600, -600
"""Seconds by which it jumps."""


class NoClock(RuntimeError):
    """The clock of processes cannot be set here."""


class Clock:
    """The time of every process that was started with `environment`; ours stays as it is."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self._library = _library()
        self.offset = 0
        self.jump(0)

    @property
    def environment(self) -> dict[str, str]:
        """Only the time of day is set, as on a real machine: waiting is counted by a clock that never jumps."""
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # A process that is killed would leave shared memory locked.
            "FAKETIME_DISABLE_SHM": "1",
            "NO_FAKE_STAT": "1",
        }

    def jump(self, seconds: int) -> None:
        """Set the clock; everybody sees it within a second."""
        self.offset += seconds
        beside = self._file.with_suffix(".new")
        beside.write_text(f"{self.offset:+d}\n")
        beside.chmod(0o644)
        beside.replace(self._file)


def _library() -> Path:
    for place in _PLACES:
        if found := next(Path(place).glob(f"**/faketime/{LIBRARY}"), None):
            return found
    raise NoClock(f"没有找到 {LIBRARY}（Debian：apt install libfaketime）")


def demand_far_from_midnight(now: datetime) -> None:
    """In the stories people visit on the day they agreed on; a clock that jumps over midnight breaks their word."""
    local = now.astimezone(ZoneInfo("Asia/Shanghai"))
    if not (local.hour >= 1 and (local + timedelta(hours=6)).date() == local.date()):
        raise NoClock("临近午夜，时钟跳过零点会改变约定的核查日")
