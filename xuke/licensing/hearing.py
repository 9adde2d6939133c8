"""The hearing of an application (听证, Administrative Permit Law art. 46 to 48): how far it is, and what that closes.

It is kept on the application as one value, so that whoever asks whether the case may be decided asks no other table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Standing(StrEnum):
    """How far a hearing is."""

    NONE = ""
    TOLD = "told"
    WAIVED = "waived"
    REQUESTED = "requested"
    ARRANGED = "arranged"
    HELD = "held"


class OwnSay(StrEnum):
    """What the applicant has said about a hearing; the applicant's time is their own, whoever else asked (art. 47)."""

    NOT_TOLD = ""
    OPEN = "open"
    """Told, and in time to ask."""
    OVER = "over"
    ASKED = "asked"
    WAIVED = "waived"


TITLES = {
    Standing.TOLD: "已告知听证权利",
    Standing.WAIVED: "放弃听证",
    Standing.REQUESTED: "已要求听证",
    Standing.ARRANGED: "已通知听证",
    Standing.HELD: "听证已经结束",
}


@dataclass(frozen=True)
class ChairRecusal:
    """Somebody asked that the chair stays away (申请主持人回避), for an interest in the matter (art. 48(3))."""

    chair: int
    name: str
    """The chair's."""
    who: str
    text: str
    asked_on: date
    decided_on: date | None = None
    upheld: bool = False
    decision: str = ""

    @property
    def title(self) -> str:
        """How it stands, in words."""
        return ("同意回避" if self.upheld else "不同意回避") if self.decided_on else "等待决定"


@dataclass(frozen=True)
class Held:
    """A hearing that took place, before somebody who was told later asked for one of their own."""

    held_on: date
    time: str
    place: str
    chair: str
    attendance: str
    record: str
    conclusion: str
    concluded_at: str
    paper: str = ""


@dataclass(frozen=True)
class Hearing:
    """The hearing of one application."""

    standing: Standing
    matter: str = ""
    request_by: date | None = None
    """The last day on which a hearing may be requested."""
    requested_on: date | None = None
    requested_by: str = ""
    """Everybody whose request stands."""
    is_own: bool = False
    """Whether the applicant's does."""
    own_waived: bool = False
    """Whether the applicant goes without one."""
    hold_by: date | None = None
    """The last day on which it is to be held."""
    held_on: date | None = None
    """The day for which it was called, and on which it took place."""
    time: str = ""
    place: str = ""
    chair: str = ""
    closed: str = ""
    """Why the public is kept out; empty for a public hearing, as art. 48 wants it."""
    record: str = ""
    conclusion: str = ""
    paper: str = ""
    """The digest of the signed record; empty for a hearing from before it was asked for."""
    chair_id: int = 0
    recusals: tuple[ChairRecusal, ...] = ()
    """Whoever asked that a chair stays away, the first first."""
    before: tuple[Held, ...] = ()
    """What was held before, the first first."""

    @property
    def title(self) -> str:
        """How far it is, in words; empty where there is none."""
        return TITLES.get(self.standing, "")

    @property
    def goes_on(self) -> bool:
        """Whether it was requested and is not over."""
        return self.standing in (Standing.REQUESTED, Standing.ARRANGED)

    @property
    def open_recusals(self) -> tuple[ChairRecusal, ...]:
        """What is asked of the chair and not decided: until it is, the hearing does not end."""
        of_chair = self.standing is Standing.ARRANGED
        return tuple(each for each in self.recusals if of_chair and not each.decided_on and each.chair == self.chair_id)

    @property
    def kept_away(self) -> frozenset[int]:
        """Who does not chair it any more."""
        return frozenset(each.chair for each in self.recusals if each.upheld)


def kept_away(kept: Mapping[str, Any]) -> frozenset[int]:
    """Who was to chair the hearing that is kept on an application, and stays away for an interest in the matter."""
    return frozenset(int(each["chair"]) for each in kept.get("recusals", ()) if each.get("upheld"))


_FLAGS = ("is_own", "own_waived")
_DAYS = ("request_by", "requested_on", "hold_by", "held_on")


def read(kept: Mapping[str, Any]) -> Hearing:
    """The hearing as it is kept on an application."""
    days = {name: date.fromisoformat(kept[name]) for name in _DAYS if kept.get(name)}
    apart = (*_DAYS, *_FLAGS, "chair_id", "recusals", "before")
    texts = {name: str(kept[name]) for name in kept if name in Hearing.__dataclass_fields__ and name not in apart}
    standing = Standing(texts.pop("standing", ""))
    flags = {name: bool(kept.get(name)) for name in _FLAGS}
    recusals = tuple(_recusal(each) for each in kept.get("recusals", ()))
    chair_id = int(kept.get("chair_id", 0))
    before = tuple(Held(**{**each, "held_on": date.fromisoformat(each["held_on"])}) for each in kept.get("before", ()))
    numbers = {"chair_id": chair_id, "recusals": recusals, "before": before}
    return Hearing(standing=standing, **texts, **days, **flags, **numbers)  # type: ignore[arg-type]


