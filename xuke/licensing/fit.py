"""Whether a team is still fit for its visit: the register is asked again, for the day on which they are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from xuke.foundation.refusals import StepNotOpen
from xuke.licensing import teams
from xuke.licensing.models import Application, Visit
from xuke.verifiers import queries as register
from xuke.verifiers import rules as fitness
from xuke.verifiers.rules import EXPERT, VerifierFacts


def demand_fit(
    application: Application, visit: Visit, users: Sequence[int], *, on: date, experts: bool = False
) -> None:
    """Ask the register again: a credential may have ended overnight, somebody may have been suspended or recused.

    Raises `StepNotOpen` with every reason, its article, and what to do.
    """
    if reason := why_unfit(application, visit, users, on=on, experts=experts):
        raise StepNotOpen(reason)


def why_unfit(application: Application, visit: Visit, users: Sequence[int], *, on: date, experts: bool = False) -> str:
    """Why these members of the team, and its experts, do not go on with the visit, or an empty string.

    Everything is asked that speaks firmly against sending somebody: between the day on which a team is chosen and the
    day on which it is there, each of it can change (Measures art. 21).
    """
    place = visit.entrusted_to or application.authority_path
    facts = replace(teams.facts_of_case(application, on=on), place=place)
    found, stays_away = [], False
    for person in (*_members(application, visit, users, on), *_experts(application, visit if experts else None, on)):
        if reasons := fitness.why_not(person, facts, reasons=fitness.FIRM):
            found.append(f"{person.name}{'；'.join(reasons)}")
            stays_away |= bool(fitness.is_impartial(person, facts))
    if not found:
        return ""
    if stays_away:  # No paper mends that.
        return f"{'。'.join(found)}。现在不能继续核查，请审查人员重新派出核查组。"
    return f"{'。'.join(found)}。现在不能继续核查：请换发证件或者补办登记；不能补办的，请审查人员重新派出核查组。"


def _members(application: Application, visit: Visit, users: Sequence[int], on: date) -> list[VerifierFacts]:
    known = register.of_users(users, uscc=application.enterprise.uscc, on=on)
    names = {member["user_id"]: member["name"] for member in visit.team}
    return [known.get(user) or VerifierFacts(str(user), names.get(user, ""), user) for user in users]


def _experts(application: Application, visit: Visit | None, on: date) -> list[VerifierFacts]:
    """The technical experts of a visit; none without a visit."""
    if visit is None or not visit.experts:
        return []
    known = register.members([one["id"] for one in visit.experts], uscc=application.enterprise.uscc, on=on)
    return [
        known.get(one["id"]) or VerifierFacts(one["id"], one["name"], qualification=EXPERT) for one in visit.experts
    ]
