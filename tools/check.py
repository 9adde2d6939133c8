"""`make check`: everything that can be wrong without running a test, one line each; what fails says why."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"

CHECKS = {
    "格式 format": ("ruff", "format", "--check", "--quiet", "."),
    "习惯 lint": ("ruff", "check", "--quiet", "--output-format=concise", "."),
    "类型 types": ("mypy",),
    "依赖方向 layers": ("lint-imports", "--no-logo"),
    "迁移 migrations": ("python", "-m", "django", "makemigrations", "--check", "--dry-run"),
    "文档 documents": ("python", "-m", "xuke.config.generated", "--check"),
    "安全 security": ("python", "-m", "xuke.config.security_documents", "--check"),
}


def main() -> None:
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(check, CHECKS))
    sys.exit(not all(results))


def check(name: str) -> bool:
    program, *arguments = CHECKS[name]
    started = time.monotonic()
    done = subprocess.run(
        [BIN / program, *arguments],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "xuke.config.settings"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    mark = "✗" if done.returncode else "✓"
    said = f"\n{done.stdout}" if done.returncode else ""
    print(f"{mark} {name}（{time.monotonic() - started:.0f} 秒）{said}", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    main()
