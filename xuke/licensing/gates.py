"""Gates: what keeps an application from being begun, submitted, accepted or granted, as the law has it. Pure.

A gate looks at facts that were read before (`gating`), says in a sentence what is in the way and why, and names its
article. All gates are asked at once, so that nobody corrects one thing only to be told of the next. A gate that only
*warns* holds nobody up: applicant and officers read it beside the case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xuke.foundation.calendar import spoken
from xuke.licensing import gates_joint, gates_licence
from xuke.licensing.gate_facts import (
    ACCEPT,
    APPLYING,
    COMMIT,
    DECIDE,
    LEVELS,
    START,
    SUBMIT,
    CategoryFacts,
    CommitmentFacts,
    GateFacts,
    Happened,
    LicenceFacts,
    LocalGate,
    OtherCase,
    Registration,
    Subject,
    Window,
    level_of,
)
from xuke.parties.bans import BY_CODE, ENTERPRISE, why_barred

__all__ = [
    "ACCEPT",
    "COMMIT",
    "DECIDE",
    "START",
    "SUBMIT",
    "CategoryFacts",
    "Closed",
    "CommitmentFacts",
    "Gate",
    "GateFacts",
    "Happened",
    "LicenceFacts",
    "LocalGate",
    "OtherCase",
    "Registration",
    "Subject",
    "Window",
    "closed",
    "gate",
    "why_not_commitment",
]

MOMENTS = {
    START: "开始申请",
    SUBMIT: "提交申请",
    ACCEPT: "受理",
    DECIDE: "作出决定",
    COMMIT: "按告知承诺决定",
}


Check = Callable[[GateFacts, str], str]
_SENDING = "declaration.truthful"
"""The place in the form of what concerns the whole application: where it is sent."""


@dataclass(frozen=True)
class Gate:
    """One reason why an application cannot go on, and when it is looked for."""

    code: str
    title: str
    law: str
    moments: tuple[str, ...]
    check: Check
    """Facts and moment to a sentence, or to an empty string when the gate is open."""
    place: str = _SENDING
    """Where in the form the sentence is shown."""
    warns: bool = False
    uncertain: bool = False
    """Whether the rule itself waits to be verified (待核实)."""


@dataclass(frozen=True)
class Closed:
    """A gate that is closed: what and why, in a sentence that cites the article."""

    code: str
    sentence: str
    law: str
    warns: bool = False
    uncertain: bool = False
    place: str = ""


def closed(facts: GateFacts, moment: str) -> tuple[Closed, ...]:
    """Every gate that is closed at a moment, those that hold up first."""
    found = [_asked(gate, facts, moment) for gate in GATES if moment in gate.moments]
    found += [_local(gate) for gate in facts.local if moment in gate.moments and not gate.met]
    return tuple(sorted((each for each in found if each), key=lambda each: each.warns))


def _asked(gate: Gate, facts: GateFacts, moment: str) -> Closed | None:
    sentence = gate.check(facts, moment)
    if not sentence:
        return None
    return Closed(gate.code, _cited(sentence, gate.law), gate.law, gate.warns, gate.uncertain, gate.place)


def _local(gate: LocalGate) -> Closed:
    return Closed(gate.code, _cited(gate.says, gate.law), gate.law, place=_SENDING)


def _cited(sentence: str, law: str) -> str:
    """The sentence with its article at the end, unless it is named in it."""
    return f"{sentence.removesuffix('。')}（{law}）。" if law and law not in sentence else sentence


# --- the enterprise ---------------------------------------------------------------------------------------------------


def _subject(facts: GateFacts, moment: str) -> str:
    """A business licence or another legal subject first (先照后证, Measures art. 10)."""
    subject = facts.subject
    if facts.kind == "cancellation":
        return ""
    if subject.state != "in_operation":
        return f"{subject.name}的登记状态是“{subject.state_title}”，没有合法的主体资格，不能办理食品生产许可。"
    if subject.term_ends_on and facts.today > subject.term_ends_on:
        ended = spoken(subject.term_ends_on)
        return f"{subject.name}的营业期限已于{ended}届满，请先到登记机关办理变更登记，再申请食品生产许可。"
    return ""


def _banned(facts: GateFacts, moment: str) -> str:
    """Whoever may not apply does not, and whoever stands for the applicant neither (APL art. 78, 79; FSL art. 135)."""
    if facts.kind not in APPLYING:
        return ""
    return why_barred([ban for ban in facts.bans if ban.certain], on=facts.today)


def _namesake(facts: GateFacts, moment: str) -> str:
    """Nobody is refused on a guess: of the same name only, somebody looks who they are first (身份核对)."""
    if facts.kind not in APPLYING:
        return ""
    return why_barred([ban for ban in facts.bans if not ban.certain], on=facts.today)


def _not_offered(facts: GateFacts, moment: str) -> str:
    """What the province has switched off is not filed; a draft begun before is no application (APL art. 4)."""
    way = facts.closed_way
    return f"本地没有开通“{way.title}”（{way.law}），不能再提交。已经提交的继续办理。" if way else ""


def _one_certificate(facts: GateFacts, moment: str) -> str:
    """One enterprise holds one certificate (一企一证, Measures art. 4)."""
    held = facts.held
    if facts.kind != "first" or held is None or _moves(facts):
        return ""
    return (
        f"贵企业已经持有有效的食品生产许可证{held.number}。一企一证，需要增加品种的请申请变更，"
        f"生产场所迁址的请从这张许可证申请迁址"
    )


def _moves(facts: GateFacts) -> bool:
    """A first application that names the licence it replaces: the site moves (Measures art. 32)."""
    return facts.starts_from is not None and facts.held is not None and facts.starts_from.number == facts.held.number


def _another_case(facts: GateFacts, moment: str) -> str:
    """What is under way is finished first: two decisions about one licence would contradict each other."""
    mine = facts.starts_from.number if facts.starts_from else ""
    for other in facts.others:
        if other.kind == facts.kind:
            return f"贵企业已有一件同样的申请正在办理（{other.number}）。办结或者撤回之后才能再提交。"
        if mine and other.licence == mine and "report" not in (other.kind, facts.kind):
            advice = "需要同时变更和延续的，请撤回它，再申请“延续并变更”。" if _could_join(other, facts) else ""
            return (
                f"许可证{mine}已有一件“{other.title}”正在办理（{other.number}），办结或者撤回之后才能再提交。{advice}"
            )
    return ""


def _could_join(other: OtherCase, facts: GateFacts) -> bool:
    return {other.kind, facts.kind} == {"change", "renewal"}


# --- what is applied for ----------------------------------------------------------------------------------------------


def _competence(facts: GateFacts, moment: str) -> str:
    """The authority must be the one that licenses the category (Measures art. 6, 7).

    Until acceptance today's table decides; whoever accepted lawfully also decides, unless the case is handed over.
    """
    if not facts.seat or facts.kind != "first":
        return ""  # What starts from a licence goes to the authority that issued it (art. 32, 34).
    levels = [each.level if moment == ACCEPT else each.level_filed or each.level for each in facts.categories]
    here = level_of(facts.seat)
    wrong = [(each, level) for each, level in zip(facts.categories, levels, strict=True) if level and level != here]
    # Of several levels the applicant chose one, which asks the others (joint review, art. 18).
    if not wrong or (len(wrong) < len(levels) and facts.joint):
        return ""
    return _moved(facts, *wrong[0])


def _moved(facts: GateFacts, each: CategoryFacts, level: str) -> str:
    since = f"自{spoken(each.since)}起" if each.since else ""
    basis = f"（{each.basis}）" if each.basis else ""
    here = facts.seat_name or "本机关"
    return (
        f"{each.name}（{each.code}）的许可权限{since}在{LEVELS[level]}{basis}，{here}没有这一类别的许可权限。"
        f"请按移交方案移交，或者告知申请人向有权的机关申请。"
    )


def _edition_over(facts: GateFacts, moment: str) -> str:
    """Without a rule in force nobody is competent: an edition that ended is not applied further (APL art. 4)."""
    for each in facts.categories:
        if not each.level and each.ended_on:
            rule = f"（{each.ended_basis}）" if each.ended_basis else ""
            return (
                f"{each.name}（{each.code}）的许可权限规定{rule}适用到{spoken(each.ended_on)}为止，新的规定还没有公布，"
                f"现在不能办理。请向省级市场监督管理部门查询。"
            )
    return ""


def _registration_over(facts: GateFacts, moment: str) -> str:
    """A special food is produced under its registration or filing (FSL art. 74 to 81; Measures art. 14)."""
    for each in facts.registrations:
        if each.last_on and facts.today > each.last_on:
            return f"“{each.name}”的注册证书{each.number}已于{spoken(each.last_on)}到期，应当先延续注册再申请生产许可。"
    return ""


# --- commitment -------------------------------------------------------------------------------------------------------


def why_not_commitment(facts: GateFacts) -> str:
    """The reason an application cannot be decided on a promise, or an empty string (handbook 2.9)."""
    for each in facts.categories:
        if each.is_special:
            return f"{each.name}是特殊食品，不适用告知承诺（食品安全法第七十四条）。"
    if facts.joint:
        return "申请的类别由不同级别的部门许可，需要联合审查（食品生产许可管理办法（2020年）第十八条），不能当场决定。"
    if reason := _why_not_trusted(facts):
        return reason
    commitment = facts.commitment
    if commitment.allowed:
        return ""
    if commitment.ended_on:
        ended, basis = spoken(commitment.ended_on), commitment.basis
        return f"本地对这类申请的告知承诺适用到{ended}为止{f'（{basis}）' if basis else ''}，现在按一般程序办理。"
    return f"本地没有对这类申请开通告知承诺{f'（{commitment.basis}）' if commitment.basis else ''}，请按一般程序申请。"


def _why_not_trusted(facts: GateFacts) -> str:
    """Nobody on the severe dishonesty list, nobody whose promise was untrue (Order 44 art. 15; 国办发〔2020〕42号)."""
    for ban in facts.bans:
        if BY_CODE[ban.kind].closes != "commitment" or not ban.covers(facts.today) or ban.role != ENTERPRISE:
            continue
        until = f"，到{spoken(ban.last_on)}为止" if ban.last_on else ""
        return f"{ban.name}{BY_CODE[ban.kind].says}（{ban.basis}）{until}，不适用告知承诺，按一般程序办理。"
    return ""


def _commitment(facts: GateFacts, moment: str) -> str:
    return why_not_commitment(facts) if facts.commitment.asked else ""


# --- all of them ------------------------------------------------------------------------------------------------------

ALWAYS = (START, SUBMIT, ACCEPT, DECIDE)
_CLOSING = "行政许可法第七十条第（四）项"
GATES: tuple[Gate, ...] = (
    Gate("subject", "主体资格", "食品生产许可管理办法（2020年）第十条", ALWAYS, _subject),
    Gate("banned", "禁止申请", "", ALWAYS, _banned),
    Gate("namesake", "身份核对", "", ALWAYS, _namesake),
    Gate("not_offered", "办理方式", "", (SUBMIT,), _not_offered),
    Gate("one_certificate", "一企一证", "食品生产许可管理办法（2020年）第四条", (START, SUBMIT), _one_certificate),
    Gate("another_case", "另有申请", "", (SUBMIT,), _another_case),
    Gate(
        "licence_in_force",
        "许可证有效",
        "食品生产许可管理办法（2020年）第三十二条、第三十四条",
        ALWAYS,
        gates_licence.in_force,
    ),
    Gate(
        "renewal_late",
        "延续期限",
        "食品生产许可管理办法（2020年）第三十四条",
        (START, SUBMIT, ACCEPT),
        gates_licence.renewal_is_late,
        warns=True,
        uncertain=True,
    ),
    Gate("contested", "立案查处", _CLOSING, (DECIDE,), gates_licence.contested, uncertain=True),
    Gate(
        "contested_told",
        "立案查处",
        _CLOSING,
        (START, SUBMIT, ACCEPT),
        gates_licence.contest_is_told,
        warns=True,
        uncertain=True,
    ),
    Gate("told_late", "申请、报告期限", "", (SUBMIT, ACCEPT), gates_licence.told_late, warns=True, uncertain=True),
    Gate(
        "renewal_early",
        "提前申请延续",
        "食品生产许可管理办法（2020年）第三十四条",
        (START, SUBMIT, ACCEPT),
        gates_licence.renewal_is_early,
        warns=True,
        uncertain=True,
    ),
    Gate(
        "renewal_too_late",
        "延续期限",
        "食品生产许可管理办法（2020年）第三十四条",
        (START, SUBMIT),
        gates_licence.renewal_is_too_late,
    ),
    Gate(
        "site_moves",
        "生产场所迁址",
        "食品生产许可管理办法（2020年）第三十二条",
        (SUBMIT,),
        gates_licence.site_moves,
        place="site.division_code",
    ),
    Gate(
        "edition_over",
        "规定失效",
        "食品生产许可管理办法（2020年）第六条",
        (SUBMIT, ACCEPT),
        _edition_over,
        place="products.varieties",
    ),
    Gate(
        "joint_impossible",
        "联合审查",
        "食品生产许可管理办法（2020年）第十八条",
        (SUBMIT, ACCEPT, DECIDE),
        gates_joint.cannot_be_asked,
        place="products.varieties",
    ),
    Gate(
        "joint_on_paper",
        "联合审查",
        "食品生产许可管理办法（2020年）第十八条",
        (SUBMIT, ACCEPT, DECIDE),
        gates_joint.asked_on_paper,
        warns=True,
    ),
    Gate("competence", "许可权限", "食品生产许可管理办法（2020年）第六条", (ACCEPT, DECIDE), _competence),
    Gate(
        "registration_over",
        "注册备案有效",
        "食品安全法第七十四条",
        (SUBMIT, ACCEPT, DECIDE),
        _registration_over,
        place="products.varieties",
    ),
    Gate("commitment", "告知承诺", "", (SUBMIT, COMMIT), _commitment),
)
"""In the order in which they are told."""

_BY_CODE = {gate.code: gate for gate in GATES}


def gate(code: str) -> Gate:
    """The gate of that code."""
    return _BY_CODE[code]
