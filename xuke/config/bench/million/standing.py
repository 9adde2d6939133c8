"""An installation with such a register in it, built once and kept: the figures are measured on it, run after run."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from xuke.config.playground import SHARED

LICENCES = 1_000_000
FOLDER = "bench-million"
MARK = "million.json"
"""What stands there: its edition, how much, how fast it was made. Written last."""
QUICKLY = (
    "shared_buffers = '1GB'\nmax_wal_size = '4GB'\ncheckpoint_timeout = '1h'\nmax_parallel_maintenance_workers = 1\n"
)
"""Settings of the server while it is filled, beside those by which nothing is flushed."""
_WHAT_DECIDES = ("*/migrations/*.py", "config/bench/million/*.py")
_HOW_IT_IS_MEASURED = ("figures.py", "standing.py")


def edition() -> str:
    """Changes with the tables and with what writes them."""
    package = Path(__file__).resolve().parents[3]
    digest = hashlib.sha256()
    for pattern in _WHAT_DECIDES:
        for path in sorted(package.glob(pattern)):
            if path.name in _HOW_IT_IS_MEASURED:
                continue
            digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def base() -> Path:
    """The installation beside which it stands, whose fonts and static files it shares."""
    return Path(os.environ.get("XUKE_HOME") or Path(__file__).resolve().parents[4] / "var").resolve()


def settle(home: Path) -> None:
    """Point the environment at its home, and set Django up in it."""
    beside = base()
    home.mkdir(mode=0o755, parents=True, exist_ok=True)
    for name in SHARED:
        if (beside / name).exists() and not (home / name).exists():
            (home / name).symlink_to(beside / name)
    os.environ["XUKE_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "xuke.config.settings"
    import django

    django.setup()


def stands(home: Path, licences: int) -> bool:
    """Whether it is there, as large and of this edition."""
    try:
        mark = json.loads((home / MARK).read_text())
    except (FileNotFoundError, ValueError):
        return False
    return bool(mark["edition"] == edition() and mark["made"]["licences"] == licences)


def build(home: Path, licences: int, *, now: datetime) -> None:
    """Build it in its home, from nothing, with a server that flushes nothing; then flush everything once."""
    from django.db import connections

    from xuke.config import embedded, installation
    from xuke.config.bench.million import making
    from xuke.config.bench.million.shape import Shape

    embedded.destroy(home)
    for name in (MARK, "journal-heads.jsonl"):
        (home / name).unlink(missing_ok=True)
    # Its keys stay: this process has read them already.
    shutil.rmtree(home / "files", ignore_errors=True)
    embedded.ensure_running(home)
    installation.prepare(now=now)
    connections.close_all()
    embedded.stop(home, force=True)
    cluster = replace(embedded.cluster_of(home), durable=False, also=QUICKLY)
    cluster.start()
    try:
        made = making.make(Shape(licences, now), owner=embedded.connection_info(home).owner)
    finally:
        connections.close_all()
        cluster.stop()
    cluster.flush()
    mark = {"edition": edition(), "made": made.as_dict(), "now": now.isoformat()}
    (home / MARK).write_text(json.dumps(mark, indent=1) + "\n")


@contextmanager
def standing(licences: int, *, again: bool) -> Iterator[Path]:
    """The installation with its database running; built when there is none of this edition."""
    home = base() / FOLDER
    settle(home)
    if again or not stands(home, licences):
        from django.utils import timezone

        build(home, licences, now=timezone.now())
    from xuke.config import embedded

    with embedded.running(home):
        yield home
