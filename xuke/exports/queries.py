"""Questions about exports, each on behalf of the person who asked for them."""

from __future__ import annotations

from uuid import UUID

from xuke.accounts.officers import Officer
from xuke.exports.models import ListExport
from xuke.foundation.refusals import NotFound
from xuke.licensing.queries import Beside

MOST_LISTED = 50
READY = "exports.ready"
"""The name under which `waiting_to_be_taken` counts."""
# Asked on every page of the office, so it goes along with the other figures there.
_WAITING = (
    f"SELECT '{READY}', count(*) FROM exports_listexport"  # noqa: S608 - only words of ours
    " WHERE user_id = %(export_of)s AND authority_id = %(export_for)s AND state = 'ready' AND fetched_at IS NULL"
)


def of(officer: Officer) -> list[ListExport]:
    """The newest exports of this person, in whichever post."""
    return list(ListExport.objects.filter(user=officer.user_id).order_by("-asked_at", "-pk")[:MOST_LISTED])


def get(officer: Officer, id: UUID) -> ListExport:
    """One export of this person; raises `NotFound`, also for somebody else's."""
    found = ListExport.objects.filter(user=officer.user_id, pk=id).first()
    if found is None:
        raise NotFound("没有找到这份导出。")
    return found


def waiting_to_be_taken(officer: Officer) -> Beside:
    """How many files are ready that this person has not taken yet: the figure beside 我的导出, as a question."""
    return Beside(_WAITING, {"export_of": officer.user_id, "export_for": officer.authority_id})
