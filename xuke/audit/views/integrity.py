"""Whether the sealed log is whole and being sealed."""

from __future__ import annotations

from django.http import HttpResponse

from xuke.accounts.doors import OfficerRequest
from xuke.audit import queries
from xuke.audit.doors import auditor_view
from xuke.web.pages import page


@auditor_view
def integrity(request: OfficerRequest) -> HttpResponse:
    """The verdict first, then the newest head, what waits, and what the last complete check found."""
    state = queries.state_of_log(now=request.now)
    context = {"today": request.today, "state": state, "seen": state.seen, "check": state.check}
    return page(request, "audit/integrity.html", context)
