"""The kinds of notices: title, mark in the document number, dated template, whether remedies must be told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NoticeKind:
    """One kind of written act."""

    name: str
    title: str
    mark: str
    """The character in the document number: 受 in 宜市监食许受〔2026〕0137号."""
    template: str
    """Its words: a file under `templates/documents/words/`, with the day from which it is used."""
    remedies: bool = False
    """Whether the applicant must be told about reconsideration and litigation (Administrative Permit Law art. 38)."""

    def series(self, abbreviation: str) -> str:
        """What an authority's document numbers of this kind begin with: 宜市监食许受."""
        return f"{abbreviation}食许{self.mark}"


KINDS = (
    NoticeKind("receipt", "申请材料接收凭证", "接", "receipt@2020-03-01"),
    NoticeKind("acceptance_notice", "受理通知书", "受", "acceptance_notice@2020-03-01"),
    NoticeKind("correction_notice", "补正告知书", "补", "correction_notice@2020-03-01"),
    NoticeKind("non_acceptance_notice", "不予受理通知书", "不受", "non_acceptance_notice@2020-03-01", remedies=True),
    NoticeKind("verification_notice", "现场核查通知书", "核", "verification_notice@2020-03-01"),
    NoticeKind("grant_decision", "准予许可决定书", "准", "grant_decision@2020-03-01"),
    NoticeKind("refusal_decision", "不予许可决定书", "不准", "refusal_decision@2020-03-01", remedies=True),
)

_BY_NAME = {kind.name: kind for kind in KINDS}


def kind(name: str) -> NoticeKind:
    """The kind of that name."""
    return _BY_NAME[name]
