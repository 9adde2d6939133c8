"""Which postings one person may hold on the same day: pure functions over values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from xuke.accounts.roles import THREE_ADMINISTRATORS, TITLES, Role
from xuke.foundation.refusals import Problem

LONGEST_DEPUTYSHIP = 366
"""Days. Whoever is away for longer is replaced."""


@dataclass(frozen=True)
class Held:
    """One posting as the rules see it. The last day is no longer held."""

    role: Role
    place: int
    """The authority."""
    begins: date
    ends: date | None = None
    instead_of: int | None = None
    """The absent colleague, of a deputy."""

    def meets(self, other: Held) -> bool:
        """Whether the two are held on a common day."""
        if self.is_empty or other.is_empty:
            return False
        return _before(self.begins, other.ends) and _before(other.begins, self.ends)

    @property
    def is_empty(self) -> bool:
        """Ended on the day it began, or before it began: held on no day."""
        return self.ends is not None and self.ends <= self.begins


def _before(begins: date, ends: date | None) -> bool:
    return ends is None or begins < ends


def why_not_beside(wanted: Held, held: Iterable[Held]) -> str:
    """The reason a person who holds these postings may not hold another one on the same days, or an empty string.

    Whoever keeps the system, whoever keeps its people and whoever audits both are three persons (三员分立,
    GB/T 22239-2019, 8.1.5), and none of them has a hand in a case: who gives posts and passwords decides nothing, and
    nobody audits their own doings.
    """
    same_days = [one for one in held if one.meets(wanted)]
    for one in same_days:
        if (one.role, one.place, one.instead_of) == (wanted.role, wanted.place, wanted.instead_of):
            return f"同一时段已经担任这个机关的{TITLES[one.role]}。"
    if wanted.role in THREE_ADMINISTRATORS:
        for one in same_days:
            if reason := _why_not_administer_too(wanted, one):
                return reason
    together = {wanted.role, *(one.role for one in same_days)}
    if not same_days or not together & THREE_ADMINISTRATORS:
        return ""
    if Role.AUDITOR in together:
        return "审计人员只查看、不办理，不能兼任其他岗位。"
    return "系统管理、安全管理人员不经办许可，不能兼任受理、审查、核查、决定、监督。"


def _why_not_administer_too(wanted: Held, one: Held) -> str:
    if one.role not in THREE_ADMINISTRATORS:
        return ""
    if one.role != wanted.role:
        return "系统管理、安全管理、审计三个岗位由三个人分别担任（三员分立）。"
    return f"同一时段已经在一个机关担任{TITLES[one.role]}，这个岗位一个人只在一个机关担任。"


def why_not_from(begins: date, *, today: date) -> str:
    """A posting begins today or later: what was done yesterday was done by whoever held it then."""
    return "不能从已经过去的日子开始。" if begins < today else ""


def why_not_until(begins: date, until: date | None) -> str:
    """A secondment and a deputyship have a last day, not before the first."""
    if until is None:
        return "请填写最后一天。"
    return "最后一天不能早于开始的日子。" if until < begins else ""


def why_not_deputise_so_long(begins: date, until: date) -> str:
    """A deputy fills a gap; a post that stays empty is filled."""
    return "代理最长一年。更长的请直接任命。" if (until - begins).days >= LONGEST_DEPUTYSHIP else ""


def roles_to_deputise(held: Iterable[Held], *, today: date) -> tuple[Role, ...]:
    """What an absent person leaves to a deputy: their own roles today and to come; of somebody who has left, those they
    left last. What they hold as somebody's deputy themselves is not passed on."""
    own = [one for one in held if one.instead_of is None and not one.is_empty]
    present = {one.role for one in own if one.ends is None or one.ends > today}
    left = max((one.ends for one in own if one.ends is not None), default=None)
    found = present or {one.role for one in own if one.ends == left}
    return tuple(role for role in Role if role in found)


# --- taking an account over -------------------------------------------------------------------------------------------

APART = timedelta(days=7)
"""How long the two halves of a way into somebody's account stay in different hands."""


@dataclass(frozen=True)
class Done:
    """Something that was done to an account, as the journal remembers it."""

    verb: str
    actor: str
    actor_label: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True)
class Half:
    """One of the two acts that together let somebody else into an account."""

    acts: frozenset[str]
    undone_by: frozenset[str]
    """After these it opens nothing any more."""
    did: str
    does: str
    until: str


PASSWORD = Half(
    frozenset({"user.added", "user.password_given"}),
    frozenset({"user.password_changed"}),
    did="给这个账号设过初始密码",
    does="重置密码",
    until="本人改掉初始密码以前",
)
FACTORS = Half(
    frozenset({"user.factors_reset"}),
    frozenset({"user.totp_set", "user.passkey_added", "user.certificate_bound", "user.platform_linked"}),
    did="重置过这个账号的第二因素",
    does="重置第二因素",
    until="本人重新添加第二因素以前",
)
REMEMBERED = PASSWORD.acts | PASSWORD.undone_by | FACTORS.acts | FACTORS.undone_by
"""What the journal is asked about."""


def why_not_both(wanted: Half, other: Half, done: Sequence[Done], *, by: str, now: datetime) -> str:
    """The reason this administrator may not do one half because they did the other, or an empty string.

    Whoever knows the password and has taken the second factor away is whoever they like. So for a week, and for as long
    as the first half still opens something, the second one is another administrator's. `done` is in its order.
    """
    mine = [place for place, one in enumerate(done) if one.verb in other.acts and one.actor == by]
    if not mine:
        return ""
    last = done[mine[-1]]
    is_undone = any(one.verb in other.acts | other.undone_by for one in done[mine[-1] + 1 :])
    if is_undone and now - last.at >= APART:
        return ""
    return (
        f"您{other.did}。一个人不能既设密码又重置第二因素：{APART.days}天之内，以及{other.until}，"
        f"由本机关或者上级机关的另一位安全管理人员{wanted.does}。"
    )


# --- authorities ------------------------------------------------------------------------------------------------------

ABOVE: dict[str, tuple[str, ...]] = {
    "nation": (),
    "province": ("nation",),
    "prefecture": ("province",),
    "county": ("prefecture", "province"),
}
"""The levels that may stand directly above a level; some counties have no prefecture."""
LENGTHS = {
    "name": 100,
    "abbreviation": 20,
    "uscc": 30,
    "reconsideration_body": 100,
    "court": 100,
    "address": 200,
    "phone": 60,
}
"""Characters in the particulars of an authority."""
NEEDED = frozenset({"name", "abbreviation", "uscc", "reconsideration_body", "court"})
"""What stands in every notice, and so cannot be missing."""


def level_problems(level: str, above: str | None) -> list[Problem]:
    """What is wrong with the level of an authority below one of level `above`; None is the root of the tree."""
    if level not in ABOVE:
        return [Problem("level", "请选择国家、省、市或者县。")]
    if above is not None and above not in ABOVE[level]:
        return [Problem("parent", "上级机关的级别应当高于这个机关。")]
    return []
