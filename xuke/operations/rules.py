"""When the operator has to do something: pure, over the figures of one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

SEALED_WITHIN = timedelta(seconds=30)
"""The sealer works once a second; silent for longer, it stands."""
ALIVE_WITHIN = timedelta(seconds=15)
"""A worker gives a sign of life every two seconds."""
WAITS_TOO_LONG = timedelta(minutes=5)
BACKED_UP_WITHIN = timedelta(days=2)
CHECKED_WITHIN = timedelta(days=2)
ROOM_LEFT = 5_000_000_000
SHARE_LEFT = 0.10


@dataclass(frozen=True)
class Alarm:
    """Something to do, and what happens if nobody does."""

    title: str
    text: str
    grave: bool = False


@dataclass(frozen=True)
class Signs:
    """What is known of an installation at one moment; None where there was never a sign."""

    now: datetime
    workers: int = 0
    """Workers that gave a sign of life lately."""
    waiting: int = 0
    oldest_waiting: datetime | None = None
    retried: int = 0
    """Jobs that failed at least once and will be tried again."""
    failed: int = 0
    news_failing: int = 0
    """Reactions that were tried and failed."""
    sealed_at: datetime | None = None
    sealing_problem: str = ""
    checked_at: datetime | None = None
    check_found: int = 0
    check_problem: str = ""
    backed_up_at: datetime | None = None
    backup_problem: str = ""
    archive_fails: bool = False
    """The server could not archive what it wrote last."""
    free: int = 0
    capacity: int = 0


def alarms(signs: Signs) -> list[Alarm]:
    """Everything that wants a hand, the worst first."""
    found = [*_of_the_log(signs), *_of_work(signs), *_of_the_machine(signs)]
    return sorted(found, key=lambda alarm: not alarm.grave)


def _of_the_log(signs: Signs) -> list[Alarm]:
    found = []
    if signs.sealing_problem:
        found.append(Alarm("日志封存已停止", signs.sealing_problem, grave=True))
    elif is_silent(signs.sealed_at, signs.now, SEALED_WITHIN):
        found.append(Alarm("日志没有在封存", "封存程序随后台作业运行，请启动 xuke worker。条目不会丢失，启动后补上。"))
    if signs.check_found:
        found.append(Alarm("日志核查没有通过", "不要改动任何东西，运行 xuke journal verify 查看，通知审计人员。", True))
    elif signs.check_problem:
        found.append(Alarm("日志核查没有做完", f"原因：{signs.check_problem}。十分钟内会自动再试。"))
    elif is_silent(signs.checked_at, signs.now, CHECKED_WITHIN):
        found.append(Alarm("日志两天没有核查了", "后台作业每天核查一次；也可以运行 xuke journal verify。"))
    return found


def _of_work(signs: Signs) -> list[Alarm]:
    found = []
    if not signs.workers:
        found.append(
            Alarm("没有后台作业在运行", "证书和文书没有文件，消息不送达。请启动 xuke worker，排队的不会丢。", True)
        )
    elif not is_recent(signs.oldest_waiting, signs.now, WAITS_TOO_LONG):
        found.append(
            Alarm("作业排队超过5分钟", "后台作业来不及做：多启动几个 xuke worker；若作业在反复重试，它的日志里有原因。")
        )
    if signs.retried:
        found.append(
            Alarm(
                f"{signs.retried}个作业没有做成，正在重试",
                "间隔越来越长，最多约一天；后台作业的日志里有原因，排除后会自己做成。",
            )
        )
    if signs.failed:
        found.append(Alarm(f"{signs.failed}个作业失败", "等待不会使它们成功：按后台作业的日志排除原因，然后重试。"))
    if signs.news_failing:
        found.append(Alarm(f"{signs.news_failing}条消息没有送达", "会自动再试，间隔最长一小时；原因见下表。"))
    return found


def _of_the_machine(signs: Signs) -> list[Alarm]:
    found = []
    if signs.backup_problem:
        found.append(Alarm("最近一次备份没有成功", signs.backup_problem, grave=True))
    if is_silent(signs.backed_up_at, signs.now, BACKED_UP_WITHIN):
        found.append(Alarm("两天内没有完整的备份", "运行 xuke backup --to 另一块磁盘，并启用 deploy/ 中的定时器。"))
    if signs.archive_fails:
        found.append(
            Alarm(
                "数据库的归档失败",
                "按时刻恢复的归档没有写下去，没归档的会一直占着磁盘。"
                "请看归档的目录（内置数据库是 XUKE_WAL_ARCHIVE）数据库的账户能不能写、磁盘满不满；"
                "原因在数据库的日志里。",
                grave=True,
            )
        )
    if is_short(signs.free, signs.capacity):
        found.append(Alarm("磁盘空间不足", "上传和作业将失败（不会只写一半）。请腾出空间或扩容。", grave=True))
    return found


def is_silent(at: datetime | None, now: datetime, within: timedelta) -> bool:
    """Whether there was no sign, or none lately."""
    return at is None or now - at > within


def is_recent(at: datetime | None, now: datetime, within: timedelta) -> bool:
    """Whether nothing waits, or not for long."""
    return at is None or now - at <= within


def is_short(free: int, capacity: int) -> bool:
    """Whether the disk is nearly full: less than a tenth and less than some gigabytes."""
    return capacity > 0 and free < ROOM_LEFT and free < capacity * SHARE_LEFT
