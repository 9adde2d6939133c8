"""The three facts of a signature (enterprise, person, mandate) as a statement and a record hold them."""

from __future__ import annotations

from datetime import date

from xuke.parties.applicants import Applicant
from xuke.parties.models import Mandate
from xuke.parties.queries import standing_to_sign as read
from xuke.parties.rules import SigningFacts
from xuke.signatures.statement import Signer

__all__ = ["as_facts", "read", "signer", "signer_now"]


def signer(facts: SigningFacts) -> Signer:
    """Who signs, as the statement says it. What is missing is left empty: whoever signs is asked for it then."""
    person, mandate = facts.natural_person, facts.mandate
    return Signer(
        name=person.name if person else "",
        capacity=Mandate.CAPACITIES.get(mandate.capacity, mandate.capacity) if mandate else "",
        document=person.document if person else "",
        document_to=_day(person.valid_to) if person else "",
        mandate_from=_day(mandate.valid_from) if mandate else "",
        mandate_over=_day(mandate.over_from) if mandate else "",
    )


def signer_now(by: Applicant, *, today: date) -> Signer:
    """Who would sign now."""
    return signer(read(by, today=today))


def as_facts(facts: SigningFacts) -> dict[str, str]:
    """The facts as they stood, for the record."""
    firm, person, mandate = facts.legal_person, facts.natural_person, facts.mandate
    return {
        "on": facts.on.isoformat(),
        "enterprise": firm.name,
        "enterprise_state": firm.state,
        "enterprise_term_ends_on": _day(firm.term_ends_on),
        "legal_representative": firm.legal_representative,
        "person": person.name if person else "",
        "person_document": person.document if person else "",
        "person_document_to": _day(person.valid_to) if person else "",
        "mandate_capacity": mandate.capacity if mandate else "",
        "mandate_powers": ",".join(sorted(mandate.covers)) if mandate else "",
        "mandate_from": _day(mandate.valid_from) if mandate else "",
        "mandate_over": _day(mandate.over_from) if mandate else "",
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
