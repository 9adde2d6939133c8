"""One PostgreSQL cluster: made, started, stopped, and started again after any crash."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from xuke.config.embedded.programs import Account, Programs, can_write

LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")
"""A socket's address holds 107 bytes."""
SHORT = Path("/tmp")  # noqa: S108 - the folder in it is checked, see _make_private
"""Where a socket goes whose own folder has too long a name. Never $TMPDIR: every process must find the same place."""
PATIENCE = 120.0
"""Seconds for a recovery from a crash, or for a stop."""
LARGEST_LOG = 20_000_000
ROLES = ("postgres", "xuke_owner", "xuke_app", "xuke_public")

SETTINGS = """\
# Written anew at every start. Your own settings belong in postgresql.conf, below the line that includes this file.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
timezone = 'UTC'
log_timezone = 'UTC'
jit = off
idle_in_transaction_session_timeout = '5min'
"""
THROW_AWAY = """\
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
"""

# Never over a file that is there and differs: that would be another server's. Whole or not at all, and on the disk.
ARCHIVE = (
    'if test -f "FOLDER/%f"; then cmp -s "%p" "FOLDER/%f"; '
    'else cp "%p" "FOLDER/%f.part" && sync "FOLDER/%f.part" && mv "FOLDER/%f.part" "FOLDER/%f"; fi'
)


class ClusterFailed(RuntimeError):
    """PostgreSQL 没有启动。"""


