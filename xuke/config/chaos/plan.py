"""What will go wrong, in which order and how far apart: drawn from a seed, so that a run can be repeated. No Django."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random

KILLS = {"web_worker": 25, "web_main": 10, "worker": 25, "backend": 20, "postmaster": 12, "immediate": 8}
"""Kills and how often each in a hundred: a process of the web; the web's main process with all it started; a background
worker; one process of the database server; its postmaster with SIGKILL; the server at once, without a checkpoint."""
CUTS = {"cut": 15, "terminate": 15}
"""Further faults for a hundred kills: all connections of clients reset; connections to the database ended."""
RARE = {"files_full": 2, "disk_full": 2, "clock": 3}
"""The disk of the files full; the disk of everything full; the clock jumps an hour ahead or ten minutes back."""
KINDS = (*KILLS, *CUTS, *RARE)
AT_ONCE = 0.35
"""The share of faults that do not wait until things work again after the one before."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong."""

    kind: str
    pause: float
    """Seconds to wait once things work again after the fault before."""
    at_once: bool
    """Whether it strikes while the fault before is still being recovered from."""
    choice: float
    """Between 0 and 1: which of several processes, how long, how far."""

    @property
    def is_kill(self) -> bool:
        return self.kind in KILLS


def draw(*, kills: int, seed: int, only: str = "", without: frozenset[str] = frozenset()) -> tuple[Fault, ...]:
    """The faults of a run, in order. `without` leaves out what this machine cannot do; the rest stays as it is."""
    random = Random(seed)  # noqa: S311 - the same seed must give the same run
    kinds = [only] * kills if only else _mixture(kills)
    random.shuffle(kinds)
    faults = [
        Fault(kind, round(random.uniform(0.0, 0.8), 3), random.random() < AT_ONCE, random.random()) for kind in kinds
    ]
    return tuple(fault for fault in faults if fault.kind not in without)


def not_done(faults: Iterable[Fault], struck: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """The kinds that struck less often than they were drawn: how often they were drawn, and how often they struck."""
    drawn = Counter(fault.kind for fault in faults)
    return {kind: (times, struck.get(kind, 0)) for kind, times in drawn.items() if struck.get(kind, 0) < times}


def _mixture(kills: int) -> list[str]:
    kinds = [kind for kind, share in KILLS.items() for _ in range(kills * share // 100)]
    kinds += ["web_worker", "worker"] * ((kills - len(kinds) + 1) // 2)
    kinds = kinds[:kills]
    for kind, share in (CUTS | RARE).items():
        kinds += [kind] * max(1, kills * share // 100)
    return kinds
