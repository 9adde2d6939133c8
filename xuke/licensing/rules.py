"""What the law says about an application: pure functions over values, each citing its article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from xuke.catalogue.score_sheet import ScoreRule


@dataclass(frozen=True)
class Facts:
    """What the rules of the life ask about one application."""

    correction_asked: bool = False
    silent: bool = False
    """Whether the five working days for telling the applicant have passed without a word."""
    kind: str = "first"
    """first, change, report, renewal, renewal_change, cancellation or reissue (handbook 2.2)."""
    visit_needed: bool = True
    visit_possible: bool = True
    """Whether there is anything to verify on site: not for a new name, nor for a cancellation."""
    visited: bool = False
    """Whether a team was ever sent."""
    passed: int = 0
    """How many of the varieties applied for may be granted."""
    failed: int = 0
    """How many of them are to be refused, beside those that are granted too."""
    paused_for: str = ""
    """The interruption that stops the decision term now, in code; empty for none."""
    hearing: str = ""
    """How far a hearing is: told, waived, requested, arranged, held (`licensing.hearing`); empty for none."""
    hearing_own: str = ""
    """What the applicant has said about a hearing: open, over, asked, waived; empty while they were not told."""
    others_open: bool = False
    """Whether a third party that was told may still ask for a hearing."""
    hearing_owed: bool = False
    """Whether the applicant is to be told of the right to a hearing before a refusal."""
    undecided: str = ""
    """Why the hearing keeps the case from being decided today; empty when it does not."""
    joint_waits: tuple[str, ...] = ()
    """The authorities of other levels whose opinion on their categories is still out (联合审查)."""
    committed: bool = False
    """Whether a letter of commitment was filed and the province allows it (告知承诺)."""
    extension: str = ""
    """How far an extension is: asked, approved, declined (`licensing.commands.extending`); empty for none."""
    is_over: bool = False
    """Whether the last day of the running term has passed."""
    renewal_silent: bool = False
    """Whether the licence ends today or has ended while its renewal waits for the authority."""


def one_list_only(facts: Facts) -> str:
    """Everything that needs correction is told once (Administrative Permit Law art. 32(4))."""
    if facts.correction_asked:
        return "需要补正的内容已经一次告知，不能再发第二份清单。材料补齐的应当受理，未补齐的作出不予受理决定。"
    return ""


def told_in_time(facts: Facts) -> str:
    """After five silent working days the application counts as accepted, and nothing can be asked or declined any more
    (Administrative Permit Law art. 32(4))."""
    if facts.silent:
        return "收到材料以后，法定的告知期限已满没有告知，依法自收到之日起即为受理，不能再要求补正或者不予受理。"
    return ""


def list_is_open(facts: Facts) -> str:
    """One list, in time."""
    return one_list_only(facts) or told_in_time(facts)


INTERRUPTIONS = {
    "suspension": "中止办理",
    "hearing": "听证",
    "testing": "检验检测",
    "expert_review": "专家评审",
}
"""What stops the decision term (Administrative Permit Law art. 45; 审查通则2022), in words."""


def not_suspended(facts: Facts) -> str:
    """Without power or water, or under investigation, nobody verifies until the case is resumed (审查通则2022)."""
    if facts.paused_for != "suspension":
        return ""
    return "这件申请正在中止，停电、停水等原因消除、恢复办理之后再核查（食品生产许可审查通则（2022版））。"


def not_interrupted(facts: Facts) -> str:
    """While a hearing, a test, an expert review or a suspension goes on, nothing is decided (art. 45, 48)."""
    if facts.paused_for:
        return f"这件申请正在{INTERRUPTIONS[facts.paused_for]}，结束之后才能办理这一步。"
    return ""


def is_suspended(facts: Facts) -> str:
    """Only what was suspended is resumed or ended (审查通则2022)."""
    return "" if facts.paused_for == "suspension" else "这件申请没有中止办理。"


def may_be_terminated(facts: Facts) -> str:
    """A case that is suspended ends where it cannot go on, unless the law has renewed the licence already (art. 50)."""
    return not_renewed_by_law(facts) or is_suspended(facts)


def may_be_retracted(facts: Facts) -> str:
    """Nobody takes back what the law has granted already (art. 50): the licence would end unnoticed."""
    if not_renewed_by_law(facts):
        return "许可证届满前没有作出决定，依法视为准予延续（行政许可法第五十条），不能再撤回；不再生产的，请申请注销。"
    return ""


def may_be_prolonged(facts: Facts) -> str:
    """A later day is told for what goes on and has a day of its own: no hearing, whose days are the law's (art. 47)."""
    return "" if facts.paused_for not in ("", "hearing") else "现在没有可以另定日期的中止、检验检测或者专家评审。"


