"""Who may act for an enterprise in what, and the reason why not, as a sentence."""

from __future__ import annotations

from xuke.foundation.actors import Actor, System
from xuke.foundation.refusals import NotPermitted
from xuke.parties.applicants import Applicant
from xuke.parties.models import Enterprise, Mandate


def demand_system(actor: Actor) -> None:
    """Registration is a service of the platform: nobody enters enterprises by hand."""
    if not isinstance(actor, System):
        raise NotPermitted("企业由平台办理登记。")


def demand_acting_for(actor: Actor, enterprise: Enterprise) -> None:
    """Whoever acts for the enterprise, in any capacity."""
    if isinstance(actor, System) or (isinstance(actor, Applicant) and actor.enterprise_id == enterprise.pk):
        return
    raise NotPermitted("您现在不代表这家企业。")


def demand_heading(actor: Actor, enterprise: Enterprise) -> None:
    """Whoever decides who acts for the enterprise: its legal representative."""
    demand_acting_for(actor, enterprise)
    if isinstance(actor, Applicant) and actor.capacity != Mandate.LEGAL_REPRESENTATIVE:
        raise NotPermitted("由企业的法定代表人（负责人）授权或者收回授权。")


def is_oneself(actor: Actor, mandate: Mandate) -> bool:
    """Whether somebody speaks about their own mandate."""
    return isinstance(actor, Applicant) and (actor.user_id, actor.enterprise_id) == (
        mandate.user_id,
        mandate.enterprise_id,
    )
