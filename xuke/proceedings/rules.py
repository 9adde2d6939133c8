"""What the law says about a proceeding: pure functions over facts, each citing its article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from xuke.foundation.calendar import spoken

ENDED_SUBJECTS = ("deregistered", "revoked")
"""States of the register in which an enterprise no longer produces: 注销, and 吊销 of its business licence."""


@dataclass(frozen=True)
class Facts:
    """What the rules ask about one proceeding on a day."""

    today: date | None = None
    """None where nobody asks about a day: then whatever is in time counts as in time, and no period as over."""
    formal: bool = False
    """Whether the ground is a plain fact, on which there is nothing to be heard."""
    formality: bool = False
    """Whether it is 注销 that the case is about."""
    told_on: date | None = None
    """The day on which the notice was served."""
    answer_by: date | None = None
    """The last day for statement and defence."""
    hearing_by: date | None = None
    """The last day for asking for a hearing."""
    waived: bool = False
    hearing_on: date | None = None
    ends_licence: bool = True


def formal_only(facts: Facts) -> str:
    """Who is to lose a right is told beforehand and heard (Administrative Licensing Law art. 7, Penalty Law art. 44).

    Only a plain fact, such as an expiry, is decided at once (art. 70).
    """
    if facts.formal:
        return ""
    return "应当先事先告知企业拟作出的决定和事实、理由、依据，听取陈述申辩，才能提出处理意见（行政许可法第七条）。"


def notice_needed(facts: Facts) -> str:
    """A plain fact needs no notice beforehand; the decision is announced (Administrative Licensing Law art. 70)."""
    return "这种情形的依职权注销是手续，不需要事先告知，可以直接提出处理意见。" if facts.formal else ""


def formality_only(facts: Facts) -> str:
    """The formality ends a licence by itself only where nothing else has to be decided (Licensing Law art. 70).

    What is no plain fact was told beforehand all the same (art. 7).
    """
    if not facts.formality:
        return "撤回、撤销、吊销先作出决定，注销手续随后办理（行政许可法第七十条第（四）项）。"
    if not facts.formal and facts.told_on is None:
        return "应当先事先告知企业，听取陈述申辩，才能注销（行政许可法第七条）。请不予处理这件案件，重新立案后告知。"
    return ""


def not_a_formality(facts: Facts) -> str:
    """The formality is not decided upon, the record is closed because of its ground (Licensing Law art. 70)."""
    return "依职权注销没有别的决定，请直接办理注销。" if facts.formality else ""


def in_time_to_answer(facts: Facts) -> str:
    """Statement and defence are heard until the day told in the notice (Administrative Licensing Law art. 7)."""
    if facts.today and facts.answer_by and facts.today > facts.answer_by:
        return f"陈述申辩的期限已于{spoken(facts.answer_by)}届满。"
    return ""


def in_time_for_hearing(facts: Facts) -> str:
    """A hearing is asked for within five working days of being told (Administrative Licensing Law art. 47)."""
    if facts.waived:
        return "企业已经书面放弃陈述申辩和听证。"
    if facts.today and facts.hearing_by and facts.today > facts.hearing_by:
        return f"要求听证的期限已于{spoken(facts.hearing_by)}届满（行政许可法第四十七条）。"
    return ""


def everybody_was_heard(facts: Facts) -> str:
    """Nothing is proposed before the periods of the notice are over, unless the holder waived them (art. 7, 47)."""
    if facts.waived:
        return ""
    if facts.told_on is None:
        return "事先告知书还没有送达，陈述申辩的期限没有开始。送达以后再办理。"
    last = max(day for day in (facts.answer_by, facts.hearing_by, facts.told_on) if day)
    if facts.today is not None and facts.today > last:
        return ""
    return f"企业可以陈述申辩、要求听证到{spoken(last)}为止，期满或者企业书面放弃以后才能继续。"


def hearing_day_has_come(facts: Facts) -> str:
    """A record is made of a hearing that was held (Administrative Licensing Law art. 48)."""
    if facts.today and facts.hearing_on and facts.today < facts.hearing_on:
        return f"听证定在{spoken(facts.hearing_on)}举行，还没有到。"
    return ""


def ends_a_licence(facts: Facts) -> str:
    """The formality follows the ending of a licence: it retires the number (Administrative Licensing Law art. 70)."""
    return "" if facts.ends_licence else "这件处理不涉及许可证，没有注销手续。"


# --- whoever acts ---------------------------------------------------------------------------------------------------


def separate_hands(*, investigated_by: Sequence[int], decided_by: int | None, chair: int | None) -> str:
    """Who investigates neither decides nor chairs the hearing (Licensing Law art. 48; Penalty Law art. 63, 64)."""
    if decided_by is not None and decided_by in investigated_by:
        return "调查人员不能再决定同一件案件。"
    if chair is not None and chair in investigated_by:
        return "听证主持人不能是调查人员（行政许可法第四十八条）。"
    return ""


def recused(person: int, *, kept_away: Sequence[int]) -> str:
    """Who had a hand in a decision does not judge whether it was lawful (Licensing Law art. 5; Penalty Law art. 43).

    The Licensing Law asks for fairness and keeps reviewers from the chair (art. 48); what it leaves open about
    investigating and deciding is taken from the Penalty Law.
    """
    if person not in kept_away:
        return ""
    return (
        "您经手过作出这项许可决定的申请（受理、审查、核查或者决定），这件案件要查明的正是那项决定是否合法，"
        "您应当回避（行政许可法第五条，参照行政处罚法第四十三条）。"
    )


# --- when it can be begun -------------------------------------------------------------------------------------------


def why_not_ended(subject_state: str, *, title: str, proof: str) -> str:
    """The reason nobody says that an enterprise has ended, or an empty string (Licensing Law art. 70(3)).

    The register says so, or a document that is named.
    """
    if subject_state in ENDED_SUBJECTS or proof:
        return ""
    return (
        f"登记机关记载这家企业的登记状态是“{title}”。企业已经终止的，请填写证明文书的名称和文号，"
        "例如登记机关的注销登记通知书（行政许可法第七十条第（三）项）。"
    )


def why_not_ground(ground: str, *, standing: str, valid_to: date, today: date) -> str:
    """The reason a formal ground does not hold for a licence, or an empty string (Licensing Law art. 70)."""
    if ground == "expired" and standing != "expired" and today <= valid_to:
        return f"许可证的有效期到{spoken(valid_to)}为止，还没有届满。"
    if ground == "force_majeure" and standing == "expired":
        return "许可证的有效期已经届满，请按有效期届满办理注销。"
    return ""