def is_in_special_time(facts: Facts) -> str:
    """Only a test or an expert review that goes on comes to an end (Administrative Permit Law art. 45)."""
    return "" if facts.paused_for in ("testing", "expert_review") else "这件申请没有在检验检测或者专家评审。"


_ON_ITS_WAY = ("requested", "arranged")
_OWN_SAY = {
    "": "还没有告知听证权利。",
    "over": "要求听证的期限已满（被告知之日起五个工作日内）。",
    "asked": "申请人已经要求听证，不用再提。",
    "waived": "听证的事已经答复过，不能再改。",
}


def no_hearing_yet(facts: Facts) -> str:
    """The right to a hearing is told once (art. 47)."""
    if facts.hearing_own:
        return "听证权利已经告知过。"
    if facts.hearing in (*_ON_ITS_WAY, "held"):
        return "已经有人要求听证，申请人会收到听证通知，不用再告知。"
    return not_interrupted(facts)


def may_request_hearing(facts: Facts) -> str:
    """The applicant asks once the right was told, within five working days, whoever else has asked (art. 47)."""
    return _OWN_SAY.get(facts.hearing_own, "")


def may_take_hearing_request(facts: Facts) -> str:
    """The applicant, and each third party that was told, has five working days of their own (art. 47).

    Whoever is told after a hearing may ask for one too: what was held was held without them.
    """
    if facts.others_open:
        return ""
    return "听证已经举行，不能再要求听证。" if facts.hearing == "held" else may_request_hearing(facts)


def may_waive_hearing(facts: Facts) -> str:
    """Whoever may ask for a hearing may go without it, also after asking; what others asked for stands (art. 47)."""
    if facts.hearing in _ON_ITS_WAY and facts.hearing_own in ("asked", "open"):
        return ""
    if facts.hearing in _ON_ITS_WAY:
        return "听证是利害关系人要求的，申请人不能放弃。"
    return may_request_hearing(facts)


def hearing_is_requested(facts: Facts) -> str:
    """A hearing is called after it was requested, and can be called again for another day."""
    return "" if facts.hearing in _ON_ITS_WAY else "没有人要求听证。"


def hearing_is_arranged(facts: Facts) -> str:
    """Only a hearing that was called takes place."""
    return "" if facts.hearing == "arranged" else "听证还没有通知，不能结束。"


def not_renewed_by_law(facts: Facts) -> str:
    """Once the licence has ended without a decision the law has renewed it, and nobody decides otherwise (art. 50)."""
    if facts.renewal_silent and facts.kind in ("renewal", "renewal_change"):
        return "许可证已经届满，届满前没有作出决定，依法视为准予延续，不能再作出别的决定（行政许可法第五十条）。"
    return ""


def may_be_decided(facts: Facts) -> str:
    """Nothing is decided in an interruption, nor over the head of whoever may still be heard (art. 45, 47, 48)."""
    return not_renewed_by_law(facts) or not_interrupted(facts) or facts.undecided


def may_be_refused(facts: Facts) -> str:
    """Before a no the applicant is told that they may ask for a hearing: where others have a major interest, and where
    the province wants it of every refusal (Administrative Permit Law art. 47)."""
    return may_be_decided(facts) or told_before_a_no(facts)


def told_before_a_no(facts: Facts) -> str:
    """Where the word on a hearing is owed, it is given first, also where some varieties only are refused (art. 47)."""
    if facts.hearing_owed and not facts.hearing_own and facts.hearing != "held":
        return (
            "作出不予许可决定（包括部分品种不予许可）之前，应当先告知申请人可以要求听证（行政许可法第四十七条）。"
            "请审查人员签发听证告知书；期满或者申请人放弃听证之后再决定。"
        )
    return ""


def something_to_see(facts: Facts) -> str:
    """Verifiers go where substance has to be checked, and nowhere else (Measures art. 21, 37)."""
    if not facts.visit_possible:
        return "这件申请没有需要现场核实的内容，不需要现场核查（食品生产许可管理办法（2020年）第二十一条）。"
    return not_interrupted(facts)


