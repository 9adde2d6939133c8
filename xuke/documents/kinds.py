"""The kinds of notices (handbook 2.8): title, mark in the number, remedies, basis, and what each reads.

Every content carries the parties: `applicant`, `uscc`, `contact`, `item` (the words that follow 你单位的, such as
食品生产许可首次申请 or 食品添加剂生产许可延续), `products` (rows of `code`, `name`, `detail`) and `receipt_number`.
`authority` and `service` are added when the notice is issued. Days are ISO dates, moments are words; `basis` is written
as the catalogue writes it (行政许可法第三十八条；…). Where a notice goes to somebody other than the enterprise,
`recipient` names them: then it is never served electronically.

`reads` names what else the words of a kind print. A name that ends in ? may be missing. Rows have these names:
varieties (`products`, `granted`, `refused`): code, name, detail, and reason where they are refused; `corrections`,
`missing`: item, defect, remedy; `changes`: label, before, after; `problems`: item, problem, demand; `team`: name,
credential, leader; `bans`: who, years, until (both empty: for life); `sections`: title and lines (label, value), or
table and rows of cells (label, value); `files`: label, name; `declarations`: text, basis; `signed`: by, means, at,
digest; `corrects`: number, channel, served_on, reason. The forms of a visit are made by `visit_forms.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

WORDS = Path(__file__).parent / "templates/documents/words"
_DATED = re.compile(r"(?P<kind>[a-z]\w*)@(?P<day>\d{4}-\d{2}-\d{2})(?:~(?P<place>\d{6}))?")


@dataclass(frozen=True)
class NoticeKind:
    """One kind of written act."""

    name: str
    title: str
    mark: str
    """The character in the document number: 受 in 宜市监食许受〔2026〕0137号."""
    reads: str = ""
    """What its words read from the content beside the parties."""
    remedies: bool = False
    """Whether the applicant must be told about reconsideration and litigation (Administrative Permit Law art. 38)."""
    cites_basis: bool = True
    """Whether its words cite the article it rests on, from `basis`."""
    born: tuple[str, ...] = ()
    """Numbers in the content that are only given with the act, so that a preview leaves them blank."""
    is_record: bool = False
    """Whether it is kept on the authority's file and served on nobody: lists, sheets, reports, proofs of service."""
    by_applicant: bool = False
    """Whether the applicant made it: they find it in their case, and no seal of the authority is put under it."""

    def series(self, abbreviation: str) -> str:
        """What an authority's document numbers of this kind begin with: 宜市监食许受."""
        return f"{abbreviation}食许{self.mark}"

    @property
    def keys(self) -> tuple[str, ...]:
        """The names in `reads`."""
        return tuple(name.rstrip("?") for name in self.reads.split())

    @property
    def template(self) -> str:
        """Its newest words."""
        return template_on(self.name, date.max)


