"""How long a session may last, how fresh a proof must be, how much guessing is borne. Every number has a reason."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Means(StrEnum):
    """By what somebody came in. The labels stand on the pages of sessions and attempts."""

    PASSWORD = "password"  # noqa: S105 - a word
    PASSKEY = "passkey"
    CODE = "code"
    RECOVERY_CODE = "recovery_code"
    PLATFORM = "platform"
    CERTIFICATE = "certificate"
    REGISTRATION = "registration"

    @property
    def label(self) -> str:
        """The words on the page."""
        return LABELS[self]


LABELS = {
    Means.PASSWORD: "密码",
    Means.PASSKEY: "通行密钥",
    Means.CODE: "动态口令",
    Means.RECOVERY_CODE: "恢复码",
    Means.PLATFORM: "统一身份认证平台",
    Means.CERTIFICATE: "数字证书",
    Means.REGISTRATION: "网上登记",
}


def means_label(code: str) -> str:
    """The words for one means or several (``password+code``)."""
    known = {means.value: means.label for means in Means}
    return "、".join(known.get(part, part) for part in code.split("+") if part)


# --- sessions ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limits:
    """How long a session lasts untouched, and at most."""

    idle: timedelta
    whole: timedelta
    reason: str


APPLICANT = Limits(
    timedelta(minutes=60), timedelta(hours=24), "填一份申请要翻找材料，一小时内不操作仍可接着填；一天重新登录一次。"
)
OFFICER = Limits(timedelta(minutes=30), timedelta(hours=12), "办公室里人会离开座位；一个工作日加上加班在12小时以内。")
ADMINISTRATOR = Limits(
    timedelta(minutes=15),
    timedelta(hours=8),
    "系统管理、安全管理、审计能影响所有人，操作集中而短（GB/T 22239-2019 三级）。",
)
DEMONSTRATION = Limits(timedelta(hours=8), timedelta(hours=24), "演示环境没有真实数据，少打断参观的人。")
LONGEST = max(limits.whole for limits in (APPLICANT, OFFICER, ADMINISTRATOR, DEMONSTRATION))
"""After which no session is worth keeping."""

THREE_ADMINISTRATORS = frozenset({"system_administrator", "security_administrator", "auditor"})


def limits_of(roles: Collection[str], *, demonstration: bool) -> Limits:
    """The limits of somebody who holds these roles today; the strictest one counts."""
    if demonstration:
        return DEMONSTRATION
    if THREE_ADMINISTRATORS & set(roles):
        return ADMINISTRATOR
    return OFFICER if roles else APPLICANT


def is_over(limits: Limits, *, began_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Whether a session has lasted too long, untouched or altogether (ASVS 5.0, 7.3)."""
    return now - seen_at > limits.idle or now - began_at > limits.whole


SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last use of a session is kept: a write a minute, not one per page."""
FRESH = timedelta(minutes=10)
"""How long a proof opens the pages on which factors are changed."""
ON_THE_WAY = timedelta(minutes=10)
"""Between the password and the second factor."""


def is_fresh(proved_at: datetime | None, now: datetime) -> bool:
    """Whether somebody proved who they are a moment ago."""
    return proved_at is not None and now - proved_at <= FRESH


# --- guessing ---------------------------------------------------------------------------------------------------------

WINDOW = timedelta(minutes=15)
"""In which attempts are counted, and for which somebody waits."""
NAMES_FROM_ONE_ADDRESS = 20
"""A whole office stands behind one address, and each mistypes at times; nobody mistypes for twenty people."""
ADDRESSES_FOR_ONE_NAME = 6
"""A person has an office, a home and a phone."""
WRONG_FACTORS = 5
"""Of a million codes five may be tried, three of which are right at a time: one chance in 66 000."""


def why_wait(*, names_from_address: int, addresses_for_name: int, is_usual_address: bool) -> str:
    """The reason why a password is not even looked at now, or an empty string.

    An address from which this person came in before stays open to them: nobody can lock a colleague out from elsewhere.
    """
    if is_usual_address:
        return ""
    minutes = round(WINDOW / timedelta(minutes=1))
    if names_from_address >= NAMES_FROM_ONE_ADDRESS:
        return (
            f"这个网络地址用很多不同的登录名试过密码，暂停用密码登录{minutes}分钟。"
            "可以用通行密钥登录，或者过一会儿再来。"
        )
    if addresses_for_name >= ADDRESSES_FOR_ONE_NAME:
        return (
            f"这个登录名在很多不同的地方输错过密码，暂停用密码登录{minutes}分钟。"
            "可以用通行密钥登录，或者在平时登录的地方登录。"
        )
    return ""


def why_wait_with_codes(wrong: int) -> str:
    """The reason why a code is not looked at now, or an empty string."""
    minutes = round(WINDOW / timedelta(minutes=1))
    return f"验证连续出错{WRONG_FACTORS}次，请过{minutes}分钟再试。" if wrong >= WRONG_FACTORS else ""


# --- second factors ---------------------------------------------------------------------------------------------------


def why_not_remove(*, left: int, must_have: bool) -> str:
    """The reason why the last factor stays, or an empty string."""
    return "工作人员必须有第二因素。请先添加另一个，再移除这一个。" if must_have and left == 0 else ""


# --- what others do ---------------------------------------------------------------------------------------------------

DONE_BY_OTHERS = {
    "user.password_given": "给您设了初始密码，原来的密码作废",
    "user.factors_reset": "清除了您的第二因素：身份验证器、通行密钥、恢复码，以及数字证书和统一身份认证平台的绑定",
}
"""What administrators do to somebody's ways in, as the person reads it."""
TOLD = "user.informed"
"""The person has read it."""


# --- devices ----------------------------------------------------------------------------------------------------------

_SYSTEMS = (
    ("HarmonyOS", "鸿蒙"),
    ("Android", "安卓"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Edg", "Edge"),
    ("QQBrowser", "QQ浏览器"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_LEGIBLE = re.compile(r"[\x20-\x7e]+")


def device(agent: str) -> str:
    """A browser's description of itself in words: Windows上的Edge."""
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    if system and browser:
        return f"{system}上的{browser}"
    return system or browser or "未知设备"


def legible(agent: str) -> str:
    """What is kept of a browser's description of itself: printable, and no more than tells devices apart."""
    return "".join(_LEGIBLE.findall(agent))[:300]
