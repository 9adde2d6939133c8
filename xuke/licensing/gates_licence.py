"""Gates about the licence that an application starts from: whether it stands, and whether it is in time. Pure."""

from __future__ import annotations

from datetime import date

from xuke.foundation.calendar import spoken
from xuke.licensing.gate_facts import DECIDE, SUBMIT, GateFacts, Happened, Window

RENEWING = ("renewal", "renewal_change")
STARTING_FROM = ("change", "report", "renewal", "renewal_change", "reissue")
"""Kinds that start from a licence in force. A cancellation also closes one that has ended otherwise."""
GIVING_UP = ("cancellation", "first")
"""Kinds that end the licence they start from: what starts a first application from one is a move."""
ENDINGS = {"rescinded": "撤销", "revoked": "吊销"}


def in_force(facts: GateFacts, moment: str) -> str:
    """Only a licence in force is changed, renewed or printed again (Measures art. 32, 34)."""
    licence = facts.starts_from
    if facts.kind not in STARTING_FROM or licence is None or licence.standing == "in_force":
        return ""
    if licence.standing != "expired":
        return (
            f"许可证{licence.number}现在的状态是“{licence.standing_title}”，不再有效，不能从它申请变更、延续或者补办。"
        )
    if licence.kept and moment != SUBMIT:
        # Filed in time and with the authority: the law answers with silence = renewed, not with a closed gate.
        return ""
    ended = spoken(licence.valid_to)
    return (
        f"许可证{licence.number}的有效期已于{ended}届满，{_why_not_kept(facts)}不能再办理；"
        f"继续生产的，请重新申请食品生产许可。"
    )


def contested(facts: GateFacts, moment: str) -> str:
    """Nobody gets round 撤销 or 吊销, and the bans that follow, by giving the licence up (APL art. 70(4)).

    The law does not say in so many words that the request waits; the order of its article does: 注销 comes after.
    """
    licence = facts.starts_from
    if licence is None or not licence.contested_as or facts.kind not in GIVING_UP:
        return ""
    gives_up = "注销" if facts.kind == "cancellation" else "因迁址注销"
    advice = (
        "可以先提交，处理决定作出以后再决定。" if moment != DECIDE else "等不到处理决定的，依法不予准予，写明这个理由。"
    )
    return (
        f"许可证{licence.number}正在立案查处，拟{ENDINGS[licence.contested_as]}，作出处理决定以前不能{gives_up}："
        f"注销手续在处理决定以后办理（行政许可法第七十条第（四）项）。{advice}"
    )


def contest_is_told(facts: GateFacts, moment: str) -> str:
    """Whoever was told of the case is told that their request waits for it."""
    return contested(facts, moment) if facts.starts_from and facts.starts_from.contest_told else ""


def _why_not_kept(facts: GateFacts) -> str:
    """Why the end of a licence ended its renewal too, as part of a sentence; empty where nothing was filed."""
    if facts.kind not in RENEWING or facts.filed_on is None or facts.window is None:
        return ""
    last = facts.window.last_on
    if facts.filed_on > last:
        why = f"延续申请最迟应当在{spoken(last)}{_about(facts.window)}提出，{spoken(facts.filed_on, today=last)}才提出"
    else:
        why = "届满时这件申请还在等待申请人补正"
    return f"{why}，不适用逾期未决定视为准予延续（行政许可法第五十条），"


def renewal_is_late(facts: GateFacts, moment: str) -> str:
    """A renewal is applied for thirty working days before the licence ends (Measures art. 34)."""
    return _lateness(facts) if facts.window and facts.window.late_is_taken else ""


def renewal_is_too_late(facts: GateFacts, moment: str) -> str:
    """The same, where the province does not take late ones."""
    return _lateness(facts) if facts.window and not facts.window.late_is_taken else ""


def _lateness(facts: GateFacts) -> str:
    licence, window = facts.starts_from, facts.window
    day = facts.filed_on or facts.today
    if facts.kind not in RENEWING or licence is None or window is None or licence.standing != "in_force":
        return ""
    if day <= window.last_on:
        return ""
    due = (
        f"延续申请应当在有效期届满{window.days}个工作日前提出，许可证{licence.number}最迟应当在{spoken(window.last_on)}"
        f"{_about(window)}提出，{spoken(day, today=window.last_on)}提出已经晚了"
    )
    if not window.late_is_taken:
        return f"{due}。请在有效期届满前停止生产，重新申请食品生产许可"
    end = spoken(licence.valid_to)
    return f"{due}。有效期届满以前仍可受理，但是到{end}届满时还没有决定的，许可证失效，不视为准予延续"


def _about(due: Window | Happened) -> str:
    """The mark of a day that rests on a year whose holiday plan is not announced."""
    return "（暂定）" if due.provisional else ""


def told_late(facts: GateFacts, moment: str) -> str:
    """Who comes late with a change, a report or the end of production is told so, and taken all the same (art. 32, 40).

    The law says within how many days, and of what follows only the penalty for whoever does not come at all.
    """
    it, day = facts.happened, facts.filed_on or facts.today
    if it is None or day <= it.last_on:
        return ""
    what, verb = _COMING[facts.kind]
    return (
        f"{spoken(it.on)}{what}，应当在{it.days}个工作日内{verb}，最迟{spoken(it.last_on)}{_about(it)}（{it.law}），"
        f"{spoken(day, today=it.last_on)}提出已经晚了。仍予办理，逾期的后果待核实。"
    )


_COMING = {
    "change": ("发生变化", "申请变更"),
    "renewal_change": ("发生变化", "申请变更"),
    "report": ("发生变化", "报告"),
    "cancellation": ("终止生产", "申请注销"),
}
"""What happened, and what is to be done about it, by kind."""


def renewal_is_early(facts: GateFacts, moment: str) -> str:
    """The law says when to apply at the latest; whoever comes years before is told what that costs (art. 34, 39)."""
    licence, window = facts.starts_from, facts.window
    if facts.kind not in RENEWING or licence is None or licence.standing != "in_force":
        return ""
    return early(licence.number, licence.valid_to, window.first_on if window else None, facts.filed_on or facts.today)


def early(number: str, valid_to: date, first_on: date | None, day: date) -> str:
    """What is said of a renewal that comes before the first customary day, or an empty string."""
    if first_on is None or day >= first_on:
        return ""
    return (
        f"许可证{number}到{spoken(valid_to)}才届满，按当地做法从{spoken(first_on)}起申请延续。法律没有规定最早什么时候申请，"
        f"现在也可以办理；准予延续的，新的有效期从决定之日起算，原来剩下的有效期不再保留。"
    )


def site_moves(facts: GateFacts, moment: str) -> str:
    """A move of the production site is a new first application (Measures art. 32)."""
    licence = facts.starts_from
    if facts.kind not in ("change", "renewal", "renewal_change") or licence is None or not facts.division:
        return ""
    if licence.division and facts.division != licence.division:
        return "生产场所迁到了别的县（市、区），应当在新的所在地重新申请食品生产许可，许可证编号随之改变。"
    return ""