KINDS = (
    # --- receipt and acceptance
    NoticeKind(
        "application_form",
        "食品生产许可申请书",
        "申",
        "filed_at receiver sections files declarations signed replaces?",
        cites_basis=False,
        is_record=True,
        by_applicant=True,
    ),
    NoticeKind(
        "receipt",
        "申请材料接收凭证",
        "接",
        "materials submitted_at counted_from? told_by? provisional? renew_by? renew_by_provisional?",
        cites_basis=False,
    ),
    NoticeKind("acceptance_notice", "受理通知书", "受", "accepted_on days due_on provisional? no_visit? basis"),
    NoticeKind("correction_notice", "补正告知书", "补", "corrections basis"),
    NoticeKind(
        "non_acceptance_notice", "不予受理通知书", "不受", "reason missing? competent? ground? basis", remedies=True
    ),
    # --- verification
    NoticeKind(
        "verification_notice",
        "现场核查通知书",
        "核",
        "acceptance_number visit_on address team observer? experts? entrusted? licence? basis",
    ),
    NoticeKind(
        "meeting_record",
        "现场核查首末次会议签到表",
        "会",
        "acceptance_number? visit_on address meetings",
        cites_basis=False,
        is_record=True,
    ),
    NoticeKind(
        "score_record",
        "现场核查评分记录表",
        "评",
        "acceptance_number? visit_on address variety? parts total full rate verdict pass_rule? team? applicant_signed?",
        cites_basis=False,
        is_record=True,
    ),
    NoticeKind(
        "verification_report",
        "现场核查报告",
        "报",
        "acceptance_number? visit_on address team? observer? varieties problems? conclusion rectify_by?"
        " applicant_signed? basis?",
        is_record=True,
    ),
    NoticeKind(
        "material_list",
        "核查材料清单",
        "单",
        "acceptance_number? visit_on? materials handed_by? handed_to?",
        cites_basis=False,
        is_record=True,
    ),
    NoticeKind(
        "rectification_notice",
        "现场核查整改通知书",
        "改",
        "acceptance_number? visit_on? problems rectify_by supervisor? again? basis?",
    ),
    # --- decisions on an application
    NoticeKind(
        "grant_decision",
        "准予许可决定书",
        "准",
        "acceptance_number licence_number valid_to granted refused? no_visit? committed? check_by?"
        " heard_on? on_record? basis",
        born=("licence_number",),
    ),
    NoticeKind(
        "refusal_decision",
        "不予许可决定书",
        "不准",
        "acceptance_number reason refused? no_visit? heard_on? on_record? basis",
        remedies=True,
    ),
    NoticeKind(
        "change_decision",
        "准予变更许可决定书",
        "变",
        "acceptance_number licence_number changes? granted? refused? issued_on? valid_to renewed?"
        " renewed_basis? no_visit? committed? check_by? heard_on? on_record? basis",
    ),
    NoticeKind(
        "renewal_decision",
        "准予延续许可决定书",
        "延",
        "acceptance_number? licence_number valid_to granted? refused? changes? unchanged? deemed? committed? check_by?"
        " heard_on? on_record? basis",
    ),
    NoticeKind(
        "cancellation_decision",
        "准予注销许可决定书",
        "注",
        "acceptance_number? licence_number cancelled_on reason? heard_on? on_record? basis",
    ),
    NoticeKind("report_record", "报告事项记录", "备", "licence_number reported_on changes note? basis?"),
    NoticeKind(
        "commitment_letter",
        "食品生产许可告知承诺书",
        "诺",
        "licence_number? conditions? commitments consequences? check_by? signed_by signed_at? basis?",
    ),
    # --- the term
    NoticeKind(
        "extension_notice", "延长许可期限通知书", "延期", "acceptance_number days due_on reason provisional? basis"
    ),
    NoticeKind(
        "special_time_notice",
        "检验检测、专家评审所需时间告知书",
        "专",
        "acceptance_number procedure days from_on until_on? reason? basis",
    ),
    NoticeKind("suspension_notice", "中止许可程序通知书", "中", "acceptance_number reason from_on until_on? basis"),
    NoticeKind(
        "resumption_notice",
        "恢复许可程序通知书",
        "恢",
        "acceptance_number resumed_on due_on? provisional? reason? basis?",
    ),
    NoticeKind("termination_notice", "终止许可程序通知书", "终", "acceptance_number reason basis", remedies=True),
    # --- being heard
    NoticeKind("hearing_right_notice", "听证告知书", "听告", "matter facts? days request_by basis"),
    NoticeKind(
        "hearing_notice", "听证通知书", "听", "recipient? replaces? matter held_at place chair clerk? closed? basis"
    ),
    NoticeKind("third_party_notice", "利害关系人告知书", "利告", "recipient matter facts? days basis"),
    # --- acts against a licence
    NoticeKind(
        "ending_notice",
        "行政决定事先告知书",
        "告",
        "act licence_number facts consequences? days answer_by hearing_by? basis",
    ),
    NoticeKind(
        "withdrawal_decision",
        "撤回许可决定书",
        "撤回",
        "licence_number facts statement? compensation? effective_on basis",
        remedies=True,
    ),
    NoticeKind(
        "rescission_decision",
        "撤销许可决定书",
        "撤销",
        "licence_number facts statement? bans? effective_on basis",
        remedies=True,
    ),
    NoticeKind(
        "revocation_decision",
        "吊销许可证决定书",
        "吊销",
        "licence_number facts statement? penalty? bans? effective_on basis",
        remedies=True,
    ),
    NoticeKind(
        "cancellation_announcement",
        "依职权注销许可决定书",
        "注销",
        "licence_number facts statement? cancelled_on basis",
        remedies=True,
    ),
    # --- penalties and ends of a proceeding that touch no licence
    NoticeKind("warning_notice", "行政处罚事先告知书", "罚告", "facts consequences? days answer_by basis"),
    NoticeKind("warning_decision", "行政处罚决定书", "罚", "facts statement? bans? basis", remedies=True),
    NoticeKind("dropped_notice", "不予处理告知书", "不处", "act licence_number? reason", cites_basis=False),
    # --- service
    NoticeKind(
        "service_record",
        "送达回证",
        "送",
        "notice_title notice_number addressee channel served_on place? receiver? relation? witnesses? tracking?"
        " publication? published_on? days? signature? recorded_by note? corrects?"
        " basis?",
        is_record=True,
    ),
)

_BY_NAME = {kind.name: kind for kind in KINDS}
RECORDS = tuple(kind.name for kind in KINDS if kind.is_record)
OF_THE_OFFICE = tuple(kind.name for kind in KINDS if kind.is_record and not kind.by_applicant)
"""Records that the enterprise does not find in its case."""


def kind(name: str) -> NoticeKind:
    """The kind of that name."""
    return _BY_NAME[name]


def tells_remedies(name: str, content: dict[str, object]) -> bool:
    """Whether such a notice must tell the remedies: a no does, and so does a yes that refuses a part (art. 38)."""
    return kind(name).remedies or bool(content.get("refused"))


# --- dated words ------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _dated_words(folder: Path) -> dict[str, tuple[tuple[date, str, str], ...]]:
    """By kind: the day from which each of its words is used, for whom, and its name."""
    found: dict[str, list[tuple[date, str, str]]] = {}
    for file in folder.glob("*.html"):
        if name := _DATED.fullmatch(file.stem):
            row = (date.fromisoformat(name["day"]), name["place"] or "", file.stem)
            found.setdefault(name["kind"], []).append(row)
    return {kind: tuple(rows) for kind, rows in found.items()}


def template_on(name: str, day: date, authority_path: str = "", *, folder: Path = WORDS) -> str:
    """The words of a kind on a day: the newest dated on or before it.

    A file named ``grant_decision@2027-01-01~420500`` is for that authority and those below it; of two of one day the
    nearest to the authority counts. A notice from before the first words takes the first.
    """
    places = ["", *authority_path.strip("/").split("/")]
    rows = [row for row in _dated_words(folder)[name] if row[1] in places]
    begun = [row for row in rows if row[0] <= day] or [min(rows)]
    return max(begun, key=lambda row: (row[0], places.index(row[1])))[2]
