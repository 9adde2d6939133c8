"""What is announced when a licence is taken away or its record closed: withdrawn, rescinded, revoked, cancelled.

From the licence and its journal alone, beside the register: the same row whenever it is written. As with decisions on
applications, when it became public is read from the list of reactions that were carried out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from xuke.certificates.models import CertificateVersion, Licence
from xuke.foundation import divisions, journal
from xuke.foundation.journal import Event
from xuke.foundation.models.journal import Handled
from xuke.publication.models import Announcement
from xuke.publication.projection.cases import announced_in_time

HANDLER = "xuke.publication.handlers.publish_ending"
PASTS = ("withdrawn", "rescinded", "revoked", "cancelled", "closed")
VERBS = tuple(f"licence.{past}" for past in PASTS)
_KEY = "id"


def publish(number: str, *, now: datetime) -> None:
    """Write what is announced of one licence. Runs as the system."""
    _publish(_locked().filter(number=number), now)


def publish_next(after: str, size: int) -> str:
    """The same for the next licences after a number; the last number, or "" when there were none."""
    written = _publish(_locked().filter(number__gt=after).order_by("number")[:size], None)
    return written[-1].number if written else ""


def _locked() -> Any:
    rows = Licence.objects.select_for_update(no_key=True, of=("self",)).select_related("authority")
    return rows.exclude(ended_on=None)


def _publish(asked: Iterable[Licence], now: datetime | None) -> list[Licence]:
    """In a number of statements that does not depend on how many there are."""
    licences = list(asked)
    contents: dict[Any, dict[str, Any]] = {}
    for version in CertificateVersion.objects.filter(licence__in=licences).order_by("version"):
        contents[version.licence_id] = version.content
    histories = journal.histories([licence.stream for licence in licences])
    shown = _shown(histories)
    rows = [
        _announcement(licence, contents[licence.pk], event, moment)
        for licence in licences
        for event in histories.get(licence.stream, ())
        if event.verb in VERBS and (moment := shown.get(event.id, now)) is not None
    ]
    fields = [field.name for field in Announcement._meta.concrete_fields if field.name != _KEY]
    Announcement.objects.bulk_create(rows, update_conflicts=True, unique_fields=[_KEY], update_fields=fields)
    return licences


def _shown(histories: Mapping[str, Iterable[Event]]) -> dict[int, datetime]:
    """When each ending became public, by the number of its entry."""
    rows = Handled.objects.filter(handler=HANDLER, entry__stream__in=list(histories))
    return dict(rows.values_list("entry_id", "at"))


def _announcement(licence: Licence, content: Mapping[str, Any], event: Event, announced_at: datetime) -> Announcement:
    # The day of the act, not the day from which it takes effect: a rescission from the beginning is news of today.
    decided_on = journal.legal_day(event.at)
    codes = [row["code"][:2] for row in content["product_details"]]
    numbers = [int(code) for code in codes if code.isdecimal()]
    return Announcement(
        id=event.id,
        verb=event.verb.partition(".")[2],
        acceptance_number="",
        holder=content["producer_name"],
        uscc=content["uscc"],
        title="、".join(content["food_categories"]),
        procedure="",
        division=content["division_code"],
        place=divisions.full_name(content["division_code"], decided_on),
        authority=licence.authority.name,
        authority_path=licence.authority_path,
        level=licence.authority.level,
        category=numbers[0] if numbers else 0,
        categories=sorted(set(numbers)),
        decided_on=decided_on,
        days=None,
        announced_at=announced_at,
        on_time=announced_in_time(decided_on, journal.legal_day(announced_at)),
        licence_number=licence.number,
    )
