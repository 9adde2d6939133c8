"""How far a case is, in words for whoever has its receipt number: where it stands, whose turn it is, how many days."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from xuke.catalogue.limits import find_limit
from xuke.foundation.calendar import spoken
from xuke.foundation.identifiers.identify import identify
from xuke.foundation.identifiers.result import Kind
from xuke.foundation.journal import SHANGHAI, Event
from xuke.foundation.refusals import Invalid, Problem
from xuke.licensing import clocks, progress
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.form import Procedure
from xuke.publication.models import Progress
from xuke.web.pieces import Happening, Stop

EXAMPLE = "20260918-420500-0137"
LOOKS_LIKE = (
    f"接收凭证号是日期、机关代码和顺序号，例如{EXAMPLE}，写在提交后收到的接收凭证上；"
    "受理号写在受理通知书上，例如宜市监食许受〔2026〕0137号。"
)
LONGEST = 60
_RECEIPT = re.compile(r"(\d{8})-?(\d{6})-?(\d{4,6})")
_ACCEPTANCE = re.compile(r"(\w{2,20}?)[〔\[(【](\d{4})[〕\])】]第?(\d{1,6})号?")
_DASHES = str.maketrans("‐‑‒–—―－−_", "---------")


def is_number(typed: str) -> bool:
    """Whether it is written like the number of a case."""
    try:
        return bool(normal_form(typed))
    except Invalid:
        return False


def normal_form(typed: str) -> str:
    """A receipt number or an acceptance number as it is registered; raises `Invalid` with what one looks like."""
    text = "".join(unicodedata.normalize("NFKC", typed[: 4 * LONGEST]).translate(_DASHES).split())
    if found := _RECEIPT.fullmatch(text):
        return "-".join(found.groups())
    if found := _ACCEPTANCE.fullmatch(text):
        mark, year, number = found.groups()
        return f"{mark}〔{year}〕{int(number):04d}号"
    raise Invalid(Problem("receipt", _told(text)))


def _told(text: str) -> str:
    if not text:
        return "请输入接收凭证号或者受理号。" + LOOKS_LIKE
    kind = identify(text[:LONGEST]).kind
    if kind is Kind.UNKNOWN:
        return f"这不像接收凭证号，也不像受理号。{LOOKS_LIKE}"
    where = "查许可证请到“许可查询”。" if kind in (Kind.FOOD_LICENCE, Kind.CREDIT_CODE) else ""
    return f"这是{kind.label}，查不了办理进度。{where}{LOOKS_LIKE}"


def find(number: str) -> Progress | None:
    """The case of a receipt number, or of an acceptance number that only one case has; None when nobody has it."""
    rows = Progress.objects.using("public")
    if _RECEIPT.fullmatch(number):
        return rows.filter(pk=number).first()
    found = list(rows.filter(acceptance_number=number)[:2])
    return found[0] if len(found) == 1 else None


MOST_HEARINGS = 200


def hearings(*, today: date) -> list[Progress]:
    """The hearings that everybody may attend, from today on, the next first; nobody learns who applied."""
    rows = Progress.objects.using("public").filter(hearing_on__gte=today)
    return list(rows.order_by("hearing_on", "receipt_number")[:MOST_HEARINGS])


SUBMITTED, ACCEPTED, REVIEWED, VISITED, DECIDED, ISSUED = range(6)
LABELS = ("提交", "受理", "材料审查", "现场核查", "决定", "发证")


@dataclass(frozen=True)
class Standing:
    """What a state means for whoever follows the case: at which node of the path, in a word, whose turn, what comes."""

    node: int
    title: str
    tone: str = ""
    who: str = ""
    text: str = ""
    is_over: bool = False


def _over(node: int, title: str, text: str, tone: str = "off") -> Standing:
    return Standing(node, title, tone, "", text, is_over=True)


STANDINGS: Mapping[str, Standing] = {
    "submitted": Standing(ACCEPTED, "已提交", "", "受理人员", "最迟{due}告知申请人是否受理。"),
    "correcting_on_spot": Standing(
        ACCEPTED, "待当场更正", "warn", "申请人", "请申请人登录后确认当场更正，或者不同意。"
    ),
    "correction_requested": Standing(
        ACCEPTED, "待补正", "warn", "申请人", "需要补正的内容已经一次告知，请申请人登录后补正并重新提交。"
    ),
    "resubmitted": Standing(ACCEPTED, "已重新提交", "", "受理人员", "最迟{due}告知申请人是否受理。"),
    "accepted": Standing(REVIEWED, "已受理", "", "审查人员", "先审查材料，再到现场核查，最迟{due}作出决定。"),
    "document_review": Standing(REVIEWED, "审查中", "", "审查人员", "正在审查申请材料，最迟{due}作出决定。"),
    "verification_assigned": Standing(VISITED, "核查中", "", "核查组", "核查组到生产场所核查，最迟{due}作出决定。"),
    "verification_done": Standing(
        DECIDED, "待决定", "", "审查人员", "现场核查已经结束，正在拟定审查意见，最迟{due}作出决定。"
    ),
    "decision_proposed": Standing(DECIDED, "待决定", "", "决定人员", "审查意见已经拟定，最迟{due}作出决定。"),
    "granted": Standing(ISSUED, "准予许可", "ok", "系统", "已经准予许可，正在制作电子证书，最迟{due}发证。"),
    "certificate_issued": _over(ISSUED, "已发证", "已经发证，申请人可以登录下载电子证书。", "ok"),
    "refused": _over(DECIDED, "不予许可", "已经作出不予许可决定，理由和救济途径写在送达申请人的决定书里。"),
    "not_accepted": _over(ACCEPTED, "不予受理", "不予受理，理由写在送达申请人的通知书里。"),
    "not_required": _over(ACCEPTED, "不需要许可", "这项活动不需要取得许可，理由写在送达申请人的通知书里。"),
    "not_competent": _over(ACCEPTED, "不属于本机关职权", "应当向哪个机关申请，写在送达申请人的通知书里。"),
    "retracted": _over(ACCEPTED, "已撤回申请", "申请人已经撤回申请。"),
    "recorded": _over(ACCEPTED, "已记录报告", "报告事项已经记录，电子证书的副本已经更新。", "ok"),
    "licence_cancelled": _over(DECIDED, "准予注销", "已经准予注销，许可证编号不再使用。", "ok"),
    "terminated": _over(REVIEWED, "已终止办理", "已经终止办理，理由写在送达申请人的通知书里。"),
}

TOLD = progress.TOLD | {
    "correction_offered": ("提出当场更正", "等申请人确认"),
    "correction_confirmed": ("申请人确认当场更正", ""),
    "correction_declined": ("申请人未同意当场更正", "按原来填写的内容继续办理"),
    "correction_asked": ("一次告知补正", "等申请人补正，受理时限停止计算"),
    "resubmitted": ("重新提交", "受理时限重新起算"),
    "retracted": ("申请人撤回申请", ""),
}
_NODE_OF = {
    "submitted": SUBMITTED,
    "accepted": ACCEPTED,
    "verification_assigned": REVIEWED,
    "verification_concluded": VISITED,
    "granted": DECIDED,
    "granted_on_commitment": DECIDED,
    "deemed_accepted": ACCEPTED,
    "deemed_renewed": DECIDED,
    "report_recorded": ACCEPTED,
    "licence_cancelled": DECIDED,
    "refused": DECIDED,
    "certificate_recorded": ISSUED,
}
"""The node of the path that a step completes."""


@dataclass(frozen=True)
class Shown:
    """A case as its page shows it."""

    row: Progress
    standing: Standing
    text: str
    term: clocks.Term | None
    stops: tuple[Stop, ...]
    happenings: tuple[Happening, ...]

    @property
    def used(self) -> str:
        """The days in one sentence: 决定时限10个工作日，已用到第3日，剩7个工作日."""
        if self.term is None:
            return ""
        reading = self.term.reading
        left = f"，{reading.short}" if reading.started_on and not self.standing.is_over and reading.due_on else ""
        return f"{self.term.title}{reading.headline}{left}"


def shown(row: Progress, *, today: date) -> Shown:
    """Put a case into words, as it stands on a day."""
    which, standing = procedure(row.procedure), STANDINGS[row.state]
    standing = replace(standing, title=which.in_words(standing.title), text=which.in_words(standing.text))
    due = f"{'暂定' if row.due_provisional else ''}{spoken(row.due_on, today=today)}" if row.due_on else ""
    return Shown(
        row=row,
        standing=standing,
        text=standing.text.format(due=due) if due else standing.text.replace("最迟{due}", "依法"),
        term=_term(row, today=today),
        stops=_stops(row, standing, due, today),
        happenings=tuple(_happenings(row.steps, which)),
    )


def _term(row: Progress, *, today: date) -> clocks.Term | None:
    """The term that runs, or how the decision term ran when all is over. Reasons of pauses are not public."""
    events = tuple(_event(row.receipt_number, seq, mark) for seq, mark in enumerate(row.marks))
    decided = any(mark["clock"] == "decision.start" for mark in row.marks)
    over = STANDINGS[row.state].is_over
    return clocks.term(events, today=today, clock=clocks.DECISION if over and decided else "")


def _event(stream: str, seq: int, mark: Mapping[str, Any]) -> Event:
    day = date.fromisoformat(mark["on"])
    at = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    return Event(0, stream, seq, "", at, day, mark["clock"], "", "", {"days": mark["days"]})


def _stops(row: Progress, standing: Standing, due: str, today: date) -> tuple[Stop, ...]:
    days = {_NODE_OF[step["verb"]]: date.fromisoformat(step["on"]) for step in row.steps if step["verb"] in _NODE_OF}

    def done(node: int, label: str = "") -> Stop:
        return Stop(label or LABELS[node], spoken(days[node], today=today) if node in days else "", done=True)

    if row.state == "retracted":
        return (*(done(node) for node in sorted(days)), Stop(standing.title, done=True))
    before = tuple(done(node) for node in range(standing.node))
    if standing.is_over:
        return (*before, done(standing.node, standing.title))
    return (*before, *(_coming(node, standing, due, today) for node in range(standing.node, len(LABELS))))


def _coming(node: int, standing: Standing, due: str, today: date) -> Stop:
    """A node that is not reached yet: the running term ends at 受理, at 决定 or at 发证."""
    ends = ACCEPTED if standing.node <= ACCEPTED else ISSUED if standing.node == ISSUED else DECIDED
    note = f"{due}前" if due and node == ends else ""
    if node == ISSUED and standing.node < ISSUED:
        issue = find_limit("food.issue", today)
        note = f"决定后{issue.value}个工作日内" if issue else ""
    return Stop(LABELS[node], note, current=node == standing.node)


def _happenings(steps: Iterable[Mapping[str, str]], which: Procedure) -> Iterable[Happening]:
    newest_first = list(steps)[::-1]
    for place, step in enumerate(newest_first):
        title, text = TOLD[step["verb"]]
        yield Happening(date.fromisoformat(step["on"]), which.in_words(title), text, latest=place == 0)
