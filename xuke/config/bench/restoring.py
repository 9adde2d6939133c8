"""Backup and restore of the whole register with the product's own commands, and how large the backup is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings

from xuke.config.bench.measure import Figure

TARGET_MINUTES = 5.0
PATIENCE = 1_800.0


def restore() -> Figure:
    """`xuke backup`, then `xuke restore` of it into an installation of its own, journal verified; both thrown away."""
    home = Path(settings.XUKE_HOME)
    backups, restored = home.with_name("bench-backup"), home.with_name("bench-restored")
    try:
        _throw_away(backups, restored)
        backup_s = _timed(home, "backup", "--to", str(backups))
        (made,) = (path for path in backups.glob("20*") if path.is_dir())
        size = sum(path.stat().st_size for path in backups.rglob("*") if path.is_file())
        restore_s = _timed(restored, "restore", str(made))
    finally:
        _throw_away(backups, restored)
    minutes = restore_s / 60
    return Figure(
        "restore_minutes",
        round(minutes, 2),
        "minutes of `xuke restore`, indexes and the check of the journal included",
        TARGET_MINUTES,
        minutes <= TARGET_MINUTES,
        {"backup_s": round(backup_s, 1), "backup_mb": round(size / 1e6, 1), "restore_s": round(restore_s, 1)},
    )


def _timed(home: Path, *command: str) -> float:
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "xuke.config.cli", *command],
        env={**os.environ, "XUKE_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"xuke {command[0]} 没有成功，指标无效：\n{done.stdout}{done.stderr}")
    return time.perf_counter() - began


def _throw_away(*places: Path) -> None:
    from xuke.config import embedded

    for place in places:
        if place.exists():
            embedded.destroy(place)
            shutil.rmtree(place)
