"""What lies on this machine: keys nobody else reads, room, fonts, a clock that is right, a backup, a worker."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from xuke.audit.signs import Sealing
from xuke.config.checks.finding import Finding
from xuke.operations.rules import ROOM_LEFT, SEALED_WITHIN, is_silent
from xuke.operations.signs import Backup
from xuke.seals import pki

CLOCKS_APART = timedelta(seconds=5)
"""How far the clocks of this machine and of the database may differ."""
PUBLIC = (b"-----BEGIN CERTIFICATE", b"-----BEGIN PUBLIC KEY")


def key_modes(home: Path) -> Iterator[Finding]:
    """Private keys are readable for the account of the processes only."""
    root = home / "keys"
    for path in sorted(root.rglob("*")):
        folders = [folder for folder in path.parents if root in (folder, *folder.parents)]
        # Nobody else gets through a closed folder to what lies in it.
        reachable = all(_open_to_others(step) for step in (path, *folders))
        if path.is_file() and reachable and not _is_public(path):
            yield Finding(f"密钥文件 {path} 别人也能读。", f"运行 chmod 600 {path}；可能已被人读过的，更换这把密钥。")


def _open_to_others(path: Path) -> bool:
    return bool(stat.S_IMODE(path.lstat().st_mode) & 0o077)


def _is_public(path: Path) -> bool:
    """Locks, and what may be published: certificates and public keys."""
    return path.name.startswith(".") or path.read_bytes()[:40].startswith(PUBLIC)


def demonstration_keys(home: Path) -> Iterator[Finding]:
    """Certificates sealed with keys that this machine made for itself are worth nothing."""
    if (home / pki.PLACE).exists():
        yield Finding(
            f"签章用的是本机生成的演示密钥（{home / pki.PLACE}），签出的证书没有法律效力。",
            "接入正式的签章服务或者密码机，删去这个目录。",
        )
    if (home / "keys" / "demonstration-signers").exists():
        yield Finding(
            "有演示用的签名认证机构，它给虚构的人发证书。", f"删去 {home / 'keys' / 'demonstration-signers'}。"
        )


def laid_out(home: Path) -> Iterator[Finding]:
    """Fonts and static files are there."""
    if not (home / "fonts" / "coverage.json").exists():
        yield Finding("没有字体，文书和证书排不出来。", "运行 make setup。")
    if not (home / "static" / "staticfiles.json").exists():
        yield Finding("没有静态文件，网页没有样式。", "运行 make setup。")


def room(free: int, place: Path) -> Iterator[Finding]:
    """Some gigabytes are left."""
    if free < ROOM_LEFT:
        yield Finding(f"{place} 所在的磁盘只剩{free / 1e9:.1f} GB。", f"至少留出{ROOM_LEFT / 1e9:.0f} GB。")


def free_at(home: Path) -> int:
    """Bytes that can still be written there."""
    return shutil.disk_usage(home).free


def clock(ours: datetime, database: datetime, newest_entry: datetime | None) -> Iterator[Finding]:
    """The clocks of machine and database agree, and neither went back behind the journal."""
    if abs(ours - database) > CLOCKS_APART:
        yield Finding(
            f"本机与数据库的时钟相差{abs(ours - database).total_seconds():.0f}秒，期限和登录验证会算错。",
            "在两台机器上启用时间同步（chrony 或 systemd-timesyncd）。",
        )
    if newest_entry and newest_entry - ours > CLOCKS_APART:
        yield Finding(
            f"本机的时钟比最新的日志还早（日志写到{newest_entry.astimezone():%Y-%m-%d %H:%M:%S}）。", "校正本机的时钟。"
        )


def backup(last: Backup | None, now: datetime, *, days: int) -> Iterator[Finding]:
    """A whole backup that is young enough."""
    if last is None or last.good_at is None:
        yield Finding("从来没有备份过。", "运行 xuke backup --to 另一块磁盘，并启用 deploy/ 中的定时器。")
    elif now - last.good_at > timedelta(days=days):
        yield Finding(
            f"最近一次完整的备份在{(now - last.good_at).days}天前。", "运行 xuke backup，查看定时器为什么没有运行。"
        )
    elif last.problem:
        yield Finding(f"最近一次备份没有成功：{last.problem}", "排除原因后再运行 xuke backup。")


def worker(alive: int, sealing: Sealing | None, now: datetime) -> Iterator[Finding]:
    """Somebody works and seals."""
    if not alive:
        yield Finding("没有后台作业在运行，证书和文书做不出来。", "启动 xuke worker。")
    elif sealing and sealing.problem:
        yield Finding(f"日志封存已停止：{sealing.problem}", "运行 xuke journal verify，按运维手册处理。")
    elif is_silent(sealing.at if sealing else None, now, SEALED_WITHIN):
        yield Finding("后台作业在运行，但日志没有在封存。", "查看后台作业的日志。")
