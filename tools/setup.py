"""Install everything, step by step; what is up to date is not done again.

    python3 tools/setup.py              what runs: packages, fonts, style sheets, static files
    python3 tools/setup.py --developer  and what checks
    python3 tools/setup.py --tests      and what tests: also a browser and the tools that read PDFs

Standard library only, because it runs before anything is installed. Versions and hashes come from the lock files.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PIP = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps")
FRONTEND = ROOT / "frontend"
HOME = Path(os.environ.get("XUKE_HOME") or ROOT / "var").absolute()
OLDEST_PYTHON = (3, 11)
OLDEST_NPM = 8
"""The first whose `npm ci` reads our lock file."""
SYSTEM_PACKAGES = {
    "chromium": ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome"),
    "poppler-utils": ("pdftotext",),
    "qpdf": ("qpdf",),
    "fontconfig": ("fc-list",),
}
"""Debian package, and the programs of which one must be there. For tests only; the product needs none of them."""
CHINESE_FONT = "fonts-noto-cjk"


class Failed(Exception):
    """A step that did not work, and what its programs said."""


# --- steps ------------------------------------------------------------------------------------------------------------


def main() -> None:
    started = time.monotonic()
    wanted = set(sys.argv[1:])
    lock = "requirements-dev.lock" if wanted & {"--developer", "--tests"} else "requirements.lock"
    try:
        demand_python()
        step("Python 环境 .venv", VENV / ".made", f"{sys.version} {sys.prefix}", make_venv)
        with ThreadPoolExecutor() as threads:
            side = [threads.submit(install_system_packages)] if "--tests" in wanted else []
            if system_npm():
                side.append(threads.submit(fetch_frontend))
            install_packages(lock)
            for each in side:
                each.result()
        fetch_frontend()
        step("字体和样式", HOME / ".prepared", prepared(), lambda: run(PYTHON, "tools/prepare.py", FRONTEND, HOME))
        step("静态文件", HOME / ".static", static_sources(), lambda: manage("collectstatic", "--noinput"))
    except Failed as failure:
        sys.exit(f"\n{failure}")
    if time.monotonic() - started > 3:
        print(f"准备完毕，用时 {time.monotonic() - started:.0f} 秒。", flush=True)


def demand_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        raise Failed(
            f"需要 Python 3.11 或更高版本，这里是 {sys.version.split()[0]}。例如：make {make_goal()} PYTHON=python3.12"
        )
    try:
        import ensurepip  # noqa: F401 - only asks whether it is there
        import venv  # noqa: F401
    except ImportError:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Failed(
            f"Python 缺少 venv。请运行一次：\n    {as_root()}apt-get install -y python{version}-venv"
        ) from None


def make_goal() -> str:
    return "test" if "--tests" in sys.argv else "demo"


def make_venv() -> None:
    run(sys.executable, "-m", "venv", "--clear", VENV)


def install_packages(lock: str) -> None:
    """Exactly what the lock file lists; then ourselves, in place."""
    packages = (ROOT / lock).read_text()
    step("Python 软件包", VENV / f".{lock}", packages, lambda: run(*PIP, "--require-hashes", "-r", lock))
    ourselves = (ROOT / "pyproject.toml").read_text() + str(ROOT)
    step("xuke 命令", VENV / ".xuke", ourselves, lambda: run(*PIP, "--no-build-isolation", "--editable", "."))


def fetch_frontend() -> None:
    """Fonts and style sheets from npm; skipped once they have been prepared from this lock file."""
    if is_current(HOME / ".prepared", digest(prepared())) and "--tests" not in sys.argv:
        return  # The tests also run a package of npm's: an identity platform.
    lock = (FRONTEND / "package-lock.json").read_text()
    step("npm 软件包（字体、样式）", FRONTEND / "node_modules" / ".made", lock, run_npm)


def run_npm() -> None:
    npm = system_npm()
    if npm is None:
        run(*PIP, "--require-hashes", "-r", "requirements-node.lock")
        npm = str(VENV / "bin" / "npm")
    run(
        npm, "ci", "--ignore-scripts", "--loglevel=error", cwd=FRONTEND, PATH=f"{Path(npm).parent}:{os.environ['PATH']}"
    )


def system_npm() -> str | None:
    """The machine's own npm, unless it is too old."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    answer = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False).stdout
    return npm if int(answer.split(".")[0] or 0) >= OLDEST_NPM else None


def prepared() -> str:
    """What fonts and style sheets are made from."""
    sources = [FRONTEND / "package-lock.json", ROOT / "tools/prepare.py", ROOT / "xuke/documents/fonts.py"]
    return facts([*sources, *sorted((ROOT / "xuke" / "web").glob("*.py"))])


def static_sources() -> str:
    """What the static files are made from: ours, by time and size, and the settings that name their places."""
    ours = [path for path in sorted((ROOT / "xuke").glob("*/static/**/*")) if path.is_file()]
    return (
        facts([ROOT / "xuke/config/settings.py", ROOT / "requirements.lock"]) + facts(ours, content=False) + prepared()
    )


def manage(*arguments: str) -> None:
    run(PYTHON, "-m", "django", *arguments, DJANGO_SETTINGS_MODULE="xuke.config.settings", XUKE_HOME=str(HOME))


# --- what only the tests need -----------------------------------------------------------------------------------------


def install_system_packages() -> None:
    missing = [package for package, programs in SYSTEM_PACKAGES.items() if not any(map(shutil.which, programs))]
    if not has_chinese_font():
        missing.append(CHINESE_FONT)
    if not missing:
        return
    command = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Failed(f"测试还需要 {'、'.join(missing)}。请运行一次：\n    {as_root()}{command}")
    with Progress(f"系统软件包 {' '.join(missing)}"):
        run("apt-get", "update", "-qq", DEBIAN_FRONTEND="noninteractive")
        run(*command.split(), DEBIAN_FRONTEND="noninteractive")


def has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False).stdout.strip())


def as_root() -> str:
    return "" if os.geteuid() == 0 else "sudo "


# --- how a step is done -----------------------------------------------------------------------------------------------


def step(name: str, stamp: Path, inputs: str, work: Callable[[], None]) -> None:
    """Do the work unless its stamp says that it was done with these very inputs; stamp it only when it has worked."""
    wanted = digest(inputs)
    if is_current(stamp, wanted):
        return
    stamp.unlink(missing_ok=True)
    with Progress(name):
        work()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)


def is_current(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def facts(paths: Iterable[Path], *, content: bool = True) -> str:
    if content:
        return "".join(digest(path.read_text()) for path in paths)
    return "".join(f"{path}{path.stat().st_mtime_ns}{path.stat().st_size}" for path in paths)


class Progress:
    """One line for a step, once it is done: steps run side by side."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        self.started = time.monotonic()
        print(f"  … {self.name}", flush=True)

    def __exit__(self, kind: object, *_: object) -> None:
        mark = "✗" if kind else "✓"
        print(f"  {mark} {self.name}（{time.monotonic() - self.started:.0f} 秒）", flush=True)


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> None:
    """Run a program quietly; when it fails, say what it said."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        end = "\n".join(done.stdout.splitlines()[-30:])
        raise Failed(f"{' '.join(map(str, command))}\n{end}")


if __name__ == "__main__":
    main()
