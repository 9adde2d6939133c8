"""What is known about the enterprise."""

from __future__ import annotations

from django.http import HttpResponse

from xuke.foundation import divisions
from xuke.parties import queries, rules
from xuke.parties.doors import ApplicantRequest, applicant_view
from xuke.parties.models import Enterprise, Mandate
from xuke.web.pages import page


@applicant_view
def enterprise(request: ApplicantRequest) -> HttpResponse:
    """The enterprise's facts, its sites, the people acting for it."""
    found = Enterprise.objects.get(pk=request.actor.enterprise_id)
    why = rules.why_not_standing(queries.legal_person(found), request.today)
    context = {
        "enterprise": found,
        "state": Enterprise.STATES[found.state],
        "why_not_standing": why.sentence if why else "",
        "division": divisions.full_name(found.division_code, request.today),
        "sites": queries.sites(request.actor),
        "people": [
            (mandate, Mandate.CAPACITIES[mandate.capacity], mandate.is_over(request.today))
            for mandate in queries.people(request.actor)
        ],
        "today": request.today,
    }
    return page(request, "parties/enterprise.html", context)
