"""Who keeps the register, who declares and decides recusal, and the reason why not, as a sentence."""

from __future__ import annotations

from xuke.accounts.officers import Officer, Role
from xuke.foundation.actors import Actor, System
from xuke.foundation.refusals import NotPermitted
from xuke.parties.applicants import Applicant
from xuke.verifiers.models import Recusal, Verifier

SEES = (
    Role.ACCEPTOR,
    Role.REVIEWER,
    Role.VERIFIER,
    Role.DECIDER,
    Role.SUPERVISOR,
    Role.SECURITY_ADMINISTRATOR,
    Role.AUDITOR,
)
"""Who opens the register: whoever handles cases, who keeps people, and the auditor."""
KEEPER = Role.SECURITY_ADMINISTRATOR


def why_not_keep(actor: Actor, path: str) -> str:
    """The reason this actor may not change register rows at a place, or an empty string."""
    if isinstance(actor, System):
        return ""
    if not isinstance(actor, Officer) or not actor.has(KEEPER):
        return "核查人员名册由本机关或者上级机关的安全管理人员维护。"
    return "" if path.startswith(actor.authority_path) else "这名核查人员不归您的机关管理。"


def why_not_declare(actor: Actor, verifier: Verifier) -> str:
    """The reason this actor may not declare recusal for somebody, or an empty string: everybody for themselves."""
    if isinstance(actor, Officer) and actor.user_id == verifier.user_id:
        return ""
    return (
        why_not_keep(actor, verifier.authority_path)
        and "回避由核查人员本人申报，或者由维护名册的安全管理人员代为登记。"
    )


def why_not_request(actor: Actor) -> str:
    """The reason this actor may not ask that somebody stays away, or an empty string: applicants may."""
    return "" if isinstance(actor, Applicant) else "申请回避由申请人办理。"


def why_not_decide(actor: Actor, recusal: Recusal) -> str:
    """The reason this actor may not decide a request, or an empty string: the head of the authority does."""
    if not isinstance(actor, Officer) or not actor.has(Role.DECIDER):
        return "回避由机关负责人（决定岗位）决定。"
    if actor.authority_path != recusal.authority_path:
        return "这件申请由其他机关承办，您可以查看，不能决定。"
    return "不能决定对自己的回避申请。" if actor.user_id == recusal.user_id else ""


def demand(reason: str) -> None:
    """Raise `NotPermitted` with a reason, if there is one."""
    if reason:
        raise NotPermitted(reason)