@dataclass(frozen=True)
class Cluster:
    """Data in one folder, a server on one private socket, no network. `durable=False` is for tests only."""

    data: Path
    programs: Programs
    account: Account
    durable: bool = True
    also: str = ""
    """Settings beside ours, for as long as this object starts it: those of a restore."""

    @property
    def socket_folder(self) -> Path:
        """The data folder, which is private already; a private folder under /tmp when its name is too long."""
        if len(os.fsencode(self.data)) <= LONGEST_SOCKET_FOLDER and "," not in str(self.data):
            return self.data
        return SHORT / f"xuke-{hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]}"

    def conninfo(self, role: str, database: str) -> str:
        """Connection parameters; the client too insists on who is at the other end of the socket."""
        return make_conninfo(
            host=str(self.socket_folder), port=5432, user=role, dbname=database, requirepeer=self.account.name
        )

    # --- start and stop -----------------------------------------------------------------------------------------------

    def start(self) -> bool:
        """Start the server and wait until it answers; false when it was running already."""
        if self._await_settled():
            return False
        if not (self.data / "PG_VERSION").exists():
            self._make()
        self._clear_stale_lock()
        self._configure()
        self._turn_over_log()
        command = ["start", "-w", "-s", "-t", str(int(PATIENCE)), "-l", str(self._log)]
        if self._run("pg_ctl", *command, "-D", str(self.data)).returncode:
            raise ClusterFailed(f"PostgreSQL 没有启动。日志 {self._log} 的末尾：\n{self._end_of_log()}")
        return True

    def stop(self, *, mode: str = "fast") -> None:
        """Stop the server; `immediate` leaves recovery to the next start."""
        if not self.is_running():
            return
        self._run("pg_ctl", "stop", "-W", "-s", "-m", mode, "-D", str(self.data))
        deadline = time.monotonic() + PATIENCE
        # Not pg_ctl's own waiting: it also waits for somebody to reap the process.
        while self.is_running() and time.monotonic() < deadline:
            time.sleep(0.02)

    def is_running(self) -> bool:
        lock = self._read_lock()
        return lock is not None and lock.is_held_by_a_server(self.data)

    def flush(self) -> None:
        """Have the disk remember the data of a stopped server that did not flush them itself."""
        done = self._run("initdb", "--sync-only", "-D", str(self.data))
        if done.returncode:
            raise ClusterFailed(f"PostgreSQL 的数据没有写到磁盘：\n{done.stderr}")

    def destroy(self) -> None:
        """Stop the server and delete the data."""
        self.stop(mode="immediate")
        shutil.rmtree(self.data, ignore_errors=True)
        if self.socket_folder != self.data:
            shutil.rmtree(self.socket_folder, ignore_errors=True)

    # --- the lock file ------------------------------------------------------------------------------------------------

    def _await_settled(self) -> bool:
        """Wait out a start or stop that somebody else began; true when a server is ready."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            lock = self._read_lock()
            if lock is None or not lock.is_held_by_a_server(self.data):
                return False
            if lock.status == "ready" and self._answers():
                return True
            time.sleep(0.05)
        raise ClusterFailed(f"{self.data} 上的 PostgreSQL 既没有启动完毕，也没有停止。")

    def _answers(self) -> bool:
        """A server killed a moment ago is still in the list of processes, but no longer talks."""
        try:
            psycopg.connect(self.conninfo("postgres", "postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def _clear_stale_lock(self) -> None:
        """Remove the locks of a server that is dead.

        PostgreSQL does this itself unless the number of the dead process is still taken: by a zombie that nobody reaps
        (usual in containers) or by a stranger after a reboot. It is safe once no process is attached to the dead
        server's shared memory, which is the very thing PostgreSQL would ask.
        """
        deadline = time.monotonic() + PATIENCE
        while lock := self._read_lock():
            if not lock.has_survivors():
                for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
                    (self.socket_folder / name).unlink(missing_ok=True)
                (self.data / "postmaster.pid").unlink(missing_ok=True)
            elif time.monotonic() > deadline:
                raise ClusterFailed(f"上一次运行的 PostgreSQL 进程仍在使用 {self.data}。")
            else:
                time.sleep(0.05)

    def _read_lock(self) -> _Lock | None:
        try:
            return _Lock.parse((self.data / "postmaster.pid").read_text())
        except FileNotFoundError:
            return None

    # --- files --------------------------------------------------------------------------------------------------------

    def _make(self) -> None:
        """Make the cluster beside its place and rename it: half a cluster is never seen."""
        fresh = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700, parents=True)
        os.chown(fresh, self.account.uid, self.account.gid)
        options = ["--username=postgres", "--auth=peer", "--encoding=UTF8", "--no-instructions", "--data-checksums"]
        if self.programs.major >= 17:
            # The same order and letters on every machine, whatever locales it has.
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        else:
            options += ["--locale=C.UTF-8", "--lc-messages=C"]
        done = self._run("initdb", *options, *([] if self.durable else ["--no-sync"]), "-D", str(fresh))
        if done.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise ClusterFailed(f"PostgreSQL 的数据目录没有建成：\n{done.stderr or done.stdout}")
        with (fresh / "postgresql.conf").open("a") as settings:
            settings.write("\ninclude 'xuke.conf'\n")
        fresh.rename(self.data)

    def _configure(self) -> None:
        """Who may connect follows from who starts the server: this account and the one it runs under, nobody else."""
        self._make_private(self.socket_folder)
        folder = str(self.socket_folder).replace("'", "''")
        settings = f"{SETTINGS}unix_socket_directories = '{folder}'\n" + ("" if self.durable else THROW_AWAY)
        archiving = self._archiving() if self.durable and not self.also else ""
        self._write("xuke.conf", settings + archiving + self.also)
        self._write("pg_hba.conf", "local all all peer map=xuke\nlocal replication all peer map=xuke\n")
        people = {self.account.name, _own_name()}
        self._write("pg_ident.conf", "".join(f'xuke "{who}" {role}\n' for who in sorted(people) for role in ROLES))

    def _archiving(self) -> str:
        """Where XUKE_WAL_ARCHIVE names a folder: everything that is written goes there too, at the latest after a
        minute, so that a copy of the server can be brought to any later moment."""
        given = os.environ.get("XUKE_WAL_ARCHIVE", "")
        if not given:
            return ""
        if not given.startswith("/") or any(mark in given for mark in "'\"$`\\%\n"):
            raise ClusterFailed(f"XUKE_WAL_ARCHIVE 应是没有引号和特殊符号的绝对路径，现在是 {given}。")
        archive = Path(given)
        if not archive.exists():
            archive.mkdir(mode=0o700, parents=True)
            os.chown(archive, self.account.uid, self.account.gid)
        if not can_write(archive, self.account):
            raise ClusterFailed(
                f"数据库的账户 {self.account.name} 写不了 XUKE_WAL_ARCHIVE 的目录 {given}，什么也归档不了。"
                f"请运行 chown {self.account.name} {given}，它上面的目录也要进得去。"
            )
        return f"archive_mode = on\narchive_timeout = 60\narchive_command = '{ARCHIVE.replace('FOLDER', given)}'\n"

    def _write(self, name: str, text: str) -> None:
        path = self.data / name
        path.write_text(text)
        path.chmod(0o600)
        os.chown(path, self.account.uid, self.account.gid)

    def _make_private(self, folder: Path) -> None:
        """Make a folder that only the server's account enters; refuse one that somebody else has put there."""
        if folder == self.data:
            return
        if not folder.exists():
            folder.mkdir(mode=0o700)
            os.chown(folder, self.account.uid, self.account.gid)
        facts = folder.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != self.account.uid or facts.st_mode & 0o077:
            raise ClusterFailed(f"{folder} 属于别人，请先删除。")

    @property
    def _log(self) -> Path:
        return self.data / "server.log"

    def _turn_over_log(self) -> None:
        if self._log.exists() and self._log.stat().st_size > LARGEST_LOG:
            self._log.rename(self._log.with_suffix(".log.1"))

    def _end_of_log(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-15:]) if self._log.exists() else "（空）"

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the programs as the account of the server."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
        ours = self.account.is_ours
        return subprocess.run(
            [self.programs.bin / program, *arguments],
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            user=None if ours else self.account.uid,
            group=None if ours else self.account.gid,
            extra_groups=None if ours else [],
        )


@dataclass(frozen=True)
class _Lock:
    """What `postmaster.pid` says: process number (line 1), shared memory (line 7), status (line 8)."""

    pid: int
    memory: str
    status: str

    @classmethod
    def parse(cls, text: str) -> _Lock:
        lines = [line.strip() for line in text.splitlines()] + [""] * 8
        return cls(int(lines[0] or 0), lines[6].split()[-1] if lines[6] else "", lines[7])

    def is_held_by_a_server(self, data: Path) -> bool:
        """Whether that process is alive and serves this folder; a zombie has no command line any more."""
        try:
            words = Path(f"/proc/{self.pid}/cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            return False
        return os.fsencode(data) in words

    def has_survivors(self) -> bool:
        """Whether a process is still attached to the server's shared memory."""
        try:
            rows = Path("/proc/sysvipc/shm").read_text().splitlines()
        except FileNotFoundError:
            return False
        columns = rows[0].split()
        segments = [dict(zip(columns, row.split(), strict=True)) for row in rows[1:]]
        return any(row["shmid"] == self.memory and int(row["nattch"]) > 0 for row in segments)


def _own_name() -> str:
    return pwd.getpwuid(os.geteuid()).pw_name
