"""What the auditor's desk concludes, as pure functions: is the log whole, and which numbers of people are hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

SEALER_SILENT = timedelta(seconds=60)
"""The sealer gives a sign of life every second; after a minute without one it stands still."""
WAITING_LONG = timedelta(seconds=60)
"""An entry is sealed about a second after its transaction; one that waits for a minute is not being sealed."""
CHECK_OLD = timedelta(hours=30)
"""The whole log is checked once a day."""


@dataclass(frozen=True)
class Seen:
    """What is known about the log at one moment, without reading all of it."""

    now: datetime
    sealed_entries: int
    head_at: datetime | None
    head_genuine: bool
    """The newest head is signed by a key of this installation and fits the tree."""
    file_size: int | None
    """The size in the last line of the file of heads; None when there is no file."""
    file_agrees: bool
    """The last line is one of the heads of the database, word for word."""
    waiting: int
    oldest_waiting: datetime | None
    sealer_at: datetime | None
    sealer_problem: str
    checked_at: datetime | None
    findings: int
    check_problem: str = ""
    """Why the last check could not be finished."""


@dataclass(frozen=True)
class Alarm:
    """One thing that is wrong, and what to do about it. `grave` means the journal may have been tampered with."""

    title: str
    text: str
    grave: bool


def alarms(seen: Seen) -> tuple[Alarm, ...]:
    """Everything that is wrong, the gravest first."""
    found = [*_tampered(seen), *_standing_still(seen), *_unchecked(seen)]
    return tuple(sorted(found, key=lambda alarm: not alarm.grave))


def _tampered(seen: Seen) -> list[Alarm]:
    found = []
    if seen.findings:
        found.append(
            Alarm(
                f"最近一次核查发现{seen.findings}处问题",
                "日志有被改动、删除或者截去的痕迹。请立即保全数据库和树头文件，并按应急预案报告。",
                grave=True,
            )
        )
    if seen.sealed_entries and not seen.head_genuine:
        found.append(Alarm("最新的树头不是本系统签的", "树头的签名或者内容不对，已封存的日志不可信。", grave=True))
    if seen.file_size is not None and seen.file_size > seen.sealed_entries:
        lost = seen.file_size - seen.sealed_entries
        text = f"数据库之外的树头文件记有{seen.file_size}个条目，数据库只有{seen.sealed_entries}个，少了{lost}个。"
        found.append(Alarm("日志末尾被截去", f"{text}从备份恢复过的，请对照恢复记录。", grave=True))
    elif seen.file_size is not None and not seen.file_agrees:
        found.append(
            Alarm("树头文件与数据库不符", "数据库之外保存的最新树头在数据库中没有，或者内容不同。", grave=True)
        )
    elif seen.file_size is None and seen.sealed_entries:
        found.append(Alarm("没有找到树头文件", "数据库之外没有保存的树头，无法判断日志末尾是否被截去。", grave=True))
    return found


def _standing_still(seen: Seen) -> list[Alarm]:
    found = []
    if seen.sealer_problem:
        found.append(Alarm("封存已停止", seen.sealer_problem, grave=True))
    elif seen.sealer_at is None or seen.now - seen.sealer_at > SEALER_SILENT:
        since = f"，已经{_long(seen.now - seen.sealer_at)}没有动静" if seen.sealer_at else ""
        found.append(
            Alarm("封存程序没有运行", f"后台作业没有在封存日志{since}。请运维人员启动 xuke worker。", grave=False)
        )
    if seen.oldest_waiting and seen.now - seen.oldest_waiting > WAITING_LONG:
        age = _long(seen.now - seen.oldest_waiting)
        found.append(Alarm("有条目迟迟没有封存", f"最早的一个已等了{age}。没有封存的条目还不受证明保护。", grave=False))
    return found


def _unchecked(seen: Seen) -> list[Alarm]:
    if seen.check_problem:
        return [Alarm("最近一次核查没有完成", seen.check_problem, grave=False)]
    if seen.checked_at is None:
        return [Alarm("还没有核查过整个日志", "后台作业每天核查一次，也可以运行 xuke journal verify。", grave=False)]
    if seen.now - seen.checked_at > CHECK_OLD:
        age = _long(seen.now - seen.checked_at)
        return [Alarm("整个日志很久没有核查了", f"最近一次在{age}以前；后台作业应当每天核查一次。", grave=False)]
    return []


def _long(span: timedelta) -> str:
    """12秒, 5分钟, 3小时, 2天."""
    seconds = max(int(span.total_seconds()), 0)
    for size, unit in ((86_400, "天"), (3_600, "小时"), (60, "分钟")):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}秒"


# --- numbers of people ------------------------------------------------------------------------------------------------

_APART = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_MOBILE = re.compile(rf"{_APART[0]}(1[3-9]\d)\d{{4}}(\d{{4}}){_APART[1]}")
_RESIDENT = re.compile(
    rf"{_APART[0]}([1-8]\d{{3}})\d{{2}}(?:18|19|20)\d{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    rf"(\d{{3}}[\dXx]){_APART[1]}"
)
_MAIL = re.compile(r"([\w.+-])[\w.+-]*(@[\w-]+(?:\.[\w-]+)+)", re.ASCII)


def masked(text: str) -> str:
    """A text with resident numbers, mobile numbers and mail addresses hidden: 4205**********1234, 138****5678."""
    text = _RESIDENT.sub(r"\1**********\2", text)
    text = _MOBILE.sub(r"\1****\2", text)
    return _MAIL.sub(r"\1***\2", text)