def visit_after_all(facts: Facts) -> str:
    """What was to be decided without a visit is visited once the decider has sent it back (Measures art. 37)."""
    if facts.visited:
        return "已经派出过核查组，需要再去现场的，请重新派出核查组（食品生产许可管理办法（2020年）第二十一条）。"
    return something_to_see(facts)


def another_visit(facts: Facts) -> str:
    """Only where a team was sent another one follows it (Measures art. 21)."""
    if not facts.visited:
        return "还没有派出过核查组，需要现场核查的，请派出核查组（食品生产许可管理办法（2020年）第二十一条）。"
    return not_interrupted(facts)


def may_be_extended(facts: Facts) -> str:
    """The decision term is extended once, before it is over, and not while it stands still (Measures art. 22)."""
    if facts.extension == "approved":
        return "决定时限已经延长过一次，不能再延长（食品生产许可管理办法第二十二条）。"
    if facts.is_over:
        return "决定时限已经届满，不能再延长。请尽快作出决定，并说明超期原因。"
    return not_interrupted(facts)


def may_ask_extension(facts: Facts) -> str:
    """Nobody asks for more time while the answer is still out, or after it was given (Measures art. 22)."""
    return "延长期限的申请正在等待批准。" if facts.extension == "asked" else may_be_extended(facts)


def may_extend(facts: Facts) -> str:
    """The head of the authority approves what was asked for (Measures art. 22)."""
    return may_be_extended(facts) or extension_is_asked(facts)


def extension_is_asked(facts: Facts) -> str:
    """Only what was asked for is answered."""
    return "" if facts.extension == "asked" else "没有等待批准的延长期限申请。"


def no_visit_needed(facts: Facts) -> str:
    """Where substance must be checked, the visit comes before the proposal (Measures art. 21, 37)."""
    if facts.visit_needed:
        return "这件申请须先完成现场核查，才能拟定审查意见（食品生产许可管理办法第二十一条）。"
    return opinions_are_there(facts)


def opinions_are_there(facts: Facts) -> str:
    """Nothing is proposed for the categories of another level without its opinion (Measures art. 18)."""
    if facts.joint_waits:
        who = "、".join(facts.joint_waits)
        return f"联合审查还在等待{who}的意见，收到之后才能拟定审查意见（食品生产许可管理办法（2020年）第十八条）。"
    return not_interrupted(facts)


def opinion_is_asked(facts: Facts) -> str:
    """Only an opinion that was asked for, and is still out, is given (Measures art. 18)."""
    return "" if facts.joint_waits else "没有等待答复的联合审查。"


def something_passed(facts: Facts) -> str:
    """A licence is granted for what passed; when nothing passed there is nothing to grant (审查通则2022). For the
    rest it is a no, and what has to be told before a no is told first (art. 47)."""
    if facts.kind == "cancellation":
        return "这是注销申请，请办理准予注销。"
    if not facts.passed:
        return may_be_decided(facts) or "没有通过核查的品种，只能作出不予许可决定。"
    return may_be_refused(facts) if facts.failed else may_be_decided(facts)


def needs_decision(facts: Facts) -> str:
    """A report is recorded; everything else is accepted and decided (Measures art. 32)."""
    return "报告事项不需要受理和许可决定，核对之后记录即可。" if facts.kind == "report" else ""


def is_report(facts: Facts) -> str:
    """Only a report is recorded without a decision (Measures art. 32)."""
    return "" if facts.kind == "report" else "只有报告事项可以直接记录，其他申请应当受理并作出决定。"


def is_cancellation(facts: Facts) -> str:
    """Only an application for cancellation ends in one (Measures art. 40)."""
    return may_be_decided(facts) or ("" if facts.kind == "cancellation" else "只有注销申请可以准予注销。")


def is_silent(facts: Facts) -> str:
    """Five silent working days make it accepted (Administrative Permit Law art. 32(4)); a report is not accepted."""
    if facts.kind == "report":
        return "报告事项不适用逾期视为受理。"
    return "" if facts.silent else "告知期限还没有满，不能视为受理。"


def is_committed(facts: Facts) -> str:
    """Decided at once only where a commitment was filed and is allowed (handbook 2.9)."""
    return may_be_decided(facts) or ("" if facts.committed else "这件申请没有适用告知承诺，应当审查之后再决定。")


def is_on_promise(facts: Facts) -> str:
    """Whether a letter of commitment was filed and not set aside."""
    return "" if facts.committed else "这件申请没有适用告知承诺。"


