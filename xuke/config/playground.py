"""A home of its own for journeys and benchmarks: an empty database beside the installation, with the same fonts."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHARED = ("fonts", "vendor", "static")


@contextmanager
def empty_home(*, keep: bool) -> Iterator[Path]:
    """Point the environment at a new, empty home, and set Django up in it. Nothing of the installation is touched.

    With DATABASE_URL that database is used, and must be empty. `keep` leaves the files there for somebody to look at.
    """
    base = Path(os.environ.get("XUKE_HOME") or Path(__file__).resolve().parents[2] / "var").resolve()
    base.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="journey-", dir=base))
    home.chmod(0o755)
    for name in SHARED:
        if (base / name).exists():
            (home / name).symlink_to(base / name)
    os.environ["XUKE_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "xuke.config.settings"
    import django

    django.setup()
    from xuke.config import embedded

    try:
        with embedded.running(home):
            yield home
    finally:
        _tidy(home, keep)


def _tidy(home: Path, keep: bool) -> None:
    from xuke.config import embedded

    if not os.environ.get("DATABASE_URL"):
        embedded.destroy(home)
    if not keep:
        shutil.rmtree(home, ignore_errors=True)
