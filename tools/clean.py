"""`make clean`: stop the embedded database and delete everything the other targets made in this folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MADE = (
    ".venv",
    "frontend/node_modules",
    ".mypy_cache",
    ".import_linter_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
)
DESTROY = "import sys; from pathlib import Path; from xuke.config import embedded; embedded.destroy(Path(sys.argv[1]))"


def main() -> None:
    home = Path(os.environ.get("XUKE_HOME") or ROOT / "var")
    python = ROOT / ".venv" / "bin" / "python"
    if home.exists() and python.exists():
        subprocess.run([python, "-c", DESTROY, home], cwd=ROOT, check=True)
    for place in (home, *(ROOT / name for name in MADE)):
        shutil.rmtree(place, ignore_errors=True)
    for cache in (ROOT / "xuke").rglob("__pycache__"):
        shutil.rmtree(cache, ignore_errors=True)
    print("已删除。")


if __name__ == "__main__":
    main()
