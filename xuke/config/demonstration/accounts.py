"""The demonstration accounts as the login page shows them, in an installation that has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xuke.accounts.officers import Role
from xuke.accounts.queries import taken
from xuke.config.demonstration.people import FIRMS, PASSWORD, PROVINCE, SEATS, STAFF

SEATS_SHOWN = ("420506", "420500", "420581", PROVINCE)
"""One county with somebody for every part, the prefecture and a neighbour that receive what is moved or reviewed
together, and whoever keeps the whole province."""
FIRMS_SHOWN = 4
_CAN: dict[Role, str] = {
    Role.ACCEPTOR: "受理、补正、记录报告、窗口代办",
    Role.REVIEWER: "审查、派出核查组、中止、告知听证、立案",
    Role.VERIFIER: "现场核查评分、申报回避",
    Role.DECIDER: "决定、告知承诺、听证、延长期限",
    Role.SUPERVISOR: "证后检查、督办、效能、核查人员",
    Role.SYSTEM_ADMINISTRATOR: "机构",
    Role.SECURITY_ADMINISTRATOR: "人员和岗位",
    Role.AUDITOR: "日志和个人信息查看记录",
}
"""What an account is good for, by its role."""
_ALSO = {
    "lihongmei": "审查、派出核查组，答复联合审查",
    "fanzhiguo": "发布规则，看全省的时限和效能",
    "huangping": "有一份草稿，可以接着填、签名、提交",
    "wuxiaomei": "有一件申请等待决定",
    "wangjie": "有许可证，有一件变更在办",
    "xiangxiaowen": "许可证已被撤回，可以看经过",
    "zhengguoqiang": "法定代表人，可以邀请、移交",
    "wangdehai": "法定代表人，可以邀请、移交",
}
"""The same for those of whom there is something else to say."""


@dataclass(frozen=True)
class Group:
    """The accounts of one authority, or of the enterprises."""

    title: str
    people: tuple[tuple[str, str, str], ...]
    """Login name, who it is, what the account is good for."""


@dataclass(frozen=True)
class Shown:
    """Accounts by authority, and the password they share."""

    groups: tuple[Group, ...]
    password: str = PASSWORD


def groups() -> tuple[Group, ...]:
    """Everybody whom the demonstration names: enterprises first, then authority by authority."""
    places = {seat.code: seat.name for seat in SEATS}
    officers = (Group(places[code], tuple(_officers(code))) for code in SEATS_SHOWN)
    return (Group("企业", tuple(_enterprises())), *officers)


def shown() -> Shown | None:
    """The accounts that are there; None where nobody made the demonstration."""
    known = groups()
    there = taken([login_name for group in known for login_name, *_ in group.people])
    found = tuple(Group(each.title, tuple(one for one in each.people if one[0] in there)) for each in known)
    return Shown(tuple(each for each in found if each.people)) if there else None


def _officers(code: str) -> Iterator[tuple[str, str, str]]:
    for person in STAFF[code]:
        roles = "、".join(role.label for role in person.roles)
        can = "；".join(_CAN[role] for role in person.roles)
        yield person.login_name, f"{person.name}，{roles}", _ALSO.get(person.login_name, can)


def _enterprises() -> Iterator[tuple[str, str, str]]:
    for firm in FIRMS[:FIRMS_SHOWN]:
        yield firm.login_name, f"{firm.contact}，{firm.name}", _ALSO.get(firm.login_name, "办理申请")
    for firm in FIRMS:
        if firm.head_login_name:
            who = f"{firm.legal_representative}，{firm.name}"
            yield firm.head_login_name, who, _ALSO.get(firm.head_login_name, "法定代表人")