def not_on_promise(facts: Facts) -> str:
    """What was filed with a letter of commitment is decided at once, or sent to the review by whoever decides."""
    if facts.committed:
        return "申请人选择了告知承诺，由决定人员当场决定；不宜当场决定的，由决定人员转入一般程序。"
    return ""


def renewal_is_silent(facts: Facts) -> str:
    """No decision before the licence ends renews it (Administrative Permit Law art. 50)."""
    if facts.kind not in ("renewal", "renewal_change"):
        return "只有延续申请在逾期未决定时视为准予延续。"
    return "" if facts.renewal_silent else "许可证还没有届满，或者延续申请没有在法定期限内提出，不能视为准予延续。"


def acceptance_day(*, received_on: date, told_by: date, today: date) -> date:
    """The day on which acceptance takes effect.

    When the authority stayed silent past its five working days, the application counts as accepted from the day of
    receipt (Administrative Permit Law art. 32(4)).
    """
    return received_on if today > told_by else today


APART = "行政许可法第三十四条；三分离要求"
"""On what the separation of hands rests. Whether it is a duty by law is uncertain, and every sentence says so."""


def apart(sentence: str) -> str:
    """A sentence about the separation of hands with its basis and the mark that it waits to be verified."""
    return f"{sentence}（{APART}，待核实）。"


def same_hand(*, accepted_by: Sequence[int], reviewed_by: Sequence[int], decided_by: int | None) -> str:
    """Acceptance, review and decision are in different hands (三分离). A reason when they are not, else empty.

    `accepted_by` holds everybody who handled the receipt, `reviewed_by` the reviewer and the verifiers: one hand each.
    """
    if set(accepted_by) & set(reviewed_by):
        return apart("受理人员不能再审查或者核查同一件申请")
    if decided_by is not None and decided_by in accepted_by:
        return apart("受理人员不能再决定同一件申请")
    if decided_by is not None and decided_by in reviewed_by:
        return apart("审查、核查人员不能再决定同一件申请")
    return ""


def team_is_complete(*, members: int, leaders: int) -> str:
    """At least two verifiers (Measures art. 21), one of whom leads (组长负责制)."""
    if members < 2:
        return "核查组至少两名核查人员。"
    if leaders != 1:
        return "请指定一名组长。"
    return ""


# The score sheet -----------------------------------------------------------------------------------------------------

NOT_APPLICABLE = "na"


@dataclass(frozen=True)
class Item:
    """One of the items of the score sheet."""

    number: int
    part: str
    title: str
    most: Decimal
    scores: tuple[Decimal, ...]
    always: bool = False
    """Whether it applies to every first application, so that nobody can leave it out."""


@dataclass(frozen=True)
class Score:
    """The result of a sheet for one variety."""

    points: Decimal
    most: Decimal
    zeros: tuple[int, ...]
    unscored: tuple[int, ...]
    rule: ScoreRule
    """What is asked of it."""

    @property
    def rate(self) -> Decimal:
        """Points over the points of the applicable items; 0 when none applies."""
        return self.points / self.most if self.most else Decimal(0)

    @property
    def is_high_enough(self) -> bool:
        """Whether the rate reaches what the rule asks for."""
        return self.rate >= self.rule.rate

    @property
    def passed(self) -> bool:
        """Every item scored, the rate reached, and no item at 0 where that fails it (审查通则2022)."""
        fails = bool(self.zeros) and self.rule.zero_fails
        return not fails and not self.unscored and self.most > 0 and self.is_high_enough


def marks_for(sheet: Mapping[str, Any], variety: str) -> dict[int, str]:
    """The marks that count for a variety: its own where it has some, the common ones elsewhere."""
    own = sheet.get("varieties", {}).get(variety, {})
    common = sheet.get("common", {})
    numbers = {int(number) for number in (*common, *own)}
    found = {}
    for number in numbers:
        mark = own.get(str(number), {}).get("score") or common.get(str(number), {}).get("score") or ""
        if mark:
            found[number] = mark
    return found


def score(items: Sequence[Item], marks: Mapping[int, str], rule: ScoreRule) -> Score:
    """Add up a sheet. Items that do not apply leave the total; items without a mark are named."""
    points = most = Decimal(0)
    zeros, unscored = [], []
    for item in items:
        mark = marks.get(item.number, "")
        if not mark:
            unscored.append(item.number)
        elif mark != NOT_APPLICABLE:
            value = Decimal(mark)
            points += value
            most += item.most
            if value == 0:
                zeros.append(item.number)
    return Score(points, most, tuple(zeros), tuple(unscored), rule)
