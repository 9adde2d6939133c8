"""What is known about an authority beside its place in the tree, and what two authorities cannot share."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from xuke.accounts import rules
from xuke.foundation.identifiers import credit_code
from xuke.foundation.refusals import Problem

TITLES = {
    "name": "机关名称",
    "abbreviation": "文号代字",
    "uscc": "统一社会信用代码",
    "reconsideration_body": "行政复议机关",
    "court": "有管辖权的法院",
    "address": "地址",
    "phone": "电话",
}
"""The particulars of an authority, which may change; its code, its level and its place in the tree do not."""


@dataclass(frozen=True)
class Particulars:
    """The particulars of one authority."""

    name: str
    abbreviation: str
    uscc: str
    reconsideration_body: str
    court: str
    address: str = ""
    phone: str = ""

    def tidy(self) -> Particulars:
        """The same without stray spaces, the credit code in its normal form."""
        plain = {name: " ".join(value.split()) for name, value in asdict(self).items()}
        return replace(Particulars(**plain), uscc=credit_code.parse(self.uscc).normal_form)

    def problems(self) -> list[Problem]:
        """Everything that is wrong with them by themselves."""
        found = [Problem("uscc", problem.message) for problem in credit_code.parse(self.uscc).errors]
        for field, most in rules.LENGTHS.items():
            value = getattr(self, field)
            if field in rules.NEEDED and field != "uscc" and not value:
                found.append(Problem(field, f"请填写{TITLES[field]}，最多{most}个字。"))
            elif len(value) > most:
                found.append(Problem(field, f"{TITLES[field]}最多{most}个字，现在有{len(value)}个字。"))
        return found

    def differences(self, other: Particulars) -> dict[str, tuple[str, str]]:
        """What is different in the other ones: before and after, by field."""
        mine, theirs = asdict(self), asdict(other)
        return {field: (mine[field], theirs[field]) for field in mine if mine[field] != theirs[field]}


@dataclass(frozen=True)
class Known:
    """An authority of the tree, as far as rules ask about it."""

    code: str
    level: str
    above: str
    """The code of the authority above; empty at the root."""
    path: str
    facts: Particulars
    former_abbreviations: tuple[str, ...] = ()
    is_closed: bool = False


def why_taken(facts: Particulars, other: Known) -> str:
    """What an authority would share with another that names only one, or an empty string.

    With one mark two authorities would give the same document number, also with one that was used before.
    """
    if other.facts.uscc == facts.uscc:
        return f"统一社会信用代码{facts.uscc}属于{other.facts.name}。"
    if other.facts.abbreviation == facts.abbreviation:
        return f"文号代字{facts.abbreviation}已由{other.facts.name}使用。"
    if facts.abbreviation in other.former_abbreviations:
        return f"文号代字{facts.abbreviation}由{other.facts.name}用过，用过的代字不再给别的机关。"
    return ""
