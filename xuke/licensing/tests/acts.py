"""How each verb of the life is done: from which state, by whom, with which words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xuke.config.demonstration import signing, stories
from xuke.config.demonstration.people import Cast
from xuke.foundation.actors import SYSTEM, Actor
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import commands, statements
from xuke.licensing.models import Application
from xuke.parties.applicants import Applicant
from xuke.tests.cast import NOON


@dataclass(frozen=True)
class Act:
    """A verb, done well."""

    verb: str
    state: str
    """Where it is open."""
    who: Callable[[Cast], Actor]
    words: Callable[[Cast], dict[str, Any]] = lambda cast: {}
    first: tuple[str, ...] = ()
    """Verbs that are done in that state before it is open: suspending, before it can be resumed."""
    procedure: str = ""
    """The procedure whose cases it is for; empty for the first application."""

    def ready(self, at: Callable[..., Application], cast: Cast) -> Application:
        """A case in which it is open."""
        application = at(self.state, procedure=self.procedure) if self.procedure else at(self.state)
        for verb in self.first:
            application = BY_VERB[verb].do(application, cast)
        return application

    def do(self, application: Application, cast: Cast, *, by: Actor | None = None, now: datetime = NOON, **other: Any):
        """Do it, as the right person unless told otherwise."""
        by = by or self.who(cast)
        if self.verb in statements.KINDS:
            signer = by if isinstance(by, Applicant) else cast.applicant
            other = {"proof": signing.proof(self.verb, application, by=signer, now=now)} | other
        return getattr(commands, self.verb)(application=application, by=by, now=now, **(self.words(cast) | other))


def signed(verb: str, application: Application, *, by: Applicant, now: datetime = NOON, **other: Any) -> Application:
    """Submit, resubmit or confirm a correction, signed with the certificate of the enterprise."""
    proof = signing.proof(verb, application, by=by, now=now)
    return getattr(commands, verb)(application=application, proof=proof, by=by, now=now, **other)


def _team(cast: Cast) -> dict[str, Any]:
    team = [member.user_id for member in cast.verifiers]
    return {"team": team, "leader": team[0], "visit_on": current_calendar().add(NOON.date(), 1).on}


ACTS = (
    Act("submit", "draft", lambda cast: cast.applicant),
    Act("tell_not_required", "submitted", lambda cast: cast.acceptor, lambda cast: {"reason": stories.NOT_REQUIRED}),
    Act(
        "tell_not_competent",
        "submitted",
        lambda cast: cast.acceptor,
        lambda cast: {"reason": "该类别由设区的市级部门许可。", "competent": "宜昌市市场监督管理局"},
    ),
    Act(
        "offer_correction",
        "submitted",
        lambda cast: cast.acceptor,
        lambda cast: {"rows": [{"section": "site", "field": "area", "to": "1250"}]},
    ),
    Act("confirm_correction", "correcting_on_spot", lambda cast: cast.applicant),
    Act("decline_correction", "correcting_on_spot", lambda cast: cast.applicant),
    Act("ask_correction", "submitted", lambda cast: cast.acceptor, lambda cast: {"items": stories.CORRECTIONS}),
    Act("accept", "submitted", lambda cast: cast.acceptor),
    Act("resubmit", "correction_requested", lambda cast: cast.applicant),
    Act("decline_acceptance", "resubmitted", lambda cast: cast.acceptor, lambda cast: {"missing": [1]}),
    Act("begin_review", "accepted", lambda cast: cast.reviewer),
    Act("assign_verification", "document_review", lambda cast: cast.reviewer, _team),
    Act(
        "conclude_verification",
        "verification_assigned",
        lambda cast: cast.verifiers[0],
        lambda cast: {"applicant_signed": True, "not_possible": "当日停电，无法核查。"},
    ),
    Act("propose", "verification_done", lambda cast: cast.reviewer, lambda cast: {"opinion": stories.OPINION}),
    Act("return_to_review", "decision_proposed", lambda cast: cast.decider, lambda cast: {"reason": "请核对第2项。"}),
    Act("grant", "decision_proposed", lambda cast: cast.decider),
    Act("refuse", "decision_proposed", lambda cast: cast.decider, lambda cast: {"reason": stories.REFUSAL}),
    Act("retract", "accepted", lambda cast: cast.applicant, lambda cast: {"reason": "暂不生产。"}),
)
"""Every verb of the life but the system's own."""

BY_VERB = {act.verb: act for act in ACTS}

RECORD = Act("record_certificate", "granted", lambda cast: SYSTEM, lambda cast: {"version": 1, "digest": "0" * 64})

OF_SYSTEM = (RECORD,)
"""Every verb that the system alone takes."""
