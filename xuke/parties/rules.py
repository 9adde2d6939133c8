"""Who may sign for an enterprise: three facts that end separately, asked afresh at every signature.

The enterprise stands (legal person), the person is who they say and their document is valid (natural person), and the
enterprise lets this person do this (mandate). Pure: values in, sentences out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

LEGAL_REPRESENTATIVE = "legal_representative"
DRAFT, SIGN, RECEIVE = "draft", "sign", "receive"
POWERS = {DRAFT: "填写申请、上传材料", SIGN: "签名提交、作出承诺", RECEIVE: "签收文书"}
"""What a mandate may cover (授权事项)."""
ALL_POWERS = (DRAFT, SIGN, RECEIVE)


@dataclass(frozen=True)
class LegalPerson:
    """The enterprise as its registration authority keeps it."""

    name: str
    legal_representative: str
    state: str
    term_ends_on: date | None
    """The last day of the term of operation; None for a long term."""


@dataclass(frozen=True)
class NaturalPerson:
    """Who the person is, as it was proven (实名)."""

    name: str
    document: str
    """The kind of document, in words."""
    valid_to: date | None
    """The last day on which the proof counts; None where it has none."""
    withdrawn: bool = False


@dataclass(frozen=True)
class Authorisation:
    """What the enterprise lets the person do (授权)."""

    capacity: str
    powers: frozenset[str]
    valid_from: date
    over_from: date | None
    """The first day on which it is no longer valid; None while no end was said."""

    @property
    def covers(self) -> frozenset[str]:
        """A legal representative may do everything the enterprise may (Civil Code art. 61)."""
        return frozenset(ALL_POWERS) if self.capacity == LEGAL_REPRESENTATIVE else self.powers


@dataclass(frozen=True)
class SigningFacts:
    """The three facts about one person and one enterprise, on one day."""

    on: date
    legal_person: LegalPerson
    natural_person: NaturalPerson | None
    """None where nobody proved who the person is."""
    mandate: Authorisation | None
    """None where the enterprise never gave one."""


@dataclass(frozen=True)
class Why:
    """One fact that does not hold: what is the matter and what to do, and the article it rests on."""

    sentence: str
    basis: str = ""


def why_not_sign(facts: SigningFacts, *, power: str = SIGN) -> str:
    """Why this person may not sign for this enterprise on this day: a sentence for each fact that fails, or nothing."""
    return "".join(why.sentence for why in whys(facts, power=power))


def whys(facts: SigningFacts, *, power: str = SIGN) -> tuple[Why, ...]:
    """The same, fact by fact: legal person, natural person, mandate."""
    return (
        *filter(None, [why_not_standing(facts.legal_person, facts.on)]),
        *_why_not_natural_person(facts.natural_person, facts.on),
        *_why_not_mandate(facts, power),
    )


_STATES = {
    "revoked": Why(
        "{name}的营业执照已被吊销，只能办理与清算有关的事。撤销处罚的，先由登记机关恢复登记状态。", "民法典第七十二条"
    ),
    "deregistered": Why("{name}已经注销，不能再以它的名义办事。", "民法典第五十九条"),
    "moved_out": Why("{name}的登记已经迁出，请向迁入地的市场监督管理部门办理。"),
}


def why_not_standing(firm: LegalPerson, on: date) -> Why | None:
    """A legal person acts while it exists (Civil Code art. 59), and in liquidation only to liquidate (art. 72)."""
    if why := _STATES.get(firm.state):
        return Why(why.sentence.format(name=firm.name), why.basis)
    if firm.term_ends_on and on > firm.term_ends_on:
        return Why(
            f"{firm.name}的营业期限到{_day(firm.term_ends_on)}为止，已经届满。请先到登记机关办理变更登记，延长营业期限。",
            "民法典第六十九条",
        )
    return None


def _why_not_natural_person(person: NaturalPerson | None, on: date) -> Iterator[Why]:
    """Whoever signs is known by their real name, and that is proven anew from time to time: a document ends (Resident
    Identity Card Law art. 5), and so does what a platform or a certificate said about somebody."""
    if person is None:
        yield Why(
            "您还没有实名。请用统一身份认证平台或者您本人的数字证书登录一次，或者带证件到受理窗口核验，然后再签名。"
        )
    elif person.withdrawn:
        yield Why("您的实名已经撤回。请带身份证件到受理窗口重新核验，然后再签名。")
    elif person.valid_to and on > person.valid_to:
        yield Why(
            f"您经{person.document}核验的实名有效期到{_day(person.valid_to)}为止，已经过期。请用统一身份认证平台或者您本人的"
            "数字证书登录一次，或者带有效的证件到受理窗口重新核验，然后再签名。",
        )


def _why_not_mandate(facts: SigningFacts, power: str) -> Iterator[Why]:
    """A mandate names the agent, the matters and the time (Civil Code art. 165), and ends with its time or when either
    side ends it (art. 173)."""
    firm, mandate = facts.legal_person, facts.mandate
    ask = f"请法定代表人{firm.legal_representative}"
    if mandate is None:
        yield Why(f"{firm.name}没有授权您办事。{ask}授权。", "民法典第一百六十五条")
    elif facts.on < mandate.valid_from:
        yield Why(
            f"您代表{firm.name}的授权从{_day(mandate.valid_from)}起有效，现在还不能签名。", "民法典第一百六十五条"
        )
    elif mandate.over_from and facts.on >= mandate.over_from:
        yield Why(
            f"您代表{firm.name}的授权已经结束，{_day(mandate.over_from)}起不再有效。需要继续办理的，{ask}重新授权。",
            "民法典第一百七十三条",
        )
    elif power not in mandate.covers:
        yield Why(
            f"您的授权不包括“{POWERS[power]}”。{ask}增加这一项，或者由有这项授权的人办理。", "民法典第一百六十五条"
        )
    elif mandate.capacity == LEGAL_REPRESENTATIVE and _is_another(facts.natural_person, firm):
        yield Why(
            f"登记的法定代表人（负责人）是{firm.legal_representative}，不是您。已经更换的，请先由登记机关办理变更登记。",
            "民法典第六十一条",
        )


def _is_another(person: NaturalPerson | None, firm: LegalPerson) -> bool:
    return person is not None and not is_same_name(person.name, firm.legal_representative)


def is_same_name(one: str, other: str) -> bool:
    """Whether two names are written the same, whatever spaces and middle dots somebody typed."""
    return bool(_letters(one)) and _letters(one) == _letters(other)


def _letters(name: str) -> str:
    return "".join("·" if letter in "·•・‧." else letter for letter in name if not letter.isspace())


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
