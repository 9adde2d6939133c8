"""Who may not apply for a while, and why: bans on enterprises and on persons. Pure.

Administrative Licensing Law art. 78 and 79 close an important licence to an applicant for one and three years; Food
Safety Law art. 135 closes it for five years to the enterprise whose licence was revoked (吊销), to its legal
representative and to those who answer for the violation, who may not manage a food producer either; whoever was
imprisoned for a food safety crime manages none for life. How long each lasts on a day is dated data of the catalogue:
whoever imposes a ban says until when.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from xuke.foundation.calendar import same_day, spoken


@dataclass(frozen=True)
class BanKind:
    """One reason for which the law keeps somebody from applying."""

    code: str
    title: str
    limit: str
    """The id of the time limit that says for how many years; empty for life."""
    basis: str
    says: str
    """What was found, as a sentence continues after a name."""
    binds_managers: bool = False
    """Whether a person is kept not only from applying but from managing a food producer as well (FSL art. 135)."""
    closes: str = "applying"
    """What it keeps somebody from: ``applying``, or only the way of a ``commitment`` (告知承诺)."""


KINDS = (
    BanKind(
        "false_materials",
        "提供虚假材料",
        "food.ban_false_materials",
        "行政许可法第七十八条",
        "申请许可时隐瞒情况或者提供虚假材料",
    ),
    BanKind(
        "fraud", "欺骗、贿赂取得许可", "food.ban_fraud", "行政许可法第七十九条", "以欺骗、贿赂等不正当手段取得许可"
    ),
    BanKind(
        "revoked_food", "许可证被吊销", "food.ban_revoked", "食品安全法第一百三十五条", "食品生产许可证被吊销", True
    ),
    BanKind("food_crime", "食品安全犯罪", "", "食品安全法第一百三十五条", "因食品安全犯罪被判处有期徒刑以上刑罚", True),
    BanKind(
        "severe_dishonesty",
        "列入严重违法失信名单",
        "",
        "市场监督管理严重违法失信名单管理办法第十五条",
        "被列入严重违法失信名单",
        closes="commitment",
    ),
    BanKind("untrue_commitment", "承诺不实", "", "国办发〔2020〕42号", "曾经作出不实承诺", closes="commitment"),
)
BY_CODE = {kind.code: kind for kind in KINDS}

ENTERPRISE, HEAD, STAFF, CONTACT = "enterprise", "head", "staff", "contact"
ROLES = {ENTERPRISE: "企业", HEAD: "法定代表人（负责人）", STAFF: "食品安全管理人员、技术人员", CONTACT: "经办人"}
"""As what somebody banned appears in an application."""


@dataclass(frozen=True)
class Barring:
    """A ban that touches an enterprise on a day: its own, or that of a person who stands for it."""

    kind: str
    name: str
    """Whom it binds."""
    role: str
    """As what they appear here: ``enterprise``, ``head``, ``staff`` or ``contact``."""
    from_on: date
    last_on: date | None
    """The last day; None for life."""
    basis: str
    origin: str = ""
    """Where it comes from, in words: the decision, the enterprise."""
    certain: bool = True
    """False where only the names agree, because the identity of the person here was never proven."""
    ban: str = ""
    """The id of the ban."""
    cleared: bool = False
    """Whether an officer found that the person here only shares the name (身份核对)."""
    checked: str = ""
    """Who looked into it and how, in words; empty where nobody did."""

    @property
    def title(self) -> str:
        """What kind it is, in words."""
        return BY_CODE[self.kind].title

    @property
    def role_title(self) -> str:
        """As what they appear here, in words."""
        return ROLES[self.role]

    @property
    def is_by_name(self) -> bool:
        """Whether only the names agree, or did until somebody looked."""
        return not self.certain or bool(self.checked)

    @property
    def binds(self) -> bool:
        """Whether the law keeps this enterprise from applying because of it."""
        return self.would_bind and not self.cleared

    @property
    def would_bind(self) -> bool:
        """Whether the law keeps an enterprise from applying because of a ban on a person in this role.

        An agent at the counter manages nothing: that a contact is banned themselves bars nobody else.
        """
        if BY_CODE[self.kind].closes != "applying":
            return False
        if self.role == STAFF:
            return BY_CODE[self.kind].binds_managers
        return self.role in (ENTERPRISE, HEAD)

    def covers(self, on: date) -> bool:
        """Whether it counts on a day."""
        return self.from_on <= on and (self.last_on is None or on <= self.last_on)


def last_day(from_on: date, years: int) -> date:
    """The last day of a ban of so many years: the day of the decision itself does not count (Civil Code art. 201, 202).

    It does not move to a working day: nothing has to be done on it.
    """
    return same_day(from_on, 12 * years)


def barring(bans: Iterable[Barring], *, on: date) -> tuple[Barring, ...]:
    """Those that keep the enterprise from applying on a day: the certain ones first, the longest first."""
    found = [ban for ban in bans if ban.binds and ban.covers(on)]
    return tuple(sorted(found, key=lambda ban: (not ban.certain, -(ban.last_on or date.max).toordinal())))


def why_barred(bans: Iterable[Barring], *, on: date) -> str:
    """The reason why an enterprise may not apply on a day, with the article and until when; or an empty string."""
    found = barring(bans, on=on)
    return _sentence(found[0]) if found else ""


def basis_of(bans: Iterable[Barring], *, on: date) -> str:
    """The article of the same reason, or an empty string."""
    found = barring(bans, on=on)
    return found[0].basis if found else ""


def _sentence(ban: Barring) -> str:
    if not ban.certain:
        prove = "本人先在网上完成实名认证，或者" if ban.role == HEAD else ""
        return (
            f"{ROLES[ban.role]}{ban.name}与一名不得申请食品生产许可的人员同名（{ban.basis}）。"
            f"请{prove}本人带身份证件到受理机关的窗口，由工作人员办理“身份核对”；确认不是同一人的，可以继续办理。"
        )
    what = "不得从事食品生产管理工作" if ban.role == STAFF else "不得申请食品生产许可"
    who = "你单位" if ban.role == ENTERPRISE else f"{ROLES[ban.role]}{ban.name}"
    until = f"{spoken(ban.last_on)}以前" if ban.last_on else "终身"
    again = f"{spoken(ban.last_on)}的次日起可以申请。" if ban.last_on and ban.role == ENTERPRISE else ""
    advice = "" if ban.role == ENTERPRISE else "更换人员以后可以申请。"
    return f"{who}{BY_CODE[ban.kind].says}，依照{ban.basis}，{until}{what}。{again}{advice}"
