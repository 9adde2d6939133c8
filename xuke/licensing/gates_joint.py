"""Gates of joint review (联合审查) where another level cannot be asked in this system. Pure."""

from __future__ import annotations

from xuke.licensing.gate_facts import APPLYING, LEVELS, CategoryFacts, GateFacts, level_of


def cannot_be_asked(facts: GateFacts, moment: str) -> str:
    """What the nation keeps with one level is not licensed by another without its opinion (Measures art. 7, 18)."""
    for each in _absent(facts, fixed=True):
        level = LEVELS[each.level_filed or each.level]
        return (
            f"{each.name}（{each.code}）由国家规定在{level}许可（{each.basis}），当地的{level}机关没有在本系统办理，"
            f"不能征求它的联合审查意见，也不能由别的机关代为许可。请把这一类别分开，到{level}机关的窗口申请。"
        )
    return ""


def asked_on_paper(facts: GateFacts, moment: str) -> str:
    """An opinion that nobody can give here is asked in writing, and nothing here waits for it (Measures art. 18)."""
    for each in _absent(facts, fixed=False):
        level = LEVELS[each.level_filed or each.level]
        return (
            f"{each.name}（{each.code}）由{level}许可（{each.basis}），当地的{level}机关没有在本系统办理，联合审查的意见"
            f"不会从这里来：由受理机关书面征求，收到以后再作决定，并写进审查意见"
        )
    return ""


def _absent(facts: GateFacts, *, fixed: bool) -> tuple[CategoryFacts, ...]:
    """The categories of another level that cannot be asked here; before submission each may still be the one chosen."""
    here = level_of(facts.seat) if facts.seat else ""
    others = [each for each in facts.categories if (each.level_filed or each.level) != here]
    if facts.kind not in APPLYING or not (facts.joint or (facts.seat and facts.kind != "first")):
        return ()
    return tuple(each for each in others if each.is_absent and each.is_fixed == fixed)