def begun_again(kept: Mapping[str, Any]) -> dict[str, Any]:
    """The hearing as it is kept, with what was held laid beside what is to come; as it is where nothing was."""
    if kept.get("standing") != Standing.HELD:
        return dict(kept)
    held = {name: kept[name] for name in Held.__dataclass_fields__ if name in kept}
    rest = {name: value for name, value in kept.items() if name not in held}
    return {**rest, "before": [*kept.get("before", ()), held], "notices": []}


def _recusal(kept: Mapping[str, Any]) -> ChairRecusal:
    days = {name: date.fromisoformat(kept[name]) for name in ("asked_on", "decided_on") if kept.get(name)}
    return ChairRecusal(**{**kept, **days})


_OF_THE_CALL = ("held_on", "time", "place", "chair", "chair_id", "closed")


def uncalled(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What is left of a hearing whose call does not hold any more: its chair stays away, or nobody wants it."""
    return {name: value for name, value in kept.items() if name not in _OF_THE_CALL}


def own_say(kept: Mapping[str, Any], *, today: date | None) -> OwnSay:
    """What the applicant has said, or may still say. Without `today`, and before the service, the time is open."""
    hearing = read(kept)
    if hearing.own_waived or hearing.standing is Standing.WAIVED:
        return OwnSay.WAIVED
    if hearing.is_own:
        return OwnSay.ASKED
    if not hearing.matter:
        return OwnSay.NOT_TOLD
    in_time = today is None or hearing.request_by is None or today <= hearing.request_by
    return OwnSay.OPEN if in_time and hearing.standing is not Standing.HELD else OwnSay.OVER


def why_undecided(kept: Mapping[str, Any], *, today: date | None, proposed_at: str = "") -> str:
    """The reason a case may not be decided because of its hearing, or an empty string.

    Whoever may ask for a hearing is given the time to (art. 47); and a decision rests on the record of the hearing, so
    what was proposed before it is proposed anew (art. 48). Without `today` the time is taken to run. `proposed_at` is
    the moment of the opinion, as it is kept.
    """
    hearing = read(kept)
    if why := _why_others_wait(kept, today):
        return why
    may_ask = own_say(kept, today=today) is OwnSay.OPEN
    if may_ask and hearing.request_by is None:
        return "听证告知书还没有送达，要求听证的期限没有起算，现在不能决定（行政许可法第四十七条）。"
    if may_ask and hearing.request_by:
        last = f"{hearing.request_by.month}月{hearing.request_by.day}日"
        return f"已经告知听证权利，{last}之前可以要求听证；期满或者放弃听证之后才能决定（行政许可法第四十七条）。"
    concluded_at = str(kept.get("concluded_at", ""))
    if proposed_at and concluded_at and datetime.fromisoformat(proposed_at) < datetime.fromisoformat(concluded_at):
        return "听证之后应当根据听证笔录重新拟定意见，写明怎样采纳，再作决定（行政许可法第四十八条）。请先退回审查。"
    return ""


def adopted(kept: Mapping[str, Any], proposal: Mapping[str, Any]) -> dict[str, str]:
    """What a decision says of the hearing it follows: its day, and what was made of its record (art. 48(2))."""
    held = read(kept)
    if held.standing is not Standing.HELD or held.held_on is None:
        return {}
    return {"heard_on": held.held_on.isoformat(), "on_record": str(proposal.get("on_record", ""))}


def concerns_others(kept: Mapping[str, Any]) -> bool:
    """Whether a third party was told that the matter touches their major interest (art. 36)."""
    return bool(kept.get("others_told")) or "others_until" in kept


def others_may_answer(kept: Mapping[str, Any], today: date | None) -> bool:
    """Whether a third party that was told still has time to ask for a hearing (art. 36, 47).

    A statement is no waiver: whoever wrote against the matter may ask for a hearing on the next day.
    """
    if "others_until" not in kept:
        return False
    until = str(kept["others_until"])
    return not until or today is None or today <= date.fromisoformat(until)


def _why_others_wait(kept: Mapping[str, Any], today: date | None) -> str:
    if not others_may_answer(kept, today):
        return ""
    until = str(kept["others_until"])
    if not until:
        return "利害关系人告知书还没有送达，答复的期限没有起算，现在不能决定（行政许可法第三十六条）。请先登记送达。"
    last = date.fromisoformat(until)
    return (
        f"已经告知利害关系人，{last.month}月{last.day}日之前可以陈述意见、要求听证；期满或者都放弃听证之后才能决定"
        "（行政许可法第三十六条、第四十七条）。"
    )


ART_48 = "行政许可法第四十八条"
CHAIRED = f"您主持这件申请的听证，不能再审查、核查（{ART_48}）。"
"""Told to the chair who would get the review, or go to the site, before the hearing and after it."""
KEPT_AWAY = f"您因与这件申请有直接利害关系回避了听证主持，不能再审查、核查、决定（{ART_48}）。"
"""Told to whoever was to chair it and has an interest in the matter: that keeps them from every hand (art. 48(3))."""


def chair_is_apart(*, chair: int, reviewed_by: tuple[int, ...]) -> str:
    """The chair has not examined the application (art. 48). A reason when they have, else an empty string."""
    if chair in reviewed_by:
        return "听证主持人应当是审查、核查该申请的人员以外的人员（行政许可法第四十八条）。请另外指定。"
    return ""
