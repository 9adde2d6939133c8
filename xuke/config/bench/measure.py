"""Measuring: CPU of processes as the kernel accounts it, and what machine this is."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Figure:
    """One measured figure beside its target."""

    name: str
    value: float
    unit: str
    target: float | None
    met: bool | None
    """None when the figure has no target of its own."""
    details: dict[str, object]

    def as_dict(self, machine: dict[str, object]) -> dict[str, object]:
        """What the JSON line holds."""
        return {**asdict(self), "machine": machine}


def machine() -> dict[str, object]:
    """The machine and how busy it is with other things."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "load": [round(load, 2) for load in os.getloadavg()],
        "python": platform.python_version(),
        "system": platform.release(),
    }


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


@dataclass(frozen=True)
class _Process:
    pid: int
    parent: int
    ticks: int
    """User and system, its own and that of children it has waited for."""


def _processes() -> dict[int, _Process]:
    found = {}
    for place in Path("/proc").iterdir():
        if place.name.isdecimal():
            try:
                fields = (place / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # It ended while we looked.
            found[int(place.name)] = _Process(int(place.name), int(fields[1]), sum(map(int, fields[11:15])))
    return found


def cpu_of_trees(roots: Iterable[int]) -> float:
    """Seconds of CPU that processes and all their descendants, also those that ended, have used so far."""
    known = _processes()
    children: dict[int, list[int]] = {}
    for process in known.values():
        children.setdefault(process.parent, []).append(process.pid)
    waiting, seen = list(roots), set()
    total = 0
    while waiting:
        pid = waiting.pop()
        if pid in seen or pid not in known:
            continue
        seen.add(pid)
        total += known[pid].ticks
        waiting += children.get(pid, [])
    return total / TICKS


def parent_of(pid: int) -> int:
    """The parent of a process: the postmaster of a backend."""
    return _processes()[pid].parent


def children_of(pid: int) -> list[int]:
    """The processes that a process has started and that live."""
    if not pid:
        raise ValueError("nobody's children are those of the whole machine")
    return sorted(process.pid for process in _processes().values() if process.parent == pid)
