"""An installation in another place, without the database of the tests: where backups are restored to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings

from xuke.config import embedded

_OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_PUBLIC_URL")


@contextmanager
def new_home() -> Iterator[Path]:
    """An empty XUKE_HOME that the server's account can reach, with what the set-up makes; destroyed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="xuke-elsewhere-"))
    folder.chmod(0o755)
    home = folder / "home"
    home.mkdir()
    for name in ("fonts", "vendor", "static"):
        (home / name).symlink_to(Path(settings.XUKE_HOME) / name)
    try:
        yield home
    finally:
        with _away():
            embedded.destroy(home)
        shutil.rmtree(folder)


@contextmanager
def _away() -> Iterator[None]:
    """Without the database of the tests."""
    kept = {name: os.environ.pop(name) for name in _OURS if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)


@contextmanager
def owner(home: Path) -> Iterator[psycopg.Connection]:
    """The owner of that installation's database, which is up for as long."""
    with _away(), embedded.running(home) as info, psycopg.connect(info.owner) as connection:
        yield connection


def xuke(home: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """`xuke …` in that installation."""
    return _run(home, "-m", "xuke.config.cli", *words, **environ)


def script(home: Path, text: str, *arguments: str, **environ: str) -> str:
    """What a few lines print that are run in that installation, with its database up."""
    around = (
        "import sys, os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'xuke.config.settings'\nimport django\ndjango.setup()\n"
        "from django.conf import settings\nfrom xuke.config import embedded\n"
        "with embedded.running(settings.XUKE_HOME):\n"
    )
    done = _run(home, "-c", around + "".join(f"    {line}\n" for line in text.splitlines()), *arguments, **environ)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _run(home: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in _OURS} | {"XUKE_HOME": str(home)}
    return subprocess.run(
        [sys.executable, *words], env=environment | environ, capture_output=True, text=True, check=False
    )
