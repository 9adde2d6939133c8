"""Licences and what happened to them, from the register of rights and its journal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from xuke.certificates.models import CertificateVersion, Licence
from xuke.foundation import journal
from xuke.foundation.bigrams import bigrams, plain
from xuke.foundation.journal import Event, legal_day
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.publication.models import PublishedEvent, PublishedLicence
from xuke.publication.rules import BRINGS, Happened, row_on

VERBS = {f"licence.{past}": state for past, state in BRINGS.items()}
"""What is published of a licence's history, and the state it brings; empty where the state stays."""
BATCH = 500
LONGEST_NAME = 200
"""Characters of a name that are compared. Longer ones do not exist, and an index carries no more than it can."""

_EVENT_FIELDS = ("verb", "effective_on", "recorded_at", "state", "valid_to", "version")
_LICENCE_FIELDS = [
    field.name for field in PublishedLicence._meta.concrete_fields if field.name not in ("number", "place")
]


def publish(number: str) -> bool:
    """Write one licence and its history as they are now; false when there is no such licence.

    Runs as the system, which sees every licence.
    """
    return bool(_write(_locked().filter(number=number)))


def publish_next(after: str, size: int) -> str:
    """Write the next licences after a number, in the order of numbers; the last number, or "" when there were none."""
    written = _write(_locked().filter(number__gt=after).order_by("number")[:size])
    return written[-1].number if written else ""


def catch_up(today: date, *, most: int = 2_000) -> int:
    """Write anew the licences of which something that was ordered has taken effect by today; how many."""
    with opened_for(EVERYTHING):
        due = PublishedLicence.objects.filter(next_on__lte=today).order_by("next_on")
        numbers = list(due.values_list("number", flat=True)[:most])
        for start in range(0, len(numbers), BATCH):
            _write(_locked().filter(number__in=numbers[start : start + BATCH]), today)
    return len(numbers)


def _locked() -> Any:
    return Licence.objects.select_for_update(no_key=True)


def _write(asked: Iterable[Licence], today: date | None = None) -> list[Licence]:
    """Their rows and their histories, in a number of statements that does not depend on how many there are.

    Each as of the day on which the last thing was recorded, so that it is the same however often it is written; what
    takes effect after that, `catch_up` writes on its day.
    """
    licences = list(asked)
    versions: dict[Any, list[CertificateVersion]] = defaultdict(list)
    for version in CertificateVersion.objects.filter(licence__in=licences).order_by("licence_id", "version"):
        versions[version.licence_id].append(version)
    histories = journal.histories([licence.stream for licence in licences])
    rows, events = [], []
    for licence in licences:
        history = published_events(licence, histories.get(licence.stream, ()))
        events += history
        rows.append(_row(licence, versions[licence.pk][-1], history, today))
    PublishedEvent.objects.bulk_create(
        events, update_conflicts=True, unique_fields=["number", "seq"], update_fields=_EVENT_FIELDS
    )
    PublishedLicence.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["number"], update_fields=_LICENCE_FIELDS
    )
    return licences


def _row(
    licence: Licence, newest: CertificateVersion, history: Sequence[PublishedEvent], today: date | None
) -> PublishedLicence:
    content = newest.content
    categories = sorted({int(row["code"][:2]) for row in content["product_details"] if row["code"][:2].isdecimal()})
    rowed = row_on([_happened(event) for event in history], on=today or legal_day(history[-1].recorded_at))
    return PublishedLicence(
        number=licence.number,
        kind=licence.kind,
        state=rowed.state,
        holder=content["producer_name"],
        uscc=content["uscc"],
        categories=categories,
        products=in_one_line(content["product_details"]),
        division=content["division_code"],
        authority=content["issuer"],
        authority_path=licence.authority_path,
        granted_on=licence.granted_on,
        valid_to=rowed.valid_to,
        ended_on=rowed.ended_on,
        next_on=rowed.next_on,
        version=newest.version,
        identifier=newest.identifier,
        changed_at=history[-1].recorded_at,
        plain=plain(content["producer_name"])[:LONGEST_NAME],
        tokens=tokens(content["producer_name"], content["division_code"], categories, rowed.state),
    )


def _happened(event: PublishedEvent) -> Happened:
    brings = bool(BRINGS[event.verb])
    return Happened(event.seq, event.effective_on, event.recorded_at, event.state, event.valid_to, brings)


def tokens(holder: str, division: str, categories: Sequence[int], state: str) -> list[str]:
    """What a licence is found by: pairs of characters of the name, and its facets at every level of the division."""
    places = [f"d:{division[:length]}" for length in (2, 4, 6)]
    return [*bigrams(holder[:LONGEST_NAME]), *places, *(f"c:{number}" for number in categories), f"s:{state}"]


def in_one_line(rows: list[dict[str, str]]) -> str:
    """茶叶及相关制品：茶叶、代用茶；饮料：茶类饮料."""
    named: dict[str, list[str]] = {}
    for row in rows:
        names = named.setdefault(row["category"], [])
        if row["name"] not in names:
            names.append(row["name"])
    return "；".join(f"{category}：{'、'.join(names)}" for category, names in named.items())


def published_events(licence: Licence, history: Iterable[Event]) -> list[PublishedEvent]:
    """What of the history is public: each with the state and the validity from then on."""
    state, version, valid_to, published = "in_force", 1, licence.valid_to, []
    for event in history:
        if event.verb not in VERBS:
            continue
        state = VERBS[event.verb] or state
        version = event.facts.get("version", version)
        valid_to = date.fromisoformat(event.facts["valid_to"]) if "valid_to" in event.facts else valid_to
        published.append(
            PublishedEvent(
                number=licence.number,
                seq=event.seq,
                verb=event.verb.partition(".")[2],
                effective_on=event.effective_on,
                recorded_at=event.at,
                state=state,
                valid_to=valid_to,
                version=version,
            )
        )
    return published
