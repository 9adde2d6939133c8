"""Who may act for an enterprise in what, and the reason why not, as a sentence."""

from __future__ import annotations

from xuke.accounts.officers import Officer, Role
from xuke.foundation.actors import Actor, System
from xuke.foundation.refusals import NotPermitted
from xuke.parties import rules
from xuke.parties.applicants import Applicant
from xuke.parties.models import Enterprise, Mandate
from xuke.parties.rules import SigningFacts


def why_not_registrar(actor: Actor, division: str) -> str:
    """The reason somebody may not enter what the register says about an enterprise in a division, or nothing.

    The platform does; at the counter an officer who accepts there does, after checking the business licence.
    """
    if isinstance(actor, System):
        return ""
    if not isinstance(actor, Officer) or not actor.has(Role.ACCEPTOR):
        return "企业由平台办理登记，或者由受理窗口核验证照以后办理。"
    return "" if division.startswith(_served(actor.authority_path)) else "这家企业不在您的辖区，请由所在地的窗口办理。"


def why_not_of_place(officer: Officer, enterprise: Enterprise, case_path: str = "") -> str:
    """The reason an officer says nothing about who stands for an enterprise, or nothing: it is registered elsewhere,
    and no case of it lies at `case_path` in their territory."""
    if case_path and case_path.startswith(officer.authority_path):
        return ""
    if enterprise.division_code.startswith(_served(officer.authority_path)):
        return ""
    return "这家企业不在您的辖区，由企业登记所在地的窗口或者受理其申请的机关核对。"


def _served(path: str) -> str:
    """The beginning that the codes of all divisions share that an authority at this place serves (GB/T 2260)."""
    code = path.rstrip("/").rpartition("/")[2]
    while code.endswith("00"):
        code = code[:-2]
    return code


def demand_registrar(actor: Actor, division: str) -> None:
    """Raise `NotPermitted` unless this actor may enter what the register says."""
    if reason := why_not_registrar(actor, division):
        raise NotPermitted(reason)


def user_id_of(actor: Actor) -> int | None:
    """Which account acts; the system has none."""
    return getattr(actor, "user_id", None)


def demand_acting_for(actor: Actor, enterprise: Enterprise) -> None:
    """Whoever acts for the enterprise, in any capacity."""
    if isinstance(actor, System) or (isinstance(actor, Applicant) and actor.enterprise_id == enterprise.pk):
        return
    raise NotPermitted("您现在不代表这家企业。")


def demand_heading(actor: Actor, enterprise: Enterprise) -> None:
    """Whoever decides who acts for the enterprise: its legal representative."""
    demand_acting_for(actor, enterprise)
    if isinstance(actor, Applicant) and (reason := why_not_heading(actor)):
        raise NotPermitted(reason)


def why_not_heading(actor: Applicant) -> str:
    """The reason this applicant does not decide who acts for their enterprise, or an empty string."""
    if actor.capacity == Mandate.LEGAL_REPRESENTATIVE:
        return ""
    return f"由企业的法定代表人（负责人）{actor.legal_representative}授权或者收回授权。"


def is_oneself(actor: Actor, mandate: Mandate) -> bool:
    """Whether somebody speaks about their own mandate."""
    return isinstance(actor, Applicant) and (actor.user_id, actor.enterprise_id) == (
        mandate.user_id,
        mandate.enterprise_id,
    )


def why_not_power(actor: Actor, power: str) -> str:
    """The reason an applicant's mandate does not cover this, or an empty string. Others are asked elsewhere."""
    if not isinstance(actor, Applicant) or actor.may(power):
        return ""
    ask = f"请法定代表人{actor.legal_representative}在“办事人员”里增加这一项，或者由有这项授权的人办理。"
    return f"您的授权不包括“{rules.POWERS[power]}”。{ask}"


def demand_power(by: Actor, power: str) -> None:
    """Raise `NotPermitted` unless the mandate of this applicant covers this (Civil Code art. 165)."""
    if reason := why_not_power(by, power):
        raise NotPermitted(reason, basis="民法典第一百六十五条")


def demand_standing(facts: SigningFacts, *, power: str = rules.SIGN) -> None:
    """Raise `NotPermitted` with a sentence for each of the three facts that does not hold."""
    if failing := rules.whys(facts, power=power):
        bases = dict.fromkeys(why.basis for why in failing if why.basis)
        raise NotPermitted("".join(why.sentence for why in failing), basis="；".join(bases))
